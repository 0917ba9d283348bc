// The clock of an exercise of two parties: who agrees on what, in which order both take it, and
// what crosses on the way.
#include "protocol/channel/exercise_joint.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;
using Change = wire::ExerciseClockChange;

TEST(ClockChangeText, IsReadBack) {
  for (const ClockChange& change :
       {ClockChange{Change::speed, 10'500}, ClockChange{Change::paused},
        ClockChange{Change::resumed}, ClockChange{Change::jump, 0, 1'796'000'000'123}}) {
    const auto read = parse_clock_change(clock_change_text(change));
    ASSERT_TRUE(read) << clock_change_text(change);
    EXPECT_EQ(clock_change_text(*read), clock_change_text(change));
  }
  for (const char* text : {"", "speed", "speed 0.05", "speed 61", "jump", "jump later", "stop"}) {
    EXPECT_FALSE(parse_clock_change(text)) << text;
  }
}

// South has the greater id: its word concludes.
class JointClockTest : public testing::Test {
 protected:
  void SetUp() override { link = cores.connect(); }

  Result<Submission> say(size_t party, Action action, const std::string& clock = "",
                         const std::vector<std::string>& references = {},
                         wire::Role role = wire::Role::director, uint8_t precedence = kFlash) {
    return cores.submit(party, precedence, ServiceFields{action, "", "", "", clock}, references,
                        role);
  }
  std::string propose(size_t party, const std::string& change) {
    const auto sent = say(party, Action::exercise_clock_proposed, change);
    EXPECT_TRUE(sent) << sent.error().reason;
    return (party == kNorth ? "XN-00000" : "XS-00000") + std::to_string(sent ? sent->serial : 0);
  }
  Result<Submission> agree(size_t party, const std::string& id) {
    return say(party, Action::exercise_clock_agreed, "", {id});
  }
  Result<Submission> decline(size_t party, const std::string& id) {
    return say(party, Action::exercise_clock_declined, "", {id});
  }
  const JointClock& joint(size_t party) { return cores.core(party).exercise().joint(); }
  const ExerciseClock& clock(size_t party) { return cores.core(party).exercise_clock(); }
  std::string agreed(size_t party) {
    const auto& last = joint(party).agreed();
    return last ? std::to_string(last->serial) + " " + clock_change_text(last->change) : "";
  }
  void expect_alike() {
    EXPECT_EQ(agreed(kNorth), agreed(kSouth));
    for (const bool incoming : {false, true}) {
      EXPECT_EQ(joint(kNorth).proposed(incoming).has_value(),
                joint(kSouth).proposed(!incoming).has_value());
    }
    EXPECT_EQ(clock(kNorth).speed_permille(), clock(kSouth).speed_permille());
    EXPECT_EQ(clock(kNorth).is_paused(), clock(kSouth).is_paused());
  }
  int64_t apart_ms() { return std::abs(cores.now(kNorth).utc - cores.now(kSouth).utc); }

  TwoCores cores{default_policy(), true};
  LinkId link = 0;
};

TEST_F(JointClockTest, BothTakeWhatBothDirectorsAgreedOn) {
  for (const size_t party : {kNorth, kSouth}) {
    const std::string id = propose(party, party == kNorth ? "speed 10" : "pause");
    EXPECT_TRUE(
        cores.core(1 - party).conditions().is_open(ConditionCode::exercise_clock_proposed, id));
    EXPECT_EQ(agree(party, id).error().code, ErrorCode::refused);
    ASSERT_TRUE(agree(1 - party, id));
    EXPECT_FALSE(
        cores.core(1 - party).conditions().is_open(ConditionCode::exercise_clock_proposed, id));
    EXPECT_EQ(agree(1 - party, id).error().code, ErrorCode::refused);
    expect_alike();
  }
  EXPECT_EQ(clock(kNorth).speed_permille(), 10'000u);
  EXPECT_TRUE(clock(kSouth).is_paused());
}

TEST_F(JointClockTest, OnlyDirectorsAgreeAndOnlyOnWhatAClockCanDo) {
  EXPECT_EQ(say(kNorth, Action::exercise_clock_proposed, "pause", {}, wire::Role::supervisor)
                .error()
                .code,
            ErrorCode::not_allowed);
  EXPECT_FALSE(
      say(kNorth, Action::exercise_clock_proposed, "pause", {}, wire::Role::director, kPriority));
  EXPECT_FALSE(say(kNorth, Action::exercise_clock_proposed, "speed 61"));
  EXPECT_FALSE(say(kNorth, Action::exercise_clock_proposed));
  EXPECT_FALSE(say(kNorth, Action::exercise_clock_proposed, "jump 2020-01-01T00:00:00.000Z"));
  EXPECT_FALSE(say(kNorth, Action::exercise_clock_concluded));
  EXPECT_FALSE(agree(kNorth, "XN-000001"));
}

TEST_F(JointClockTest, ADeclinedOrWithdrawnOneIsOver) {
  for (const size_t by : {kNorth, kSouth}) {
    const std::string id = propose(kNorth, "speed 10");
    ASSERT_TRUE(decline(by, id));
    expect_alike();
    EXPECT_FALSE(agree(kSouth, id));
    EXPECT_EQ(agreed(kNorth), "");
  }
}

TEST_F(JointClockTest, ProposalsOfBothAtOnceAreTakenInOneOrder) {
  cores.disconnect(link);
  const std::string north = propose(kNorth, "speed 10"), south = propose(kSouth, "speed 20");
  link = cores.connect();
  ASSERT_TRUE(joint(kNorth).proposed(true) && joint(kSouth).proposed(true));
  cores.disconnect(link);
  ASSERT_TRUE(agree(kNorth, south));
  ASSERT_TRUE(agree(kSouth, north));
  cores.connect();
  expect_alike();
  EXPECT_EQ(clock(kNorth).speed_permille(), 20'000u);  // South's machine spoke last.
  for (const size_t party : {kNorth, kSouth}) cores.restart(party);
  expect_alike();
  EXPECT_EQ(clock(kNorth).speed_permille(), 20'000u);
}

// The greater's word comes before the withdrawal at both, wherever the two met.
TEST_F(JointClockTest, AWithdrawalThatCrossesAConclusionComesTooLate) {
  const std::string north = propose(kNorth, "speed 10");
  cores.disconnect(link);
  ASSERT_TRUE(decline(kNorth, north));
  ASSERT_TRUE(agree(kSouth, north));
  cores.connect();
  expect_alike();
  EXPECT_EQ(clock(kNorth).speed_permille(), 10'000u);
}

TEST_F(JointClockTest, AConsentThatCrossesAWithdrawalConcludesNothing) {
  const std::string south = propose(kSouth, "speed 10");
  cores.disconnect(link);
  ASSERT_TRUE(agree(kNorth, south));
  ASSERT_TRUE(decline(kSouth, south));
  cores.connect();
  expect_alike();
  EXPECT_EQ(clock(kNorth).speed_permille(), 1'000u);
}

TEST_F(JointClockTest, AStopEndsWhateverCrossesIt) {
  for (const size_t stopper : {kNorth, kSouth}) {
    const std::string north = propose(kNorth, "speed 10"), south = propose(kSouth, "speed 20");
    cores.disconnect(link);
    ASSERT_TRUE(say(stopper, Action::exercise_end));
    ASSERT_TRUE(agree(1 - stopper, stopper == kNorth ? north : south));
    link = cores.connect();
    expect_alike();
    EXPECT_EQ(agreed(kNorth), "");
    EXPECT_TRUE(clock(kNorth).goes_as_real_time());
    EXPECT_FALSE(joint(kNorth).proposed(true));
    ASSERT_TRUE(say(kNorth, Action::exercise_start));
    for (const size_t party : {kNorth, kSouth}) cores.restart(party);
    link = cores.connect();
    expect_alike();
  }
}

// The one that is behind makes good what is lost on the way, and no clock waits.
TEST_F(JointClockTest, TheClockThatIsBehindGoesAfterTheOther) {
  const std::string south = propose(kSouth, "speed 60");
  cores.hold_frames_from(kSouth, true);
  ASSERT_TRUE(agree(kNorth, south));
  cores.pass(5 * kSecond_ms);
  EXPECT_EQ(clock(kSouth).speed_permille(), 60'000u);
  EXPECT_EQ(clock(kNorth).speed_permille(), 1'000u);
  EXPECT_GT(apart_ms(), 4 * kMinute_ms);
  cores.hold_frames_from(kSouth, false);
  cores.pass(kMinute_ms);
  EXPECT_EQ(clock(kNorth).speed_permille(), 60'000u);
  EXPECT_LE(apart_ms(), limits::kClocksApart_ms);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_FALSE(cores.core(party).conditions().is_open(ConditionCode::clocks_apart,
                                                        party == kNorth ? "south" : "north"));
  }
}

TEST_F(JointClockTest, ClocksThatAreApartAreToldAtBoth) {
  ASSERT_TRUE(agree(kSouth, propose(kNorth, "speed 1")));
  ASSERT_TRUE(cores.set_clock(kNorth, {Change::jump, 0, 3 * kHour_ms}));
  cores.pass(kMinute_ms);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(cores.core(party).conditions().is_open(ConditionCode::clocks_apart,
                                                       party == kNorth ? "south" : "north"));
  }
  const UtcMs until = cores.now(kNorth).utc + kHour_ms;
  ASSERT_TRUE(agree(kSouth, propose(kNorth, "jump " + format_rfc3339(until))));
  cores.pass(kMinute_ms);
  EXPECT_LE(apart_ms(), limits::kClocksApart_ms);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_FALSE(cores.core(party).conditions().is_open(ConditionCode::clocks_apart,
                                                        party == kNorth ? "south" : "north"));
  }
}

}  // namespace
}  // namespace hotline
