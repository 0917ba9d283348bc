// Bytes, hashes, and their text forms (hex; base64 of RFC 4648 section 4).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hotline {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;  // Borrowed: valid only while the owner lives.
using Hash = std::array<uint8_t, 32>;       // SHA-256, or 32 random bytes used as a salt.

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

// SHA-256 (FIPS 180-4) of the concatenation of `parts`. Many at a time: sha256.h.
Hash sha256(std::initializer_list<ByteView> parts);

// Lower-case hex. Decoding refuses odd lengths and anything but [0-9a-fA-F].
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

// Base64 with padding. Decoding is strict: no white space, no missing or non-zero padding bits, so
// that one byte string has exactly one text.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL.
bool is_clean_utf8(std::string_view text);

}  // namespace hotline
