// While a disk is nearly full: what is refused, what still goes, and what the peer may send.
#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr DiskRoom kLow{DiskLevel::flash_only, UINT64_MAX};
constexpr DiskRoom kFull{DiskLevel::own_only, 0};

bool tells(const std::vector<std::string>& alarms, const std::string& words) {
  for (const std::string& alarm : alarms) {
    if (alarm.find(words) != std::string::npos) return true;
  }
  return false;
}

AcknowledgementFields acknowledgement(TwoCores& two) {
  return {wire::Role::operator_, two.now().utc, std::nullopt, std::nullopt};
}

TEST(DiskLow, NewMessagesAreRefusedWithAHint) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_room(two.now(), kLow);
  two.settle();
  auto refused = two.submit(kNorth, kRoutine);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_NE(refused.error().reason.find("disk"), std::string::npos);
  EXPECT_FALSE(refused.error().hint.empty());
  EXPECT_EQ(two.disk(kNorth).log(LogId::own_transcript).size(), 0u);
  two.core(kNorth).set_disk_room(two.now(), {});
  EXPECT_TRUE(two.submit(kNorth, kRoutine));
}

TEST(DiskLow, FlashAcknowledgementsDeclinesAndCancellationsGoToTheLast) {
  TwoCores two;
  two.connect();
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kNorth, kRoutine));
  two.core(kNorth).set_disk_room(two.now(), kFull);
  EXPECT_TRUE(two.submit(kNorth, kFlash));
  EXPECT_TRUE(two.submit(kNorth, kRoutine, acknowledgement(two), {"S-000001"}));
  DeclineFields declined{wire::DeclineCode::rule_broken, "Not for us."};
  EXPECT_TRUE(two.submit(kNorth, kRoutine, declined, {"S-000002"}));
  EXPECT_TRUE(two.submit(kNorth, kRoutine, CancellationFields{"In error."}, {"N-000001"}));
  EXPECT_EQ(two.core(kNorth).status().unreceipted, 0u);
}

TEST(DiskLow, ThePeerSendsFlashOnlyAndTheRestWhenThereIsRoomAgain) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_room(two.now(), kLow);
  two.settle();
  EXPECT_TRUE(two.core(kSouth).status().peer_flash_only);
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  ASSERT_TRUE(two.submit(kSouth, kFlash));
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 1u);
  EXPECT_TRUE(two.disk(kNorth).find_incoming(2));
  EXPECT_EQ(two.core(kSouth).status().queued[3], 1u);
  two.core(kNorth).set_disk_room(two.now(), {});
  two.settle();
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 2u);
  EXPECT_FALSE(two.core(kSouth).status().peer_flash_only);
}

TEST(DiskLow, ALaterLinkSaysItInTheHello) {
  TwoCores two;
  LinkId link = two.connect();
  two.disconnect(link);
  two.core(kNorth).set_disk_room(two.now(), kLow);
  two.settle();
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  link = two.connect();
  EXPECT_TRUE(two.core(kSouth).status().peer_flash_only);
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 0u);
  // Lost with the link, and said anew by the next one.
  two.disconnect(link);
  two.core(kNorth).set_disk_room(two.now(), {});
  two.connect();
  EXPECT_FALSE(two.core(kSouth).status().peer_flash_only);
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 1u);
}

TEST(DiskLow, A5_AFullDiskTakesNothingAndSaysSoAndThenEverything) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_room(two.now(), kFull);
  two.settle();
  EXPECT_TRUE(tells(two.alarms(kSouth), "not even FLASH"));
  ASSERT_TRUE(two.submit(kSouth, kFlash));
  ASSERT_TRUE(two.submit(kSouth, kRoutine));
  EXPECT_EQ(two.core(kSouth).status().own_size, 0u);
  two.core(kNorth).set_disk_room(two.now(), {});
  two.settle();
  EXPECT_EQ(two.disk(kNorth).log(LogId::peer_transcript).size(), 2u);
  EXPECT_EQ(two.core(kSouth).status().unreceipted, 0u);
}

