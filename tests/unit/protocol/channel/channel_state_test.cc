// The channel restricted, suspended and opened again by two cores, and by a peer that does not
// care.
#include "protocol/channel/channel_state.h"

#include <gtest/gtest.h>

#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using State = wire::ChannelState;
using Mode = ChannelMode;

class ChannelStateTest : public testing::Test {
 protected:
  // `from`: 0: at once.
  Result<Submission> declare(size_t party, State state, UtcMs from = 0,
                             wire::Role role = wire::Role::supervisor) {
    const ChannelStatusFields said{state, "both paths are mended",
                                   from == 0 ? cores.now().utc : from};
    return cores.submit(party, kPriority, said, {}, role);
  }
  Result<Submission> call(size_t party) {
    TestFields test;
    test.phrase = 1;
    test.transcript_root = Hash{};
    test.clock = cores.now().utc;
    return cores.submit(party, kRoutine, test);
  }
  Result<Submission> acknowledge(size_t party, const std::string& id) {
    AcknowledgementFields said;
    said.role = wire::Role::operator_;
    said.at = cores.now().utc;
    return cores.submit(party, kRoutine, said, {id});
  }
  static std::string name(size_t party, const Result<Submission>& sent) {
    return (party == kNorth ? "N-00000" : "S-00000") + std::to_string(sent->serial);
  }
  void call_and_answer(size_t caller) {
    const auto sent = call(caller);
    ASSERT_TRUE(sent) << sent.error().reason;
    const auto answered = acknowledge(1 - caller, name(caller, sent));
    ASSERT_TRUE(answered) << answered.error().reason;
  }
  ChannelStanding standing(size_t party) {
    return cores.core(party).channel_state().standing(cores.now().utc);
  }
  // Both ends find the same.
  void expect(Mode mode) {
    for (const size_t party : {kNorth, kSouth}) {
      EXPECT_EQ(standing(party).mode, mode) << party;
      for (const auto& [code, of] : {std::pair{ConditionCode::channel_suspended, Mode::suspended},
                                     {ConditionCode::channel_restricted, Mode::restricted},
                                     {ConditionCode::channel_reopening, Mode::reopening}}) {
        EXPECT_EQ(cores.core(party).conditions().is_open(code, party == kNorth ? "south" : "north"),
                  of == mode);
      }
    }
  }
  bool alarmed(size_t party, const std::string& words) {
    for (const std::string& text : cores.alarms(party)) {
      if (text.find(words) != std::string::npos) return true;
    }
    return false;
  }

  TwoCores cores;
};

TEST_F(ChannelStateTest, SuspendedByEitherItIsSuspendedForBoth) {
  for (const size_t party : {kNorth, kSouth}) {
    cores.connect();
    ASSERT_TRUE(declare(party, State::suspended));
    expect(Mode::suspended);
    EXPECT_TRUE(standing(kNorth).by[party != kNorth]);
    EXPECT_FALSE(standing(kNorth).by[party == kNorth]);
    EXPECT_EQ(standing(1 - party).declared[1]->reason, "both paths are mended");
    EXPECT_TRUE(alarmed(1 - party, "the other side suspended the channel"));
    ASSERT_TRUE(declare(party, State::open));
    expect(Mode::reopening);
    ASSERT_TRUE(declare(1 - party, State::open));
    expect(Mode::reopening);
    EXPECT_TRUE(standing(kNorth).lacks_test_call);
    call_and_answer(party);
    expect(Mode::open);
    EXPECT_TRUE(alarmed(party, "the channel is open again"));
    EXPECT_TRUE(alarmed(1 - party, "the channel is open again"));
    ASSERT_TRUE(cores.submit(party, kRoutine));
  }
}

