// While a disk is nearly full: what is refused, what still goes, and what the peer may send.
#include <gtest/gtest.h>

#include "tests/unit/protocol/two_cores.h"

namespace hotline {
namespace {

constexpr uint8_t kFlash = 1;
constexpr uint8_t kRoutine = 4;
constexpr size_t kNorth = TwoCores::kNorth;
constexpr size_t kSouth = TwoCores::kSouth;

bool tells(const std::vector<std::string>& alarms, const std::string& words) {
  for (const std::string& alarm : alarms) {
    if (alarm.find(words) != std::string::npos) return true;
  }
  return false;
}

AcknowledgementFields acknowledgement(const TwoCores& two) {
  return {wire::Role::operator_, two.now().utc, std::nullopt, std::nullopt};
}

TEST(DiskLow, NewMessagesAreRefusedWithAHint) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_low(two.now(), true);
  two.settle();
  for (uint8_t precedence : {kFlash, kRoutine}) {
    auto refused = two.submit(kNorth, precedence);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused);
    EXPECT_NE(refused.error().reason.find("disk"), std::string::npos);
    EXPECT_FALSE(refused.error().hint.empty());
  }
  EXPECT_EQ(two.disk(kNorth).log(LogId::own_transcript).size(), 0u);
  two.core(kNorth).set_disk_low(two.now(), false);
  EXPECT_TRUE(two.submit(kNorth, kRoutine));
}

TEST(DiskLow, AcknowledgementsDeclinesAndCancellationsGo) {
  TwoCores two;
  two.connect();
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kNorth, kRoutine));
  two.core(kNorth).set_disk_low(two.now(), true);
  EXPECT_TRUE(two.submit(kNorth, kRoutine, acknowledgement(two), {"S-000001"}));
  DeclineFields declined{wire::DeclineCode::rule_broken, "Not for us."};
  EXPECT_TRUE(two.submit(kNorth, kRoutine, declined, {"S-000002"}));
  EXPECT_TRUE(two.submit(kNorth, kRoutine, CancellationFields{"In error."}, {"N-000001"}));
  EXPECT_EQ(two.core(kNorth).status().unreceipted, 0u);
}

TEST(DiskLow, ThePeerSendsFlashOnlyAndTheRestWhenThereIsRoomAgain) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_low(two.now(), true);
  two.settle();
  EXPECT_TRUE(two.core(kSouth).status().peer_flash_only);
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kSouth, kFlash));
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 1u);
  EXPECT_TRUE(two.disk(kNorth).find_incoming(2));
  EXPECT_EQ(two.core(kSouth).status().queued[3], 1u);
  two.core(kNorth).set_disk_low(two.now(), false);
  two.settle();
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 2u);
  EXPECT_FALSE(two.core(kSouth).status().peer_flash_only);
}

TEST(DiskLow, ALaterLinkSaysItInTheHello) {
  TwoCores two;
  LinkId link = two.connect();
  two.disconnect(link);
  two.core(kNorth).set_disk_low(two.now(), true);
  two.settle();
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  link = two.connect();
  EXPECT_TRUE(two.core(kSouth).status().peer_flash_only);
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 0u);
  // Lost with the link, and said anew by the next one.
  two.disconnect(link);
  two.core(kNorth).set_disk_low(two.now(), false);
  two.connect();
  EXPECT_FALSE(two.core(kSouth).status().peer_flash_only);
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 1u);
}

TEST(DiskLow, BeginAndEndAreAlarmedOnceAtBoth) {
  TwoCores two;
  two.connect();
  two.alarms[kNorth].clear();
  two.alarms[kSouth].clear();
  for (int i = 0; i < 3; ++i) {
    two.core(kNorth).set_disk_low(two.now(), true);
    two.pass(20'000);
  }
  EXPECT_EQ(two.alarms[kNorth].size(), 1u);
  EXPECT_TRUE(tells(two.alarms[kNorth], "nearly full"));
  EXPECT_EQ(two.alarms[kSouth].size(), 1u);
  EXPECT_TRUE(tells(two.alarms[kSouth], "FLASH only"));
  EXPECT_TRUE(two.core(kNorth).status().disk_low);
  two.core(kNorth).set_disk_low(two.now(), false);
  two.settle();
  EXPECT_EQ(two.alarms[kNorth].size(), 2u);
  EXPECT_EQ(two.alarms[kSouth].size(), 2u);
  EXPECT_TRUE(tells(two.alarms[kSouth], "room again"));
}

}  // namespace
}  // namespace hotline
