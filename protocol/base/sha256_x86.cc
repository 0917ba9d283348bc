// The SHA instructions of x86-64.
#include "protocol/base/sha256_x86.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace hotline::sha256_x86 {

// Every function that uses the instructions says so; is_there() asks the processor first.
#define HOTLINE_SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1")))

namespace {

constexpr size_t kBlockSize = 64;
constexpr size_t kRoundsPerStep = 4;
constexpr size_t kSteps = 16;

// FIPS 180-4 section 4.2.2.
alignas(16) constexpr uint32_t kRoundConstants[kSteps * kRoundsPerStep] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// FIPS 180-4 section 5.3.3, in the order in which the instructions want the eight words a to h,
// from the lowest: f e b a, h g d c.
alignas(16) constexpr uint32_t kInitialFeba[4] = {0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667};
alignas(16) constexpr uint32_t kInitialHgdc[4] = {0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};

struct State {
  __m128i feba;
  __m128i hgdc;
};

// One input on its way: its whole blocks where they lie, then one or two blocks of padding.
class Lane {
 public:
  HOTLINE_SHA_INSTRUCTIONS void begin(ByteView input) {
    state_.feba = _mm_load_si128(reinterpret_cast<const __m128i*>(kInitialFeba));
    state_.hgdc = _mm_load_si128(reinterpret_cast<const __m128i*>(kInitialHgdc));
    next_ = input.data();
    left_ = input.size() / kBlockSize;
    const size_t rest = input.size() % kBlockSize;
    tail_blocks_ = rest + 1 + sizeof(uint64_t) <= kBlockSize ? 1 : 2;
    const size_t tail_size = tail_blocks_ * kBlockSize;
    std::memset(tail_.data(), 0, tail_size);
    if (rest != 0) std::memcpy(tail_.data(), input.data() + input.size() - rest, rest);
    tail_[rest] = 0x80;
    const uint64_t bits = __builtin_bswap64(uint64_t{input.size()} * 8);
    std::memcpy(tail_.data() + tail_size - sizeof bits, &bits, sizeof bits);
    turn_to_tail_if_due();
  }

  // How many blocks lie one behind the other at next(); 0 when the input is done.
  size_t left() const { return left_; }
  const uint8_t* next() const { return next_; }
  State& state() { return state_; }

  void advance(size_t blocks) {
    next_ += blocks * kBlockSize;
    left_ -= blocks;
    turn_to_tail_if_due();
  }

  HOTLINE_SHA_INSTRUCTIONS void write(Hash& hash) const {
    // Back to a b c d, e f g h, each word big-endian.
    const __m128i bytes_of_words =
        _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i dcba = _mm_unpackhi_epi64(state_.hgdc, state_.feba);
    const __m128i hgfe = _mm_unpacklo_epi64(state_.hgdc, state_.feba);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(hash.data()),
                     _mm_shuffle_epi8(dcba, bytes_of_words));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(hash.data() + 16),
                     _mm_shuffle_epi8(hgfe, bytes_of_words));
  }

 private:
  void turn_to_tail_if_due() {
    if (left_ != 0 || tail_blocks_ == 0) return;
    next_ = tail_.data();
    left_ = tail_blocks_;
    tail_blocks_ = 0;
  }

  State state_;
  const uint8_t* next_ = nullptr;
  size_t left_ = 0;
  size_t tail_blocks_ = 0;  // Still to come.
  alignas(16) std::array<uint8_t, 2 * kBlockSize> tail_;
};

