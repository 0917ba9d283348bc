// The rows of tests/cases/certificate_cases.csv that are about certificates themselves. Each case
// says what our check must answer, and whether OpenSSL's own validation, as `openssl verify
// -purpose` runs it, would have let the certificate pass: where it would, the rule is ours alone.
#include <gtest/gtest.h>
#include <openssl/dsa.h>
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "certs/certificate_limits.h"
#include "certs/check.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

using test::ca_extensions;
using test::CertificateSpec;
using test::CrlSpec;
using test::ed25519_key;
using test::ExtensionSpec;
using test::issue;
using test::issue_crl;
using test::Issued;
using test::kDay_ms;
using test::kNow;
using test::leaf_extensions;
using test::with;
using test::without;

constexpr const char* kBoth = "serverAuth,clientAuth";
constexpr const char* kNorth = "URI:hotline://north/tls";
constexpr const char* kNorthLog = "URI:hotline://north/log";
constexpr const char* kNoUsage = "";

// The daemon's CA, perhaps with a list, and the certificates that a peer shows it.
struct Attempt {
  Issued anchor;
  Issued leaf;
  std::vector<Issued> intermediates;
  X509CrlPtr crl;
  Purpose purpose = Purpose::tls;
  bool as_server = true;
  UtcMs now = kNow;
};

CertificateSpec ca_spec(std::vector<ExtensionSpec> extensions = ca_extensions()) {
  return {.common_name = "north CA", .extensions = std::move(extensions), .serial = 1};
}

CertificateSpec sub_spec(std::vector<ExtensionSpec> extensions = ca_extensions()) {
  return {.common_name = "north issuing CA", .extensions = std::move(extensions), .serial = 2};
}

CertificateSpec leaf_spec(std::vector<ExtensionSpec> extensions = leaf_extensions(kBoth, kNorth)) {
  return {.common_name = "north", .extensions = std::move(extensions)};
}

Attempt direct(const CertificateSpec& ca, const CertificateSpec& leaf) {
  Attempt attempt;
  attempt.anchor = issue(ca, ed25519_key(), nullptr);
  attempt.leaf = issue(leaf, ed25519_key(), &attempt.anchor);
  return attempt;
}

Attempt direct_leaf(std::vector<ExtensionSpec> extensions) {
  return direct(ca_spec(), leaf_spec(std::move(extensions)));
}

Attempt through(const CertificateSpec& ca, const CertificateSpec& sub,
                const CertificateSpec& leaf = leaf_spec()) {
  Attempt attempt;
  attempt.anchor = issue(ca, ed25519_key(), nullptr);
  attempt.intermediates.push_back(issue(sub, ed25519_key(), &attempt.anchor));
  attempt.leaf = issue(leaf, ed25519_key(), &attempt.intermediates.back());
  return attempt;
}

// A chain of `count` intermediates.
Attempt long_chain(int count) {
  Attempt attempt;
  attempt.anchor = issue(ca_spec(), ed25519_key(), nullptr);
  const Issued* issuer = &attempt.anchor;
  attempt.intermediates.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    CertificateSpec spec = sub_spec();
    spec.common_name += " " + std::to_string(i);
    attempt.intermediates.push_back(issue(spec, ed25519_key(), issuer));
    issuer = &attempt.intermediates.back();
  }
  attempt.leaf = issue(leaf_spec(), ed25519_key(), issuer);
  return attempt;
}

Attempt with_leaf_key(PkeyPtr key) {
  Attempt attempt;
  attempt.anchor = issue(ca_spec(), ed25519_key(), nullptr);
  attempt.leaf = issue(leaf_spec(), std::move(key), &attempt.anchor);
  return attempt;
}

Attempt with_ca_key(PkeyPtr key, const EVP_MD* leaf_digest = nullptr) {
  Attempt attempt;
  attempt.anchor = issue(ca_spec(), std::move(key), nullptr);
  CertificateSpec leaf = leaf_spec();
  leaf.digest = leaf_digest;
  attempt.leaf = issue(leaf, ed25519_key(), &attempt.anchor);
  return attempt;
}

Attempt with_sub_key(PkeyPtr key) {
  Attempt attempt;
  attempt.anchor = issue(ca_spec(), ed25519_key(), nullptr);
  attempt.intermediates.push_back(issue(sub_spec(), std::move(key), &attempt.anchor));
  attempt.leaf = issue(leaf_spec(), ed25519_key(), &attempt.intermediates.back());
  return attempt;
}

Attempt with_crl(const CrlSpec& crl) {
  Attempt attempt = direct(ca_spec(), leaf_spec());
  attempt.crl = issue_crl(crl, attempt.anchor, attempt.anchor.key.get());
  return attempt;
}

Attempt as_client(Attempt attempt) {
  attempt.as_server = false;
  return attempt;
}

Attempt for_purpose(Purpose purpose, Attempt attempt) {
  attempt.purpose = purpose;
  attempt.as_server = false;
  return attempt;
}

PkeyPtr dsa_key() {
  const PkeyContextPtr parameters_context(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY_paramgen_init(parameters_context.get());
  EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters_context.get(), 1024);
  EVP_PKEY* parameters = nullptr;
  EVP_PKEY_paramgen(parameters_context.get(), &parameters);
  const PkeyPtr owned(parameters);
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters, nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY* key = nullptr;
  EVP_PKEY_generate(context.get(), &key);
  return PkeyPtr(key);
}

PkeyPtr explicit_curve_key() {
  PkeyPtr key(EVP_EC_gen("P-256"));
  EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit");
  return key;
}

PkeyPtr rsa_key_with_exponent_3() {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY_keygen_init(context.get());
  const BignumPtr three(BN_new());
  BN_set_word(three.get(), 3);
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048);
  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), three.get());
  EVP_PKEY* key = nullptr;
  EVP_PKEY_generate(context.get(), &key);
  return PkeyPtr(key);
}

