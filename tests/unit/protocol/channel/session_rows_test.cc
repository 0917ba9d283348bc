// The rows of tests/cases/session_cases.csv that are about the core, by their ids: one core, and a
// peer that plays the stimulus. Where the design differs from a row, docs/testing.md says so and
// the case here shows what we do.
#include <gtest/gtest.h>

#include <map>

#include "protocol/base/limits.h"
#include "protocol/message/serial.h"
#include "tests/unit/protocol/case_table.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

using CoreIs = ScriptedPeer::CoreIs;
using wire::CloseReason;

class SessionRows : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  // `count` messages of the peer arrive on a link and are receipted.
  void receive(LinkId link, uint64_t count) {
    uint64_t first = peer.own.size();
    for (uint64_t i = 0; i < count; ++i) peer.own.append(peer.text());
    peer.say(link, peer.messages_frame(first, first + count));
  }
  uint64_t held() { return peer.disk().log(LogId::peer_transcript).size(); }
  uint64_t receipts(LinkId link) { return peer.said_as<wire::Receipt>(link).size(); }
  bool refused_with(LinkId link, CloseReason reason) {
    return peer.is_closed(link) && peer.close_reason(link) == reason;
  }
  // The one DECLINE that was released, as its code; unset when there is none.
  wire::DeclineCode declined() {
    auto code = wire::DeclineCode::unset;
    for (const wire::Received* fact : peer.recorded<wire::Received>()) {
      if (fact->decline_code() != 0) code = static_cast<wire::DeclineCode>(fact->decline_code());
    }
    return code;
  }
  size_t declines_released() {
    size_t count = 0;
    for (const wire::Released* fact : peer.recorded<wire::Released>()) {
      if (fact->type() == static_cast<uint8_t>(wire::MessageType::decline)) ++count;
    }
    return count;
  }
  void say_message(LinkId link, WrittenMessage message) {
    peer.own.append(std::move(message));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
  }

  ScriptedPeer peer;
};

// ----------------------------------------------------------------------------------------------
// hello

TEST_F(SessionRows, F01_TheSessionOpensBothWaysAndClosesCleanly) {
  for (CoreIs core_is : {CoreIs::north, CoreIs::south}) {
    ScriptedPeer one(core_is);
    ASSERT_TRUE(one.start());
    LinkId link = one.link_up();
    EXPECT_EQ(one.core().status().link, wire::LinkState::up);
    // The party with the smaller id says ADOPT, the other never.
    EXPECT_EQ(one.said_as<wire::Adopt>(link).size(), core_is == CoreIs::north ? 1u : 0u);
    one.core().stop(one.now());
    one.pass(1);
    EXPECT_EQ(one.close_reason(link), CloseReason::shutting_down);
    EXPECT_TRUE(one.is_closed(link));
    EXPECT_EQ(one.recorded<wire::Stopped>().size(), 1u);
  }
}

TEST_F(SessionRows, F02_APeerThatIsAheadIsHeardFromWhereWeAre) {
  for (int i = 0; i < 4; ++i) peer.own.append(peer.text());
  LinkId link = peer.link_up();  // Its hello shows four.
  EXPECT_FALSE(peer.is_closed(link));
  EXPECT_EQ(held(), 0u);
  peer.say(link, peer.messages_frame(0, 4));
  EXPECT_EQ(held(), 4u);
}

TEST_F(SessionRows, F03_F04_OneLinkAtATimeAndNoMessageLost) {
  LinkId first = peer.link_up();
  receive(first, 2);
  LinkId second = peer.link_up();
  EXPECT_EQ(peer.close_reason(first), CloseReason::replaced);
  EXPECT_EQ(peer.links_open(), 1u);
  receive(second, 1);
  EXPECT_EQ(held(), 3u);
  // The channel was never down in between.
  EXPECT_EQ(peer.recorded<wire::LinkChanged>().size(), 1u);
}

TEST_F(SessionRows, F05_F06_AnotherSpeakerOrAnotherListenerIsRefused) {
  for (bool wrong_speaker : {true, false}) {
    HelloFields hello = peer.hello();
    (wrong_speaker ? hello.from : hello.to) = "east";
    LinkId link = peer.link_up(hello);
    EXPECT_TRUE(refused_with(link, CloseReason::identity));
  }
  HelloFields reflected = peer.hello();
  std::swap(reflected.from, reflected.to);
  EXPECT_TRUE(refused_with(peer.link_up(reflected), CloseReason::identity));
  EXPECT_EQ(peer.recorded<wire::LinkRefused>().size(), 3u);
}

