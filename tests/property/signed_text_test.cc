// Signed texts have one spelling: whatever is changed in one is noticed, by the reader or by a
// signature.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "protocol/log/merkle.h"
#include "protocol/log/tlog_proof.h"
#include "tests/memory_hash_source.h"
#include "tests/test_party.h"

namespace hotline {
namespace {

constexpr uint64_t kLogSize = 21;
constexpr uint64_t kProvedIndex = 9;

TestChannel& channel() {
  static TestChannel test;
  return test;
}

Hash leaf(uint64_t i) {
  return leaf_hash(as_bytes("envelope " + std::to_string(i)));
}

const MemoryHashSource& leaves() {
  static const MemoryHashSource source = [] {
    MemoryHashSource made;
    for (uint64_t i = 0; i < kLogSize; ++i) made.append(leaf(i));
    return made;
  }();
  return source;
}

Checkpoint checkpoint() {
  return {channel().origin, kLogSize, leaves().frontier().root()};
}

std::string signed_note() {
  return sign_checkpoint(checkpoint(), channel().log.key, channel().log.signer);
}

std::string receipt_note() {
  return channel().receipted(checkpoint(), 1'795'356'667);
}

std::string proof_text() {
  return format_tlog_proof(
      {{}, kProvedIndex, inclusion_proof(leaves(), kProvedIndex, kLogSize), receipt_note()});
}

bool opens(const std::string& note) {
  TestChannel& test = channel();
  return open_checkpoint(note, test.origin, test.log.key, test.log.verifier).has_value();
}

bool opens_as_receipt(const std::string& note) {
  return open_cosigned_checkpoint(note, channel().trust()).has_value();
}

bool proves(const std::string& text) {
  Result<TlogProof> proof = parse_tlog_proof(text);
  return proof && verify_tlog_proof(*proof, leaf(kProvedIndex), channel().trust()).has_value();
}

// Bytes that mean something in these texts stand for each other more often than chance would have
// it.
char any_byte() {
  return *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                         rc::gen::elementOf(std::string("\n +=/0123456789AZaz\xe2\x80\x94\r\t")));
}

std::string with_one_byte_edited(std::string text) {
  auto at = *rc::gen::inRange<size_t>(0, text.size());
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return text.erase(at, 1);
    case 1:
      return text.insert(at, 1, any_byte());
    case 2:
      text[at] = static_cast<char>(text[at] ^ (1 << *rc::gen::inRange(0, 8)));
      return text;
    default:
      text[at] = any_byte();
      return text;
  }
}

// Every place and every bit of the first `size` bytes, not a sample: these texts are short enough.
template <typename Opens>
void expect_every_bit_matters(const std::string& text, size_t size, Opens opens_text) {
  ASSERT_TRUE(opens_text(text));
  for (size_t bit = 0; bit < size * 8; ++bit) {
    std::string edited = text;
    edited[bit / 8] = static_cast<char>(edited[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(opens_text(edited)) << "bit " << bit << " of\n" << text;
  }
  for (size_t at = 0; at < size; ++at) {
    std::string shorter = text;
    EXPECT_FALSE(opens_text(shorter.erase(at, 1))) << "byte " << at << " taken from\n" << text;
    EXPECT_FALSE(opens_text(text.substr(0, at))) << "only " << at << " bytes of\n" << text;
  }
}

TEST(SignedTextProperty, EveryBitOfACheckpointMatters) {
  expect_every_bit_matters(signed_note(), signed_note().size(), opens);
}

TEST(SignedTextProperty, EveryBitOfAReceiptMatters) {
  expect_every_bit_matters(receipt_note(), receipt_note().size(), opens_as_receipt);
}

// Up to the checkpoint note, which is the receipt of the test before.
TEST(SignedTextProperty, EveryBitOfAProofMatters) {
  expect_every_bit_matters(proof_text(), proof_text().size() - receipt_note().size(), proves);
}

RC_GTEST_PROP(SignedTextProperty, NoEditedCheckpointOpens, ()) {
  std::string edited = with_one_byte_edited(signed_note());
  RC_PRE(edited != signed_note());
  RC_ASSERT(!opens(edited));
}

RC_GTEST_PROP(SignedTextProperty, NoEditedReceiptOpens, ()) {
  std::string edited = with_one_byte_edited(receipt_note());
  RC_PRE(edited != receipt_note());
  RC_ASSERT(!opens_as_receipt(edited));
}

RC_GTEST_PROP(SignedTextProperty, NoEditedProofProves, ()) {
  std::string edited = with_one_byte_edited(proof_text());
  RC_PRE(edited != proof_text());
  RC_ASSERT(!proves(edited));
}

// Edits until the result parses again are rare by chance, so this one starts from what can parse.
RC_GTEST_PROP(SignedTextProperty, WhatParsesIsWrittenBackByteForByte, ()) {
  std::string text = proof_text();
  int edits = *rc::gen::inRange(0, 3);
  for (int i = 0; i < edits; ++i) text = with_one_byte_edited(text);
  if (Result<TlogProof> proof = parse_tlog_proof(text)) {
    RC_ASSERT(format_tlog_proof(*proof) == text);
    Result<Note> note = parse_note(proof->checkpoint_note);
    RC_ASSERT(note.has_value());
    RC_ASSERT(format_note(*note) == proof->checkpoint_note);
    Result<Checkpoint> parsed = parse_checkpoint_text(note->text);
    if (parsed) RC_ASSERT(format_checkpoint_text(*parsed) == note->text);
  }
}

RC_GTEST_PROP(SignedTextProperty, CheckpointsAndReceiptsThereAndBack, ()) {
  TestChannel& test = channel();
  uint64_t size = *rc::gen::suchThat(rc::gen::arbitrary<uint64_t>(), [](uint64_t number) {
    return number != 0 && number <= uint64_t{INT64_MAX};
  });
  uint64_t time_s = *rc::gen::inRange<uint64_t>(0, INT64_MAX);
  Hash root = sha256({as_bytes(std::to_string(size))});
  CosignedCheckpoint expected{{test.origin, size, root}, time_s};
  Result<CosignedCheckpoint> opened =
      open_cosigned_checkpoint(test.receipted(expected.checkpoint, time_s), test.trust());
  RC_ASSERT(opened.has_value());
  RC_ASSERT(*opened == expected);
}

RC_GTEST_PROP(SignedTextProperty, AnyBytesAreReadWithoutHarm, (const std::string& bytes)) {
  RC_ASSERT(!opens(bytes));
  RC_ASSERT(!opens_as_receipt(bytes));
  RC_ASSERT(!proves(bytes));
  if (Result<NoteKey> key = parse_vkey(bytes)) RC_ASSERT(format_vkey(*key) == bytes);
}

}  // namespace
}  // namespace hotline
