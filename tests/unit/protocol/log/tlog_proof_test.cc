#include "protocol/log/tlog_proof.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/log/merkle.h"
#include "tests/memory_hash_source.h"
#include "tests/test_party.h"

namespace hotline {
namespace {

Hash leaf(uint64_t i) {
  return leaf_hash(as_bytes("envelope " + std::to_string(i)));
}

// Thirteen messages from North, receipted by South, and the proof of one of them.
struct ProvedMessage {
  explicit ProvedMessage(uint64_t index) {
    for (uint64_t i = 0; i < kSize; ++i) tree.append(leaf(i));
    checkpoint = {test.origin, kSize, tree.frontier().root()};
    proof = {{}, index, inclusion_proof(tree, index, kSize), test.receipted(checkpoint, 1000)};
  }

  static constexpr uint64_t kSize = 13;
  TestChannel test;
  MemoryHashSource tree;
  Checkpoint checkpoint;
  TlogProof proof;
};

TEST(TlogProof, EveryMessageOfALogCanBeProved) {
  for (uint64_t index = 0; index < ProvedMessage::kSize; ++index) {
    ProvedMessage message(index);
    Result<TlogProof> parsed = parse_tlog_proof(format_tlog_proof(message.proof));
    ASSERT_TRUE(parsed) << parsed.error().reason;
    EXPECT_EQ(*parsed, message.proof);
    Result<CosignedCheckpoint> verified =
        verify_tlog_proof(*parsed, leaf(index), message.test.trust());
    ASSERT_TRUE(verified) << verified.error().reason;
    EXPECT_EQ(*verified, (CosignedCheckpoint{message.checkpoint, 1000}));
  }
}

TEST(TlogProof, IsWrittenAsTheSpecificationShows) {
  ProvedMessage message(12);
  message.proof.extra = to_bytes(as_bytes("foobar"));
  ASSERT_EQ(message.proof.hashes.size(), 2u);
  EXPECT_EQ(format_tlog_proof(message.proof),
            "c2sp.org/tlog-proof@v1\n"
            "extra Zm9vYmFy\n"
            "index 12\n" +
                to_base64(message.proof.hashes[0]) + "\n" + to_base64(message.proof.hashes[1]) +
                "\n\n" + message.proof.checkpoint_note);
}

TEST(TlogProof, ALogOfOneLeafNeedsNoHashes) {
  TestChannel test;
  Checkpoint checkpoint{test.origin, 1, leaf(0)};
  TlogProof proof{{}, 0, {}, test.receipted(checkpoint, 1)};
  std::string text = format_tlog_proof(proof);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nhotline/"));
  ASSERT_TRUE(parse_tlog_proof(text));
  EXPECT_TRUE(verify_tlog_proof(*parse_tlog_proof(text), leaf(0), test.trust()));
}

TEST(TlogProof, FailsForAnotherLeafIndexLogOrSigner) {
  ProvedMessage message(5);
  auto expect_failed = [](const TlogProof& proof, const Hash& hash, const CheckpointTrust& trust) {
    Result<CosignedCheckpoint> verified = verify_tlog_proof(proof, hash, trust);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::verification_failed);
  };
  CheckpointTrust trust = message.test.trust();
  expect_failed(message.proof, leaf(6), trust);

  TlogProof other_index = message.proof;
  other_index.index = 6;
  expect_failed(other_index, leaf(5), trust);

  TlogProof beyond = message.proof;
  beyond.index = ProvedMessage::kSize;
  expect_failed(beyond, leaf(5), trust);

  TlogProof shorter = message.proof;
  shorter.hashes.pop_back();
  expect_failed(shorter, leaf(5), trust);

  CheckpointTrust other_origin = trust;
  other_origin.origin = transcript_origin(message.test.channel, "north", 2);
  expect_failed(message.proof, leaf(5), other_origin);

  CheckpointTrust swapped = trust;
  std::swap(swapped.log_key, swapped.cosigner_key);
  expect_failed(message.proof, leaf(5), swapped);

  TlogProof unreceipted = message.proof;
  unreceipted.checkpoint_note =
      sign_checkpoint(message.checkpoint, message.test.log.key, message.test.log.signer);
  expect_failed(unreceipted, leaf(5), trust);
}

TEST(TlogProof, RefusesWhatIsNotSpeltAsTheFormatWants) {
  ProvedMessage message(0);
  const std::string note = message.proof.checkpoint_note;
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = to_base64(leaf(0)) + "\n";
  ASSERT_TRUE(parse_tlog_proof(head + "index 0\n" + hash + "\n" + note));
  for (const std::string& bad : {
           std::string(),
           head,
           head + "index 0\n",
           head + "index 0\n" + hash,
           head + "index 0\n" + hash + "\n",
           "index 0\n" + hash + "\n" + note,
           "c2sp.org/tlog-proof@v2\nindex 0\n" + hash + "\n" + note,
           "\n" + head + "index 0\n\n" + note,
           head + hash + "\n" + note,                 // No index.
           head + "index \n" + hash + "\n" + note,    // An empty index.
           head + "index 00\n" + hash + "\n" + note,  // Leading zeros.
           head + "index -1\n" + hash + "\n" + note,
           head + "index 9223372036854775807\n" + hash + "\n" + note,
           head + "extra \nindex 0\n" + hash + "\n" + note,      // Extra data, but none.
           head + "extra Zh==\nindex 0\n" + hash + "\n" + note,  // Padding bits set.
           head + "extra Zg==\nextra Zg==\nindex 0\n" + hash + "\n" + note,
           head + "index 0\nextra Zg==\n" + hash + "\n" + note,  // In another order.
           head + "index 0\nZm9v\n\n" + note,                    // A hash of three bytes.
           head + "index 0\n" + hash + note,                     // No empty line.
           head + "index 0\n" + hash + "\n" + note + "x",
       }) {
    Result<TlogProof> proof = parse_tlog_proof(bad);
    ASSERT_FALSE(proof) << bad;
    EXPECT_EQ(proof.error().code, ErrorCode::malformed);
  }
}

// A note's text may begin with an empty line; a checkpoint's may not.
TEST(TlogProof, AnEmptyLineTooManyDoesNotVerify) {
  ProvedMessage message(0);
  std::string text = format_tlog_proof(message.proof);
  text.insert(text.find("\n\n"), "\n");
  Result<TlogProof> proof = parse_tlog_proof(text);
  ASSERT_TRUE(proof) << proof.error().reason;
  EXPECT_FALSE(verify_tlog_proof(*proof, leaf(0), message.test.trust()));
}

TEST(TlogProof, IsBounded) {
  ProvedMessage message(0);
  TlogProof proof = message.proof;
  proof.hashes.assign(limits::kProofHashesMax, leaf(0));
  proof.extra.assign(limits::kProofExtraSizeMax, 7);
  std::string longest = format_tlog_proof(proof);
  ASSERT_TRUE(parse_tlog_proof(longest));

  std::string one_hash_more = longest;
  one_hash_more.insert(longest.find("\n\n") + 1, to_base64(leaf(0)) + "\n");
  EXPECT_FALSE(parse_tlog_proof(one_hash_more));

  std::string extra_too_long = longest;
  size_t extra_end = longest.find("\nindex");
  extra_too_long.replace(extra_end - 4, 4, to_base64(Bytes(6)));
  EXPECT_FALSE(parse_tlog_proof(extra_too_long));
  EXPECT_FALSE(parse_tlog_proof(std::string(size_t{1} << 20, 'x')));
}

}  // namespace
}  // namespace hotline
