// Every maximum of certificates, keys and revocation lists, beside those of protocol/base/limits.h:
// the core knows nothing of certificates. They bound what a stranger can make path validation do.
// Sizes are bytes unless the name says otherwise.
#pragma once

#include <cstddef>

namespace hotline::limits {

inline constexpr size_t kCertificateChainMax = 4;  // The leaf and the trust anchor included.
inline constexpr size_t kCertificateSizeMax = 16 * 1024;
inline constexpr int kCertificateExtensionsMax = 32;
inline constexpr int kCertificateNameEntriesMax = 32;       // Attributes of a subject or issuer.
inline constexpr int kCertificateAlternativeNamesMax = 16;  // An issuer's; a leaf has one.
inline constexpr int kNameConstraintsMax = 16;              // Permitted and excluded of one issuer.
inline constexpr int kRsaKeyBitsMax = 8192;
inline constexpr size_t kPemFileSizeMax = 256 * 1024;
inline constexpr size_t kCrlFileSizeMax = 4 * 1024 * 1024;

}  // namespace hotline::limits