TEST_F(ChannelStateTest, BothEndsSayTheSameTimeHoweverLateItArrives) {
  ASSERT_TRUE(declare(kSouth, State::restricted));  // There is no link.
  cores.pass(20 * 60'000);
  cores.connect();
  expect(Mode::restricted);
  EXPECT_EQ(standing(kNorth).since, standing(kSouth).since);
  EXPECT_EQ(standing(kNorth).declared[1]->since(), standing(kSouth).declared[0]->since());
}

TEST_F(ChannelStateTest, OnlyASupervisorDeclares) {
  cores.connect();
  for (const wire::Role role :
       {wire::Role::operator_, wire::Role::releaser, wire::Role::monitor, wire::Role::auditor}) {
    EXPECT_FALSE(declare(kNorth, State::suspended, 0, role));
  }
  EXPECT_FALSE(cores.submit(kNorth, kRoutine,
                            ChannelStatusFields{State::suspended, "by order", cores.now().utc}, {},
                            wire::Role::supervisor));
  expect(Mode::open);
}

TEST_F(ChannelStateTest, OnlyDangerToLifeAndWhatEndsAWaitGoesWhileSuspended) {
  cores.connect();
  ASSERT_TRUE(cores.submit(kSouth, kFlash));
  ASSERT_TRUE(cores.submit(kSouth, kPriority, QuestionsFields{{"Is it yours?"}}));
  ASSERT_TRUE(cores.submit(kNorth, kPriority));
  ASSERT_TRUE(declare(kSouth, State::suspended));
  for (const size_t party : {kNorth, kSouth}) {
    for (const uint8_t precedence : {kFlash, kImmediate, kPriority, kRoutine}) {
      const auto sent = cores.submit(party, precedence);
      ASSERT_FALSE(sent);
      EXPECT_EQ(sent.error().code, ErrorCode::refused);
      EXPECT_NE(sent.error().reason.find("the channel is suspended"), std::string::npos);
    }
    EXPECT_FALSE(cores.submit(party, kPriority, QuestionsFields{{"Is it yours?"}}));
    const auto flash =
        cores.submit(party, kFlash, TextContentFields{}, {}, wire::Role::operator_, true);
    ASSERT_TRUE(flash) << flash.error().reason;
    EXPECT_TRUE(alarmed(party, name(party, flash) + " goes although the channel is suspended"));
    ASSERT_TRUE(acknowledge(1 - party, name(party, flash)));
    EXPECT_FALSE(alarmed(1 - party, "although the channel is not open"));
    call_and_answer(party);
  }
  ASSERT_TRUE(acknowledge(kNorth, "S-000001"));
  ASSERT_TRUE(cores.submit(
      kNorth, kPriority, AnswersFields{{{0, wire::AnswerOutcome::answered, "ours", std::nullopt}}},
      {"S-000002"}));
  ASSERT_TRUE(cores.submit(kNorth, kPriority, CancellationFields{"over"}, {"N-000001"}));
  ASSERT_TRUE(declare(kNorth, State::suspended));
  // Not open yet, and nothing else goes.
  ASSERT_TRUE(declare(kNorth, State::open));
  ASSERT_TRUE(declare(kSouth, State::open));
  expect(Mode::reopening);
  EXPECT_FALSE(cores.submit(kNorth, kImmediate));
}

TEST_F(ChannelStateTest, RestrictedItTakesWhatIsUrgentAndWhoeverDidLiftsIt) {
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::restricted));
  expect(Mode::restricted);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(cores.submit(party, kFlash));
    EXPECT_TRUE(cores.submit(party, kImmediate));
    EXPECT_FALSE(cores.submit(party, kPriority));
    EXPECT_FALSE(cores.submit(party, kRoutine));
  }
  EXPECT_FALSE(declare(kSouth, State::open));
  ASSERT_TRUE(declare(kSouth, State::restricted));
  ASSERT_TRUE(declare(kNorth, State::open));
  expect(Mode::restricted);
  EXPECT_FALSE(declare(kNorth, State::open));
  ASSERT_TRUE(declare(kSouth, State::open));
  expect(Mode::open);
  // A suspension is not ended by less.
  ASSERT_TRUE(declare(kSouth, State::suspended));
  EXPECT_FALSE(declare(kSouth, State::restricted));
  EXPECT_FALSE(declare(kNorth, State::restricted));
}