TEST_F(SessionRows, B12_APrefixThatTheOtherSideDoesNotExpectIsRefused) {
  for (bool own : {true, false}) {
    for (const char* prefix : {"M", "n", "", "XN", "S\n"}) {
      HelloFields hello = peer.hello();
      (own ? hello.prefix : hello.peer_prefix) = prefix;
      LinkId link = peer.link_up(hello);
      EXPECT_TRUE(refused_with(link, CloseReason::identity)) << prefix;
      EXPECT_EQ(peer.core().status().link, wire::LinkState::down);
    }
  }
  const auto refusals = peer.recorded<wire::LinkRefused>();
  ASSERT_EQ(refusals.size(), limits::kRefusalsToldMax);  // The rest is told as a number.
  EXPECT_EQ(refusals.front()->reason()->str(),
            "the prefixes of serials differ: north has N for itself and S for south, south has M "
            "for itself and N for north; write the same in [party] and [peer] of both "
            "configurations");
}

TEST_F(SessionRows, B12_WhoIsRefusedKeepsTheReasonTooAndNotWithoutEnd) {
  for (int i = 0; i < 12; ++i) {
    LinkId link = peer.open();
    peer.say(link, make_close_frame(CloseReason::identity, "the prefixes of serials differ"));
    EXPECT_TRUE(peer.is_closed(link));
  }
  const auto refusals = peer.recorded<wire::LinkRefused>();
  ASSERT_EQ(refusals.size(), limits::kRefusalsToldMax);
  EXPECT_EQ(refusals.front()->reason()->str(),
            "closed by the peer: the prefixes of serials differ");
}

TEST_F(SessionRows, B12_APrefixIsForLife) {
  peer.submit_text();
  peer.crash();
  peer.config().prefix = "M";
  const Status renamed = peer.start();
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().code, ErrorCode::configuration);
  EXPECT_EQ(renamed.error().reason,
            "the messages of this store are named with the prefix N, and the configuration says M");
  peer.config().prefix = "N";
  EXPECT_TRUE(peer.start());
}

TEST_F(SessionRows, F07_AWrongClockIsAlarmedAndRefusesNothing) {
  for (int64_t off_ms : {int64_t{365} * 86'400'000, int64_t{-365} * 86'400'000}) {
    ScriptedPeer one;
    ASSERT_TRUE(one.start());
    HelloFields hello = one.hello();
    hello.clock += off_ms;
    LinkId link = one.link_up(hello);
    EXPECT_FALSE(one.is_closed(link));
    EXPECT_EQ(one.alarms_with("clock"), 1u);
  }
}

TEST_F(SessionRows, F07_AClockBeyondAllTimeIsOnlyAWrongClock) {
  for (int64_t clock : {INT64_MIN, INT64_MAX}) {
    ScriptedPeer one;
    ASSERT_TRUE(one.start());
    HelloFields hello = one.hello();
    hello.clock = clock;
    LinkId link = one.link_up(hello);
    one.pass(limits::kProbeInterval_ms);
    one.say(link, ScriptedPeer::probe_reply_frame(1, clock));
    EXPECT_FALSE(one.is_closed(link));
    EXPECT_EQ(one.alarms_with("clock"), 1u);
  }
}

TEST_F(SessionRows, F09_AVersionThatIsNotSpokenIsRefusedWithoutDowngrade) {
  HelloFields hello = peer.hello();
  hello.version_min = 2;
  hello.version_max = 9;
  EXPECT_TRUE(refused_with(peer.link_up(hello), CloseReason::version));
  EXPECT_NE(peer.recorded<wire::LinkRefused>().back()->reason()->str().find(
                " speaks versions 2 to 9 of the protocol, north speaks 1: the hotlined of north "
                "must be updated"),
            std::string::npos);
}

TEST_F(SessionRows, F09_ANewerPeerIsTakenThatStillSpeaksOurVersion) {
  HelloFields hello = peer.hello();
  hello.version_max = 9;
  EXPECT_FALSE(peer.is_closed(peer.link_up(hello)));
}

