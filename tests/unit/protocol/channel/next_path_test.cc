// When a message has no receipt in time, the next path to the peer is asked for.
#include <gtest/gtest.h>

#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

// Receipts are held back, probes too: south is silent for north, which is what a dead path looks
// like.
TEST(NextPath, IsAskedForWhenAFlashHasNoReceiptFor30Seconds) {
  TwoCores two;
  LinkId link = two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  two.pass(29'750);
  EXPECT_TRUE(two.next_paths(kNorth).empty());
  two.pass(250);
  ASSERT_EQ(two.next_paths(kNorth).size(), 1u);
  EXPECT_EQ(two.next_paths(kNorth)[0].link, link);
}

TEST(NextPath, IsAskedForAgainOnlyAfterAsLongAgain) {
  Policy policy = default_policy();
  policy.at(kFlash).next_path_ms = 5'000;
  TwoCores two(policy);
  two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  two.pass(5'000);
  EXPECT_EQ(two.next_paths(kNorth).size(), 1u);
  two.pass(4'750);
  EXPECT_EQ(two.next_paths(kNorth).size(), 1u);
  two.pass(250);
  EXPECT_EQ(two.next_paths(kNorth).size(), 2u);
}

TEST(NextPath, WaitsAsLongAsThePrecedenceAllows) {
  Policy policy = default_policy();
  policy.at(kFlash).next_path_ms = 2'000;
  policy.at(kImmediate).next_path_ms = 4'000;
  policy.at(kRoutine).next_path_ms = 8'000;
  TwoCores two(policy);
  two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kRoutine));
  two.pass(1'000);
  ASSERT_TRUE(two.submit(kNorth, kImmediate));
  two.pass(3'750);
  EXPECT_TRUE(two.next_paths(kNorth).empty());
  two.pass(250);
  EXPECT_EQ(two.next_paths(kNorth).size(), 1u);
}

TEST(NextPath, IsNotAskedForOnceReceipted) {
  TwoCores two;
  two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  two.pass(20'000);
  two.hold_frames_from(kSouth, false);
  two.pass(60'000);
  EXPECT_TRUE(two.next_paths(kNorth).empty());
}

TEST(NextPath, IsNotAskedForWhileThereIsNoLinkOrNothingWasSent) {
  TwoCores two;
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  two.pass(60'000);
  EXPECT_TRUE(two.next_paths(kNorth).empty());
}

// The message goes out again on the new link, and its time begins anew there.
TEST(NextPath, TimeBeginsAnewOnTheNextLink) {
  Policy policy = default_policy();
  policy.at(kFlash).next_path_ms = 5'000;
  TwoCores two(policy);
  two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  two.pass(5'000);
  ASSERT_EQ(two.next_paths(kNorth).size(), 1u);
  two.hold_frames_from(kSouth, false);
  two.connect();
  EXPECT_EQ(two.core(kNorth).status().unreceipted, 0u);
  EXPECT_EQ(two.disk(kSouth).log(LogId::peer_transcript).size(), 1u);
  two.pass(60'000);
  EXPECT_EQ(two.next_paths(kNorth).size(), 1u);
}

TEST(NextPath, WakeUpIsAskedForInTime) {
  TwoCores two;
  two.connect();
  two.hold_frames_from(kSouth, true);
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  EXPECT_LE(two.core(kNorth).wake_at(), two.now().boot + 30'000);
}

}  // namespace
}  // namespace hotline