// Each of the three is needed, in any order, and only what came after the suspension counts.
TEST_F(ChannelStateTest, OpensAgainByASupervisorOfEachAndAnAnsweredCall) {
  cores.connect();
  call_and_answer(kNorth);
  const auto early = call(kSouth);
  ASSERT_TRUE(declare(kNorth, State::suspended));
  ASSERT_TRUE(acknowledge(kNorth, name(kSouth, early)));  // Of a call that was made before.
  call_and_answer(kNorth);
  ASSERT_TRUE(declare(kSouth, State::open));
  expect(Mode::suspended);
  for (const size_t party : {kNorth, kSouth}) {
    const ChannelStanding stands = standing(party);
    EXPECT_TRUE(stands.lacks_open[party != kNorth]);
    EXPECT_FALSE(stands.lacks_open[party == kNorth]);
    EXPECT_FALSE(stands.lacks_test_call);
  }
  ASSERT_TRUE(declare(kNorth, State::open));
  expect(Mode::open);

  const auto before = call(kSouth);
  ASSERT_TRUE(declare(kNorth, State::suspended));
  ASSERT_TRUE(acknowledge(kNorth, name(kSouth, before)));
  ASSERT_TRUE(declare(kNorth, State::open));
  ASSERT_TRUE(declare(kSouth, State::open));
  expect(Mode::reopening);
  EXPECT_TRUE(standing(kNorth).lacks_test_call);
  EXPECT_TRUE(standing(kSouth).lacks_test_call);
  ASSERT_TRUE(call(kNorth));  // Not acknowledged.
  expect(Mode::reopening);
  call_and_answer(kSouth);
  expect(Mode::open);
}

TEST_F(ChannelStateTest, SuspendedAgainBeforeItIsOpenAllIsNeededAnew) {
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::suspended));
  ASSERT_TRUE(declare(kNorth, State::open));
  call_and_answer(kNorth);
  ASSERT_TRUE(declare(kSouth, State::suspended));
  expect(Mode::suspended);
  ASSERT_TRUE(declare(kSouth, State::open));
  expect(Mode::reopening);
  EXPECT_TRUE(standing(kSouth).lacks_open[1]);
  ASSERT_TRUE(declare(kNorth, State::open));
  expect(Mode::reopening);
  call_and_answer(kNorth);
  expect(Mode::open);
}

// One opens it while the other suspends it: whoever had not heard of that has opened nothing.
TEST_F(ChannelStateTest, AnOpeningThatCrossesASuspensionIsNone) {
  for (const size_t opener : {kNorth, kSouth}) {
    cores.connect();
    cores.pass(2 * kMinute_ms);  // A condition that comes and goes begins twice in a minute only.
    ASSERT_TRUE(declare(opener, State::suspended));
    ASSERT_TRUE(declare(1 - opener, State::open));
    call_and_answer(opener);
    cores.hold_frames_from(kNorth, true);
    cores.hold_frames_from(kSouth, true);
    ASSERT_TRUE(declare(opener, State::open));
    ASSERT_TRUE(declare(1 - opener, State::suspended));
    cores.hold_frames_from(kNorth, false);
    cores.hold_frames_from(kSouth, false);
    cores.settle();
    expect(Mode::suspended);
    ASSERT_TRUE(declare(1 - opener, State::open));
    expect(Mode::reopening);
    call_and_answer(opener);
    expect(Mode::reopening);
    ASSERT_TRUE(declare(opener, State::open));
    expect(Mode::open);
  }
}

TEST_F(ChannelStateTest, SuspendedByBothAtOnce) {
  cores.connect();
  cores.hold_frames_from(kNorth, true);
  cores.hold_frames_from(kSouth, true);
  ASSERT_TRUE(declare(kNorth, State::suspended));
  ASSERT_TRUE(declare(kSouth, State::suspended));
  cores.hold_frames_from(kNorth, false);
  cores.hold_frames_from(kSouth, false);
  cores.settle();
  expect(Mode::suspended);
  EXPECT_EQ(standing(kNorth).by, (std::array{true, true}));
  ASSERT_TRUE(declare(kNorth, State::open));
  expect(Mode::suspended);
  ASSERT_TRUE(declare(kSouth, State::open));
  call_and_answer(kSouth);
  expect(Mode::open);
}

