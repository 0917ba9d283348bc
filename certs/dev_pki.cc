#include "certs/dev_pki.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "certs/certificate_fields.h"
#include "certs/certificate_limits.h"
#include "certs/check.h"
#include "certs/identity.h"
#include "certs/key_file.h"

namespace hotline {
namespace {

namespace fs = std::filesystem;

// Two machines that try Hotline seldom agree on the time to the second.
constexpr int64_t kBackdate_ms = 5 * 60 * 1000;
constexpr mode_t kPublicMode = 0644;
constexpr mode_t kPrivateMode = 0600;

// The functions below pass this up when a call of OpenSSL fails, which it does only without memory
// or without random numbers.
Error openssl_failed(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return make_error(ErrorCode::failed, what + " failed in OpenSSL: " +
                                           (reason != nullptr ? reason : "no reason given"));
}

Error file_failed(const std::string& path) {
  return make_error(ErrorCode::failed, path + " cannot be written: " + std::strerror(errno));
}

Status write_whole(int descriptor, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failed(path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return ok();
}

Status write_new_file(const std::string& path, std::string_view text, mode_t mode) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return file_failed(path);
  Status status = write_whole(descriptor, path, text);
  if (close(descriptor) != 0 && status) status = file_failed(path);
  return status;
}

// A reader sees the old file or the new one, never half of it.
Status replace_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());  // Left behind by a process that ended in between.
  if (Status status = write_new_file(fresh, text, kPublicMode); !status) return status;
  if (rename(fresh.c_str(), path.c_str()) != 0) return file_failed(path);
  return ok();
}

template <typename Write>
std::string pem_of(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return {};
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  return pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string key_pem(EVP_PKEY* key) {
  return pem_of([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string crl_pem(X509_CRL* crl) {
  return pem_of([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, crl); });
}

struct KeyAndCertificate {
  PkeyPtr key;
  X509Ptr certificate;
};

struct Validity {
  UtcMs not_before;
  UtcMs not_after;
};

struct Extension {
  int nid;
  std::string value;  // In the words of x509v3_config(5).
};

bool set_random_serial(X509* certificate) {
  constexpr size_t kSerialSize = 8;  // Short enough to be read aloud.
  uint8_t bytes[kSerialSize];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = (bytes[0] & 0x3f) | 0x40;  // Positive, and always of the same length.
  const BignumPtr number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_dev_only_name(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [name](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", kDevOnlyMark) && add("CN", common_name);
}

// No words of x509v3_config(5) say it without a file of them.
bool add_policy(X509* certificate, const std::string& oid) {
  const PoliciesPtr policies(CERTIFICATEPOLICIES_new());
  PolicyPtr policy(POLICYINFO_new());
  if (!policies || !policy) return false;
  policy->policyid = OBJ_txt2obj(oid.c_str(), 1);
  if (policy->policyid == nullptr || sk_POLICYINFO_push(policies.get(), policy.get()) <= 0) {
    return false;
  }
  policy.release();
  return X509_add1_ext_i2d(certificate, NID_certificate_policies, policies.get(), 0,
                           X509V3_ADD_DEFAULT) == 1;
}

bool add_extensions(X509* certificate, X509* issuer, const std::vector<Extension>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& extension : extensions) {
    if (extension.nid == NID_certificate_policies) {
      if (!add_policy(certificate, extension.value)) return false;
      continue;
    }
    const X509ExtensionPtr built(
        X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value.c_str()));
    if (!built || X509_add_ext(certificate, built.get(), -1) != 1) return false;
  }
  return true;
}

// Without an issuer the certificate signs itself.
Result<KeyAndCertificate> issue(const std::string& common_name, const KeyAndCertificate* issuer,
                                Validity validity, const std::vector<Extension>& extensions) {
  PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  X509Ptr certificate(X509_new());
  if (!key || !certificate) return openssl_failed("making a key");
  X509* signed_by = issuer != nullptr ? issuer->certificate.get() : certificate.get();
  EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : key.get();
  const bool built =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      set_random_serial(certificate.get()) && set_dev_only_name(certificate.get(), common_name) &&
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(signed_by)) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), validity.not_before / 1000) &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), validity.not_after / 1000) &&
      X509_set_pubkey(certificate.get(), key.get()) == 1 &&
      add_extensions(certificate.get(), signed_by, extensions) &&
      X509_sign(certificate.get(), signing_key, nullptr) > 0;
  if (!built) return openssl_failed("making the certificate of " + common_name);
  return KeyAndCertificate{std::move(key), std::move(certificate)};
}