PkeyPtr raw_ed25519(uint8_t first, uint8_t rest, uint8_t last) {
  Hash raw;
  raw.fill(rest);
  raw.front() = first;
  raw.back() = last;
  return PkeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()));
}

Attempt revoked_elsewhere() {
  Attempt attempt = through(ca_spec(), sub_spec());
  CrlSpec crl;
  crl.serials = {leaf_spec().serial};
  attempt.crl = issue_crl(crl, attempt.anchor, attempt.anchor.key.get());
  return attempt;
}

Attempt revoked_intermediate() {
  Attempt attempt = through(ca_spec(), sub_spec());
  CrlSpec crl;
  crl.serials = {sub_spec().serial};
  attempt.crl = issue_crl(crl, attempt.anchor, attempt.anchor.key.get());
  return attempt;
}

Attempt crl_without_crl_sign() {
  Attempt attempt =
      direct(ca_spec(with(ca_extensions(), {"keyUsage", "critical,keyCertSign"})), leaf_spec());
  attempt.crl = issue_crl(CrlSpec{}, attempt.anchor, attempt.anchor.key.get());
  return attempt;
}

Attempt crl_by_stranger() {
  Attempt attempt = direct(ca_spec(), leaf_spec());
  const PkeyPtr stranger = ed25519_key();
  attempt.crl = issue_crl(CrlSpec{}, attempt.anchor, stranger.get());
  return attempt;
}

Attempt unrelated_ca(const std::string& its_name) {
  Attempt attempt = direct(ca_spec(), leaf_spec());
  CertificateSpec other = ca_spec();
  other.common_name = its_name;
  const Issued stranger = issue(other, ed25519_key(), nullptr);
  attempt.leaf = issue(leaf_spec(), ed25519_key(), &stranger);
  return attempt;
}

Attempt stranger_brings_his_root() {
  Attempt attempt = direct(ca_spec(), leaf_spec());
  CertificateSpec other = ca_spec();
  other.common_name = "a stranger's CA";
  attempt.intermediates.push_back(issue(other, ed25519_key(), nullptr));
  attempt.leaf = issue(leaf_spec(), ed25519_key(), &attempt.intermediates.back());
  return attempt;
}

Attempt self_signed() {
  Attempt attempt = direct(ca_spec(), leaf_spec());
  attempt.leaf = issue(leaf_spec(), ed25519_key(), nullptr);
  return attempt;
}

// The stranger's CA has the name and the key identifier of the right one: only the signature tells.
Attempt same_name_and_key_identifier() {
  const CertificateSpec ca =
      ca_spec(with(ca_extensions(), {"subjectKeyIdentifier", "DER:0404deadbeef"}));
  Attempt attempt = direct(ca, leaf_spec());
  const Issued stranger = issue(ca, ed25519_key(), nullptr);
  attempt.leaf = issue(leaf_spec(), ed25519_key(), &stranger);
  return attempt;
}

Attempt ca_as_leaf() {
  return direct_leaf(
      with(with(leaf_extensions(kBoth, kNorth), {"basicConstraints", "critical,CA:TRUE"}),
           {"keyUsage", "critical,digitalSignature,keyCertSign"}));
}

Attempt the_anchor_itself_as_leaf() {
  std::vector<ExtensionSpec> extensions = ca_extensions();
  extensions.push_back({"extendedKeyUsage", kBoth});
  extensions.push_back({"subjectAltName", kNorth});
  Attempt attempt = direct(ca_spec(extensions), leaf_spec());
  X509_up_ref(attempt.anchor.get());
  attempt.leaf.certificate.reset(attempt.anchor.get());
  return attempt;
}

std::string critical_constraints(int count) {
  std::string value = "critical,permitted;URI:north";
  for (int i = 1; i < count; ++i) value += ",excluded;URI:h" + std::to_string(i) + ".example";
  return value;
}

std::string repeated_names(int count) {
  std::string value = kNorth;
  for (int i = 1; i < count; ++i) value += ",DNS:h" + std::to_string(i) + ".example";
  return value;
}

// One caIssuers entry, http://a.
constexpr const char* kInformationAccess = "3015301306082b060105050730028607687474703a2f61";

Attempt with_extra(const std::string& oid, const std::string& value) {
  return direct_leaf(with(leaf_extensions(kBoth, kNorth), {oid, value}));
}

// The party's root, as another CA signed it; the party that trusts it knows this form only.
Attempt cross_signed(std::vector<ExtensionSpec> extensions) {
  CertificateSpec other = ca_spec();
  other.common_name = "another root";
  const Issued other_root = issue(other, ed25519_key(), nullptr);
  Attempt attempt;
  attempt.anchor = issue(ca_spec(std::move(extensions)), ed25519_key(), &other_root);
  attempt.leaf = issue(leaf_spec(), ed25519_key(), &attempt.anchor);
  return attempt;
}

Attempt many_extensions() {
  std::vector<ExtensionSpec> extensions = leaf_extensions(kBoth, kNorth);
  for (int i = 0; i < limits::kCertificateExtensionsMax; ++i) {
    extensions.push_back({"1.3.6.1.4.1.55555." + std::to_string(i), "DER:0500"});
  }
  return direct_leaf(extensions);
}

Attempt oversized() {
  const std::string filler(2 * limits::kCertificateSizeMax, '0');
  return direct_leaf(
      with(leaf_extensions(kBoth, kNorth), {"1.3.6.1.4.1.55555.1", "DER:" + filler}));
}

Attempt with_times(CertificateSpec spec, UtcMs from, UtcMs to, char which) {
  spec.not_before = from;
  spec.not_after = to;
  if (which == 'r') return direct(spec, leaf_spec());
  if (which == 'i') return through(ca_spec(), spec);
  return direct(ca_spec(), spec);
}

