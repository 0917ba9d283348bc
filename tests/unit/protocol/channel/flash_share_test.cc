// The share of FLASH among the messages of one party.
#include <gtest/gtest.h>

#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr int64_t kDay_ms = 24 * kHour_ms;

class FlashShareTest : public testing::Test {
 protected:
  void send(size_t party, uint8_t precedence, int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(cores.submit(party, precedence));
    cores.pass(1'000);
  }
  bool told(size_t party) {
    return cores.core(party).conditions().is_open(ConditionCode::flash_share,
                                                  party == kNorth ? "north" : "south");
  }

  TwoCores cores;
};

TEST_F(FlashShareTest, MoreThanOneInTwentyIsTold) {
  send(kNorth, kFlash, 1);
  send(kNorth, kRoutine, 18);
  EXPECT_FALSE(told(kNorth)) << "19 messages are too few";
  send(kNorth, kRoutine, 1);
  EXPECT_FALSE(told(kNorth)) << "one of 20 is 5 %";
  send(kNorth, kFlash, 1);
  EXPECT_TRUE(told(kNorth));
  EXPECT_FALSE(told(kSouth));
  send(kNorth, kRoutine, 19);
  EXPECT_FALSE(told(kNorth)) << "two of 40";
}

TEST_F(FlashShareTest, TheOtherSidesMessagesAndAnswersAreNotOurs) {
  cores.connect();
  send(kSouth, kFlash, 25);
  EXPECT_TRUE(told(kSouth));
  EXPECT_FALSE(told(kNorth));
}

TEST_F(FlashShareTest, AMonthBeginsAnew) {
  send(kNorth, kFlash, 25);
  EXPECT_TRUE(told(kNorth));
  cores.step_clock(kNorth, 31 * kDay_ms);
  cores.pass(1'000);
  EXPECT_FALSE(told(kNorth));
}

}  // namespace
}  // namespace hotline