Result<KeyAndCertificate> issue_ca(const std::string& party, Validity validity) {
  return issue(party + " CA", nullptr, validity,
               {{NID_subject_key_identifier, "hash"},
                {NID_authority_key_identifier, "keyid:always"},
                {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                {NID_key_usage, "critical,keyCertSign,cRLSign"},
                {NID_name_constraints, "critical,permitted;URI:" + party}});
}

Result<KeyAndCertificate> issue_leaf(const KeyAndCertificate& ca, const Identity& identity,
                                     const std::string& common_name, Validity validity,
                                     bool exercise) {
  std::vector<Extension> extensions = {{NID_subject_key_identifier, "hash"},
                                       {NID_authority_key_identifier, "keyid:always"},
                                       {NID_basic_constraints, "critical,CA:FALSE"},
                                       {NID_key_usage, "critical,digitalSignature"},
                                       {NID_subject_alt_name, "URI:" + identity_uri(identity)}};
  if (identity.purpose == Purpose::tls) {
    extensions.push_back({NID_ext_key_usage, "serverAuth,clientAuth"});
  } else if (identity.purpose == Purpose::person) {
    extensions.push_back({NID_ext_key_usage, "clientAuth"});
  }
  if (exercise) extensions.push_back({NID_certificate_policies, kExercisePolicyOid});
  return issue(common_name, &ca, validity, extensions);
}

// Numbers, dates and signs `crl`, which has its entries already.
bool finish_crl(X509_CRL* crl, uint64_t number, Validity validity, const KeyAndCertificate& ca) {
  const Asn1TimePtr this_update(ASN1_TIME_set(nullptr, validity.not_before / 1000));
  const Asn1TimePtr next_update(ASN1_TIME_set(nullptr, validity.not_after / 1000));
  const Asn1IntegerPtr crl_number(ASN1_INTEGER_new());
  return this_update && next_update && crl_number &&
         ASN1_INTEGER_set_uint64(crl_number.get(), number) == 1 &&
         X509_CRL_set1_lastUpdate(crl, this_update.get()) == 1 &&
         X509_CRL_set1_nextUpdate(crl, next_update.get()) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, crl_number.get(), 0, X509V3_ADD_REPLACE) == 1 &&
         X509_CRL_sort(crl) == 1 && X509_CRL_sign(crl, ca.key.get(), nullptr) > 0;
}

Result<X509CrlPtr> first_crl(const KeyAndCertificate& ca, Validity validity) {
  X509CrlPtr crl(X509_CRL_new());
  const bool built =
      crl && X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1 &&
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(ca.certificate.get())) == 1;
  if (!built) return openssl_failed("making a revocation list");
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, ca.certificate.get(), nullptr, nullptr, crl.get(), 0);
  const X509ExtensionPtr issuer_key(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  if (!issuer_key || X509_CRL_add_ext(crl.get(), issuer_key.get(), -1) != 1 ||
      !finish_crl(crl.get(), 1, validity, ca)) {
    return openssl_failed("making a revocation list");
  }
  return crl;
}

// Writes below one directory and remembers what it wrote.
class Writer {
 public:
  explicit Writer(std::string directory) : directory_(std::move(directory)) {}

  Status make_directory(const std::string& name) {
    const std::string path = directory_ + "/" + name;
    if (mkdir(path.c_str(), 0700) != 0) return file_failed(path);
    return ok();
  }

  Status write(const std::string& name, std::string_view text, mode_t mode) {
    files_.push_back(name);
    return write_new_file(directory_ + "/" + name, text, mode);
  }