// One block of each of kLanes inputs (FIPS 180-4 section 6.2.2). The lanes depend on nothing of
// each other, which is the point.
template <size_t kLanes>
HOTLINE_SHA_INSTRUCTIONS inline void compress(State* const* states, const uint8_t* const* blocks) {
  const __m128i words_of_bytes = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  __m128i feba[kLanes];
  __m128i hgdc[kLanes];
  __m128i words[kLanes][4];  // The last sixteen words of the message schedule.
  for (size_t lane = 0; lane < kLanes; ++lane) {
    feba[lane] = states[lane]->feba;
    hgdc[lane] = states[lane]->hgdc;
    for (size_t i = 0; i < 4; ++i) {
      const auto* from = reinterpret_cast<const __m128i*>(blocks[lane] + 16 * i);
      words[lane][i] = _mm_shuffle_epi8(_mm_loadu_si128(from), words_of_bytes);
    }
  }
#pragma GCC unroll 16
  for (size_t step = 0; step < kSteps; ++step) {
    const auto* constants =
        reinterpret_cast<const __m128i*>(kRoundConstants + kRoundsPerStep * step);
#pragma GCC unroll 2
    for (size_t lane = 0; lane < kLanes; ++lane) {
      __m128i* const w = words[lane];
      const size_t now = step % 4;
      if (step >= 4) {
        const __m128i sixteen_ago = _mm_sha256msg1_epu32(w[now], w[(step + 1) % 4]);
        const __m128i seven_ago = _mm_alignr_epi8(w[(step + 3) % 4], w[(step + 2) % 4], 4);
        w[now] = _mm_sha256msg2_epu32(_mm_add_epi32(sixteen_ago, seven_ago), w[(step + 3) % 4]);
      }
      const __m128i added = _mm_add_epi32(w[now], _mm_load_si128(constants));
      hgdc[lane] = _mm_sha256rnds2_epu32(hgdc[lane], feba[lane], added);
      feba[lane] = _mm_sha256rnds2_epu32(feba[lane], hgdc[lane], _mm_shuffle_epi32(added, 0x0e));
    }
  }
  for (size_t lane = 0; lane < kLanes; ++lane) {
    states[lane]->feba = _mm_add_epi32(states[lane]->feba, feba[lane]);
    states[lane]->hgdc = _mm_add_epi32(states[lane]->hgdc, hgdc[lane]);
  }
}

template <size_t kLanes>
HOTLINE_SHA_INSTRUCTIONS void run_blocks(Lane* const* lanes, size_t count) {
  State states[kLanes];
  State* pointers[kLanes];
  const uint8_t* blocks[kLanes];
  for (size_t lane = 0; lane < kLanes; ++lane) {
    states[lane] = lanes[lane]->state();
    pointers[lane] = &states[lane];
    blocks[lane] = lanes[lane]->next();
  }
  for (size_t i = 0; i < count; ++i) {
    compress<kLanes>(pointers, blocks);
    for (size_t lane = 0; lane < kLanes; ++lane) blocks[lane] += kBlockSize;
  }
  for (size_t lane = 0; lane < kLanes; ++lane) {
    lanes[lane]->state() = states[lane];
    lanes[lane]->advance(count);
  }
}

}  // namespace

bool is_there() {
  constexpr unsigned kSsse3 = 1u << 9;
  constexpr unsigned kSse41 = 1u << 19;
  constexpr unsigned kSha = 1u << 29;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSsse3) == 0 || (c & kSse41) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

HOTLINE_SHA_INSTRUCTIONS Hash alone(ByteView input) {
  Lane lane;
  lane.begin(input);
  Lane* const lanes[1] = {&lane};
  while (lane.left() != 0) run_blocks<1>(lanes, lane.left());
  Hash hash;
  lane.write(hash);
  return hash;
}

HOTLINE_SHA_INSTRUCTIONS void in_pairs(std::span<const ByteView> inputs, std::span<Hash> hashes) {
  Lane lanes[2];
  Lane* both[2] = {&lanes[0], &lanes[1]};
  size_t index[2] = {0, 1};  // Which input each lane has.
  size_t next = 0;
  for (; next < 2 && next < inputs.size(); ++next) lanes[next].begin(inputs[next]);
  while (lanes[0].left() != 0 && lanes[1].left() != 0) {
    run_blocks<2>(both, std::min(lanes[0].left(), lanes[1].left()));
    for (size_t lane = 0; lane < 2; ++lane) {
      if (lanes[lane].left() != 0) continue;
      lanes[lane].write(hashes[index[lane]]);
      if (next == inputs.size()) continue;
      index[lane] = next;
      lanes[lane].begin(inputs[next++]);
    }
  }
  // The last input has no partner.
  for (size_t lane = 0; lane < 2; ++lane) {
    if (lanes[lane].left() == 0) continue;
    Lane* const last[1] = {&lanes[lane]};
    while (lanes[lane].left() != 0) run_blocks<1>(last, lanes[lane].left());
    lanes[lane].write(hashes[index[lane]]);
  }
}

}  // namespace hotline::sha256_x86

#else

#include <stdexcept>

namespace hotline::sha256_x86 {

bool is_there() {
  return false;
}

Hash alone(ByteView) {
  throw std::logic_error("this processor has no SHA instructions");
}

void in_pairs(std::span<const ByteView>, std::span<Hash>) {
  throw std::logic_error("this processor has no SHA instructions");
}

}  // namespace hotline::sha256_x86

#endif