TEST_F(SessionRows, F10_AnythingBeforeTheHelloClosesAndStoresNothing) {
  peer.own.append(peer.text());
  for (const Bytes& early :
       {peer.messages_frame(0, 1), ScriptedPeer::probe_frame(1, 0), ScriptedPeer::adopt_frame()}) {
    LinkId link = peer.open();
    peer.say(link, early);
    EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  }
  EXPECT_EQ(held(), 0u);
}

TEST_F(SessionRows, F19_X08_ASecondHelloCloses) {
  LinkId link = peer.link_up();
  HelloFields again = peer.hello();
  again.version_max = 3;
  peer.say(link, ScriptedPeer::frame(again));
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
}

TEST_F(SessionRows, F40_NumbersNeverGoBack) {
  LinkId link = peer.link_up();
  receive(link, 3);
  HelloFields hello = peer.hello();
  hello.own_checkpoint = peer.checkpoint(peer.own, 1);
  peer.link_up(hello);
  EXPECT_EQ(peer.alarms_with("shrank"), 1u);
  EXPECT_EQ(held(), 3u);
  EXPECT_EQ(peer.recorded<wire::EvidenceKept>().size(), 1u);
}

TEST_F(SessionRows, F41_X04_AReplacedStoreIsAnAlarmAndNotASilentBeginning) {
  LinkId link = peer.link_up();
  receive(link, 2);
  peer.submit_text();
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  HelloFields hello = peer.hello();
  hello.own_checkpoint.clear();
  hello.own_receipt.clear();
  hello.peer_receipt.clear();
  LinkId second = peer.link_up(hello);
  EXPECT_GE(peer.alarms_with("store was lost"), 1u);
  EXPECT_EQ(held(), 2u);
  // It is sent what it lacks.
  ASSERT_EQ(peer.said_as<wire::Messages>(second).size(), 1u);
  EXPECT_EQ(peer.said_as<wire::Messages>(second)[0]->first(), 0u);
}

// ----------------------------------------------------------------------------------------------
// messages in their order

TEST_F(SessionRows, F11_F53_MessagesInOrderAreTakenEachOnce) {
  LinkId link = peer.link_up();
  for (uint64_t i = 1; i <= 4; ++i) {
    receive(link, 1);
    EXPECT_EQ(held(), i);
    EXPECT_EQ(receipts(link), i);
  }
  EXPECT_EQ(peer.recorded<wire::Received>().size(), 4u);
}

TEST_F(SessionRows, F12_F36_AGapClosesTheLinkAndNothingOfItIsKept) {
  LinkId link = peer.link_up();
  receive(link, 1);
  for (int i = 0; i < 4; ++i) peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(3, 5));
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  EXPECT_EQ(held(), 1u);
  LinkId second = peer.link_up();
  peer.say(second, peer.messages_frame(1, 5));
  EXPECT_EQ(held(), 5u);
}

TEST_F(SessionRows, F13_F17_F18_TheSamePlaceWithOtherBytesIsEvidence) {
  LinkId link = peer.link_up();
  receive(link, 2);
  ScriptedTranscript other;
  other.append(peer.own.at(0));
  other.append(peer.text("Another story, under a later time."));
  peer.say(link, peer.messages_frame(other, 0, 2));
  EXPECT_TRUE(refused_with(link, CloseReason::claim));
  auto evidence = peer.recorded<wire::EvidenceKept>();
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0]->kind(), wire::EvidenceKind::fork_of_peer);
  EXPECT_EQ(evidence[0]->first()->str(), peer.checkpoint(other, 2));
  EXPECT_EQ(evidence[0]->second()->str(), peer.newest_core_receipt());
  EXPECT_EQ(peer.alarms_with("two different messages for place 1"), 1u);
  EXPECT_EQ(held(), 2u);
}

TEST_F(SessionRows, F14_F21_F27_AMalformedFrameClosesAndTheNextLinkGoesOn) {
  LinkId link = peer.link_up();
  receive(link, 1);
  peer.own.append(peer.text());
  Bytes broken = peer.messages_frame(1, 2);
  broken.pop_back();
  peer.say(link, broken);
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  peer.own.append(peer.text());
  LinkId second = peer.link_up();
  peer.say(second, peer.messages_frame(1, 3));
  EXPECT_EQ(held(), 3u);
  EXPECT_EQ(peer.recorded<wire::Received>().size(), 3u);
}

