#include "client/audit/trust_directory.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "certs/certificate_fields.h"
#include "protocol/log/origin.h"
#include "protocol/message/names.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = "-ca.crt";

// Null unless the bytes are exactly one certificate in the encoding that OpenSSL would give it: the
// signature covers the inner part of a certificate only.
X509Ptr parse_der(ByteView der) {
  const uint8_t* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate || at != der.data() + der.size()) return nullptr;
  uint8_t* encoded = nullptr;
  const int size = i2d_X509(certificate.get(), &encoded);
  const bool same = size >= 0 && static_cast<size_t>(size) == der.size() &&
                    std::equal(der.begin(), der.end(), encoded);
  OPENSSL_free(encoded);
  return same ? std::move(certificate) : nullptr;
}

}  // namespace

Error not_proved(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::verification_failed, reason, hint);
}

Result<CheckedCertificate> read_der(ByteView der) {
  const OpensslErrorScope errors;
  const X509Ptr certificate = parse_der(der);
  if (!certificate) return not_proved("a certificate cannot be read");
  auto read = read_certificate(certificate.get());
  if (!read) return not_proved(read.error().reason, read.error().hint);
  return read;
}

Result<TrustDirectory> TrustDirectory::open(const std::string& directory) {
  TrustDirectory trust(directory);
  std::error_code failure;
  for (fs::directory_iterator file(directory, failure), end; !failure && file != end;
       file.increment(failure)) {
    const std::string name = file->path().filename().string();
    if (!name.ends_with(kSuffix)) continue;
    const std::string party = name.substr(0, name.size() - kSuffix.size());
    if (!is_party_id(party)) continue;
    auto anchor = TrustAnchor::load(file->path().string(), "");
    if (!anchor) return anchor.error();
    trust.anchors_.emplace(party, std::move(*anchor));
  }
  if (failure) {
    return make_error(ErrorCode::configuration, directory + " cannot be read: " + failure.message(),
                      "--trust DIR, a directory with the CA certificate of each party");
  }
  if (trust.anchors_.empty()) {
    return make_error(ErrorCode::configuration, directory + " has no CA certificate",
                      "put each party's there as PARTY-ca.crt: north-ca.crt, south-ca.crt");
  }
  return trust;
}

Result<TrustedCertificate> TrustDirectory::judge(ByteView der, const std::string& party,
                                                 Purpose purpose) const {
  const OpensslErrorScope errors;
  const std::string owner = upper_case(party);
  const std::string what = owner + "'s " + purpose_name(purpose) + " certificate";
  const auto anchor = anchors_.find(party);
  if (anchor == anchors_.end()) {
    return make_error(
        ErrorCode::configuration,
        "nothing that " + owner + " signed is trusted: " + directory_ + " has no " +
            file_name(party),
        "put the CA certificate of " + owner + " there, as you have it from " + owner + " itself");
  }
  const X509Ptr certificate = parse_der(der);
  if (!certificate) return not_proved(what + " cannot be read");
  const auto refused = [&](const Error& why) {
    return not_proved(what + " is refused: " + why.reason, why.hint);
  };
  const auto own = read_certificate_fields(certificate.get());
  if (!own) return refused(own.error());
  const auto ca = read_certificate_fields(anchor->second.certificate());
  if (!ca) return refused(ca.error());
  TrustedCertificate trusted;
  trusted.held_from = std::max(own->not_before, ca->not_before);
  trusted.held_until = std::min(own->not_after, ca->not_after);
  auto checked = check_certificate(certificate.get(), nullptr, anchor->second, purpose, false,
                                   trusted.held_from);
  if (!checked) return refused(checked.error());
  if (auto status = check_party(*checked, party); !status) return refused(status.error());
  trusted.checked = std::move(*checked);
  return trusted;
}

}  // namespace hotline::audit