// A message of the peer's was on its way when we suspended: it goes through, and nothing is told.
TEST_F(ChannelStateTest, WhatWasSentBeforeGoesAndIsNoNews) {
  cores.connect();
  cores.hold_frames_from(kSouth, true);
  const auto sent = cores.submit(kSouth, kRoutine);
  ASSERT_TRUE(declare(kNorth, State::suspended));
  cores.hold_frames_from(kSouth, false);
  cores.settle();
  EXPECT_TRUE(cores.disk(kNorth).messages().contains({true, 0}));
  EXPECT_FALSE(alarmed(kNorth, "although the channel is not open"));
  ASSERT_TRUE(acknowledge(kNorth, name(kSouth, sent)));
}

TEST_F(ChannelStateTest, BeginsAtItsTimeAndIsTakenBackBefore) {
  cores.connect();
  const UtcMs from = cores.now().utc + 10 * kMinute_ms;
  ASSERT_TRUE(declare(kNorth, State::suspended, from));
  expect(Mode::open);
  ASSERT_TRUE(standing(kSouth).next[1]);
  EXPECT_EQ(standing(kSouth).next[1]->from, from);
  EXPECT_TRUE(cores.submit(kSouth, kRoutine));
  cores.pass(10 * kMinute_ms + 250);
  expect(Mode::suspended);
  EXPECT_EQ(standing(kSouth).since, from);
  EXPECT_FALSE(cores.submit(kSouth, kRoutine));
  ASSERT_TRUE(declare(kNorth, State::open));
  ASSERT_TRUE(declare(kSouth, State::open));
  call_and_answer(kNorth);
  expect(Mode::open);

  // Nobody has to open what was never suspended.
  ASSERT_TRUE(declare(kNorth, State::suspended, cores.now().utc + 10 * kMinute_ms));
  ASSERT_TRUE(declare(kNorth, State::open));
  cores.pass(11 * kMinute_ms);
  expect(Mode::open);

  // Postponed.
  ASSERT_TRUE(declare(kNorth, State::suspended, cores.now().utc + 10 * kMinute_ms));
  ASSERT_TRUE(declare(kNorth, State::suspended, cores.now().utc + 20 * kMinute_ms));
  cores.pass(11 * kMinute_ms);
  expect(Mode::open);
  cores.pass(10 * kMinute_ms);
  expect(Mode::suspended);
}

TEST_F(ChannelStateTest, ARestrictionThatIsDeclaredAgainWasThereAllTheTime) {
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::restricted));
  const UtcMs since = standing(kNorth).since;
  cores.pass(10 * kMinute_ms);
  ASSERT_TRUE(declare(kNorth, State::restricted));
  EXPECT_EQ(standing(kNorth).since, since);
  EXPECT_EQ(standing(kSouth).since, since);
  EXPECT_GT(standing(kSouth).declared[1]->since(), since) << "its words are the newest";
  ASSERT_TRUE(declare(kNorth, State::open));
  cores.pass(10 * kMinute_ms);
  ASSERT_TRUE(declare(kNorth, State::restricted));
  EXPECT_EQ(standing(kSouth).since, standing(kSouth).declared[1]->since());
}

// A restriction goes on until a suspension begins.
TEST_F(ChannelStateTest, WhatHoldsGoesOnUntilTheNextBegins) {
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::restricted));
  ASSERT_TRUE(declare(kNorth, State::suspended, cores.now().utc + 10 * kMinute_ms));
  expect(Mode::restricted);
  cores.pass(11 * kMinute_ms);
  expect(Mode::suspended);
}