TEST_F(SessionRows, F15_H13_ADuplicateIsReceiptedAgainAndNothingElse) {
  LinkId link = peer.link_up();
  receive(link, 2);
  size_t journal = peer.disk().journal().size();
  std::string receipt = peer.newest_core_receipt();
  peer.say(link, peer.messages_frame(0, 2));
  EXPECT_EQ(receipts(link), 2u);
  EXPECT_EQ(peer.newest_core_receipt(), receipt);  // Byte for byte.
  EXPECT_EQ(peer.disk().journal().size(), journal);
  EXPECT_TRUE(peer.alarms.empty());
}

TEST_F(SessionRows, F16_WhatIsNewAmongDuplicatesIsTaken) {
  LinkId link = peer.link_up();
  receive(link, 2);
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 3));
  EXPECT_EQ(held(), 3u);
  EXPECT_EQ(peer.recorded<wire::Received>().size(), 3u);
}

TEST_F(SessionRows, F25_F43_AFrameTheVerifierRefusesIsNotLookedAt) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  Bytes frame = peer.messages_frame(0, 1);
  frame[4] = 'X';  // The identifier.
  peer.say(link, frame);
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  EXPECT_EQ(held(), 0u);
}

TEST_F(SessionRows, F26_AMessageWithoutTheBodyItNamesIsNotReceipted) {
  LinkId link = peer.link_up();
  WrittenMessage message = peer.text();
  message.body.back() ^= 1;
  say_message(link, std::move(message));
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  EXPECT_EQ(held(), 0u);
  EXPECT_EQ(receipts(link), 0u);
}

TEST_F(SessionRows, F55_AnEnvelopeThatCannotBeReadBlocksNothing) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.own.append({to_bytes(as_bytes("no envelope at all")), {}, {}});
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 3));
  EXPECT_EQ(held(), 3u);
  EXPECT_EQ(declined(), wire::DeclineCode::malformed);
  EXPECT_EQ(peer.alarms_with("breaks the rules"), 1u);
  EXPECT_EQ(receipts(link), 1u);
  EXPECT_EQ(peer.core().ladder().next_due().has_value(), true);  // The good ones wait.
}

// ----------------------------------------------------------------------------------------------
// rules of messages: kept, receipted, declined

TEST_F(SessionRows, F20_AnAuthorWhoIsNotThePeerIsDeclined) {
  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  envelope.from = "east";
  say_message(link, ScriptedPeer::write(envelope, ScriptedPeer::text_body("From elsewhere.")));
  EXPECT_EQ(declined(), wire::DeclineCode::wrong_party);
  EXPECT_EQ(held(), 1u);
  EXPECT_EQ(receipts(link), 1u);
}

TEST_F(SessionRows, F22_AMessageWithAWrongTimeIsDelivered) {
  LinkId link = peer.link_up();
  for (int64_t off_ms : {-121'000, 121'000}) {
    EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
    envelope.drafted_at += off_ms;
    envelope.released_at += off_ms;
    ++peer.last_serial;
    say_message(link, ScriptedPeer::write(envelope, ScriptedPeer::text_body("Is it today?")));
  }
  EXPECT_EQ(held(), 2u);
  EXPECT_EQ(declined(), wire::DeclineCode::unset);
}

TEST_F(SessionRows, F23_F24_AnUnknownTypeIsKeptReceiptedAndDeclined) {
  LinkId link = peer.link_up();
  for (auto type : {static_cast<wire::MessageType>(99), static_cast<wire::MessageType>(200)}) {
    EnvelopeFields envelope = peer.envelope(type);
    ++peer.last_serial;
    say_message(link, ScriptedPeer::write(envelope, ScriptedPeer::text_body("A launch.")));
  }
  EXPECT_EQ(held(), 2u);
  EXPECT_EQ(declined(), wire::DeclineCode::unknown_type);
  EXPECT_EQ(declines_released(), 2u);
  EXPECT_EQ(peer.alarms_with("breaks the rules"), 2u);
  EXPECT_FALSE(peer.is_closed(link));
}

