#include "protocol/base/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/digest_context.h"
#include "protocol/base/sha256_x86.h"

namespace hotline {

namespace {

// Fetched once: looking an algorithm up by name costs more than hashing a short message with it.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

// Longer inputs gain nothing here: libcrypto uses the same instructions, and takes about as long as
// three blocks to get ready.
constexpr size_t kShortSizeMax = 16 * 64;

// Three blocks and what lies about their edges.
constexpr size_t kSelfCheckSizeMax = 200;

}  // namespace

Hash sha256_plainly(std::initializer_list<ByteView> parts) {
  // One context for each thread: the core and the auditor's workers hash without sharing anything.
  thread_local DigestContext context(EVP_MD_CTX_new());
  Hash digest;
  bool good = EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1;
  for (ByteView part : parts) {
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!good) throw std::runtime_error("libcrypto could not compute SHA-256");
  return digest;
}

void sha256_each_plainly(std::span<const ByteView> inputs, std::span<Hash> hashes) {
  for (size_t i = 0; i < inputs.size(); ++i) hashes[i] = sha256_plainly({inputs[i]});
}

bool same_as_plainly(Sha256Each each) {
  Bytes bytes(kSelfCheckSizeMax);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 151 + 7);
  std::vector<ByteView> inputs;
  for (size_t size = 0; size <= bytes.size(); ++size) inputs.push_back(ByteView(bytes).first(size));
  std::vector<Hash> hashes(inputs.size());
  std::vector<Hash> expected(inputs.size());
  each(inputs, hashes);
  sha256_each_plainly(inputs, expected);
  return hashes == expected;
}

bool hashes_in_pairs() {
  static const bool used =
      sha256_x86::is_there() && same_as_plainly(sha256_x86::in_pairs) &&
      same_as_plainly([](std::span<const ByteView> inputs, std::span<Hash> hashes) {
        for (size_t i = 0; i < inputs.size(); ++i) hashes[i] = sha256_x86::alone(inputs[i]);
      });
  return used;
}

Hash sha256(std::initializer_list<ByteView> parts) {
  size_t size = 0;
  for (ByteView part : parts) size += part.size();
  if (size > kShortSizeMax || !hashes_in_pairs()) return sha256_plainly(parts);
  if (parts.size() == 1) return sha256_x86::alone(*parts.begin());
  std::array<uint8_t, kShortSizeMax> input;
  uint8_t* end = input.data();
  for (ByteView part : parts) end = std::copy(part.begin(), part.end(), end);
  return sha256_x86::alone({input.data(), size});
}

void sha256_each(std::span<const ByteView> inputs, std::span<Hash> hashes) {
  HOTLINE_CHECK(inputs.size() == hashes.size());
  if (hashes_in_pairs()) {
    sha256_x86::in_pairs(inputs, hashes);
  } else {
    sha256_each_plainly(inputs, hashes);
  }
}

void sha256_each(std::span<const TwoPieces> inputs, std::span<Hash> hashes) {
  HOTLINE_CHECK(inputs.size() == hashes.size());
  constexpr size_t kTogether = 32;
  std::array<ByteView, kTogether> joined;
  Bytes bytes;
  for (size_t first = 0; first < inputs.size(); first += kTogether) {
    const auto together = inputs.subspan(first, std::min(kTogether, inputs.size() - first));
    size_t size = 0;
    for (const TwoPieces& input : together) size += input[0].size() + input[1].size();
    if (bytes.size() < size) bytes.resize(size);
    uint8_t* end = bytes.data();
    for (size_t i = 0; i < together.size(); ++i) {
      uint8_t* const begin = end;
      for (ByteView piece : together[i]) end = std::copy(piece.begin(), piece.end(), end);
      joined[i] = {begin, end};
    }
    sha256_each(std::span<const ByteView>(joined).first(together.size()),
                hashes.subspan(first, together.size()));
  }
}

}  // namespace hotline
