#include "certs/certificate_fields.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <set>
#include <string_view>

#include "certs/certificate_limits.h"
#include "certs/check.h"
#include "certs/quoted.h"
#include "protocol/base/signing.h"

namespace hotline {
namespace {

constexpr int kSerialSizeMax = 20;  // RFC 5280 section 4.1.2.2.

Error bad_certificate(const std::string& label, const std::string& what) {
  return make_error(ErrorCode::not_allowed, label + " " + what,
                    "its CA must issue another one; hotline pki check shows what is wrong");
}

std::string oid_text(const ASN1_OBJECT* object) {
  char text[128];
  const int size = OBJ_obj2txt(text, sizeof text, object, 1);
  if (size <= 0) return "?";
  return {text, std::min(static_cast<size_t>(size), sizeof text - 1)};
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<size_t>(ASN1_STRING_length(string))};
}

bool has_dev_only_mark(const X509_NAME* name) {
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
    if (text_of(value).find(kDevOnlyMark) != std::string::npos) return true;
  }
  return false;
}

// OpenSSL's own readers stop at the end of the value and ignore what follows it.
template <typename Pointer>
Pointer parse_whole(const ASN1_OCTET_STRING* value, const ASN1_ITEM* item) {
  const unsigned char* at = ASN1_STRING_get0_data(value);
  const unsigned char* const end = at + ASN1_STRING_length(value);
  using Type = typename Pointer::element_type;
  Pointer parsed(
      static_cast<Type*>(static_cast<void*>(ASN1_item_d2i(nullptr, &at, end - at, item))));
  if (at != end) return nullptr;
  return parsed;
}

std::string general_name_text(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_URI:
      return text_of(name->d.uniformResourceIdentifier);
    case GEN_DNS:
      return "DNS:" + text_of(name->d.dNSName);
    case GEN_EMAIL:
      return "email:" + text_of(name->d.rfc822Name);
    case GEN_IPADD:
      return "IP address";
    case GEN_DIRNAME:
      return "directory name";
    default:
      return "other name";
  }
}

// Each of these takes the value of one extension into `fields`; empty when it went well, else what
// is wrong, to be put behind the label.
using ExtensionReader = std::string (*)(const ASN1_OCTET_STRING* value, CertificateFields& fields);

std::string read_basic_constraints(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto parsed = parse_whole<BasicConstraintsPtr>(value, ASN1_ITEM_rptr(BASIC_CONSTRAINTS));
  if (!parsed) return "has malformed basicConstraints";
  fields.has_basic_constraints = true;
  fields.is_ca = parsed->ca != 0;
  return {};
}

std::string read_key_usage(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  constexpr int kDigitalSignature = 0;  // Bit numbers of RFC 5280 section 4.2.1.3.
  constexpr int kKeyCertSign = 5;
  constexpr int kCrlSign = 6;
  const auto parsed = parse_whole<Asn1BitStringPtr>(value, ASN1_ITEM_rptr(ASN1_BIT_STRING));
  if (!parsed) return "has a malformed keyUsage";
  // RFC 5280 section 4.2.1.3.
  if (ASN1_STRING_length(parsed.get()) == 0) return "has a keyUsage for nothing";
  fields.may_sign_data = ASN1_BIT_STRING_get_bit(parsed.get(), kDigitalSignature) != 0;
  fields.may_sign_certificates = ASN1_BIT_STRING_get_bit(parsed.get(), kKeyCertSign) != 0;
  fields.may_sign_lists = ASN1_BIT_STRING_get_bit(parsed.get(), kCrlSign) != 0;
  return {};
}

std::string read_extended_key_usage(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto parsed = parse_whole<ExtendedKeyUsagePtr>(value, ASN1_ITEM_rptr(EXTENDED_KEY_USAGE));
  if (!parsed) return "has a malformed extended key usage";
  auto& usages = fields.extended_key_usage.emplace();
  for (int i = 0; i < sk_ASN1_OBJECT_num(parsed.get()); ++i) {
    usages.push_back(oid_text(sk_ASN1_OBJECT_value(parsed.get(), i)));
  }
  return {};
}

std::string read_alternative_names(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto parsed = parse_whole<GeneralNamesPtr>(value, ASN1_ITEM_rptr(GENERAL_NAMES));
  if (!parsed) return "has a malformed subjectAltName";
  const int count = sk_GENERAL_NAME_num(parsed.get());
  if (count > limits::kCertificateAlternativeNamesMax) {
    return "has " + std::to_string(count) + " names in its subjectAltName; at most " +
           std::to_string(limits::kCertificateAlternativeNamesMax) + " are read";
  }
  auto& names = fields.alternative_names.emplace();
  for (int i = 0; i < count; ++i) {
    names.push_back(general_name_text(sk_GENERAL_NAME_value(parsed.get(), i)));
  }
  return {};
}