TEST_F(ChannelStateTest, ARestartFindsTheSame) {
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::suspended));
  ASSERT_TRUE(declare(kSouth, State::open));
  call_and_answer(kSouth);
  for (const size_t party : {kNorth, kSouth}) {
    const ChannelStanding before = standing(party);
    cores.restart(party);
    const ChannelStanding after = standing(party);
    EXPECT_EQ(after.mode, Mode::suspended);
    EXPECT_EQ(after.since, before.since);
    EXPECT_EQ(after.lacks_open, before.lacks_open);
    EXPECT_EQ(after.lacks_test_call, before.lacks_test_call);
    EXPECT_EQ(after.declared[party == kNorth ? 0 : 1]->reason, "both paths are mended");
    EXPECT_FALSE(cores.submit(party, kRoutine));
  }
  cores.connect();
  ASSERT_TRUE(declare(kNorth, State::open));
  expect(Mode::open);
  cores.restart(kNorth);
  cores.connect();
  expect(Mode::open);
}

// A peer may declare it suspended and use it all the same.
TEST(ChannelStateOfAPeer, WhatItSendsAllTheSameIsTakenAndTold) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const LinkId link = peer.link_up();
  const auto say = [&](WrittenMessage message) {
    peer.own.append(std::move(message));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
    return peer.recorded<wire::Received>().back()->decline_code();
  };
  const auto declare = [&](State state, wire::Role role, wire::Precedence precedence) {
    EnvelopeFields fields = peer.envelope(wire::MessageType::status);
    ++peer.last_serial;
    fields.releaser_role = role;
    fields.precedence = precedence;
    BodyFields body;
    body.subject = "The channel";
    body.texts = {{"en", "The channel is suspended.", true, ""}};
    body.content = ChannelStatusFields{state, "by order", peer.now().utc};
    return say(ScriptedPeer::write(fields, body));
  };
  const auto mode = [&] { return peer.core().channel_state().standing(peer.now().utc).mode; };
  const auto broken = static_cast<uint16_t>(wire::DeclineCode::rule_broken);
  EXPECT_EQ(declare(State::suspended, wire::Role::operator_, wire::Precedence::priority), broken);
  EXPECT_EQ(declare(State::suspended, wire::Role::supervisor, wire::Precedence::flash), broken);
  EXPECT_EQ(mode(), Mode::open);
  EXPECT_EQ(declare(State::suspended, wire::Role::supervisor, wire::Precedence::priority), 0);
  EXPECT_EQ(mode(), Mode::suspended);

  EXPECT_EQ(say(peer.text()), 0);
  EXPECT_EQ(peer.alarms_with("although the channel is not open: it is taken all the same"), 1u);
  EXPECT_EQ(peer.core().peer_size(), 4u);
  EnvelopeFields flash = peer.envelope(wire::MessageType::text);
  ++peer.last_serial;
  flash.precedence = wire::Precedence::flash;
  flash.danger_to_life = true;
  EXPECT_EQ(say(ScriptedPeer::write(flash, ScriptedPeer::text_body("A missile flies."))), 0);
  EXPECT_EQ(peer.alarms_with("although the channel is not open"), 1u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(say(peer.text()), 0);
  EXPECT_LE(peer.alarms_with("although the channel is not open"), limits::kPeerAlarmsToldMax);
}

// A decision has no word for lives, and is kept by its fields.
TEST(ChannelStateHint, WhatIsRefusedIsKeptByTheWordsOfTheHint) {
  const auto hint = [](wire::MessageType type) {
    return check_release_in(Mode::suspended, static_cast<uint8_t>(type), kRoutine, false)
        .error()
        .hint;
  };
  const std::string keeps = hint(wire::MessageType::decision);
  EXPECT_EQ(keeps.find("hotline draft save -t decision -p routine --set "), 0u);
  EXPECT_NE(keeps.find(" --set decided-by="), std::string::npos);  // It could not be sent without.
  EXPECT_EQ(hint(wire::MessageType::text).find("hotline send -p flash --danger-to-life"), 0u);
  EXPECT_TRUE(check_release_in(Mode::open, static_cast<uint8_t>(wire::MessageType::decision),
                               kRoutine, false));
}

}  // namespace
}  // namespace hotline
