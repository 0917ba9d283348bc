#include "protocol/base/sha256.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/simulation/seeded.h"

namespace hotline {
namespace {

std::vector<Hash> plainly(std::span<const ByteView> inputs) {
  std::vector<Hash> hashes(inputs.size());
  sha256_each_plainly(inputs, hashes);
  return hashes;
}

std::vector<Hash> together(std::span<const ByteView> inputs) {
  std::vector<Hash> hashes(inputs.size());
  sha256_each(inputs, hashes);
  return hashes;
}

// FIPS 180-4's own examples.
TEST(Sha256, known_answers) {
  const ByteView inputs[] = {as_bytes("abc"), as_bytes("")};
  const std::vector<Hash> hashes = together(inputs);
  EXPECT_EQ(to_hex(hashes[0]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hashes[1]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// Every length about the edges of one, two and three blocks, beside every other kind of partner.
TEST(Sha256, are_those_of_libcrypto_for_every_length) {
  simulation::Seeded random(1);
  Bytes bytes(400);
  random.fill(bytes);
  for (size_t partner : {size_t{0}, size_t{55}, size_t{56}, size_t{64}, size_t{119}, size_t{300}}) {
    for (size_t size = 0; size <= 200; ++size) {
      // Unaligned as well.
      const ByteView inputs[] = {ByteView(bytes).subspan(size % 7, size),
                                 ByteView(bytes).first(partner)};
      ASSERT_EQ(together(inputs), plainly(inputs)) << size << " beside " << partner;
    }
  }
}

TEST(Sha256, are_those_of_libcrypto_for_many_inputs_of_any_length) {
  simulation::Seeded random(2);
  Bytes bytes(20'000);
  random.fill(bytes);
  for (size_t count = 0; count <= 40; ++count) {
    std::vector<ByteView> inputs;
    for (size_t i = 0; i < count; ++i) {
      const size_t size = random.chance(100) ? random.below(bytes.size()) : random.below(300);
      inputs.push_back(ByteView(bytes).subspan(random.below(bytes.size() - size + 1), size));
    }
    ASSERT_EQ(together(inputs), plainly(inputs)) << count;
  }
}

TEST(Sha256, of_two_pieces_is_that_of_both_together) {
  simulation::Seeded random(4);
  Bytes bytes(5'000);
  random.fill(bytes);
  for (size_t count :
       {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{31}, size_t{33}, size_t{100}}) {
    std::vector<ByteView> whole;
    std::vector<TwoPieces> pieces;
    for (size_t i = 0; i < count; ++i) {
      const size_t size = random.below(random.chance(50) ? bytes.size() : 200);
      whole.push_back(ByteView(bytes).subspan(random.below(bytes.size() - size), size));
      const size_t cut = random.below(size + 1);
      pieces.push_back({whole[i].first(cut), whole[i].subspan(cut)});
    }
    std::vector<Hash> hashes(count);
    sha256_each(pieces, hashes);
    ASSERT_EQ(hashes, plainly(whole)) << count;
  }
}

TEST(Sha256, of_one_input_is_that_of_libcrypto_however_it_is_cut) {
  simulation::Seeded random(3);
  Bytes bytes(1200);
  random.fill(bytes);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView input = ByteView(bytes).first(size);
    const size_t cut = random.below(size + 1);
    const Hash expected = sha256_plainly({input});
    ASSERT_EQ(sha256({input}), expected) << size;
    ASSERT_EQ(sha256({input.first(cut), input.subspan(cut)}), expected) << size << " at " << cut;
  }
  EXPECT_EQ(sha256({}), sha256_plainly({}));
}

// A processor whose instructions err for one length only is found out before they are used.
size_t wrong_size = 0;
TEST(Sha256, are_held_against_libcrypto_before_the_first_use) {
  EXPECT_TRUE(same_as_plainly(sha256_each_plainly));
  for (const size_t size : {size_t{0}, size_t{55}, size_t{56}, size_t{64}, size_t{200}}) {
    wrong_size = size;
    EXPECT_FALSE(same_as_plainly([](std::span<const ByteView> inputs, std::span<Hash> hashes) {
      sha256_each_plainly(inputs, hashes);
      for (size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].size() == wrong_size) hashes[i][31] ^= 1;
      }
    })) << size;
  }
}

}  // namespace
}  // namespace hotline