  Status write_pair(const std::string& stem, const KeyAndCertificate& pair) {
    Status status = write(stem + ".crt", certificate_pem(pair.certificate.get()), kPublicMode);
    if (!status) return status;
    return write(stem + ".key", key_pem(pair.key.get()), kPrivateMode);
  }

  std::vector<std::string> take_files() { return std::move(files_); }

 private:
  std::string directory_;
  std::vector<std::string> files_;
};

Status create_leaves(Writer& writer, const KeyAndCertificate& ca, const std::string& party,
                     const DevPkiOptions& options, Validity validity) {
  for (const Purpose purpose : {Purpose::tls, Purpose::log, Purpose::receipt, Purpose::witness}) {
    const std::string name = purpose_name(purpose);
    auto leaf = issue_leaf(ca, Identity{party, purpose, {}}, party + " " + name, validity,
                           options.exercise);
    if (!leaf) return leaf.error();
    if (Status status = writer.write_pair(party + "/" + name, *leaf); !status) return status;
  }
  if (Status status = writer.make_directory(party + "/people"); !status) return status;
  for (const std::string& person : options.people) {
    auto leaf = issue_leaf(ca, Identity{party, Purpose::person, person}, party + " " + person,
                           validity, options.exercise);
    if (!leaf) return leaf.error();
    if (Status status = writer.write_pair(party + "/people/" + person, *leaf); !status) {
      return status;
    }
  }
  return ok();
}

Status create_party(Writer& writer, const std::string& party, const DevPkiOptions& options,
                    Validity validity) {
  if (Status status = writer.make_directory(party); !status) return status;
  auto ca = issue_ca(party, validity);
  if (!ca) return ca.error();
  auto crl = first_crl(*ca, validity);
  if (!crl) return crl.error();
  const std::string ca_text = certificate_pem(ca->certificate.get());
  const std::string crl_text = crl_pem(crl->get());
  if (Status status = writer.write_pair(party + "/ca", *ca); !status) return status;
  if (Status status = writer.write(party + "/ca.crl", crl_text, kPublicMode); !status) {
    return status;
  }
  if (Status status = writer.write("trust/" + party + "-ca.crt", ca_text, kPublicMode); !status) {
    return status;
  }
  if (Status status = writer.write("trust/" + party + "-ca.crl", crl_text, kPublicMode); !status) {
    return status;
  }
  return create_leaves(writer, *ca, party, options, validity);
}

Status check_names(const std::vector<std::string>& names, const std::string& what) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    // A party's directory stands beside the one called trust.
    if (!is_identity_name(name) || (what == "party" && name == "trust")) {
      return make_error(ErrorCode::usage, "\"" + name + "\" cannot be the name of a " + what,
                        "1 to 32 of a-z, 0-9 and -; no party is called trust");
    }
    if (!seen.insert(name).second) {
      return make_error(ErrorCode::usage, "the " + what + " " + name + " is named twice");
    }
  }
  return ok();
}

Status check_empty(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return make_error(ErrorCode::failed, directory + ": " + error.message());
  const bool empty = fs::is_empty(directory, error);
  if (error) return make_error(ErrorCode::failed, directory + ": " + error.message());
  if (!empty) {
    return make_error(ErrorCode::conflict, directory + " is not empty; keys are never written over",
                      "name another directory, or remove this one first");
  }
  return ok();
}

// The directory was empty before, so all there is in it was made by the attempt that failed.
void remove_contents(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    fs::remove_all(entry.path(), ignored);
  }
}

Status create_all(Writer& writer, const DevPkiOptions& options, Validity validity) {
  if (Status status = writer.make_directory("trust"); !status) return status;
  for (const std::string& party : options.parties) {
    if (Status status = create_party(writer, party, options, validity); !status) {
      return status;
    }
  }
  return ok();
}

