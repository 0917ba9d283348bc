#include "protocol/log/checkpoint.h"

#include <gtest/gtest.h>

#include "protocol/log/merkle.h"
#include "tests/test_party.h"

namespace hotline {
namespace {

// The example of c2sp.org/tlog-checkpoint.
constexpr char kExampleText[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, ReadsTheExampleOfTheSpecification) {
  Result<Checkpoint> checkpoint = parse_checkpoint_text(kExampleText);
  ASSERT_TRUE(checkpoint) << checkpoint.error().reason;
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163u);
  EXPECT_EQ(to_hex(checkpoint->root),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_EQ(format_checkpoint_text(*checkpoint), kExampleText);
}

TEST(Checkpoint, RefusesWhatIsNotTheOneSpelling) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  ASSERT_TRUE(parse_checkpoint_text("log\n1\n" + root));
  ASSERT_TRUE(parse_checkpoint_text("log\n9223372036854775807\n" + root));
  for (const std::string& bad : {
           std::string(),
           std::string("log\n"),
           std::string("log\n1\n"),
           "log\n1\n" + root.substr(1),
           "log\n1\n" + root.substr(0, root.size() - 1),
           "\n1\n" + root,
           "a log\n1\n" + root,
           "log\n\n" + root,
           "log\n01\n" + root,
           "log\n-1\n" + root,
           "log\n1 \n" + root,
           "log\n1\r\n" + root,
           "log\n0x1\n" + root,
           "log\n9223372036854775808\n" + root,
           std::string(
               "log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"),  // Padding bits set.
           std::string("log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"),  // 31 bytes.
           "log\n1\n" + root + "extension\n",
           "log\n1\n" + root + "\n",
           "\nlog\n1\n" + root,
       }) {
    Result<Checkpoint> checkpoint = parse_checkpoint_text(bad);
    ASSERT_FALSE(checkpoint) << bad;
    EXPECT_EQ(checkpoint.error().code, ErrorCode::malformed);
  }
}

TEST(Checkpoint, ALogWithoutLeavesHasOneRoot) {
  Checkpoint empty{"log", 0, empty_root()};
  EXPECT_TRUE(parse_checkpoint_text(format_checkpoint_text(empty)));
  empty.root[0] ^= 1;
  EXPECT_FALSE(parse_checkpoint_text(format_checkpoint_text(empty)));
}

TEST(Checkpoint, OpensWhatItsOwnerSigned) {
  TestChannel test;
  Checkpoint checkpoint{test.origin, 42, leaf_hash(as_bytes("root"))};
  std::string note = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
  Result<Checkpoint> opened = open_checkpoint(note, test.origin, test.log.key, test.log.verifier);
  ASSERT_TRUE(opened) << opened.error().reason;
  EXPECT_EQ(*opened, checkpoint);
}

TEST(Checkpoint, AnotherKeyUnderTheSameNameIsNotTheOwner) {
  TestChannel test;
  std::string note = sign_checkpoint({test.origin, 42, {}}, test.log.key, test.log.signer);
  // Neither when the key is another, nor when only the signature is by another.
  TestKey other("other", kNoteTypeEd25519);
  NoteKey other_key{test.log.key.name, kNoteTypeEd25519, other.key.public_key};
  Result<Checkpoint> opened = open_checkpoint(note, test.origin, other_key, other.verifier);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::verification_failed);
  opened = open_checkpoint(note, test.origin, test.log.key, other.verifier);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::verification_failed);
}

// One key signs for transcript and journal, in every epoch: the origin alone tells them apart.
TEST(Checkpoint, OfAnotherLogIsRefusedThoughTheKeyIsRight) {
  TestChannel test;
  ChannelName exercise = test.channel;
  exercise.exercise = true;
  Checkpoint checkpoint{test.origin, 42, {}};
  std::string note = sign_checkpoint(checkpoint, test.log.key, test.log.signer);
  for (const std::string& expected :
       {transcript_origin(test.channel, "north", 2), transcript_origin(test.channel, "north", 11),
        journal_origin(test.channel, "north", 1), transcript_origin(test.channel, "south", 1),
        transcript_origin(exercise, "north", 1), test.origin + "/", std::string()}) {
    Result<Checkpoint> opened = open_checkpoint(note, expected, test.log.key, test.log.verifier);
    ASSERT_FALSE(opened) << expected;
    EXPECT_EQ(opened.error().code, ErrorCode::verification_failed);
  }
}

TEST(Checkpoint, ASignedTextThatIsNoCheckpointIsRefused) {
  TestChannel test;
  std::string text = format_checkpoint_text({test.origin, 42, {}});
  for (const std::string& signed_text : {text + "extension\n", test.origin + "\n", text + "\n"}) {
    std::string note = sign_note(signed_text, test.log.key, test.log.signer);
    Result<Checkpoint> opened = open_checkpoint(note, test.origin, test.log.key, test.log.verifier);
    ASSERT_FALSE(opened) << signed_text;
    EXPECT_EQ(opened.error().code, ErrorCode::malformed);
  }
}

}  // namespace
}  // namespace hotline