std::string read_name_constraints(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto parsed = parse_whole<NameConstraintsPtr>(value, ASN1_ITEM_rptr(NAME_CONSTRAINTS));
  if (!parsed) return "has malformed name constraints";
  // RFC 5280 section 4.2.1.10: one of the lists at least, and none of them empty.
  const int permitted = sk_GENERAL_SUBTREE_num(parsed->permittedSubtrees);
  const int excluded = sk_GENERAL_SUBTREE_num(parsed->excludedSubtrees);
  if (permitted == 0 || excluded == 0 || (permitted < 0 && excluded < 0)) {
    return "has empty name constraints";
  }
  const int count = std::max(0, permitted) + std::max(0, excluded);
  if (count > limits::kNameConstraintsMax) {
    return "has " + std::to_string(count) + " name constraints; at most " +
           std::to_string(limits::kNameConstraintsMax) + " are judged";
  }
  fields.has_name_constraints = true;
  return {};
}

std::string read_authority_key(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto parsed = parse_whole<AuthorityKeyPtr>(value, ASN1_ITEM_rptr(AUTHORITY_KEYID));
  if (!parsed) return "has a malformed authorityKeyIdentifier";
  fields.names_issuer_key = parsed->keyid != nullptr && ASN1_STRING_length(parsed->keyid) > 0;
  return {};
}

// Nothing hangs on these but that the certificate is one that others read as we do. All are lists
// with one member at least, but for the key identifier.
template <typename Pointer>
bool is_whole(const ASN1_OCTET_STRING* value, const ASN1_ITEM* item) {
  constexpr int kEmptySequenceSize = 2;
  return ASN1_STRING_length(value) > kEmptySequenceSize && parse_whole<Pointer>(value, item);
}

std::string read_form(bool is_good, const char* name) {
  return is_good ? std::string() : std::string("has a malformed ") + name;
}

std::string read_key_identifier(const ASN1_OCTET_STRING* value, CertificateFields&) {
  return read_form(is_whole<Asn1OctetStringPtr>(value, ASN1_ITEM_rptr(ASN1_OCTET_STRING)),
                   "subjectKeyIdentifier");
}

std::string read_information_access(const ASN1_OCTET_STRING* value, CertificateFields&) {
  return read_form(is_whole<InformationAccessPtr>(value, ASN1_ITEM_rptr(AUTHORITY_INFO_ACCESS)),
                   "list of where to find more (authorityInfoAccess or subjectInfoAccess)");
}

std::string read_distribution_points(const ASN1_OCTET_STRING* value, CertificateFields&) {
  return read_form(is_whole<DistributionPointsPtr>(value, ASN1_ITEM_rptr(CRL_DIST_POINTS)),
                   "list of distribution points");
}

std::string read_policies(const ASN1_OCTET_STRING* value, CertificateFields& fields) {
  const auto policies = parse_whole<PoliciesPtr>(value, ASN1_ITEM_rptr(CERTIFICATEPOLICIES));
  if (!policies || sk_POLICYINFO_num(policies.get()) == 0) {
    return read_form(false, "list of policies");
  }
  for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
    const POLICYINFO* policy = sk_POLICYINFO_value(policies.get(), i);
    if (oid_text(policy->policyid) == kExercisePolicyOid) fields.has_exercise_policy = true;
  }
  return {};
}

std::string read_issuer_names(const ASN1_OCTET_STRING* value, CertificateFields&) {
  return read_form(is_whole<GeneralNamesPtr>(value, ASN1_ITEM_rptr(GENERAL_NAMES)),
                   "issuerAltName");
}

struct ExtensionRule {
  int nid;
  ExtensionReader read;   // Null: refused, whatever it holds.
  bool acted_on = false;  // Only then may it be critical.
  bool must_be_critical = false;
};

constexpr ExtensionRule kExtensionRules[] = {
    {NID_basic_constraints, read_basic_constraints, true, false},
    {NID_key_usage, read_key_usage, true, false},
    {NID_ext_key_usage, read_extended_key_usage, true, false},
    {NID_subject_alt_name, read_alternative_names, true, false},
    {NID_name_constraints, read_name_constraints, true, true},
    {NID_authority_key_identifier, read_authority_key, false, false},
    {NID_subject_key_identifier, read_key_identifier, false, false},
    {NID_info_access, read_information_access, false, false},
    {NID_sinfo_access, read_information_access, false, false},
    {NID_crl_distribution_points, read_distribution_points, false, false},
    {NID_freshest_crl, read_distribution_points, false, false},
    {NID_certificate_policies, read_policies, false, false},
    {NID_issuer_alt_name, read_issuer_names, false, false},
    // Sections 4.2.1.11 and 4.2.1.14: they are critical, and here no policy is processed.
    {NID_policy_constraints, nullptr, false, true},
    {NID_inhibit_any_policy, nullptr, false, true},
};