Result<X509CrlPtr> read_own_crl(const std::string& path) {
  auto bytes = read_bounded_file(path, limits::kCrlFileSizeMax);
  if (!bytes) return bytes.error();
  const BioPtr bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  X509CrlPtr crl(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (!crl) return make_error(ErrorCode::configuration, path + ": is no revocation list");
  return crl;
}

Result<uint64_t> number_of(const X509_CRL* crl, const std::string& path) {
  const Asn1IntegerPtr number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
  uint64_t value = 0;
  if (!number || ASN1_INTEGER_get_uint64(&value, number.get()) != 1 || value == UINT64_MAX) {
    return make_error(ErrorCode::configuration, path + ": has no usable CRLNumber");
  }
  return value;
}

Status add_entry(X509_CRL* crl, X509* certificate, UtcMs now) {
  X509_REVOKED* existing = nullptr;
  if (X509_CRL_get0_by_serial(crl, &existing, X509_get_serialNumber(certificate)) != 0) {
    return make_error(
        ErrorCode::conflict,
        "serial " + serial_text(X509_get0_serialNumber(certificate)) + " is revoked already");
  }
  X509RevokedPtr entry(X509_REVOKED_new());
  const Asn1TimePtr revoked_at(ASN1_TIME_set(nullptr, now / 1000));
  if (!entry || !revoked_at ||
      X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate)) != 1 ||
      X509_REVOKED_set_revocationDate(entry.get(), revoked_at.get()) != 1 ||
      X509_CRL_add0_revoked(crl, entry.get()) != 1) {
    return openssl_failed("revoking a certificate");
  }
  entry.release();  // The list owns it now.
  return ok();
}

Status write_crl(const std::string& party_directory, X509_CRL* crl) {
  const std::string text = crl_pem(crl);
  if (Status status = replace_file(party_directory + "/ca.crl", text); !status) return status;
  std::error_code error;
  const fs::path party = fs::canonical(party_directory, error);
  if (error) return make_error(ErrorCode::failed, party_directory + ": " + error.message());
  const fs::path copy = party.parent_path() / "trust" / (party.filename().string() + "-ca.crl");
  if (!fs::exists(copy, error)) return ok();
  return replace_file(copy.string(), text);
}

}  // namespace

Result<DevPki> create_dev_pki(const std::string& directory, const DevPkiOptions& options,
                              UtcMs now) {
  const OpensslErrorScope errors;
  if (options.parties.empty()) return make_error(ErrorCode::usage, "no party is named");
  if (Status status = check_names(options.parties, "party"); !status) return status.error();
  if (Status status = check_names(options.people, "person"); !status) return status.error();
  if (Status status = check_empty(directory); !status) return status.error();
  const Validity validity{now - kBackdate_ms, now + options.validity_ms};
  Writer writer(directory);
  if (Status status = create_all(writer, options, validity); !status) {
    remove_contents(directory);
    return status.error();
  }
  return DevPki{directory, writer.take_files(), validity.not_after};
}

Status revoke_dev_certificate(const std::string& party_directory,
                              const std::string& certificate_path, UtcMs now) {
  const OpensslErrorScope errors;
  auto chain = load_chain(certificate_path);
  if (!chain) return chain.error();
  X509* certificate = sk_X509_value(chain->get(), 0);
  auto ca_certificate = load_certificate(party_directory + "/ca.crt");
  if (!ca_certificate) return ca_certificate.error();
  auto ca_key = load_private_key(party_directory + "/ca.key");
  if (!ca_key) return ca_key.error();
  const KeyAndCertificate ca{std::move(*ca_key), std::move(*ca_certificate)};
  if (X509_NAME_cmp(X509_get_issuer_name(certificate),
                    X509_get_subject_name(ca.certificate.get())) != 0 ||
      X509_verify(certificate, ca.key.get()) != 1) {
    return make_error(ErrorCode::usage,
                      certificate_path + " was not issued by the CA in " + party_directory);
  }
  auto crl = read_own_crl(party_directory + "/ca.crl");
  if (!crl) return crl.error();
  auto number = number_of(crl->get(), party_directory + "/ca.crl");
  if (!number) return number.error();
  if (Status status = add_entry(crl->get(), certificate, now); !status) return status;
  const UtcMs ca_ends = to_utc_ms(X509_get0_notAfter(ca.certificate.get())).value_or(now);
  if (!finish_crl(crl->get(), *number + 1, Validity{now, ca_ends}, ca)) {
    return openssl_failed("making a revocation list");
  }
  return write_crl(party_directory, crl->get());
}

}  // namespace hotline