enum class Openssl { accepts, refuses };

struct Case {
  const char* row;
  const char* name;
  std::function<Attempt()> build;
  const char* refusal;  // A part of our reason; empty where we accept.
  Openssl openssl;
};

void PrintTo(const Case& tested, std::ostream* out) {
  *out << tested.row << ' ' << tested.name;
}

const std::vector<ExtensionSpec> kGood = leaf_extensions(kBoth, kNorth);

const Case kCases[] = {
    {"P00", "good", [] { return direct_leaf(kGood); }, "", Openssl::accepts},
    {"P00", "good_as_client", [] { return as_client(direct_leaf(kGood)); }, "", Openssl::accepts},
    {"P00", "good_through_intermediate", [] { return through(ca_spec(), sub_spec()); }, "",
     Openssl::accepts},
    {"P00", "good_rsa_2048", [] { return with_leaf_key(PkeyPtr(EVP_RSA_gen(2048))); }, "",
     Openssl::accepts},
    {"P00", "good_p256", [] { return with_leaf_key(PkeyPtr(EVP_EC_gen("P-256"))); }, "",
     Openssl::accepts},
    {"P00", "good_p384_ca", [] { return with_ca_key(PkeyPtr(EVP_EC_gen("P-384"))); }, "",
     Openssl::accepts},
    {"P00", "good_list_that_names_others", [] { return with_crl({.serials = {7}}); }, "",
     Openssl::accepts},
    {"P01", "expired_leaf",
     [] { return with_times(leaf_spec(), kNow - 9 * kDay_ms, kNow - kDay_ms, 'l'); },
     "\"CN=north\" (serial 4A:19) has expired at 2026-11-21T14:10:00.000Z", Openssl::refuses},
    {"P01", "expired_intermediate",
     [] { return with_times(sub_spec(), kNow - 9 * kDay_ms, kNow - kDay_ms, 'i'); },
     "\"CN=north issuing CA\" (serial 02) has expired at 2026-11-21", Openssl::refuses},
    {"P01", "expired_root",
     [] { return with_times(ca_spec(), kNow - 9 * kDay_ms, kNow - kDay_ms, 'r'); },
     "\"CN=north CA\" (serial 01) has expired at 2026-11-21", Openssl::refuses},
    {"P02", "leaf_not_yet_valid",
     [] { return with_times(leaf_spec(), kNow + kDay_ms, kNow + 9 * kDay_ms, 'l'); },
     "is not valid before 2026-11-23T14:10:00.000Z; the clock here says 2026-11-22T14:10:00.000Z",
     Openssl::refuses},
    {"P02", "root_not_yet_valid",
     [] { return with_times(ca_spec(), kNow + kDay_ms, kNow + 9 * kDay_ms, 'r'); },
     "\"CN=north CA\" (serial 01) is not valid before", Openssl::refuses},
    {"P03", "wrong_ca", [] { return unrelated_ca("south CA"); },
     "is not signed by the trusted CA \"CN=north CA\"; it says it was issued by \"CN=south CA\"",
     Openssl::refuses},
    {"P03", "wrong_ca_of_the_same_name", [] { return unrelated_ca("north CA"); },
     "is not signed by the trusted CA", Openssl::refuses},
    {"P03", "wrong_ca_of_the_same_name_and_key_identifier", same_name_and_key_identifier,
     "is not signed by the trusted CA", Openssl::refuses},
    {"P03", "untrusted_root_sent_along", stranger_brings_his_root,
     "is not signed by the trusted CA", Openssl::refuses},
    {"P03", "self_signed", self_signed, "is not signed by the trusted CA", Openssl::refuses},
    {"P04", "other_party_of_the_same_ca",
     [] { return direct_leaf(leaf_extensions(kBoth, "URI:hotline://south/tls")); },
     "is hotline://south/tls, not north's, though the same CA signed it", Openssl::accepts},
    {"P04", "a_person_in_the_place_of_a_daemon",
     [] { return direct_leaf(leaf_extensions(kBoth, "URI:hotline://north/person/ann")); },
     "is hotline://north/person/ann, for person and not for tls", Openssl::accepts},
    {"P04", "a_daemon_in_the_place_of_a_person",
     [] {
       return for_purpose(Purpose::person, direct_leaf(leaf_extensions("clientAuth", kNorth)));
     },
     "is hotline://north/tls, for tls and not for person", Openssl::accepts},
    {"P05", "no_san_common_name_matches",
     [] {
       CertificateSpec spec = leaf_spec(without(kGood, "subjectAltName"));
       spec.common_name = "hotline://north/tls";
       return direct(ca_spec(), spec);
     },
     "has no subjectAltName", Openssl::accepts},
    {"P05", "empty_san",
     [] {
       return direct_leaf(with(kGood, {"subjectAltName", "DER:3000"}));
     },
     "Empty Subject Alternative Name", Openssl::accepts},
    {"P06", "client_certificate_as_server",
     [] { return direct_leaf(leaf_extensions("clientAuth", kNorth)); },
     "is for clientAuth, not for serverAuth", Openssl::refuses},
    {"P06", "server_certificate_as_client",
     [] { return as_client(direct_leaf(leaf_extensions("serverAuth", kNorth))); },
     "is for serverAuth, not for clientAuth", Openssl::refuses},
    {"P06", "no_eku", [] { return direct_leaf(without(kGood, "extendedKeyUsage")); },
     "does not say what it is for", Openssl::accepts},
    {"P06", "empty_eku",
     [] {
       return direct_leaf(with(kGood, {"extendedKeyUsage", "DER:3000"}));
     },
     "has an empty extended key usage", Openssl::refuses},
    {"P06", "any_eku", [] { return direct_leaf(leaf_extensions("anyExtendedKeyUsage", kNorth)); },
     "is for any use", Openssl::refuses},
    {"P06", "any_eku_beside_the_right_ones",
     [] {
       return direct_leaf(leaf_extensions("serverAuth,clientAuth,anyExtendedKeyUsage", kNorth));
     },
     "is for any use", Openssl::accepts},
    {"P06", "tls_key_for_something_else_too",
     [] { return direct_leaf(leaf_extensions(std::string(kBoth) + ",emailProtection", kNorth)); },
     "is for 1.3.6.1.5.5.7.3.4 too; a key has one purpose", Openssl::accepts},
    {"P06", "tls_key_that_also_signs_the_log",
     [] {
       return direct_leaf(
           leaf_extensions(kBoth, "URI:hotline://north/tls,URI:hotline://north/log"));
     },
     "has 2 names in its subjectAltName; one is allowed", Openssl::accepts},
    {"P06", "log_key",
     [] { return for_purpose(Purpose::log, direct_leaf(leaf_extensions(kNoUsage, kNorthLog))); },
     "", Openssl::accepts},
    {"P06", "log_key_in_the_place_of_the_tls_key",
     [] { return direct_leaf(leaf_extensions(kNoUsage, kNorthLog)); },
     "is hotline://north/log, for log and not for tls", Openssl::accepts},
    {"P06", "log_key_for_tls_too",
     [] { return for_purpose(Purpose::log, direct_leaf(leaf_extensions(kBoth, kNorthLog))); },
     "is for serverAuth too; a key has one purpose", Openssl::accepts},
    {"P06", "log_key_for_any_use",
     [] {
       return for_purpose(Purpose::log,
                          direct_leaf(leaf_extensions("anyExtendedKeyUsage", kNorthLog)));
     },
     "is for any use", Openssl::refuses},
    {"P06", "log_key_by_a_ca_for_other_uses",
     [] {
       return for_purpose(
           Purpose::log,
           through(ca_spec(), sub_spec(with(ca_extensions(), {"extendedKeyUsage", kBoth})),
                   leaf_spec(leaf_extensions(kNoUsage, kNorthLog))));
     },
     "is a CA for serverAuth, clientAuth only, not for log", Openssl::accepts},
    {"P06", "tls_key_in_the_place_of_the_log_key",
     [] { return for_purpose(Purpose::log, direct_leaf(kGood)); },
     "is hotline://north/tls, for tls and not for log", Openssl::accepts},
    {"P06", "receipt_key_in_the_place_of_the_log_key",
     [] {
       return for_purpose(Purpose::log,
                          direct_leaf(leaf_extensions(kNoUsage, "URI:hotline://north/receipt")));
     },
     "is hotline://north/receipt, for receipt and not for log", Openssl::accepts},
    {"P06", "ca_for_other_uses",
     [] {
       return through(ca_spec(),
                      sub_spec(with(ca_extensions(), {"extendedKeyUsage", "clientAuth"})));
     },
     "is a CA for clientAuth only, not for serverAuth", Openssl::refuses},
    {"P07", "revoked_leaf",
     [] {
       return with_crl({.serials = {3, 0x4a19}});
     },
     "was revoked (serial 4A:19, list of 2026-11-21)", Openssl::refuses},
    {"P07", "revoked_intermediate", revoked_intermediate,
     "\"CN=north issuing CA\" (serial 02) was revoked", Openssl::refuses},
    {"P08", "same_serial_revoked_by_another_issuer", revoked_elsewhere, "", Openssl::refuses},
    {"P09", "list_by_a_ca_without_crl_sign", crl_without_crl_sign, "keyUsage without cRLSign",
     Openssl::refuses},
    {"P09", "list_signed_by_a_stranger", crl_by_stranger, "its signature is not that of",
     Openssl::refuses},
    {"P09", "list_with_critical_number",
     [] {
       return with_crl({.extensions = {{"crlNumber", "critical,DER:020101"}}});
     },
     "CRLNumber is marked critical", Openssl::refuses},
    {"P09", "list_without_number", [] { return with_crl({.extensions = {}}); },
     "it has no CRLNumber", Openssl::accepts},
    {"P09", "list_with_two_numbers",
     [] {
       return with_crl({.extensions = {{"crlNumber", "1"}, {"crlNumber", "2"}}});
     },
     "crlNumber twice", Openssl::accepts},
    {"P09", "list_with_unknown_critical_extension",
     [] {
       return with_crl(
           {.extensions = {{"crlNumber", "1"}, {"1.3.6.1.4.1.55555.1", "critical,DER:0500"}}});
     },
     "critical extension not known here", Openssl::refuses},
    {"P09", "list_entry_with_unknown_critical_extension",
     [] {
       return with_crl(
           {.serials = {7}, .entry_extensions = {{"1.3.6.1.4.1.55555.1", "critical,DER:0500"}}});
     },
     "its entry for serial 07 has a critical extension", Openssl::refuses},
    {"P11", "rsa_1024_leaf", [] { return with_leaf_key(PkeyPtr(EVP_RSA_gen(1024))); },
     "\"CN=north\" (serial 4A:19) has an RSA key of 1024 bits", Openssl::accepts},
    {"P11", "rsa_1024_intermediate", [] { return with_sub_key(PkeyPtr(EVP_RSA_gen(1024))); },
     "\"CN=north issuing CA\" (serial 02) has an RSA key of 1024 bits", Openssl::accepts},
    {"P11", "rsa_1024_root", [] { return with_ca_key(PkeyPtr(EVP_RSA_gen(1024))); },
     "\"CN=north CA\" (serial 01) has an RSA key of 1024 bits", Openssl::accepts},
    {"P11", "rsa_2050", [] { return with_leaf_key(PkeyPtr(EVP_RSA_gen(2050))); },
     "has an RSA key of 2050 bits", Openssl::accepts},
    {"P11", "rsa_exponent_3", [] { return with_leaf_key(rsa_key_with_exponent_3()); },
     "public exponent below 65537", Openssl::accepts},
    {"P11", "p192", [] { return with_leaf_key(PkeyPtr(EVP_EC_gen("P-192"))); },
     "has a key on the curve prime192v1", Openssl::accepts},
    {"P11", "p192_intermediate", [] { return with_sub_key(PkeyPtr(EVP_EC_gen("P-192"))); },
     "\"CN=north issuing CA\" (serial 02) has a key on the curve prime192v1", Openssl::accepts},
    {"P11", "secp256k1", [] { return with_leaf_key(PkeyPtr(EVP_EC_gen("secp256k1"))); },
     "has a key on the curve secp256k1", Openssl::accepts},
    {"P11", "dsa", [] { return with_leaf_key(dsa_key()); }, "has a key of a kind not allowed, DSA;",
     Openssl::accepts},
    {"P11", "ed448",
     [] { return with_leaf_key(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"))); },
     "has a key of a kind not allowed, ED448", Openssl::accepts},
    {"P11", "explicit_curve_leaf", [] { return with_leaf_key(explicit_curve_key()); },
     "explicit parameters", Openssl::refuses},
    {"P11", "explicit_curve_intermediate", [] { return with_sub_key(explicit_curve_key()); },
     "explicit parameters", Openssl::refuses},
    {"P11", "explicit_curve_root", [] { return with_ca_key(explicit_curve_key()); },
     "explicit parameters", Openssl::refuses},
    {"P11", "ed25519_of_small_order", [] { return with_leaf_key(raw_ed25519(1, 0, 0)); },
     "has a bad Ed25519 key", Openssl::accepts},
    {"P11", "ed25519_not_canonical", [] { return with_leaf_key(raw_ed25519(0xee, 0xff, 0x7f)); },
     "has a bad Ed25519 key", Openssl::accepts},
    {"P11", "log_key_that_cannot_sign_notes",
     [] {
       Attempt attempt = for_purpose(Purpose::log, direct_leaf(kGood));
       attempt.leaf = issue(leaf_spec(leaf_extensions(kNoUsage, kNorthLog)),
                            PkeyPtr(EVP_EC_gen("P-256")), &attempt.anchor);
       return attempt;
     },
     "is for another kind of key than Ed25519", Openssl::accepts},
    {"P11", "sha1_signature", [] { return with_ca_key(PkeyPtr(EVP_RSA_gen(2048)), EVP_sha1()); },
     "is signed with RSA-SHA1", Openssl::accepts},
    {"P11", "md5_signature", [] { return with_ca_key(PkeyPtr(EVP_RSA_gen(2048)), EVP_md5()); },
     "is signed with RSA-MD5", Openssl::accepts},
    {"P12", "path_length_exceeded",
     [] {
       return through(
           ca_spec(with(ca_extensions(), {"basicConstraints", "critical,CA:TRUE,pathlen:0"})),
           sub_spec());
     },
     "has more issuers than a CA above it allows (path length)", Openssl::refuses},
    {"P12", "issuer_says_ca_false",
     [] {
       return through(ca_spec(),
                      sub_spec(with(ca_extensions(), {"basicConstraints", "critical,CA:FALSE"})));
     },
     "\"CN=north issuing CA\" (serial 02) is no CA's: it says CA:FALSE", Openssl::refuses},
    {"P12", "issuer_without_basic_constraints",
     [] { return through(ca_spec(), sub_spec(without(ca_extensions(), "basicConstraints"))); },
     "\"CN=north issuing CA\" (serial 02) is no CA's: it has no basicConstraints",
     Openssl::refuses},
    {"P12", "anchor_without_basic_constraints",
     [] { return direct(ca_spec(without(ca_extensions(), "basicConstraints")), leaf_spec()); },
     "ca.crt: certificate \"CN=north CA\" (serial 01) is no CA's", Openssl::accepts},
    {"P12", "issuer_without_key_cert_sign",
     [] {
       return through(ca_spec(),
                      sub_spec(with(ca_extensions(), {"keyUsage", "critical,digitalSignature"})));
     },
     "may not sign certificates", Openssl::refuses},
    {"P12", "leaf_issued_by_a_leaf", [] { return through(ca_spec(), leaf_spec(), leaf_spec()); },
     "is no CA's: it says CA:FALSE", Openssl::refuses},
    {"P12", "three_intermediates", [] { return long_chain(3); },
     "has a chain of more than 4 certificates", Openssl::accepts},
    {"P13", "name_not_permitted",
     [] {
       return through(
           ca_spec(),
           sub_spec(with(ca_extensions(), {"nameConstraints", "critical,permitted;URI:south"})));
     },
     "breaks the name constraints of a CA above it", Openssl::refuses},
    {"P13", "name_excluded_by_the_anchor",
     [] {
       return direct(
           ca_spec(with(ca_extensions(), {"nameConstraints", "critical,excluded;URI:north"})),
           leaf_spec());
     },
     "breaks the name constraints of a CA above it", Openssl::refuses},
    {"P13", "name_permitted",
     [] {
       return direct(
           ca_spec(with(ca_extensions(), {"nameConstraints", "critical,permitted;URI:north"})),
           leaf_spec());
     },
     "", Openssl::accepts},
    {"P13", "name_constraints_in_a_leaf",
     [] {
       return direct_leaf(with(kGood, {"nameConstraints", "critical,permitted;URI:north"}));
     },
     "has name constraints, which only a CA may have", Openssl::accepts},
    {"P14", "ca_as_leaf", ca_as_leaf, "is a CA's and cannot be used as anybody's own",
     Openssl::accepts},
    {"P14", "ca_true_in_a_leaf_that_may_sign_no_certificates",
     [] {
       return direct_leaf(with(kGood, {"basicConstraints", "critical,CA:TRUE"}));
     },
     "is a CA's and cannot be used as anybody's own", Openssl::accepts},
    {"P14", "anchor_as_leaf", the_anchor_itself_as_leaf,
     "is a CA's and cannot be used as anybody's own", Openssl::refuses},
    {"P15", "unknown_critical_extension",
     [] {
       return direct_leaf(with(kGood, {"1.3.6.1.4.1.55555.1", "critical,DER:0500"}));
     },
     "has a critical extension not known here, 1.3.6.1.4.1.55555.1", Openssl::refuses},
    {"P15", "unknown_critical_extension_in_an_issuer",
     [] {
       return through(ca_spec(), sub_spec(with(ca_extensions(),
                                               {"1.3.6.1.4.1.55555.1", "critical,DER:0500"})));
     },
     "\"CN=north issuing CA\" (serial 02) has a critical extension not known here",
     Openssl::refuses},
    {"P15", "critical_extension_that_openssl_knows_and_we_do_not",
     [] {
       return direct_leaf(with(kGood, {"certificatePolicies", "critical,DER:3007300506032a0304"}));
     },
     "has a critical extension not known here, 2.5.29.32", Openssl::accepts},
    {"P16", "too_many_certificates",
     [] { return long_chain(static_cast<int>(limits::kCertificateChainMax)); },
     "the peer sent 5 certificates; at most 4 are looked at", Openssl::accepts},
    {"P16", "too_many_name_constraints",
     [] {
       return through(ca_spec(), sub_spec(with(ca_extensions(),
                                               {"nameConstraints", critical_constraints(17)})));
     },
     "has 17 name constraints; at most 16 are judged", Openssl::accepts},
    {"P16", "too_many_name_constraints_in_the_anchor",
     [] {
       return direct(ca_spec(with(ca_extensions(), {"nameConstraints", critical_constraints(300)})),
                     leaf_spec());
     },
     "has 300 name constraints; at most 16 are judged", Openssl::accepts},
    {"P16", "as_many_name_constraints_as_allowed",
     [] {
       return through(ca_spec(), sub_spec(with(ca_extensions(),
                                               {"nameConstraints", critical_constraints(16)})));
     },
     "", Openssl::accepts},
    {"P16", "too_many_names",
     [] { return direct_leaf(leaf_extensions(kBoth, repeated_names(500))); },
     "has 500 names in its subjectAltName; at most 16 are read", Openssl::accepts},
    {"P16", "too_many_extensions", many_extensions, "has 38 extensions; at most 32 are read",
     Openssl::accepts},
    {"P16", "too_large", oversized, "at most 16384 are read", Openssl::accepts},
    {"P17", "duplicate_san",
     [] {
       std::vector<ExtensionSpec> extensions = kGood;
       extensions.push_back({"subjectAltName", "URI:hotline://south/tls"});
       return direct_leaf(extensions);
     },
     "has the extension 2.5.29.17 twice", Openssl::refuses},
    {"P17", "duplicate_unknown_extension",
     [] {
       std::vector<ExtensionSpec> extensions = kGood;
       extensions.push_back({"1.3.6.1.4.1.55555.1", "DER:0500"});
       extensions.push_back({"1.3.6.1.4.1.55555.1", "DER:0500"});
       return direct_leaf(extensions);
     },
     "has the extension 1.3.6.1.4.1.55555.1 twice", Openssl::accepts},
    {"P17", "san_cut_short",
     [] {
       return direct_leaf(with(kGood, {"subjectAltName", "DER:3011860f686f74"}));
     },
     "has a malformed subjectAltName", Openssl::refuses},
    {"P17", "san_with_bytes_behind_it",
     [] {
       return direct_leaf(with(
           kGood, {"subjectAltName", "DER:30158613686f746c696e653a2f2f6e6f7274682f746c730500"}));
     },
     "has a malformed subjectAltName", Openssl::accepts},
    {"P17", "san_with_a_nul",
     [] {
       return direct_leaf(with(
           kGood, {"subjectAltName", "DER:30178615686f746c696e653a2f2f6e6f727468002e2f746c73"}));
     },
     "\"hotline://north\\x00./tls\" does not name a party", Openssl::accepts},
    {"P17", "san_of_two_names",
     [] {
       return direct_leaf(
           leaf_extensions(kBoth, "URI:hotline://north/tls,URI:hotline://south/tls"));
     },
     "has 2 names in its subjectAltName; one is allowed", Openssl::accepts},
    {"P17", "san_of_another_kind", [] { return direct_leaf(leaf_extensions(kBoth, "DNS:north")); },
     "\"DNS:north\" does not begin with hotline://", Openssl::accepts},
    {"P17", "san_of_another_scheme",
     [] { return direct_leaf(leaf_extensions(kBoth, "URI:https://north/tls")); },
     "does not begin with hotline://", Openssl::accepts},
    {"P17", "version_1",
     [] {
       CertificateSpec spec = leaf_spec({});
       spec.version = X509_VERSION_1;
       return direct(ca_spec(), spec);
     },
     "is of version 1", Openssl::accepts},
    {"P17", "version_1_with_extensions",
     [] {
       CertificateSpec spec = leaf_spec();
       spec.version = X509_VERSION_1;
       return direct(ca_spec(), spec);
     },
     "is of version 1", Openssl::accepts},
    {"P17", "negative_serial",
     [] {
       CertificateSpec spec = leaf_spec();
       spec.serial = -5;
       return direct(ca_spec(), spec);
     },
     "has a serial number that is zero, negative or too long", Openssl::accepts},
    {"P17", "A15_serial_zero",
     [] {
       CertificateSpec spec = leaf_spec();
       spec.serial = 0;
       return direct(ca_spec(), spec);
     },
     "has a serial number that is zero, negative or too long", Openssl::accepts},
    {"P17", "A15_serial_zero_of_the_anchor",
     [] {
       CertificateSpec spec = ca_spec();
       spec.serial = 0;
       return direct(spec, leaf_spec());
     },
     "has a serial number that is zero, negative or too long", Openssl::accepts},
    {"P17", "A15_malformed_information_access",
     [] { return with_extra("1.3.6.1.5.5.7.1.1", "DER:3003020101"); },
     "has a malformed list of where to find more", Openssl::accepts},
    {"P17", "A15_information_access_with_bytes_behind_it",
     [] {
       return with_extra("1.3.6.1.5.5.7.1.1", std::string("DER:") + kInformationAccess + "0500");
     },
     "has a malformed list of where to find more", Openssl::accepts},
    {"P17", "A15_empty_information_access",
     [] { return with_extra("1.3.6.1.5.5.7.1.1", "DER:3000"); },
     "has a malformed list of where to find more", Openssl::accepts},
    {"P17", "A15_critical_information_access",
     [] {
       return with_extra("1.3.6.1.5.5.7.1.1", std::string("critical,DER:") + kInformationAccess);
     },
     "has a critical extension not known here, 1.3.6.1.5.5.7.1.1", Openssl::refuses},
    {"P17", "A15_good_information_access",
     [] { return with_extra("1.3.6.1.5.5.7.1.1", std::string("DER:") + kInformationAccess); }, "",
     Openssl::accepts},
    {"P17", "A15_malformed_subject_information_access",
     [] { return with_extra("1.3.6.1.5.5.7.1.11", "DER:0500"); },
     "has a malformed list of where to find more", Openssl::accepts},
    {"P17", "A15_malformed_distribution_points", [] { return with_extra("2.5.29.31", "DER:0500"); },
     "has a malformed list of distribution points", Openssl::refuses},
    {"P17", "A15_malformed_freshest_list", [] { return with_extra("2.5.29.46", "DER:0500"); },
     "has a malformed list of distribution points", Openssl::accepts},
    {"P17", "A15_malformed_policies", [] { return with_extra("2.5.29.32", "DER:0500"); },
     "has a malformed list of policies", Openssl::accepts},
    {"P17", "A15_malformed_issuer_names", [] { return with_extra("2.5.29.18", "DER:0500"); },
     "has a malformed issuerAltName", Openssl::accepts},
    {"P17", "A15_malformed_subject_key_identifier",
     [] {
       return direct_leaf(with(kGood, {"subjectKeyIdentifier", "DER:0500"}));
     },
     "has a malformed subjectKeyIdentifier", Openssl::refuses},
    {"P17", "A15_malformed_authority_key_identifier",
     [] {
       return direct_leaf(with(kGood, {"authorityKeyIdentifier", "DER:0500"}));
     },
     "has a malformed authorityKeyIdentifier", Openssl::refuses},
    {"P17", "A15_key_usage_for_nothing",
     [] {
       return direct_leaf(with(kGood, {"keyUsage", "critical,DER:030100"}));
     },
     "has a keyUsage for nothing", Openssl::refuses},
    {"P13", "A15_name_constraints_not_critical",
     [] {
       return direct(ca_spec(with(ca_extensions(), {"nameConstraints", "permitted;URI:north"})),
                     leaf_spec());
     },
     "has the extension 2.5.29.30 and does not mark it critical", Openssl::accepts},
    {"P13", "A15_name_constraints_not_critical_in_an_intermediate",
     [] {
       return through(ca_spec(),
                      sub_spec(with(ca_extensions(), {"nameConstraints", "permitted;URI:north"})));
     },
     "has the extension 2.5.29.30 and does not mark it critical", Openssl::accepts},
    {"P13", "A15_empty_name_constraints",
     [] {
       return direct(ca_spec(with(ca_extensions(), {"nameConstraints", "critical,DER:3000"})),
                     leaf_spec());
     },
     "has empty name constraints", Openssl::accepts},
    {"P13", "A15_empty_list_of_permitted_names",
     [] {
       return direct(ca_spec(with(ca_extensions(), {"nameConstraints", "critical,DER:3002a000"})),
                     leaf_spec());
     },
     "has empty name constraints", Openssl::accepts},
    {"P15", "A15_policy_constraints_not_critical",
     [] {
       return through(ca_spec(), sub_spec(with(ca_extensions(), {"2.5.29.36", "DER:3003800100"})));
     },
     "has the extension 2.5.29.36 and does not mark it critical", Openssl::accepts},
    {"P15", "A15_critical_policy_constraints",
     [] {
       return through(ca_spec(),
                      sub_spec(with(ca_extensions(), {"2.5.29.36", "critical,DER:3003800100"})));
     },
     "has a critical extension not known here, 2.5.29.36", Openssl::accepts},
    {"P15", "A15_inhibit_any_policy_not_critical",
     [] {
       return through(ca_spec(), sub_spec(with(ca_extensions(), {"2.5.29.54", "DER:020100"})));
     },
     "has the extension 2.5.29.54 and does not mark it critical", Openssl::accepts},
    {"P12", "A15_cross_signed_anchor_without_authority_key",
     [] { return cross_signed(without(ca_extensions(), "authorityKeyIdentifier")); },
     "does not name the key that signed it", Openssl::refuses},
    {"P12", "A15_cross_signed_anchor", [] { return cross_signed(ca_extensions()); }, "",
     Openssl::refuses},
    {"P12", "A15_authority_key_without_a_keyid",
     [] {
       return direct_leaf(with(kGood, {"authorityKeyIdentifier", "DER:3000"}));
     },
     "does not name the key that signed it", Openssl::accepts},
    {"P12", "A15_self_signed_anchor_without_authority_key",
     [] {
       return direct(ca_spec(without(ca_extensions(), "authorityKeyIdentifier")), leaf_spec());
     },
     "", Openssl::accepts},
    {"P24", "wildcard_party",
     [] { return direct_leaf(leaf_extensions(kBoth, "URI:hotline://*/tls")); }, "has a wildcard",
     Openssl::accepts},
    {"P24", "wildcard_in_a_name",
     [] { return direct_leaf(leaf_extensions(kBoth, "URI:hotline://nor*/tls")); }, "has a wildcard",
     Openssl::accepts},
    {"P24", "wildcard_person",
     [] {
       return for_purpose(Purpose::person, direct_leaf(leaf_extensions(
                                               "clientAuth", "URI:hotline://north/person/*")));
     },
     "has a wildcard", Openssl::accepts},
};

// The rows that are about links and sessions, and where they are tested, or why not.
const std::map<std::string, std::string> kRowsElsewhere = {
    {"P10",
     "trust_anchor_test.cc, unit/daemon/watch/expiry_watch_test.cc, system/test_daemon.py (Lists)"},
    {"P18", "unit/transport/tls_policy_test.cc, system/test_certificates.py"},
    {"P19", "no subject: trust is the CA's, no key is pinned"},
    {"P20", "unit/daemon/watch/expiry_watch_test.cc, system/test_daemon.py (SigningCertificates)"},
    {"P21", "system/test_certificates.py, after P07: the next certificate, and nothing lost"},
    {"P22", "unit/transport/tls_policy_test.cc, system/test_certificates.py"},
    {"P23", "unit/transport/tls_policy_test.cc, system/test_certificates.py"},
};

X509StackPtr sent_along(const Attempt& attempt) {
  X509StackPtr stack(sk_X509_new_null());
  const auto push = [&](X509* certificate) {
    X509_up_ref(certificate);
    sk_X509_push(stack.get(), certificate);
  };
  push(attempt.leaf.get());  // OpenSSL hands the leaf over with its issuers.
  for (const Issued& issuer : attempt.intermediates) push(issuer.get());
  return stack;
}

class CertificateCase : public ::testing::TestWithParam<Case> {
 protected:
  CertificateCase() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hotline-certificates-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~CertificateCase() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/" + name) << text;
    return directory_ + "/" + name;
  }

  // All that a daemon asks of a peer's certificate; empty when it accepts, else the reason.
  std::string refusal(const Attempt& attempt) const {
    const std::string crl_path =
        attempt.crl ? write("ca.crl", test::pem(attempt.crl.get())) : std::string();
    auto anchor = TrustAnchor::load(write("ca.crt", test::pem(attempt.anchor.get())), crl_path);
    if (!anchor) return anchor.error().reason;
    auto checked = check_certificate(attempt.leaf.get(), sent_along(attempt).get(), *anchor,
                                     attempt.purpose, attempt.as_server, attempt.now);
    if (!checked) {
      EXPECT_EQ(checked.error().code, ErrorCode::not_allowed);
      return checked.error().reason;
    }
    if (Status status = check_party(*checked, "north"); !status) return status.error().reason;
    return {};
  }

  static bool openssl_accepts(const Attempt& attempt) {
    const OpensslErrorScope errors;
    const X509StorePtr store(X509_STORE_new());
    const X509StoreContextPtr context(X509_STORE_CTX_new());
    X509_STORE_add_cert(store.get(), attempt.anchor.get());
    if (attempt.crl) X509_STORE_add_crl(store.get(), attempt.crl.get());
    const X509StackPtr untrusted = sent_along(attempt);
    X509_STORE_CTX_init(context.get(), store.get(), attempt.leaf.get(), untrusted.get());
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, attempt.now / 1000);
    if (attempt.crl) {
      X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
    X509_STORE_CTX_set_purpose(
        context.get(), attempt.as_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
    return X509_verify_cert(context.get()) == 1;
  }

  std::string directory_;
};

TEST_P(CertificateCase, IsJudgedAsItsRowDemands) {
  const Case& row = GetParam();
  const Attempt attempt = row.build();
  const std::string reason = refusal(attempt);
  if (*row.refusal == '\0') {
    EXPECT_EQ(reason, "");
  } else {
    EXPECT_NE(reason.find(row.refusal), std::string::npos) << "said: " << reason;
  }
  EXPECT_EQ(openssl_accepts(attempt) ? Openssl::accepts : Openssl::refuses, row.openssl);
  EXPECT_EQ(ERR_peek_error(), 0u) << "an error was left behind for the next TLS operation";
}

INSTANTIATE_TEST_SUITE_P(Rows, CertificateCase, ::testing::ValuesIn(kCases),
                         [](const ::testing::TestParamInfo<Case>& tested) {
                           return std::string(tested.param.row) + "_" + tested.param.name;
                         });

TEST(CertificateCases, EveryRowOfTheListIsHereOrElsewhere) {
  std::ifstream list(std::string(HOTLINE_TEST_CASES_DIR) + "/certificate_cases.csv");
  std::string line;
  ASSERT_TRUE(std::getline(list, line));
  ASSERT_EQ(line, "id,case,daemon_must");
  std::set<std::string> here;
  for (const Case& row : kCases) here.insert(row.row);
  size_t rows = 0;
  while (std::getline(list, line)) {
    const std::string id = line.substr(0, line.find(','));
    ++rows;
    EXPECT_NE(here.contains(id), kRowsElsewhere.contains(id)) << id;
  }
  EXPECT_EQ(rows, 24u);
}

}  // namespace
}  // namespace hotline
