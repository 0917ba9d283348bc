#include "tests/unit/certs/certificate_factory.h"

#include <openssl/pem.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "protocol/base/check.h"

namespace hotline::test {
namespace {

X509ExtensionPtr raw_extension(const std::string& oid, bool critical, const std::string& hex) {
  const auto bytes = from_hex(hex);
  HOTLINE_CHECK(bytes);
  const Asn1ObjectPtr object(OBJ_txt2obj(oid.c_str(), 0));
  HOTLINE_CHECK(object);
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(value, bytes->data(), static_cast<int>(bytes->size()));
  X509ExtensionPtr extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), critical ? 1 : 0, value));
  ASN1_OCTET_STRING_free(value);
  return extension;
}

X509ExtensionPtr make_extension(const ExtensionSpec& spec, X509V3_CTX& context) {
  constexpr std::string_view kCriticalDer = "critical,DER:";
  constexpr std::string_view kDer = "DER:";
  const std::string_view value = spec.value;
  X509ExtensionPtr extension;
  if (value.starts_with(kCriticalDer)) {
    extension = raw_extension(spec.oid, true, std::string(value.substr(kCriticalDer.size())));
  } else if (value.starts_with(kDer)) {
    extension = raw_extension(spec.oid, false, std::string(value.substr(kDer.size())));
  } else {
    extension.reset(
        X509V3_EXT_conf_nid(nullptr, &context, OBJ_txt2nid(spec.oid.c_str()), spec.value.c_str()));
  }
  if (!extension) std::fprintf(stderr, "extension %s=%s\n", spec.oid.c_str(), spec.value.c_str());
  HOTLINE_CHECK(extension);
  return extension;
}

const EVP_MD* digest_for(EVP_PKEY* key, const EVP_MD* wanted) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return nullptr;
  return wanted != nullptr ? wanted : EVP_sha256();
}

// A peer's certificate comes as bytes, and OpenSSL looks at some things only when it reads them.
template <typename T, typename Encode, typename Decode>
auto read_back(T* built, Encode encode, Decode decode) {
  unsigned char* der = nullptr;
  const int size = encode(built, &der);
  HOTLINE_CHECK(size > 0);
  const unsigned char* at = der;
  T* decoded = decode(nullptr, &at, size);
  OPENSSL_free(der);
  HOTLINE_CHECK(decoded != nullptr);
  if constexpr (std::is_same_v<T, X509>) {
    return X509Ptr(decoded);
  } else {
    return X509CrlPtr(decoded);
  }
}

template <typename Write>
std::string pem_of(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  HOTLINE_CHECK(write(bio.get()) == 1);
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

}  // namespace

PkeyPtr ed25519_key() {
  return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

Issued issue(const CertificateSpec& spec, PkeyPtr key, const Issued* issuer) {
  X509Ptr certificate(X509_new());
  X509* signed_by = issuer != nullptr ? issuer->get() : certificate.get();
  EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : key.get();
  HOTLINE_CHECK(X509_set_version(certificate.get(), spec.version) == 1);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate.get()), spec.serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(spec.common_name.data()),
                             static_cast<int>(spec.common_name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signed_by));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), spec.not_before / 1000);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), spec.not_after / 1000);
  HOTLINE_CHECK(X509_set_pubkey(certificate.get(), key.get()) == 1);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, signed_by, certificate.get(), nullptr, nullptr, 0);
  for (const ExtensionSpec& extension : spec.extensions) {
    X509_add_ext(certificate.get(), make_extension(extension, context).get(), -1);
  }
  HOTLINE_CHECK(X509_sign(certificate.get(), signing_key, digest_for(signing_key, spec.digest)) >
                0);
  return {std::move(key), read_back(certificate.get(), i2d_X509, d2i_X509)};
}

std::vector<ExtensionSpec> ca_extensions() {
  return {{"subjectKeyIdentifier", "hash"},
          {"authorityKeyIdentifier", "keyid:always"},
          {"basicConstraints", "critical,CA:TRUE"},
          {"keyUsage", "critical,keyCertSign,cRLSign"}};
}

std::vector<ExtensionSpec> leaf_extensions(const std::string& usage, const std::string& names) {
  std::vector<ExtensionSpec> extensions = {{"subjectKeyIdentifier", "hash"},
                                           {"authorityKeyIdentifier", "keyid:always"},
                                           {"basicConstraints", "critical,CA:FALSE"},
                                           {"keyUsage", "critical,digitalSignature"},
                                           {"subjectAltName", names}};
  if (!usage.empty()) extensions.push_back({"extendedKeyUsage", usage});
  return extensions;
}

std::vector<ExtensionSpec> without(std::vector<ExtensionSpec> extensions, const std::string& oid) {
  std::erase_if(extensions, [&](const ExtensionSpec& extension) { return extension.oid == oid; });
  return extensions;
}

std::vector<ExtensionSpec> with(std::vector<ExtensionSpec> extensions, ExtensionSpec extension) {
  const auto place =
      std::find_if(extensions.begin(), extensions.end(),
                   [&](const ExtensionSpec& other) { return other.oid == extension.oid; });
  if (place == extensions.end()) {
    extensions.push_back(std::move(extension));
  } else {
    *place = std::move(extension);
  }
  return extensions;
}

X509CrlPtr issue_crl(const CrlSpec& spec, const Issued& issuer, EVP_PKEY* key) {
  X509CrlPtr crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), spec.version);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.get()));
  const Asn1TimePtr this_update(ASN1_TIME_set(nullptr, spec.this_update / 1000));
  const Asn1TimePtr next_update(ASN1_TIME_set(nullptr, spec.next_update / 1000));
  X509_CRL_set1_lastUpdate(crl.get(), this_update.get());
  X509_CRL_set1_nextUpdate(crl.get(), next_update.get());
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer.get(), nullptr, nullptr, crl.get(), 0);
  for (const int64_t serial : spec.serials) {
    X509RevokedPtr entry(X509_REVOKED_new());
    const Asn1IntegerPtr number(ASN1_INTEGER_new());
    ASN1_INTEGER_set_int64(number.get(), serial);
    X509_REVOKED_set_serialNumber(entry.get(), number.get());
    X509_REVOKED_set_revocationDate(entry.get(), this_update.get());
    for (const ExtensionSpec& extension : spec.entry_extensions) {
      X509_REVOKED_add_ext(entry.get(), make_extension(extension, context).get(), -1);
    }
    X509_CRL_add0_revoked(crl.get(), entry.release());
  }
  for (const ExtensionSpec& extension : spec.extensions) {
    const bool is_number = extension.oid == "crlNumber" && !extension.value.empty() &&
                           extension.value.find(':') == std::string::npos;
    if (is_number) {
      const Asn1IntegerPtr number(ASN1_INTEGER_new());
      ASN1_INTEGER_set_int64(number.get(), std::stoll(extension.value));
      X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, X509V3_ADD_APPEND);
    } else {
      X509_CRL_add_ext(crl.get(), make_extension(extension, context).get(), -1);
    }
  }
  X509_CRL_sort(crl.get());
  HOTLINE_CHECK(X509_CRL_sign(crl.get(), key, digest_for(key, nullptr)) > 0);
  return read_back(crl.get(), i2d_X509_CRL, d2i_X509_CRL);
}

std::string pem(X509* certificate) {
  return pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string pem(X509_CRL* crl) {
  return pem_of([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, crl); });
}

}  // namespace hotline::test
