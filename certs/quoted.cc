#include "certs/quoted.h"

namespace hotline {

std::string quoted(std::string_view text) {
  constexpr size_t kShownMax = 100;
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string shown = "\"";
  for (const char c : text.substr(0, kShownMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      shown += c;
    } else {
      shown += "\\x";
      shown += kHexDigits[byte >> 4];
      shown += kHexDigits[byte & 15];
    }
  }
  shown += text.size() > kShownMax ? "\"..." : "\"";
  return shown;
}

}  // namespace hotline
