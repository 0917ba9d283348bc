// The order of the checks decides what people read: first what makes it safe to look further
// (sizes, forms, strengths), then whether the party's CA stands behind it at all, then time,
// revocation, purpose and name. A stranger's certificate is so called a stranger's, even if it is
// expired too.
//
// X509_verify_cert of OpenSSL 3.0 lets these pass, and they are refused here: weak keys (RSA below
// 2048 bits, of odd lengths or with small exponents, P-192, DSA) and MD5 and SHA-1 signatures,
// Ed25519 keys of small order or not in canonical form, a CA certificate as leaf, no subjectAltName
// or several, any extended key usage beside the right one or none at all, extensions that come
// twice when it does not know them, bytes behind an extension's value, version 1, a serial of 0,
// name constraints that are empty or not critical, policies that would have to be processed, lists
// in extensions that cannot be read, an anchor signed by another key that it does not name, chains
// of any length, and lists with two CRLNumbers. tests/unit/certs/certificate_cases_test.cc holds it
// to this list.
#include "certs/check.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <vector>

#include "certs/certificate_fields.h"
#include "certs/certificate_limits.h"
#include "certs/issuer_rules.h"
#include "certs/key_file.h"
#include "protocol/base/signing.h"

namespace hotline {
namespace {

constexpr const char* kServerAuthOid = "1.3.6.1.5.5.7.3.1";
constexpr const char* kClientAuthOid = "1.3.6.1.5.5.7.3.2";
constexpr const char* kAnyExtendedKeyUsageOid = "2.5.29.37.0";

Error refused(std::string reason, std::string hint) {
  return make_error(ErrorCode::not_allowed, std::move(reason), std::move(hint));
}

// The issuers that came along, without the leaf and the anchor, which are in hand already.
Result<std::vector<X509*>> presented_issuers(X509* leaf, const STACK_OF(X509) * untrusted,
                                             const TrustAnchor& anchor) {
  const int count = untrusted == nullptr ? 0 : sk_X509_num(untrusted);
  if (static_cast<size_t>(std::max(0, count)) > limits::kCertificateChainMax) {
    return refused("the peer sent " + std::to_string(count) + " certificates; at most " +
                       std::to_string(limits::kCertificateChainMax) + " are looked at",
                   "the peer's certificate file should hold its certificate and its issuers only");
  }
  std::vector<X509*> issuers;
  for (int i = 0; i < count; ++i) {
    X509* certificate = sk_X509_value(untrusted, i);
    if (X509_cmp(certificate, leaf) == 0) continue;
    if (X509_cmp(certificate, anchor.certificate()) == 0) continue;
    issuers.push_back(certificate);
  }
  return issuers;
}

Result<CertificateFields> check_leaf_form(X509* leaf) {
  auto fields = read_certificate_fields(leaf);
  if (!fields) return fields;
  if (Status status = check_key_strength(leaf, fields->label); !status) return status.error();
  if (Status status = check_signature_algorithm(X509_get_signature_nid(leaf), fields->label);
      !status) {
    return status.error();
  }
  if (Status status = check_issuer_key_named(leaf, *fields); !status) return status.error();
  if (fields->is_ca || fields->may_sign_certificates.value_or(false) ||
      fields->may_sign_lists.value_or(false)) {
    return refused(fields->label + " is a CA's and cannot be used as anybody's own",
                   "install the certificate that the CA issued, not the CA's");
  }
  if (fields->has_name_constraints) {
    return refused(fields->label + " has name constraints, which only a CA may have",
                   "its CA must issue another one");
  }
  if (!fields->may_sign_data.value_or(true)) {
    return refused(fields->label + " may not sign (keyUsage without digitalSignature)",
                   "its CA must issue another one");
  }
  return fields;
}

bool is_wrong_ca(int verify_error) {
  switch (verify_error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return true;
    default:
      return false;
  }
}

Error chain_refusal(X509_STORE_CTX* context, X509* leaf, const std::string& label,
                    const TrustAnchor& anchor) {
  const int error = X509_STORE_CTX_get_error(context);
  if (is_wrong_ca(error)) {
    return refused(
        label + " is not signed by the trusted CA " + anchor.name() +
            "; it says it was issued by " + name_text(X509_get_issuer_name(leaf)),
        "if that party changed its CA, get its new CA certificate by a channel you trust;"
        " otherwise this is a stranger");
  }
  X509* at = X509_STORE_CTX_get_current_cert(context);
  const std::string where = at == nullptr ? "" : ", at " + name_text(X509_get_subject_name(at));
  const std::string hint = "its CA must issue certificates within its own rules";
  switch (error) {
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
      return refused(label + " has more issuers than a CA above it allows (path length)" + where,
                     hint);
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return refused(label + " has a chain of more than " +
                         std::to_string(limits::kCertificateChainMax) + " certificates",
                     hint);
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
      return refused(label + " breaks the name constraints of a CA above it (" +
                         X509_verify_cert_error_string(error) + ")" + where,
                     hint);
    default:
      return refused(label + " has a bad chain: " + X509_verify_cert_error_string(error) + where,
                     hint);
  }
}

// Path validation of RFC 5280 section 6 but for the times, which are judged with better words by
// check_times(). Gives the leaf, its issuers and the anchor, in this order.
Result<X509StackPtr> build_chain(X509* leaf, const STACK_OF(X509) * untrusted,
                                 const std::string& label, const TrustAnchor& anchor) {
  constexpr int kTwoThousandBitRsa = 2;  // Security level 2: 112 bits.
  const X509StorePtr store(X509_STORE_new());
  const X509StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_add_cert(store.get(), anchor.certificate()) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf,
                          const_cast<STACK_OF(X509)*>(untrusted)) != 1) {
    return make_error(ErrorCode::failed, "out of memory while a certificate was checked");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  // A party may trust an intermediate CA without its root: what it named is the anchor.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN |
                                              X509_V_FLAG_CHECK_SS_SIGNATURE |
                                              X509_V_FLAG_TRUSTED_FIRST |
                                              X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_auth_level(parameters, kTwoThousandBitRsa);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(limits::kCertificateChainMax) - 2);
  if (X509_verify_cert(context.get()) != 1) {
    return chain_refusal(context.get(), leaf, label, anchor);
  }
  return X509StackPtr(X509_STORE_CTX_get1_chain(context.get()));
}