TEST_F(SessionRows, F31_ADeclineIsRecordedAgainstItsMessage) {
  LinkId link = peer.link_up();
  uint64_t token = peer.submit_text();
  auto answer = peer.answer(token);
  ASSERT_TRUE(answer && *answer);
  Hash leaf = peer.disk().message({false, (*answer)->serial})->leaf_hash;
  say_message(link, peer.answering(wire::MessageType::decline,
                                   DeclineFields{wire::DeclineCode::not_for_us, "Not ours."},
                                   "N-000001", leaf));
  EXPECT_EQ(peer.alarms_with("the peer declined N-000001: Not ours."), 1u);
  EXPECT_FALSE(peer.is_closed(link));
  auto received = peer.recorded<wire::Received>();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0]->decline_code(), 0u);
  EXPECT_EQ(received[0]->refers_to()->number(), 1u);
  EXPECT_FALSE(received[0]->refers_to()->incoming());
}

TEST_F(SessionRows, F44_F45_AMissingFieldIsNamedOnBothSides) {
  BodyFields empty = ScriptedPeer::text_body("");
  auto answer = peer.answer(peer.submit(wire::MessageType::text, wire::Precedence::routine, empty));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
  EXPECT_FALSE(answer->error().reason.empty());
  EXPECT_FALSE(answer->error().hint.empty());
  EXPECT_EQ(peer.recorded<wire::RequestRefused>().size(), 1u);

  LinkId link = peer.link_up();
  WrittenMessage message = ScriptedPeer::write(peer.envelope(wire::MessageType::text), empty);
  ++peer.last_serial;
  say_message(link, message);
  EXPECT_EQ(declined(), wire::DeclineCode::rule_broken);
  EXPECT_EQ(held(), 1u);
  EXPECT_EQ(peer.alarms_with("text"), 1u);
}

TEST_F(SessionRows, F46_AValueOutOfRangeIsNotTakenForADefault) {
  LinkId link = peer.link_up();
  for (int i = 0; i < 2; ++i) {
    EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
    envelope.precedence = static_cast<wire::Precedence>(9);
    ++peer.last_serial;
    say_message(link, ScriptedPeer::write(envelope, ScriptedPeer::text_body("How fast?")));
  }
  EXPECT_EQ(declines_released(), 2u);
  receive(link, 1);
  EXPECT_EQ(held(), 3u);
  EXPECT_EQ(declines_released(), 2u);
  EXPECT_EQ(peer.recorded<wire::Received>().back()->decline_code(), 0u);
}

TEST_F(SessionRows, F50_AnEmptyListIsAccepted) {
  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  WrittenMessage message = ScriptedPeer::write(envelope, ScriptedPeer::text_body("No references."));
  ++peer.last_serial;
  say_message(link, message);
  EXPECT_EQ(declined(), wire::DeclineCode::unset);
}

TEST_F(SessionRows, F52_OneMessageUnderASecondPlaceIsDeliveredNoSecondTime) {
  LinkId link = peer.link_up();
  WrittenMessage message = peer.text();
  say_message(link, message);
  say_message(link, message);
  EXPECT_EQ(held(), 2u);
  EXPECT_EQ(receipts(link), 2u);
  EXPECT_EQ(declined(), wire::DeclineCode::serial_reused);
}

// ----------------------------------------------------------------------------------------------
// time and silence

TEST_F(SessionRows, F28_AnIdleLinkIsProbed) {
  LinkId link = peer.link_up();
  for (uint64_t i = 1; i <= 3; ++i) {
    peer.pass(limits::kProbeInterval_ms);
    ASSERT_EQ(peer.said_as<wire::Probe>(link).size(), i);
    peer.say(link, ScriptedPeer::probe_reply_frame(i, peer.now().utc));
  }
  EXPECT_EQ(peer.core().status().link, wire::LinkState::up);
}

TEST_F(SessionRows, F29_AProbeIsAnsweredAtOnceWithItsNumber) {
  LinkId link = peer.link_up();
  peer.hold_commits = true;
  peer.submit_text();
  peer.say(link, ScriptedPeer::probe_frame(77, 0));
  auto replies = peer.said_as<wire::ProbeReply>(link);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->sequence(), 77u);
}

TEST_F(SessionRows, F30_M03_H09_ASilentPeerIsDownAndSaidSo) {
  LinkId link = peer.link_up();
  peer.pass(limits::kProbeInterval_ms * limits::kProbesMissedMax + 9'999);
  EXPECT_EQ(peer.core().status().link, wire::LinkState::up);
  peer.pass(1);
  EXPECT_EQ(peer.core().status().link, wire::LinkState::down);
  EXPECT_TRUE(refused_with(link, CloseReason::silence));
  auto changes = peer.recorded<wire::LinkChanged>();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[1]->change(), wire::LinkChange::down);
  EXPECT_EQ(peer.alarms_with("no link to the peer"), 1u);
  peer.pass(limits::kAloneTold_ms);
  EXPECT_EQ(peer.alarms_with("no link"), 1u) << "told once";
}

