#include "certs/spoken_words.h"

#include <openssl/evp.h>

#include <array>
#include <vector>

#include "certs/openssl_ptr.h"
#include "certs/word_list.h"
#include "protocol/base/bytes.h"

namespace hotline {
namespace {

constexpr std::string_view kSalt = "hotline exchange words 1";
constexpr uint64_t kCost = 1 << 16, kBlock = 8, kLanes = 1, kMemoryMax = 80u << 20;
constexpr int kWordBits = 11;

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z');
    if (letter && !inside) words.emplace_back();
    if (letter) words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    inside = letter;
  }
  return words;
}

}  // namespace

Result<std::string> spoken_words(std::string_view text) {
  static const std::vector<std::string> list = words_in(kWordList);
  const OpensslErrorScope errors;
  const Hash digest = sha256({as_bytes(text)});
  std::array<uint8_t, 9> bits = {};  // 72 of them: 66 are used, the first ones first.
  if (EVP_PBE_scrypt(reinterpret_cast<const char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(kSalt.data()), kSalt.size(), kCost,
                     kBlock, kLanes, kMemoryMax, bits.data(), bits.size()) != 1) {
    return make_error(ErrorCode::failed, "there is not enough memory to find its words",
                      "80 MiB are needed for a second");
  }
  std::string said;
  for (int word = 0; word < kSpokenWords; ++word) {
    size_t index = 0;
    for (int bit = word * kWordBits; bit < (word + 1) * kWordBits; ++bit) {
      index = index * 2 + (bits[static_cast<size_t>(bit / 8)] >> (7 - bit % 8) & 1u);
    }
    said += (word > 0 ? " " : "") + list[index];
  }
  return said;
}

bool are_same_words(std::string_view typed, std::string_view words) {
  return words_in(typed) == words_in(words);
}

}  // namespace hotline