// Empty when the extension may stand in a certificate; else what is wrong.
std::string read_extension(X509_EXTENSION* extension, CertificateFields& fields) {
  const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
  const bool critical = X509_EXTENSION_get_critical(extension) != 0;
  const auto* const rule = std::find_if(
      std::begin(kExtensionRules), std::end(kExtensionRules),
      [nid = OBJ_obj2nid(object)](const ExtensionRule& one) { return one.nid == nid; });
  const bool is_known = rule != std::end(kExtensionRules);
  if (critical && !(is_known && rule->acted_on)) {
    return "has a critical extension not known here, " + oid_text(object);
  }
  if (!is_known) return {};
  if (!critical && rule->must_be_critical) {
    return "has the extension " + oid_text(object) + " and does not mark it critical";
  }
  return rule->read(X509_EXTENSION_get_data(extension), fields);
}

Status read_extensions(X509* certificate, CertificateFields& fields) {
  const int count = X509_get_ext_count(certificate);
  if (count > limits::kCertificateExtensionsMax) {
    return bad_certificate(fields.label, "has " + std::to_string(count) + " extensions; at most " +
                                             std::to_string(limits::kCertificateExtensionsMax) +
                                             " are read");
  }
  std::set<std::string> seen;
  for (int i = 0; i < count; ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate, i);
    const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
    const std::string oid = oid_text(object);
    if (!seen.insert(oid).second)
      return bad_certificate(fields.label, "has the extension " + oid + " twice");
    const std::string problem = read_extension(extension, fields);
    if (!problem.empty()) return bad_certificate(fields.label, problem);
  }
  return ok();
}

// RFC 5280 section 4.1.2.2: a positive number.
bool is_serial(const ASN1_INTEGER* serial) {
  if (ASN1_STRING_length(serial) > kSerialSizeMax || ASN1_STRING_type(serial) != V_ASN1_INTEGER) {
    return false;
  }
  const unsigned char* const first = ASN1_STRING_get0_data(serial);
  return std::any_of(first, first + ASN1_STRING_length(serial),
                     [](unsigned char byte) { return byte != 0; });
}

Status check_sizes(X509* certificate, const std::string& label) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0 || static_cast<size_t>(size) > limits::kCertificateSizeMax) {
    return bad_certificate(label, "has " + std::to_string(size) + " bytes; at most " +
                                      std::to_string(limits::kCertificateSizeMax) + " are read");
  }
  for (const X509_NAME* name :
       {X509_get_subject_name(certificate), X509_get_issuer_name(certificate)}) {
    if (X509_NAME_entry_count(name) > limits::kCertificateNameEntriesMax) {
      return bad_certificate(label, "has a name of " + std::to_string(X509_NAME_entry_count(name)) +
                                        " attributes; at most " +
                                        std::to_string(limits::kCertificateNameEntriesMax) +
                                        " are read");
    }
  }
  return ok();
}

Status check_rsa_strength(const EVP_PKEY* key, const std::string& label) {
  constexpr int kBitsMin = 2048;
  constexpr BN_ULONG kExponentMin = 65537;  // FIPS 186-5 section 5.1.
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kBitsMin || bits > limits::kRsaKeyBitsMax || bits % 8 != 0) {
    return bad_certificate(label, "has an RSA key of " + std::to_string(bits) +
                                      " bits; allowed are 2048 to 8192, in whole bytes");
  }
  BIGNUM* exponent_raw = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent_raw);
  const BignumPtr exponent(exponent_raw);
  const BignumPtr exponent_min(BN_new());
  BN_set_word(exponent_min.get(), kExponentMin);
  if (!exponent || BN_cmp(exponent.get(), exponent_min.get()) < 0) {
    return bad_certificate(label, "has an RSA key with a public exponent below 65537");
  }
  return ok();
}

Status check_ec_strength(const X509_ALGOR* algorithm, const std::string& label) {
  int parameter_type = 0;
  const void* parameter = nullptr;
  X509_ALGOR_get0(nullptr, &parameter_type, &parameter, algorithm);
  if (parameter_type != V_ASN1_OBJECT) {
    return bad_certificate(label, "has an elliptic curve by explicit parameters, not by name");
  }
  const int curve = OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(parameter));
  if (curve != NID_X9_62_prime256v1 && curve != NID_secp384r1) {
    const char* name = OBJ_nid2sn(curve);
    return bad_certificate(label, std::string("has a key on the curve ") + (name ? name : "?") +
                                      "; allowed are P-256 and P-384");
  }
  return ok();
}