// Since when there is none is the same for the condition and the state of the link: since it was
// closed, or since it was last heard where it fell silent.
TEST_F(SessionRows, M03_ALinkIsDownSinceItWasLost) {
  const auto since = [&] {
    for (const Condition& one : peer.core().conditions().list()) {
      if (one.kind->code == ConditionCode::link_down) return one.since;
    }
    return UtcMs{0};
  };
  LinkId link = peer.link_up();
  peer.pass(limits::kProbeInterval_ms - 2'000);
  const UtcMs closed_at = peer.now().utc;
  peer.lose(link);
  EXPECT_EQ(peer.core().status().link_since, closed_at);
  peer.pass(limits::kAloneTold_ms);
  EXPECT_EQ(since(), closed_at);
  peer.link_up();
  const UtcMs heard_at = peer.now().utc;
  peer.pass(limits::kProbeInterval_ms * (limits::kProbesMissedMax + 1));
  EXPECT_EQ(peer.core().status().link_since, heard_at);
  EXPECT_EQ(since(), heard_at);
}

TEST_F(SessionRows, M03_AnotherLinkInTimeIsNoAlarm) {
  peer.pass(limits::kAloneTold_ms - 1);
  EXPECT_TRUE(peer.alarms.empty());
  LinkId link = peer.link_up();
  peer.lose(link);
  peer.pass(limits::kAloneTold_ms - 1);
  peer.lose(peer.link_up());
  EXPECT_TRUE(peer.alarms.empty());
  peer.pass(limits::kAloneTold_ms);
  EXPECT_EQ(peer.alarms_with("no link to the peer"), 1u);
}

TEST_F(SessionRows, F58_AGoodbyeWaitsForNobody) {
  LinkId link = peer.link_up();
  peer.core().stop(peer.now());
  peer.pass(1);
  EXPECT_TRUE(peer.is_closed(link));
}

TEST_F(SessionRows, M04_AShortBreakIsLoggedAndNotAlarmed) {
  LinkId link = peer.link_up();
  peer.lose(link);
  peer.pass(500);
  peer.link_up();
  EXPECT_EQ(peer.recorded<wire::LinkChanged>().size(), 3u);
  EXPECT_TRUE(peer.alarms.empty());
}

// ----------------------------------------------------------------------------------------------
// what we send: kept, resumed, receipted

TEST_F(SessionRows, F32_OnlyMessagesAreSentAgain) {
  LinkId link = peer.link_up();
  peer.pass(limits::kProbeInterval_ms);
  peer.submit_text();
  peer.say(link, ScriptedPeer::probe_frame(1, 0));
  LinkId second = peer.link_up();
  EXPECT_EQ(peer.said_as<wire::Messages>(second).size(), 1u);
  EXPECT_TRUE(peer.said_as<wire::Probe>(second).empty());
  EXPECT_TRUE(peer.said_as<wire::ProbeReply>(second).empty());
}

TEST_F(SessionRows, F33_M02_WhatIsSentAgainIsTheSameBytesAlsoAfterARestart) {
  LinkId link = peer.link_up();
  peer.submit_text("Say it twice.");
  ASSERT_EQ(peer.said_as<wire::Messages>(link).size(), 1u);
  const wire::Message& first = *peer.said_as<wire::Messages>(link)[0]->messages()->Get(0);
  Bytes envelope(first.envelope()->begin(), first.envelope()->end());
  Bytes body(first.body()->begin(), first.body()->end());
  ASSERT_TRUE(peer.start());
  LinkId second = peer.link_up();
  auto again = peer.said_as<wire::Messages>(second);
  ASSERT_EQ(again.size(), 1u);
  ASSERT_EQ(again[0]->messages()->size(), 1u);
  const wire::Message& same = *again[0]->messages()->Get(0);
  EXPECT_EQ(Bytes(same.envelope()->begin(), same.envelope()->end()), envelope);
  EXPECT_EQ(Bytes(same.body()->begin(), same.body()->end()), body);
}

TEST_F(SessionRows, F34_X03_FromEveryPlaceExactlyWhatIsMissing) {
  LinkId link = peer.link_up();
  constexpr uint64_t kMessages = 5;
  std::vector<std::string> receipts{""};
  for (uint64_t i = 1; i <= kMessages; ++i) {
    peer.submit_text("Number " + std::to_string(i));
    receipts.push_back(peer.receipt(i));
  }
  ASSERT_EQ(peer.core().status().own_size, kMessages);
  (void)link;
  for (uint64_t holds : {0, 3, 1, 5, 2, 4}) {
    HelloFields hello = peer.hello();
    hello.peer_receipt = receipts[holds];
    LinkId again = peer.link_up(hello);
    uint64_t next = holds;
    for (const wire::Messages* messages : peer.said_as<wire::Messages>(again)) {
      EXPECT_EQ(messages->first(), next);
      next += messages->messages()->size();
    }
    EXPECT_EQ(next, kMessages) << "from " << holds;
    EXPECT_EQ(peer.core().status().own_size, kMessages);
  }
}

TEST_F(SessionRows, F42_F57_M01_WhatWaitsSurvivesTheLinkAndIsSentInOrder) {
  std::vector<uint64_t> tokens;
  for (int i = 0; i < 3; ++i) tokens.push_back(peer.submit_text("Queued."));
  EXPECT_EQ(peer.core().status().own_size, 0u);  // No place before a link.
  LinkId link = peer.link_up();
  peer.say(link, make_close_frame(CloseReason::shutting_down, "good night"));
  EXPECT_EQ(peer.core().status().link, wire::LinkState::down);
  EXPECT_EQ(peer.recorded<wire::LinkChanged>().back()->detail()->str(),
            "closed by the peer: good night");
  peer.submit_text("And one more.");
  ASSERT_TRUE(peer.start());
  LinkId second = peer.link_up();
  uint64_t next = 0;
  for (const wire::Messages* messages : peer.said_as<wire::Messages>(second)) {
    for (const wire::Message* message : *messages->messages()) {
      Bytes bytes(message->envelope()->begin(), message->envelope()->end());
      EXPECT_EQ((*open_envelope(bytes))->id()->str(), format_serial("N", ++next));
    }
  }
  EXPECT_EQ(next, 4u);
  EXPECT_EQ(peer.core().status().own_receipted, 0u);  // Nothing counts as delivered yet.
}

TEST_F(SessionRows, F54_BothSidesLackSomething) {
  LinkId link = peer.link_up();
  receive(link, 2);
  for (int i = 0; i < 3; ++i) peer.submit_text();
  peer.receipt(1);  // The peer's hello shows it: it lost two on the way.
  peer.own.append(peer.text());
  LinkId second = peer.link_up();
  peer.say(second, peer.messages_frame(2, 3));
  EXPECT_EQ(held(), 3u);
  ASSERT_FALSE(peer.said_as<wire::Messages>(second).empty());
  EXPECT_EQ(peer.said_as<wire::Messages>(second)[0]->first(), 1u);
  peer.say(second, ScriptedPeer::receipt_frame(peer.receipt(3)));
  EXPECT_EQ(peer.core().status().own_receipted, 3u);
  EXPECT_FALSE(peer.is_closed(second));
}

TEST_F(SessionRows, X01_NoReceiptBeforeTheCommit) {
  LinkId link = peer.link_up();
  peer.hold_commits = true;
  receive(link, 1);
  EXPECT_EQ(receipts(link), 0u);
  EXPECT_EQ(held(), 0u);
  peer.commit();
  EXPECT_EQ(held(), 1u);
  EXPECT_EQ(receipts(link), 1u);
}

TEST_F(SessionRows, X02_AReceiptForMoreThanWasSentIsNotTrusted) {
  LinkId link = peer.link_up();
  peer.submit_text();
  // Signed by both, and of a size that was never sent: only the own key could make it.
  Checkpoint beyond{transcript_origin(peer.config().channel, "north", 0), 10, Hash{}};
  std::string note =
      peer.receipt_on(sign_checkpoint(beyond, peer.core_log_key().key, peer.core_log_key().signer));
  peer.say(link, ScriptedPeer::receipt_frame(note));
  EXPECT_TRUE(refused_with(link, CloseReason::claim));
  EXPECT_EQ(peer.core().status().own_receipted, 0u);
  EXPECT_EQ(peer.recorded<wire::LinkRefused>().size(), 1u);
}

TEST_F(SessionRows, X05_H12_BytesOfAReplacedLinkDoNotCount) {
  LinkId first = peer.link_up();
  peer.own.append(peer.text());
  Bytes late = peer.messages_frame(0, 1);
  LinkId second = peer.link_up();
  peer.say(first, late);
  EXPECT_EQ(held(), 0u);
  EXPECT_EQ(peer.said_as<wire::Messages>(first).size(), 0u);
  peer.say(second, late);
  EXPECT_EQ(held(), 1u);
}

TEST_F(SessionRows, M05_WhatIsTooLargeIsRefusedWithTheLimitNamed) {
  BodyFields body = ScriptedPeer::text_body(std::string(limits::kBodySizeMax + 1, 'x'));
  auto answer = peer.answer(peer.submit(wire::MessageType::text, wire::Precedence::routine, body));
  ASSERT_TRUE(answer);
  ASSERT_FALSE(*answer);
  EXPECT_NE(answer->error().reason.find(std::to_string(limits::kBodySizeMax)), std::string::npos);

  LinkId link = peer.link_up();
  say_message(link, ScriptedPeer::write(peer.envelope(wire::MessageType::text), body));
  EXPECT_TRUE(refused_with(link, CloseReason::protocol));
  EXPECT_EQ(held(), 0u);
}

TEST_F(SessionRows, M06_TheWindowIsKept) {
  LinkId link = peer.link_up();
  const std::string text(4'000, 'x');
  for (int i = 0; i < 10; ++i) peer.submit_text(text);
  uint64_t sent = peer.core().status().own_size;
  EXPECT_GE(sent, 2u);
  EXPECT_LT(sent, 5u);  // 16 KiB.
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(sent)));
  EXPECT_GT(peer.core().status().own_size, sent);
}