Status check_times(const CertificateFields& fields, UtcMs now) {
  if (now < fields.not_before) {
    return refused(fields.label + " is not valid before " + format_rfc3339(fields.not_before) +
                       "; the clock here says " + format_rfc3339(now),
                   "check this machine's clock first (timedatectl), then the CA's");
  }
  // The second named by notAfter belongs to the period (RFC 5280 section 4.1.2.5).
  if (now >= fields.not_after + 1000) {
    return refused(fields.label + " has expired at " + format_rfc3339(fields.not_after) +
                       "; the clock here says " + format_rfc3339(now),
                   "its CA must issue a new one; hotline pki show tells what expires when");
  }
  return ok();
}

Status check_revocation(X509* certificate, const CertificateFields& fields,
                        const TrustAnchor& anchor) {
  if (!anchor.is_revoked(certificate)) return ok();
  const std::string list_date = format_rfc3339(anchor.crl_this_update()).substr(0, 10);
  return refused(
      fields.label + " was revoked (serial " + fields.serial_hex + ", list of " + list_date + ")",
      "call the other party by voice: a revoked key may be in wrong hands");
}

// Empty: a certificate for this purpose has no extended key usage.
std::vector<std::string> usages_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::tls:
      return {kServerAuthOid, kClientAuthOid};
    case Purpose::person:
      return {kClientAuthOid};
    case Purpose::log:
    case Purpose::receipt:
    case Purpose::witness:
      return {};
  }
  return {};
}

bool contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string usage_text(const std::string& oid) {
  if (oid == kServerAuthOid) return "serverAuth";
  if (oid == kClientAuthOid) return "clientAuth";
  if (oid == kAnyExtendedKeyUsageOid) return "anyExtendedKeyUsage";
  return oid;
}

std::string usages_text(const std::vector<std::string>& oids) {
  std::string text;
  for (const std::string& oid : oids) text += (text.empty() ? "" : ", ") + usage_text(oid);
  return text;
}

// The one usage without which the certificate cannot do what it is wanted for now; empty where
// there is none.
std::string needed_usage(Purpose purpose, bool as_server) {
  if (purpose == Purpose::tls) return as_server ? kServerAuthOid : kClientAuthOid;
  return purpose == Purpose::person ? kClientAuthOid : "";
}