Status check_ed25519_strength(const EVP_PKEY* key, const std::string& label) {
  Bytes raw(kPublicKeySize);
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) {
    return bad_certificate(label, "has a public key that cannot be read");
  }
  const Status status = check_ed25519_public_key(raw);
  if (!status) return bad_certificate(label, "has a bad Ed25519 key: " + status.error().reason);
  return ok();
}

}  // namespace

std::string serial_text(const ASN1_INTEGER* serial) {
  const BignumPtr number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (!number) return "?";
  Bytes bytes(std::max(1, BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  std::string text = BN_is_negative(number.get()) ? "-" : "";
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) text += ':';
    text += kHexDigits[bytes[i] >> 4];
    text += kHexDigits[bytes[i] & 15];
  }
  return text;
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  const unsigned long flags = XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_QUOTE & ~XN_FLAG_SPC_EQ;
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, flags) < 0) return "\"?\"";
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return quoted({data, static_cast<size_t>(std::max(0L, size))});
}

std::optional<UtcMs> to_utc_ms(const ASN1_TIME* time) {
  std::tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return static_cast<UtcMs>(timegm(&parts)) * 1000;
}

Result<CertificateFields> read_certificate_fields(X509* certificate) {
  const OpensslErrorScope errors;
  CertificateFields fields;
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  if (!is_serial(serial)) {
    return make_error(ErrorCode::not_allowed,
                      "a certificate has a serial number that is zero, negative or too long");
  }
  fields.serial_hex = serial_text(serial);
  fields.label = "certificate (serial " + fields.serial_hex + ")";
  if (Status status = check_sizes(certificate, fields.label); !status) return status.error();
  fields.label = "certificate " + name_text(X509_get_subject_name(certificate)) + " (serial " +
                 fields.serial_hex + ")";
  if (X509_get_version(certificate) != X509_VERSION_3) {
    return bad_certificate(fields.label, "is of version " +
                                             std::to_string(X509_get_version(certificate) + 1) +
                                             "; only version 3 can say what it is for");
  }
  const auto not_before = to_utc_ms(X509_get0_notBefore(certificate));
  const auto not_after = to_utc_ms(X509_get0_notAfter(certificate));
  if (!not_before || !not_after)
    return bad_certificate(fields.label, "has a malformed time of validity");
  fields.not_before = *not_before;
  fields.not_after = *not_after;
  fields.dev_only = has_dev_only_mark(X509_get_subject_name(certificate));
  if (Status status = read_extensions(certificate, fields); !status) return status.error();
  return fields;
}

Status check_issuer_key_named(X509* certificate, const CertificateFields& fields) {
  const OpensslErrorScope errors;
  if (fields.names_issuer_key || X509_self_signed(certificate, 1) == 1) return ok();
  return bad_certificate(
      fields.label, "does not name the key that signed it (authorityKeyIdentifier with a keyid)");
}

Status check_key_strength(X509* certificate, const std::string& label) {
  const OpensslErrorScope errors;
  // The algorithm is judged as written, before libcrypto is asked for the key: for some keys that
  // we refuse, making sense of them is the expensive part.
  ASN1_OBJECT* object = nullptr;
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY_get0_param(&object, nullptr, nullptr, &algorithm, X509_get_X509_PUBKEY(certificate));
  const int kind = OBJ_obj2nid(object);
  if (kind == NID_X9_62_id_ecPublicKey) {
    if (Status status = check_ec_strength(algorithm, label); !status) return status;
  } else if (kind != NID_rsaEncryption && kind != NID_ED25519) {
    const char* name = kind == NID_undef ? nullptr : OBJ_nid2sn(kind);
    return bad_certificate(label, "has a key of a kind not allowed, " +
                                      (name ? std::string(name) : oid_text(object)) +
                                      "; allowed are Ed25519, P-256, P-384 and RSA");
  }
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return bad_certificate(label, "has a public key that cannot be read");
  if (kind == NID_rsaEncryption) return check_rsa_strength(key, label);
  if (kind == NID_ED25519) return check_ed25519_strength(key, label);
  return ok();
}

Status check_signature_algorithm(int signature_nid, const std::string& label) {
  switch (signature_nid) {
    case NID_ED25519:
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
    case NID_sha512WithRSAEncryption:
      return ok();
    default: {
      const char* name = signature_nid == NID_undef ? nullptr : OBJ_nid2sn(signature_nid);
      return bad_certificate(
          label, std::string("is signed with ") + (name ? name : "an unknown algorithm") +
                     "; allowed are Ed25519, and ECDSA or RSA over SHA-256 or stronger");
    }
  }
}

}  // namespace hotline
