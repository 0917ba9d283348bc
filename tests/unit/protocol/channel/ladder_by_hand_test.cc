// A message escalated by hand, and notifiers that were tried: who may, of which message, that the
// watch sees it, and that it holds over a restart.
#include "protocol/channel/ladder_by_hand.h"

#include <gtest/gtest.h>

#include "protocol/base/time_text.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

class LadderByHandTest : public testing::Test {
 protected:
  void SetUp() override {
    cores.connect();
    ASSERT_TRUE(cores.submit(kSouth, kFlash, TextContentFields{}));
    cores.settle();
  }

  Status raise(const std::string& id, const std::string& reason,
               wire::Role role = wire::Role::operator_) {
    const Actor actor{"bob", Hash{8}, {static_cast<uint8_t>(role)}};
    const uint64_t token = ++last_token_;
    cores.core(kNorth).raise_ladder(cores.now(), token, actor, id, reason);
    cores.settle();
    return cores.ladder_answers(kNorth).at(token);
  }
  void acknowledge() {
    AcknowledgementFields said;
    said.role = wire::Role::operator_;
    said.at = cores.now().utc;
    ASSERT_TRUE(cores.submit(kNorth, kRoutine, said, {"S-1"}));
    cores.settle();
  }
  bool waits() { return cores.core(kNorth).ladder().waits({true, 0}); }
  // Rungs that were told on the consoles since this was asked last.
  std::vector<std::string> told() {
    std::vector<std::string> rungs;
    for (const SoundStep& sound : cores.sounded(kNorth)) {
      for (const Step& step : sound.steps) {
        if (step.kind == StepKind::rung) rungs.push_back(step.rung);
      }
    }
    cores.sounded(kNorth).clear();
    return rungs;
  }
  // About a FLASH past its last rung; empty where it is not.
  std::string open_condition(size_t side, const std::string& subject) {
    for (const Condition& one : cores.core(side).conditions().list()) {
      if (one.kind->code == ConditionCode::flash_unacknowledged && one.subject == subject) {
        return one.text;
      }
    }
    return "";
  }
  bool is_unreachable(const std::string& name) {
    return cores.core(kNorth).conditions().is_open(ConditionCode::notifier_unreachable, name);
  }

  TwoCores cores;
  uint64_t last_token_ = 7'000;
};

using Rungs = std::vector<std::string>;