Status check_leaf_usage(const CertificateFields& fields, Purpose purpose, bool as_server) {
  const std::vector<std::string> wanted = usages_of(purpose);
  const std::string hint =
      std::string("a certificate for the purpose ") + purpose_name(purpose) + " has " +
      (wanted.empty() ? std::string("no extended key usage")
                      : "the extended key usage " + usages_text(wanted) + " and no other");
  if (!fields.extended_key_usage) {
    if (wanted.empty()) return ok();
    return refused(fields.label + " does not say what it is for (no extended key usage)", hint);
  }
  const std::vector<std::string>& usages = *fields.extended_key_usage;
  if (usages.empty()) return refused(fields.label + " has an empty extended key usage", hint);
  if (contains(usages, kAnyExtendedKeyUsageOid)) {
    return refused(fields.label + " is for any use (anyExtendedKeyUsage); that is no purpose",
                   hint);
  }
  const std::string needed = needed_usage(purpose, as_server);
  if (!needed.empty() && !contains(usages, needed)) {
    return refused(
        fields.label + " is for " + usages_text(usages) + ", not for " + usage_text(needed), hint);
  }
  for (const std::string& usage : usages) {
    if (!contains(wanted, usage)) {
      return refused(fields.label + " is for " + usage_text(usage) + " too; a key has one purpose",
                     hint);
    }
  }
  return ok();
}

// A CA that was limited to some uses cannot hand on others, nor what has no use of its own.
Status check_issuer_usage(const CertificateFields& issuer, Purpose purpose, bool as_server) {
  const std::string needed = needed_usage(purpose, as_server);
  if (!issuer.extended_key_usage || contains(*issuer.extended_key_usage, needed) ||
      contains(*issuer.extended_key_usage, kAnyExtendedKeyUsageOid)) {
    return ok();
  }
  return refused(issuer.label + " is a CA for " + usages_text(*issuer.extended_key_usage) +
                     " only, not for " +
                     (needed.empty() ? purpose_name(purpose) : usage_text(needed)),
                 "the certificate must be issued by a CA that may certify this purpose");
}

Result<Identity> identity_of(const CertificateFields& fields) {
  const std::string hint =
      "the certificate needs one subjectAltName, a URI like hotline://north/tls; the common name "
      "is "
      "not looked at";
  if (!fields.alternative_names || fields.alternative_names->empty()) {
    return refused(fields.label + " has no subjectAltName", hint);
  }
  if (fields.alternative_names->size() > 1) {
    return refused(fields.label + " has " + std::to_string(fields.alternative_names->size()) +
                       " names in its subjectAltName; one is allowed",
                   hint);
  }
  auto identity = parse_identity_uri(fields.alternative_names->front());
  if (!identity) {
    return refused(fields.label + ": " + identity.error().reason, identity.error().hint);
  }
  return identity;
}

Status check_purpose(const CertificateFields& fields, const Identity& identity, Purpose purpose) {
  if (identity.purpose == purpose) return ok();
  return refused(fields.label + " is " + identity_uri(identity) + ", for " +
                     purpose_name(identity.purpose) + " and not for " + purpose_name(purpose),
                 std::string("the purpose ") + purpose_name(purpose) + " wants a name like " +
                     identity_uri({"north", purpose, "ann"}));
}

Bytes raw_ed25519_key(X509* certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return {};
  Bytes raw(kPublicKeySize);
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) return {};
  return raw;
}

bool signs_notes(Purpose purpose) {
  return purpose == Purpose::log || purpose == Purpose::receipt || purpose == Purpose::witness;
}

Result<CheckedCertificate> describe_leaf(X509* leaf, const CertificateFields& fields,
                                         const Identity& identity) {
  CheckedCertificate checked;
  checked.identity = identity;
  checked.serial_hex = fields.serial_hex;
  checked.not_before = fields.not_before;
  checked.not_after = fields.not_after;
  checked.dev_only = fields.dev_only;
  checked.exercise = fields.has_exercise_policy;
  unsigned size = static_cast<unsigned>(checked.sha256.size());
  X509_digest(leaf, EVP_sha256(), checked.sha256.data(), &size);
  checked.public_key = raw_ed25519_key(leaf);
  checked.der = certificate_der(leaf);
  if (signs_notes(identity.purpose) && checked.public_key.empty()) {
    return refused(
        fields.label + " is for another kind of key than Ed25519; notes are signed with no other",
        "openssl genpkey -algorithm ed25519 makes one");
  }
  return checked;
}

}  // namespace

