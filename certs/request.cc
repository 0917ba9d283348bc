#include "certs/request.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string_view>
#include <utility>

#include "certs/certificate_fields.h"
#include "certs/certificate_limits.h"
#include "certs/key_file.h"
#include "certs/openssl_ptr.h"

namespace hotline {
namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ_free>>;

struct ExtensionsDeleter {
  void operator()(STACK_OF(X509_EXTENSION) * all) const {
    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
  }
};
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsDeleter>;

constexpr std::string_view kUriLabel = "URI:";

// In the words of x509v3_config(5), as certs/check.h wants them; the CA adds the name of its key.
bool add_wanted(STACK_OF(X509_EXTENSION) * all, X509_REQ* request, const Identity& identity) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, request, nullptr, 0);
  const auto add = [&](int nid, const std::string& value) {
    X509ExtensionPtr built(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    if (!built || sk_X509_EXTENSION_push(all, built.get()) <= 0) return false;
    built.release();
    return true;
  };
  if (!add(NID_subject_key_identifier, "hash") ||
      !add(NID_basic_constraints, "critical,CA:FALSE") ||
      !add(NID_key_usage, "critical,digitalSignature") ||
      !add(NID_subject_alt_name, std::string(kUriLabel) + identity_uri(identity))) {
    return false;
  }
  if (identity.purpose == Purpose::tls) return add(NID_ext_key_usage, "serverAuth,clientAuth");
  return identity.purpose != Purpose::person || add(NID_ext_key_usage, "clientAuth");
}

// No words of x509v3_config(5) say it without a file of them.
bool add_exercise_policy(STACK_OF(X509_EXTENSION) * all) {
  const PoliciesPtr policies(CERTIFICATEPOLICIES_new());
  PolicyPtr policy(POLICYINFO_new());
  if (!policies || !policy) return false;
  policy->policyid = OBJ_txt2obj(kExercisePolicyOid, 1);
  if (policy->policyid == nullptr || sk_POLICYINFO_push(policies.get(), policy.get()) <= 0) {
    return false;
  }
  policy.release();
  X509ExtensionPtr built(X509V3_EXT_i2d(NID_certificate_policies, 0, policies.get()));
  if (!built || sk_X509_EXTENSION_push(all, built.get()) <= 0) return false;
  built.release();
  return true;
}

bool name_it(X509_REQ* request, const Identity& identity) {
  const std::string name =
      identity.party + " " +
      (identity.person.empty() ? purpose_name(identity.purpose) : identity.person);
  return X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

template <typename Write>
std::string written_pem(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return {};
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

// The one URI among the names that are asked for.
std::optional<std::string> requested_name(const STACK_OF(X509_EXTENSION) * all) {
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(all, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return std::nullopt;
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return std::nullopt;
  const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<size_t>(ASN1_STRING_length(uri)));
}

}  // namespace

Result<MadeRequest> make_request(const Identity& identity, bool exercise, EVP_PKEY* known) {
  const OpensslErrorScope errors;
  const PkeyPtr fresh(known == nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : nullptr);
  EVP_PKEY* key = known == nullptr ? fresh.get() : known;
  const RequestPtr request(X509_REQ_new());
  const ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
  const bool made = key != nullptr && request && extensions &&
                    X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                    name_it(request.get(), identity) &&
                    X509_REQ_set_pubkey(request.get(), key) == 1 &&
                    add_wanted(extensions.get(), request.get(), identity) &&
                    (!exercise || add_exercise_policy(extensions.get())) &&
                    X509_REQ_add_extensions(request.get(), extensions.get()) == 1 &&
                    X509_REQ_sign(request.get(), key, nullptr) > 0;
  if (!made) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return make_error(ErrorCode::failed, std::string("making a request failed in OpenSSL: ") +
                                             (reason != nullptr ? reason : "no reason given"));
  }
  MadeRequest written;
  written.request =
      written_pem([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, request.get()); });
  if (fresh) {
    written.key = written_pem([&](BIO* bio) {
      return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  return written;
}

Result<ReadRequest> load_request(const std::string& path) {
  const OpensslErrorScope errors;
  const auto refused = [&path](const std::string& why) {
    return make_error(ErrorCode::configuration, path + ": " + why,
                      "hotline pki csr    makes a request, with its key beside it");
  };
  const auto bytes = read_bounded_file(path, limits::kPemFileSizeMax);
  if (!bytes) return bytes.error();
  const BioPtr bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  const RequestPtr request(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr)
                               : nullptr);
  if (!request) return refused("is no request for a certificate");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
    return refused("is not signed with its own key");
  }
  const ExtensionsPtr extensions(X509_REQ_get_extensions(request.get()));
  const auto name = extensions ? requested_name(extensions.get()) : std::nullopt;
  if (!name) return refused("does not ask for one name");
  const auto identity = parse_identity_uri(*name);
  if (!identity) return refused(identity.error().reason);
  const bool exercise = X509v3_get_ext_by_NID(extensions.get(), NID_certificate_policies, -1) >= 0;
  return ReadRequest{*identity, exercise};
}

}  // namespace hotline
