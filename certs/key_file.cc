#include "certs/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "certs/certificate_fields.h"
#include "certs/certificate_limits.h"
#include "protocol/base/check.h"

namespace hotline {
namespace {

// Closes what it holds.
class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A private key's text lies here for a moment; it is overwritten before the memory is given back.
struct WipedBytes {
  Bytes bytes;
  ~WipedBytes() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

Error bad_file(const std::string& path, const std::string& why, std::string hint = {}) {
  return make_error(ErrorCode::configuration, path + ": " + why, std::move(hint));
}

Result<struct stat> open_status(const FileDescriptor& file, const std::string& path) {
  struct stat status = {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) {
    return bad_file(path, std::string("cannot be opened: ") + std::strerror(errno),
                    errno == EACCES ? "run this as the user the file belongs to" : "");
  }
  if (!S_ISREG(status.st_mode)) return bad_file(path, "is not a regular file");
  return status;
}

// Reads with one spare byte, so that the buffer is never moved and no copy of a key is left behind.
Status read_all(const FileDescriptor& file, const std::string& path, size_t size_max,
                Bytes& bytes) {
  bytes.resize(size_max + 1);
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return bad_file(path, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > size_max) {
    return bad_file(path, "is larger than " + std::to_string(size_max) + " bytes");
  }
  bytes.resize(size);
  return ok();
}

// O_NONBLOCK, so that a named pipe put in the place of a file cannot hold up the program.
FileDescriptor open_for_reading(const std::string& path) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

// `secret` is in the file: "private key".
Status check_private(const struct stat& status, const std::string& path,
                     const std::string& secret) {
  if ((status.st_mode & 077) != 0) {
    return bad_file(path, "holds a " + secret + " and is open to others than its owner",
                    "chmod 600 " + path + "   and, if others had access, make a new " +
                        secret.substr(secret.rfind(' ') + 1));
  }
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return bad_file(path,
                    "holds a " + secret + " and belongs to another user (id " +
                        std::to_string(status.st_uid) + ")",
                    "chown it to the user this program runs as");
  }
  return ok();
}

int refuse_pass_phrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

BioPtr memory_bio(const Bytes& bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

Result<X509StackPtr> load_certificates(const std::string& path, size_t count_max) {
  const OpensslErrorScope errors;
  auto bytes = read_bounded_file(path, limits::kPemFileSizeMax);
  if (!bytes) return bytes.error();
  const BioPtr bio = memory_bio(*bytes);
  X509StackPtr stack(sk_X509_new_null());
  while (X509Ptr certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (static_cast<size_t>(sk_X509_num(stack.get())) == count_max) {
      return bad_file(path, "has more than " + std::to_string(count_max) +
                                (count_max == 1 ? " certificate" : " certificates"));
    }
    sk_X509_push(stack.get(), certificate.release());
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return bad_file(path, "has a certificate that cannot be read");
  }
  if (sk_X509_num(stack.get()) == 0) {
    return bad_file(path, "has no certificate", "a line -----BEGIN CERTIFICATE----- is expected");
  }
  return stack;
}

}  // namespace

Bytes certificate_der(const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  HOTLINE_CHECK(size > 0);
  Bytes der(static_cast<size_t>(size));
  unsigned char* out = der.data();
  HOTLINE_CHECK(i2d_X509(certificate, &out) == size);
  return der;
}

Result<Bytes> read_bounded_file(const std::string& path, size_t size_max) {
  const FileDescriptor file = open_for_reading(path);
  if (auto status = open_status(file, path); !status) return status.error();
  Bytes bytes;
  if (Status status = read_all(file, path, size_max, bytes); !status) return status.error();
  return bytes;
}

Result<PkeyPtr> load_private_key(const std::string& path) {
  const OpensslErrorScope errors;
  const FileDescriptor file = open_for_reading(path);
  auto file_status = open_status(file, path);
  if (!file_status) return file_status.error();
  if (Status status = check_private(*file_status, path, "private key"); !status)
    return status.error();
  WipedBytes text;
  if (Status status = read_all(file, path, limits::kPemFileSizeMax, text.bytes); !status) {
    return status.error();
  }
  bool asked_for_pass_phrase = false;
  const BioPtr bio = memory_bio(text.bytes);
  PkeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_pass_phrase, &asked_for_pass_phrase));
  if (asked_for_pass_phrase) {
    return bad_file(path, "is encrypted, and nobody is there to type a pass phrase at a restart",
                    "openssl pkey -in " + path + " -out NEW.key   with umask 077");
  }
  if (!key) return bad_file(path, "has no private key that can be read (PEM, PKCS #8)");
  return key;
}

Result<std::string> load_token(const std::string& path, size_t size_max) {
  const FileDescriptor file = open_for_reading(path);
  auto status = open_status(file, path);
  if (!status) return status.error();
  if (Status own = check_private(*status, path, "token"); !own) return own.error();
  WipedBytes text;
  if (Status read = read_all(file, path, size_max + 1, text.bytes); !read) return read.error();
  std::string token(text.bytes.begin(), text.bytes.end());
  if (token.ends_with('\n')) token.pop_back();
  const auto can_be_sent = [](char c) { return c > ' ' && c <= '~'; };
  if (!token.empty() && token.size() <= size_max &&
      std::all_of(token.begin(), token.end(), can_be_sent)) {
    return token;
  }
  return bad_file(
      path, "does not hold a token",
      "one line of printable ASCII without blanks, at most " + std::to_string(size_max) + " bytes");
}

Result<Hash> ed25519_seed(const EVP_PKEY* key) {
  const OpensslErrorScope errors;
  Hash seed = {};
  size_t size = seed.size();
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key, seed.data(), &size) != 1 || size != seed.size()) {
    return make_error(ErrorCode::configuration, "the key is not an Ed25519 private key",
                      "log, receipt and witness keys are Ed25519: openssl genpkey -algorithm "
                      "ed25519 -out FILE");
  }
  return seed;
}

Result<X509Ptr> load_certificate(const std::string& path) {
  auto stack = load_certificates(path, 1);
  if (!stack) return stack.error();
  return X509Ptr(sk_X509_shift(stack->get()));
}

Result<X509StackPtr> load_chain(const std::string& path) {
  return load_certificates(path, limits::kCertificateChainMax);
}

Status check_key_matches(const EVP_PKEY* key, X509* certificate) {
  const OpensslErrorScope errors;
  const EVP_PKEY* certified = X509_get0_pubkey(certificate);
  if (certified == nullptr || EVP_PKEY_eq(certified, key) != 1) {
    return make_error(ErrorCode::configuration,
                      "certificate " + name_text(X509_get_subject_name(certificate)) + " (serial " +
                          serial_text(X509_get0_serialNumber(certificate)) +
                          ") is for another key than the one given with it",
                      "check that both files are of the same purpose and the same renewal");
  }
  return ok();
}

}  // namespace hotline