Status check_issuer_form(X509* issuer) {
  auto fields = read_certificate_fields(issuer);
  if (!fields) return fields.error();
  if (Status status = check_key_strength(issuer, fields->label); !status) return status;
  if (Status status = check_signature_algorithm(X509_get_signature_nid(issuer), fields->label);
      !status) {
    return status;
  }
  if (Status status = check_issuer_key_named(issuer, *fields); !status) return status;
  const std::string hint = "only a CA may issue certificates";
  if (!fields->has_basic_constraints) {
    return refused(fields->label + " is no CA's: it has no basicConstraints", hint);
  }
  if (!fields->is_ca) return refused(fields->label + " is no CA's: it says CA:FALSE", hint);
  if (!fields->may_sign_certificates.value_or(false)) {
    return refused(fields->label + " may not sign certificates (keyUsage without keyCertSign)",
                   hint);
  }
  return ok();
}

Result<CheckedCertificate> check_certificate(X509* leaf, const STACK_OF(X509) * untrusted,
                                             const TrustAnchor& anchor, Purpose purpose,
                                             bool as_server, UtcMs now) {
  const OpensslErrorScope errors;
  auto presented = presented_issuers(leaf, untrusted, anchor);
  if (!presented) return presented.error();
  auto leaf_fields = check_leaf_form(leaf);
  if (!leaf_fields) return leaf_fields.error();
  for (X509* issuer : *presented) {
    if (Status status = check_issuer_form(issuer); !status) return status.error();
  }
  auto chain = build_chain(leaf, untrusted, leaf_fields->label, anchor);
  if (!chain) return chain.error();
  bool dev_only = false;
  for (int i = 0; i < sk_X509_num(chain->get()); ++i) {
    X509* certificate = sk_X509_value(chain->get(), i);
    auto fields = read_certificate_fields(certificate);
    if (!fields) return fields.error();
    if (Status status = check_times(*fields, now); !status) return status.error();
    if (Status status = check_revocation(certificate, *fields, anchor); !status) {
      return status.error();
    }
    if (i > 0) {
      if (Status status = check_issuer_usage(*fields, purpose, as_server); !status) {
        return status.error();
      }
    }
    dev_only = dev_only || fields->dev_only;
  }
  auto identity = identity_of(*leaf_fields);
  if (!identity) return identity.error();
  if (Status status = check_purpose(*leaf_fields, *identity, purpose); !status) {
    return status.error();
  }
  if (Status status = check_leaf_usage(*leaf_fields, purpose, as_server); !status) {
    return status.error();
  }
  auto checked = describe_leaf(leaf, *leaf_fields, *identity);
  if (checked) checked->dev_only = dev_only;
  return checked;
}

Status check_party(const CheckedCertificate& certificate, std::string_view party) {
  if (certificate.identity.party == party) return ok();
  return refused("the certificate (serial " + certificate.serial_hex + ") is " +
                     identity_uri(certificate.identity) + ", not " + std::string(party) +
                     "'s, though the same CA signed it",
                 "check which address belongs to which party");
}

Status check_mode(const CheckedCertificate& certificate, bool exercise) {
  if (certificate.exercise == exercise) return ok();
  const std::string uri = identity_uri(certificate.identity);
  if (exercise) {
    return refused(
        "the certificate (serial " + certificate.serial_hex + ") is " + uri +
            " of what is live, and this channel is an exercise",
        "an exercise has certificates of its own, with the policy of docs/certificates.md");
  }
  return refused("the certificate (serial " + certificate.serial_hex + ") is " + uri +
                     " of exercises, and this channel is live",
                 "name the certificates of what is live");
}

Result<CheckedCertificate> read_certificate(X509* certificate) {
  const OpensslErrorScope errors;
  auto fields = read_certificate_fields(certificate);
  if (!fields) return fields.error();
  auto identity = identity_of(*fields);
  if (!identity) return identity.error();
  return describe_leaf(certificate, *fields, *identity);
}

}  // namespace hotline
