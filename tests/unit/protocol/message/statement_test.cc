// Statements, word for word: whoever checks a signature in ten years makes the same bytes.
#include "protocol/message/statement.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

const Addressed kAddressed{"north", "south", false};
constexpr std::string_view kHead =
    "Hotline: I sign what I do, 1\nfrom: north\nto: south\nchannel: live\n";
const std::string kOnes(64, '1');
const std::string kTwos(64, '2');

Hash hash_of_nibbles(uint8_t nibble) {
  Hash hash;
  hash.fill(static_cast<uint8_t>(nibble * 0x11));
  return hash;
}

std::string said(const std::string& rest) {
  return std::string(kHead) + rest;
}

TEST(Statement, OfAReleaseSaysAllThatThePersonSaw) {
  StatedRelease release;
  release.type = static_cast<uint8_t>(wire::MessageType::incident);
  release.precedence = static_cast<uint8_t>(wire::Precedence::flash);
  release.danger_to_life = true;
  release.references = {"N-000001", "S-000002"};
  release.correction_of = "N-000003";
  release.incident = "N-000004";
  release.reply_by = 1'795'356'600'000;
  release.expires_at = 1'795'356'600'001;
  release.body = hash_of_nibbles(1);
  release.draft = hash_of_nibbles(2);
  release.number = 3;
  EXPECT_EQ(release_statement(kAddressed, release),
            said("action: release\ntype: incident\nprecedence: FLASH\ndanger-to-life: yes\n"
                 "refers-to: N-000001\nrefers-to: S-000002\ncorrection-of: N-000003\n"
                 "incident: N-000004\nreply-by: 2026-11-22T14:10:00.000Z\n"
                 "expires: 2026-11-22T14:10:00.001Z\nbody-sha256: " +
                 kOnes + "\ndraft: D-3\ndraft-sha256: " + kTwos + "\n"));
}

TEST(Statement, LeavesOutWhatSaysNothing) {
  StatedRelease release;
  release.type = static_cast<uint8_t>(wire::MessageType::acknowledgement);
  release.body = hash_of_nibbles(1);
  release.draft = hash_of_nibbles(2);
  EXPECT_EQ(release_statement({"south", "north", true}, release),
            "Hotline: I sign what I do, 1\nfrom: south\nto: north\nchannel: exercise\n"
            "action: release\ntype: acknowledgement\nbody-sha256: " +
                kOnes + "\ndraft-sha256: " + kTwos + "\n");
}

TEST(Statement, OfDraftsAndOfTheWatch) {
  const Hash draft = hash_of_nibbles(1), other = hash_of_nibbles(2);
  EXPECT_EQ(save_statement(kAddressed, draft, std::nullopt),
            said("action: save draft\ndraft-sha256: " + kOnes + "\n"));
  EXPECT_EQ(
      save_statement(kAddressed, draft, other),
      said("action: save draft\ndraft-sha256: " + kOnes + "\nreplaces-sha256: " + kTwos + "\n"));
  EXPECT_EQ(discard_statement(kAddressed, 3), said("action: discard draft\ndraft: D-3\n"));
  EXPECT_EQ(hand_in_statement(kAddressed, 3, draft),
            said("action: hand in draft\ndraft: D-3\ndraft-sha256: " + kOnes + "\n"));
  EXPECT_EQ(return_statement(kAddressed, 3, draft, ""),
            said("action: withdraw draft\ndraft: D-3\ndraft-sha256: " + kOnes + "\n"));
  // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(return_statement(kAddressed, 3, draft, "abc"),
            said("action: return draft\ndraft: D-3\ndraft-sha256: " + kOnes +
                 "\nreason-sha256: " + abc + "\n"));
  EXPECT_EQ(hand_over_statement(kAddressed, "", draft),
            said("action: hand over the watch\nlist-sha256: " + kOnes + "\n"));
  EXPECT_EQ(
      hand_over_statement(kAddressed, "abc", draft),
      said("action: hand over the watch\nnote-sha256: " + abc + "\nlist-sha256: " + kOnes + "\n"));
  EXPECT_EQ(raise_statement(kAddressed, "S-7", "abc"),
            said("action: escalate\nrefers-to: S-7\nreason-sha256: " + abc + "\n"));
  EXPECT_EQ(trial_statement(kAddressed), said("action: try notifiers\n"));
  EXPECT_EQ(recovery_statement(kAddressed, 3), said("action: confirm recovery\nepoch: 3\n"));
  EXPECT_EQ(fork_statement(kAddressed, false), said("action: resolve fork\nlog: transcript\n"));
  EXPECT_EQ(fork_statement(kAddressed, true), said("action: resolve fork\nlog: journal\n"));
  EXPECT_EQ(take_over_statement(kAddressed, draft),
            said("action: take over the watch\nlist-sha256: " + kOnes + "\n"));
}

}  // namespace
}  // namespace hotline