TEST_F(SessionRows, M07_AChannelNeverExpires) {
  LinkId link = peer.link_up();
  receive(link, 1);
  peer.submit_text();
  peer.lose(link);
  ASSERT_TRUE(peer.start());
  peer.set_wall_clock(peer.now().utc + int64_t{400} * 86'400'000);
  ASSERT_TRUE(peer.start());
  LinkId second = peer.link_up();
  EXPECT_EQ(peer.core().status().link, wire::LinkState::up);
  EXPECT_EQ(peer.said_as<wire::Messages>(second).size(), 1u);
}

TEST_F(SessionRows, M08_AnExpiredMessageIsDelivered) {
  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  envelope.drafted_at -= 7'200'000;
  envelope.released_at -= 7'200'000;
  envelope.expires_at = envelope.released_at + 3'600'000;
  say_message(link, ScriptedPeer::write(envelope, ScriptedPeer::text_body("It was noon.")));
  EXPECT_EQ(held(), 1u);
  EXPECT_EQ(receipts(link), 1u);
  EXPECT_EQ(declined(), wire::DeclineCode::unset);
}

// ----------------------------------------------------------------------------------------------
// the table itself

// Where the rows are tested that are not about the core, or why a row has nothing to test.
const std::map<std::string, std::string> kSessionRowsElsewhere = {
    {"F08", "frames: unit/protocol/base/frame_test.cc, unit/transport/framed_link_test.cc"},
    {"F35", "no subject: places are never skipped"},
    {"F37", "no subject: places are never skipped"},
    {"F38", "no subject: there is no reset of numbers"},
    {"F39", "no subject: there is no reset of numbers"},
    {"F47", "units: unit/protocol/message/quantity_test.cc"},
    {"F48", "no subject: nothing is imported from JSON"},
    {"F49", "buffers: unit/protocol/base/strict_flatbuffer_test.cc"},
    {"F51", "no subject: hashes are over the bytes received"},
    {"F56", "no subject: nothing is relayed"},
    {"X06", "TLS: unit/transport/tls_policy_test.cc"},
    {"X07", "not done: what is not durable when the daemon stops is sent again"},
    {"X09", "sizes: unit/protocol/log/checkpoint_test.cc, unit/protocol/log/merkle_test.cc"},
};

// Each row is either in the name of a case above or in that list, and not in both.
TEST(SessionTable, EveryRowIsAccountedFor) {
  expect_rows_accounted_for("session_cases.csv", ids_in_suite("SessionRows"), kSessionRowsElsewhere,
                            75);
}

}  // namespace
}  // namespace hotline