// A peer with good keys that sends whatever it likes, however often it is told.
class DeafPeer : public testing::Test {
 protected:
  static constexpr uint64_t kRoom = 1 << 20;

  void SetUp() override { ASSERT_TRUE(peer.start()); }

  void flood(LinkId link, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      peer.own.append(peer.text(std::string(40'000, 'x')));
      peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
    }
  }
  uint64_t held() { return peer.disk().log(LogId::peer_transcript).size(); }
  void set_room(DiskLevel level, uint64_t for_peer) {
    peer.core().set_disk_room(peer.now(), {level, for_peer});
    peer.pass(250);
  }

  ScriptedPeer peer;
};

TEST_F(DeafPeer, A5_FillsNoMoreThanItsRoom) {
  for (DiskLevel level : {DiskLevel::plenty, DiskLevel::flash_only}) {
    const LinkId link = peer.link_up();
    const uint64_t before = held();
    set_room(level, kRoom);
    peer.hold_commits = true;  // So that the disk is not looked at in between.
    flood(link, 100);
    peer.hold_commits = false;
    peer.commit();
    EXPECT_GT(held(), before);
    EXPECT_LE((held() - before) * 40'000 * limits::kDiskCostPerByte, kRoom);
    EXPECT_FALSE(peer.is_closed(link));
    EXPECT_EQ(peer.alarms_with("are not taken"), level == DiskLevel::plenty ? 1u : 2u);
    // Our own messages go on over the same link.
    peer.submit_text("We see you.", wire::Precedence::flash);
    peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(peer.core_sent())));
    EXPECT_EQ(peer.core().status().unreceipted, 0u);
    // With room the peer is asked to begin again where the receipts end.
    set_room(DiskLevel::plenty, UINT64_MAX);
    EXPECT_EQ(peer.close_reason(link), wire::CloseReason::send_again);
    const LinkId next = peer.link_up();
    for (uint64_t first = held(); first < peer.own.size(); ++first)
      peer.say(next, peer.messages_frame(first, first + 1));
    EXPECT_EQ(held(), peer.own.size());
    EXPECT_EQ(peer.core().status().peer_size, peer.own.size());
  }
}

TEST_F(DeafPeer, A5_ALittleRoomIsNotAskedForAgainAndAgain) {
  const LinkId link = peer.link_up();
  set_room(DiskLevel::own_only, 0);
  flood(link, 3);
  EXPECT_EQ(held(), 0u);
  for (int i = 0; i < 100; ++i) set_room(DiskLevel::flash_only, kRoom);
  EXPECT_FALSE(peer.is_closed(link));
  EXPECT_LE(peer.alarms_with("disk"), 3u);
}

TEST(DiskLow, TheBeginningIsAlarmedOnceAtBothAndTheEndRecorded) {
  TwoCores two;
  two.connect();
  two.alarms(kNorth).clear();
  two.alarms(kSouth).clear();
  for (int i = 0; i < 3; ++i) {
    two.core(kNorth).set_disk_room(two.now(), kLow);
    two.pass(20'000);
  }
  EXPECT_EQ(two.alarms(kNorth).size(), 1u);
  EXPECT_TRUE(tells(two.alarms(kNorth), "nearly full"));
  EXPECT_EQ(two.alarms(kSouth).size(), 1u);
  EXPECT_TRUE(tells(two.alarms(kSouth), "FLASH only"));
  EXPECT_TRUE(two.core(kNorth).status().disk_low);
  two.core(kNorth).set_disk_room(two.now(), {});
  two.settle();
  EXPECT_EQ(two.alarms(kNorth).size(), 1u);
  EXPECT_EQ(two.alarms(kSouth).size(), 1u);
  EXPECT_TRUE(two.core(kNorth).conditions().list().empty());
  EXPECT_TRUE(two.core(kSouth).conditions().list().empty());
}

}  // namespace
}  // namespace hotline