TEST_F(LadderByHandTest, E05_AcknowledgedAndEscalatedItWaitsAgain) {
  acknowledge();
  EXPECT_FALSE(waits());
  const Status raised = raise("S-1", "nobody did what it asks for");
  ASSERT_TRUE(raised) << raised.error().reason;
  EXPECT_TRUE(waits());
  EXPECT_EQ(
      cores.alarms(kNorth).back(),
      "S-000001 was escalated by operator, and waits for an acknowledgement again: nobody did "
      "what it asks for");
  cores.pass(1'000);
  EXPECT_EQ(told(), Rungs{"supervisor"});
  cores.restart(kNorth);
  cores.connect();
  EXPECT_TRUE(waits());
  cores.pass(60'000);
  EXPECT_EQ(told(), Rungs{}) << "what was told is not told again";
  cores.pass(70'000);
  EXPECT_EQ(told(), Rungs{"duty-director"});
  acknowledge();
  EXPECT_FALSE(waits());
  cores.pass(20 * 60'000);
  EXPECT_EQ(told(), Rungs{});
}

// Who escalates is shown the rung that this brought, and not the one before it.
TEST_F(LadderByHandTest, E05_TheAnswerIsHowItStandsAfterwards) {
  std::string rung_when_answered;
  cores.when_ladder_answered(kNorth) = [&] {
    const auto next = cores.core(kNorth).ladder().next_rung({true, 0});
    rung_when_answered = next ? next->name : "none";
  };
  ASSERT_EQ(cores.core(kNorth).ladder().next_rung({true, 0})->name, "supervisor");
  EXPECT_TRUE(raise("S-1", "nobody comes"));
  EXPECT_EQ(rung_when_answered, "duty-director");
}

TEST_F(LadderByHandTest, E05_WhatDoesNotFitIsRefused) {
  ASSERT_TRUE(cores.submit(kNorth, kRoutine, TestFields{1, 0, Hash{}, cores.now().utc}));
  const struct {
    const char* id;
    std::string reason;
    wire::Role role;
    ErrorCode code;
  } cases[] = {
      {"S-1", "why", wire::Role::releaser, ErrorCode::not_allowed},
      {"S-1", "why", wire::Role::auditor, ErrorCode::not_allowed},
      {"S-1", "why", wire::Role::monitor, ErrorCode::not_allowed},
      {"S-2", "why", wire::Role::operator_, ErrorCode::not_found},
      {"S-1", "  ", wire::Role::operator_, ErrorCode::usage},
      {"S-1", std::string(501, 'x'), wire::Role::supervisor, ErrorCode::refused},
  };
  for (const auto& one : cases) {
    const Status status = raise(one.id, one.reason, one.role);
    ASSERT_FALSE(status) << one.id;
    EXPECT_EQ(status.error().code, one.code) << status.error().reason;
  }
  EXPECT_TRUE(raise("S-1", "why", wire::Role::supervisor));
}

// It stays as it is: unacknowledged past its last rung.
TEST_F(LadderByHandTest, E05_WhereNoRungIsLeftNothingBeginsAnew) {
  const auto is_past = [&] {
    return cores.core(kNorth).conditions().is_open(ConditionCode::flash_unacknowledged, "S-000001");
  };
  cores.pass(60 * 60'000);
  ASSERT_TRUE(is_past());
  told();
  const Status raised = raise("S-1", "nobody comes");
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().reason, "S-000001 has no rung left: its ladder was climbed to the end");
  cores.pass(60'000);
  EXPECT_TRUE(is_past());
  EXPECT_EQ(told(), Rungs{});
  // Acknowledged and forgotten it climbs from the first.
  acknowledge();
  EXPECT_TRUE(raise("S-1", "nobody did what it asks for"));
  cores.pass(1'000);
  EXPECT_EQ(told(), Rungs{"supervisor"});
}

// It says who acknowledged it, and counts its wait from when it began anew.
TEST_F(LadderByHandTest, E05_WhatWasAcknowledgedIsNotSaidToHaveBeenLeft) {
  cores.pass(60'000);
  acknowledge();
  const std::string acknowledged = format_date_time_group(cores.now().utc);
  cores.pass(30 * 60'000);
  ASSERT_TRUE(raise("S-1", "nobody did what it asks for", wire::Role::supervisor));
  const std::string raised = format_date_time_group(cores.now().utc);
  const BootMs since = cores.core(kNorth).ladder().waiting({}, 1).front().since;
  EXPECT_LE(cores.now().boot - since, 1'000);
  cores.restart(kNorth);
  cores.connect();
  cores.pass(10 * 60'000);
  EXPECT_EQ(open_condition(kNorth, "S-000001"),
            "FLASH S-000001 has passed its last rung. Our operator acknowledged it " +
                acknowledged + ", and our supervisor escalated it anew " + raised +
                ": hotline ack S-000001");
  acknowledge();
  EXPECT_EQ(open_condition(kNorth, "S-000001"), "");
}

TEST_F(LadderByHandTest, E05_NorIsWhatTheOtherSideAcknowledged) {
  acknowledge();
  const std::string acknowledged = format_date_time_group(cores.now().utc);
  cores.pass(60'000);
  const Actor actor{"carl", Hash{8}, {static_cast<uint8_t>(wire::Role::operator_)}};
  cores.core(kSouth).raise_ladder(cores.now(), ++last_token_, actor, "S-1", "they do nothing");
  cores.settle();
  const std::string raised = format_date_time_group(cores.now().utc);
  cores.pass(10 * 60'000);
  EXPECT_EQ(open_condition(kSouth, "S-000001"),
            "FLASH S-000001 has passed its last rung. The operator of NORTH acknowledged it " +
                acknowledged + ", and our operator escalated it anew " + raised +
                ": call them by voice");
}

TEST_F(LadderByHandTest, ATrialIsRecordedAndSaysWhoIsReached) {
  const Actor ann{"ann", Hash{7}, {static_cast<uint8_t>(wire::Role::operator_)}};
  const Actor eve{"eve", Hash{9}, {static_cast<uint8_t>(wire::Role::auditor)}};
  EXPECT_TRUE(cores.core(kNorth).check_trial(ann));
  EXPECT_FALSE(cores.core(kNorth).check_trial(eve));
  const auto try_them = [&](wire::Outcome outcome) {
    cores.core(kNorth).record_trial(cores.now(), ++last_token_, ann,
                                    {{"pager", outcome, "pager: HTTP 500"}});
    EXPECT_FALSE(cores.ladder_answers(kNorth).contains(last_token_)) << "before it is durable";
    cores.settle();
    EXPECT_TRUE(cores.ladder_answers(kNorth).at(last_token_));
  };
  try_them(wire::Outcome::failed);
  EXPECT_TRUE(is_unreachable("pager"));
  try_them(wire::Outcome::done);
  EXPECT_FALSE(is_unreachable("pager"));
  try_them(wire::Outcome::failed);
  cores.restart(kNorth);
  EXPECT_FALSE(is_unreachable("pager")) << "no rung names it";
}

}  // namespace
}  // namespace hotline
