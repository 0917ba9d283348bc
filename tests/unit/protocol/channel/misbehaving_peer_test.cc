// A peer with good keys that does everything again and again. Whatever it does, the journal, the
// alarms, our own queue, the links and the memory stay bounded, every message of its keeps its
// place and its receipt, and what was left out is told as a number within a minute.
#include <gtest/gtest.h>

#include <functional>

#include "protocol/base/limits.h"
#include "protocol/channel/key_blocks.h"
#include "tests/durations.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

constexpr int kOften = 500;

class MisbehavingPeer : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  size_t entries() { return peer.disk().journal().size(); }
  size_t declines() {
    size_t count = 0;
    for (const wire::Released* fact : peer.recorded<wire::Released>()) {
      if (fact->type() == static_cast<uint8_t>(wire::MessageType::decline)) ++count;
    }
    return count;
  }
  // `count` messages that break the rules, in frames of 100.
  void say_bad_messages(LinkId link, size_t count) {
    uint64_t first = peer.own.size();
    for (size_t i = 0; i < count; ++i) {
      EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
      ++peer.last_serial;
      envelope.from = "east";
      peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("From elsewhere.")));
    }
    while (first < peer.own.size()) {
      uint64_t end = std::min(first + 100, peer.own.size());
      peer.say(link, peer.messages_frame(first, end));
      first = end;
    }
  }

  ScriptedPeer peer;
};

TEST_F(MisbehavingPeer, ReconnectsInALoop) {
  size_t before = entries();
  for (int i = 0; i < kOften; ++i) peer.lose(peer.link_up());
  EXPECT_LE(entries() - before, limits::kLinkChangesToldMax);
  peer.pass(kMinute_ms);
  // The last of them is how it stands, with the number of those that were left out.
  auto changes = peer.recorded<wire::LinkChanged>();
  EXPECT_EQ(changes.back()->change(), wire::LinkChange::down);
  EXPECT_EQ(changes.back()->detail()->str(),
            std::to_string(2 * kOften - limits::kLinkChangesToldMax) +
                " more changes of the link in the last minute");
  // A quiet minute later everything is told again.
  peer.pass(2 * kMinute_ms);
  size_t quiet = entries();
  peer.lose(peer.link_up());
  EXPECT_EQ(entries() - quiet, 3u);  // Also that there was no link is over.
}

TEST_F(MisbehavingPeer, IsRefusedInALoop) {
  HelloFields hello = peer.hello();
  hello.to = "east";
  size_t before = entries();
  for (int i = 0; i < kOften; ++i) peer.link_up(hello);
  EXPECT_LE(entries() - before, limits::kRefusalsToldMax + 1);  // And that there is no link.
  peer.pass(kMinute_ms);
  EXPECT_EQ(peer.recorded<wire::LinkRefused>().back()->reason()->str(),
            std::to_string(kOften - limits::kRefusalsToldMax) +
                " more links or frames of the peer were refused in the last minute");
  EXPECT_LE(entries() - before, limits::kRefusalsToldMax + 2);
}

TEST_F(MisbehavingPeer, SendsMalformedFramesInALoop) {
  size_t before = entries();
  for (int i = 0; i < kOften; ++i) {
    LinkId link = peer.link_up();
    peer.say(link, to_bytes(as_bytes("no frame")));
    EXPECT_TRUE(peer.is_closed(link));
  }
  EXPECT_LE(entries() - before, limits::kRefusalsToldMax + limits::kLinkChangesToldMax + 1);
  EXPECT_EQ(peer.alarms_with("no link to the peer: malformed frame"), 1u);
  EXPECT_EQ(peer.alarms.size(), 1u);
}

TEST_F(MisbehavingPeer, OpensLinksWithoutEnd) {
  LinkId good = peer.link_up();
  for (int i = 0; i < kOften; ++i) {
    peer.open();
    EXPECT_LE(peer.links_open(), limits::kLinksMax);
  }
  EXPECT_FALSE(peer.is_closed(good));
  EXPECT_EQ(peer.core().status().link, wire::LinkState::up);
  // The newest is still the one that may take over.
  LinkId newest = peer.link_up();
  EXPECT_FALSE(peer.is_closed(newest));
  EXPECT_TRUE(peer.is_closed(good));
}

TEST_F(MisbehavingPeer, HelloesOnLinksThatItNeverAdopts) {
  ScriptedPeer south(ScriptedPeer::CoreIs::south);  // Where the peer decides.
  ASSERT_TRUE(south.start());
  for (int i = 0; i < kOften; ++i) {
    LinkId link = south.open();
    south.say(link, ScriptedPeer::frame(south.hello()));
    EXPECT_LE(south.links_open(), limits::kLinksMax);
  }
}

TEST_F(MisbehavingPeer, TurnsItsClockToAndFro) {
  LinkId link = peer.link_up();
  size_t before = entries();
  for (uint64_t i = 1; i <= 100; ++i) {
    peer.pass(limits::kProbeInterval_ms);
    int64_t off_ms = i % 2 == 0 ? 0 : 3'600'000;
    for (int j = 0; j < 5; ++j) {
      peer.say(link, ScriptedPeer::probe_reply_frame(i, peer.now().utc + off_ms));
    }
  }
  // Over 1000 s: at most two a minute, and not one for each turn.
  EXPECT_LE(peer.alarms_with("clock"), 1000u / 60u * 3u);
  before = entries();
  peer.pass(limits::kProbeInterval_ms);
  for (int i = 0; i < kOften; ++i) {
    int64_t off_ms = i % 2 == 0 ? 0 : 3'600'000;
    peer.say(link, ScriptedPeer::probe_reply_frame(101, peer.now().utc + off_ms));
  }
  EXPECT_LE(entries() - before, 4u);  // One reply counts for one probe.
}

TEST_F(MisbehavingPeer, ChangesItsAgreementAtEveryHello) {
  for (int i = 0; i < kOften; ++i) {
    HelloFields hello = peer.hello();
    if (i % 2 == 0) hello.agreement = sha256({as_bytes("another")});
    peer.link_up(hello);
  }
  EXPECT_LE(peer.alarms_with("agreement"), limits::kPeerAlarmsToldMax);
}

TEST_F(MisbehavingPeer, ShowsNewEvidenceWithoutEnd) {
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  size_t before = entries();
  for (int i = 0; i < kOften; ++i) {
    ScriptedTranscript other;
    other.append(peer.text("Story " + std::to_string(i)));
    HelloFields hello = peer.hello();
    hello.own_checkpoint = peer.checkpoint(other, 1);
    peer.link_up(hello);
  }
  EXPECT_EQ(peer.recorded<wire::EvidenceKept>().size(), limits::kEvidenceKeptMax);
  EXPECT_LE(peer.alarms.size(), limits::kPeerAlarmsToldMax + 1);  // The first of a kind is free.
  EXPECT_LE(entries() - before, 100u);
  // None of it keeps us from sending; nor after a restart.
  ASSERT_TRUE(peer.start());
  EXPECT_TRUE(peer.core().status().numbering_stopped.empty());
  // Another kind is still kept.
  HelloFields hello = peer.hello();
  hello.own_checkpoint.clear();
  peer.link_up(hello);
  EXPECT_EQ(peer.recorded<wire::EvidenceKept>().size(), limits::kEvidenceKeptMax + 1);
}

TEST_F(MisbehavingPeer, CannotDrownTheAlarmThatMatters) {
  LinkId link = peer.link_up();
  for (int i = 0; i < 40; ++i) peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 40));
  for (uint64_t size = 1; size < 40; ++size) {
    HelloFields hello = peer.hello();
    hello.own_checkpoint = peer.checkpoint(peer.own, size);
    peer.link_up(hello);
  }
  ScriptedTranscript other;
  other.append(peer.text("Another story."));
  HelloFields hello = peer.hello();
  hello.own_checkpoint = peer.checkpoint(other, 1);
  peer.link_up(hello);
  EXPECT_EQ(peer.alarms_with("the peer signed two different transcripts"), 1u);
}

TEST_F(MisbehavingPeer, BreaksTheRulesAThousandTimes) {
  LinkId link = peer.link_up();
  constexpr size_t kBad = 1000;
  say_bad_messages(link, kBad);
  EXPECT_FALSE(peer.is_closed(link));
  EXPECT_EQ(peer.core().status().peer_size, kBad);
  EXPECT_FALSE(peer.newest_core_receipt().empty());
  EXPECT_LE(declines(), limits::kDeclinesMax);
  EXPECT_LE(peer.alarms.size(), limits::kPeerAlarmsToldMax + 1);  // One says that it is a flood.
  EXPECT_LE(peer.recorded<wire::AlarmRaised>().size(), limits::kPeerAlarmsToldMax);
  peer.pass(kMinute_ms);
  EXPECT_EQ(peer.alarms_with(std::to_string(kBad - limits::kDeclinesMax) +
                             " messages of the peer got no DECLINE"),
            1u);
  EXPECT_EQ(peer.alarms_with(std::to_string(kBad - limits::kPeerAlarmsToldMax) +
                             " more messages of the peer broke the rules"),
            1u);
  // Each is known by its code all the same.
  size_t coded = 0;
  for (const wire::Received* fact : peer.recorded<wire::Received>()) {
    coded += fact->decline_code() != 0 ? 1u : 0u;
  }
  EXPECT_EQ(coded, kBad);
  // And the next good one is heard like any other.
  peer.own.append(peer.text());
  peer.say(peer.link_up(), peer.messages_frame(kBad, kBad + 1));
  EXPECT_EQ(peer.core().status().peer_size, kBad + 1);
}

TEST_F(MisbehavingPeer, DeclinesTheSameMessageAgainAndAgain) {
  LinkId link = peer.link_up();
  peer.submit_text();
  Hash leaf = peer.disk().message({false, 1})->leaf_hash;
  for (int i = 0; i < 100; ++i) {
    peer.own.append(peer.answering(wire::MessageType::decline,
                                   DeclineFields{wire::DeclineCode::not_for_us, "Not ours."},
                                   "N-000001", leaf));
  }
  peer.say(link, peer.messages_frame(0, 100));
  EXPECT_EQ(peer.core().status().peer_size, 100u);
  EXPECT_LE(peer.alarms.size(), limits::kPeerAlarmsToldMax);
  peer.pass(kMinute_ms);
  EXPECT_EQ(peer.alarms_with("92 more DECLINEs came from the peer"), 1u);
}

TEST_F(MisbehavingPeer, SaysGoodbyeInAMillionWords) {
  LinkId link = peer.link_up();
  std::string words(900'000, 'w');
  peer.say(link, make_close_frame(wire::CloseReason::shutting_down, words));
  EXPECT_LE(peer.recorded<wire::LinkChanged>().back()->detail()->size(),
            limits::kPeerWordsSizeMax + 40);
  HelloFields hello = peer.hello();
  hello.from = words;
  LinkId second = peer.link_up(hello);
  EXPECT_TRUE(peer.is_closed(second));
  EXPECT_LE(peer.recorded<wire::LinkRefused>().back()->reason()->size(),
            limits::kPeerWordsSizeMax + 200);
}

TEST_F(MisbehavingPeer, CutsAWordOfTwoBytesNowhere) {
  LinkId link = peer.link_up();
  std::string words;
  for (int i = 0; i < 1000; ++i) words += "\xC3\xA4";
  peer.say(link, make_close_frame(wire::CloseReason::shutting_down, words));
  ASSERT_TRUE(peer.start());  // The entry is read back: it is clean UTF-8.
}

TEST_F(MisbehavingPeer, SendsMoreThanTheWindowWhileTheDiskIsSlow) {
  LinkId link = peer.link_up();
  peer.hold_commits = true;
  const std::string text(40'000, 'x');
  uint64_t sent = 0;
  while (!peer.is_closed(link) && sent < 1000) {
    for (int i = 0; i < 10; ++i) peer.own.append(peer.text(text));
    peer.say(link, peer.messages_frame(sent, sent + 10));
    sent += 10;
  }
  EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol);
  EXPECT_LE(sent * text.size(), limits::kUncommittedMax + 11 * text.size());
  peer.hold_commits = false;
  peer.commit();
  EXPECT_GT(peer.core().status().peer_size, 0u);
}

// Such an envelope would otherwise close every link for ever: its place is taken.
TEST_F(MisbehavingPeer, NamesNoPartsInAnEnvelope) {
  LinkId link = peer.link_up();
  WrittenMessage message;
  message.envelope = build_envelope(peer.envelope(wire::MessageType::text));
  ++peer.last_serial;
  message.body = to_bytes(as_bytes("something that nothing names"));
  peer.own.append(message);
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 2));
  EXPECT_FALSE(peer.is_closed(link));
  EXPECT_EQ(peer.core().status().peer_size, 2u);
  auto received = peer.recorded<wire::Received>();
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0]->decline_code(), static_cast<uint16_t>(wire::DeclineCode::malformed));
  EXPECT_EQ(received[1]->decline_code(), 0u);
  EXPECT_EQ(declines(), 1u);
  EXPECT_EQ(peer.alarms_with("breaks the rules"), 1u);
}

// One good message and one whose body is another: nothing of the frame is kept, so that the receipt
// never stands under a checkpoint of another size.
TEST_F(MisbehavingPeer, SlipsABadBodyBehindAGoodMessage) {
  const auto say_good_and_bad = [&](LinkId link, WrittenMessage good) {
    ScriptedTranscript lie = peer.own;
    lie.append(std::move(good));
    WrittenMessage bad = peer.text();
    bad.body.back() ^= 1;
    lie.append(std::move(bad));
    peer.last_serial -= 2;
    const uint64_t held = peer.own.size();
    peer.say(link, peer.messages_frame(lie, held, held + 2));
    EXPECT_EQ(peer.close_reason(link), wire::CloseReason::protocol);
    EXPECT_EQ(peer.core().status().peer_size, held);
    EXPECT_EQ(peer.recorded<wire::Received>().size(), held);
    EXPECT_EQ(peer.recorded<wire::ReceiptGiven>().size(), held);
  };
  say_good_and_bad(peer.link_up(), peer.text());  // The first frame of a life,
  LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  say_good_and_bad(link, peer.text());  // and after a good one;
  ASSERT_TRUE(peer.start());
  WrittenMessage junk;  // and where the first could not even be read.
  junk.envelope = to_bytes(as_bytes("no envelope at all"));
  ++peer.last_serial;
  say_good_and_bad(peer.link_up(), junk);
  peer.own.append(peer.text());
  peer.say(peer.link_up(), peer.messages_frame(1, 2));
  EXPECT_EQ(peer.recorded<wire::ReceiptGiven>().back()->size(), 2u);
}

// A rule that a message breaks is told beside it and does not hide it: a person is to read it all
// the same.
TEST_F(MisbehavingPeer, CannotHideAFlashBehindABrokenRule) {
  LinkId link = peer.link_up();
  say_bad_messages(link, 100);
  const size_t told = peer.alarms.size();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  ++peer.last_serial;
  envelope.from = "east";
  envelope.precedence = wire::Precedence::flash;
  peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("Hold your fire.")));
  peer.say(link, peer.messages_frame(100, 101));
  ASSERT_EQ(peer.alarms.size(), told + 1);
  EXPECT_NE(peer.alarms.back().find("breaks the rules"), std::string::npos);
  // It waits before all others, and climbs.
  EXPECT_EQ(peer.core().ladder().waiting_count(true), 101u);
  EXPECT_TRUE(peer.core().ladder().waits({true, 100}));
  peer.pass(4 * kMinute_ms);
  size_t climbed = 0;
  for (const wire::StepsDecided* decided : peer.recorded<wire::StepsDecided>()) {
    climbed += decided->incoming() && from_blocks(decided->messages()) == KeySet{100} ? 1u : 0u;
  }
  EXPECT_GT(climbed, 0u);
  // And so after a restart, until a person acknowledges it like any other.
  ASSERT_TRUE(peer.start());
  EXPECT_TRUE(peer.core().ladder().waits({true, 100}));
  AcknowledgementFields acknowledgement;
  acknowledgement.role = wire::Role::operator_;
  acknowledgement.at = peer.now().utc;
  BodyFields body;
  body.subject = "Acknowledgement";
  body.content = acknowledgement;
  const uint64_t token =
      peer.submit(wire::MessageType::acknowledgement, wire::Precedence::flash, body, {"S-000101"});
  ASSERT_TRUE(peer.answer(token).has_value());
  EXPECT_TRUE(*peer.answer(token)) << peer.answer(token)->error().reason;
  EXPECT_FALSE(peer.core().ladder().waits({true, 100}));
}

// By hand, or by a mistake: a precedence that nobody knows.
TEST_F(MisbehavingPeer, SetsAPrecedenceThatIsNone) {
  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  envelope.precedence = static_cast<wire::Precedence>(9);
  peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("How urgent is it?")));
  peer.say(link, peer.messages_frame(0, 1));
  EXPECT_TRUE(peer.core().ladder().waits({true, 0}));
  ASSERT_TRUE(peer.start());
  EXPECT_TRUE(peer.core().ladder().waits({true, 0}));
}

// Nor behind a serial that is used, or that is none: it is named by its place, and waits.
TEST_F(MisbehavingPeer, CannotHideAFlashBehindItsSerial) {
  LinkId link = peer.link_up();
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("One.")));
  envelope.precedence = wire::Precedence::flash;
  for (const char* id : {"S-000001", "S-000000", "N-000001", "nonsense"}) {
    envelope.id = id;
    peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body(id)));
  }
  peer.say(link, peer.messages_frame(0, 5));
  ASSERT_TRUE(peer.start());
  peer.link_up();
  const auto acknowledge = [&](const std::string& name) {
    BodyFields body;
    body.subject = "Read";
    body.content = AcknowledgementFields{wire::Role::operator_, peer.now().utc, {}, {}};
    return *peer.answer(
        peer.submit(wire::MessageType::acknowledgement, wire::Precedence::routine, body, {name}));
  };
  EXPECT_FALSE(acknowledge("S-?5"));
  for (uint64_t place = 1; place < 5; ++place) {
    EXPECT_TRUE(peer.core().ladder().waits({true, place})) << place;
    EXPECT_EQ(peer.alarms_with("message S-?" + std::to_string(place) + " breaks the rules"), 1u);
    const auto acknowledged = acknowledge("S-?" + std::to_string(place));
    EXPECT_TRUE(acknowledged) << acknowledged.error().reason;
    EXPECT_FALSE(peer.core().ladder().waits({true, place})) << place;
  }
  // A place is no second name for what has a serial.
  EXPECT_TRUE(peer.core().ladder().waits({true, 0}));
  EXPECT_TRUE(acknowledge("S-?0"));
  EXPECT_FALSE(peer.core().ladder().waits({true, 0}));
}

// The same message at a second place says nothing new.
TEST_F(MisbehavingPeer, MakesNobodyWaitForTheSameMessageAgain) {
  LinkId link = peer.link_up();
  peer.own.append({to_bytes(as_bytes("no envelope at all")), {}, {}});
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  const WrittenMessage message = ScriptedPeer::write(envelope, ScriptedPeer::text_body("One."));
  peer.own.append(message);
  peer.own.append(message);
  peer.say(link, peer.messages_frame(0, 3));
  EXPECT_EQ(peer.core().ladder().waiting_count(true), 1u);
  EXPECT_TRUE(peer.core().ladder().waits({true, 1}));
}

// A machine is nobody: its DECLINE tells, and the own people go on being asked.
TEST_F(MisbehavingPeer, EndsNoWaitByAMachinesDecline) {
  LinkId link = peer.link_up();
  peer.submit_text("We are coming down at your border.", wire::Precedence::flash);
  Hash leaf = peer.disk().message({false, 1})->leaf_hash;
  const DeclineFields declined{wire::DeclineCode::rule_broken, "Not understood."};
  WrittenMessage by_machine =
      peer.answering(wire::MessageType::decline, declined, "N-000001", leaf, wire::Role::machine);
  peer.own.append(by_machine);
  peer.say(link, peer.messages_frame(0, 1));
  EXPECT_EQ(peer.alarms_with("the peer's machine declined N-000001: Not understood."), 1u);
  EXPECT_TRUE(peer.core().ladder().waits({false, 1}));
  ASSERT_TRUE(peer.start());
  EXPECT_TRUE(peer.core().ladder().waits({false, 1}));
  link = peer.link_up();
  peer.own.append(peer.answering(wire::MessageType::decline, declined, "N-000001", leaf));
  peer.say(link, peer.messages_frame(1, 2));
  EXPECT_FALSE(peer.core().ladder().waits({false, 1}));
}

// The alarm that the wait for a FLASH was ended is told, whatever was told before it.
TEST_F(MisbehavingPeer, CannotEndTheWaitForAFlashUnheard) {
  LinkId link = peer.link_up();
  BodyFields event = ScriptedPeer::text_body("We are coming down at your border.");
  IncidentFields incident;
  incident.kind = wire::IncidentKind::airspace_crossing;
  incident.observed_at = peer.now().utc - 1;
  incident.position = Position{5'480'000, 1'990'000};
  incident.accuracy_m = 100;
  incident.who = wire::Side::own;
  incident.observed = wire::Observed::aircraft;
  incident.certainty = wire::Certainty::observed;
  incident.intent = wire::Intent::accidental;
  incident.actions = {wire::Action::hold_fire};
  event.content = incident;
  peer.submit(wire::MessageType::incident, wire::Precedence::routine, event);
  peer.submit(wire::MessageType::incident, wire::Precedence::flash, event);
  ASSERT_EQ(peer.core().last_serial(), 2u);
  const auto say = [&](uint64_t serial, wire::MessageType type, const ContentFields& content,
                       wire::Role role) {
    const Hash leaf = peer.disk().message({false, serial})->leaf_hash;
    const std::string id = "N-00000" + std::to_string(serial);
    peer.own.append(peer.answering(type, content, id, leaf, role));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
  };
  const DeclineFields declined{wire::DeclineCode::not_for_us, "Not ours."};
  const AcknowledgementFields read_back{wire::Role::operator_, peer.now().utc, {}, {}};
  for (uint64_t i = 0; i < 3 * limits::kPeerAlarmsToldMax; ++i) {
    for (const wire::Role role : {wire::Role::machine, wire::Role::operator_}) {
      say(1, wire::MessageType::decline, declined, role);
    }
    say(1, wire::MessageType::acknowledgement, read_back, wire::Role::operator_);
  }
  for (int i = 0; i < 3; ++i) {
    say(2, wire::MessageType::decline, declined, wire::Role::machine);
    say(2, wire::MessageType::decline, declined, wire::Role::operator_);
    say(2, wire::MessageType::acknowledgement, read_back, wire::Role::operator_);
  }
  // Once each: more of the same is a number.
  EXPECT_EQ(peer.alarms_with("the peer declined N-000002: Not ours."), 1u);
  EXPECT_EQ(peer.alarms_with("the peer's machine declined N-000002: Not ours."), 1u);
  EXPECT_EQ(peer.alarms_with("the peer read back N-000002 "), 1u);
  EXPECT_EQ(peer.alarms_with("N-000001"), 3 * limits::kPeerAlarmsToldMax);
}

TEST_F(MisbehavingPeer, SaysThatItsDiskIsFullAndThenNotAThousandTimes) {
  LinkId link = peer.link_up();
  size_t before = entries();
  for (uint64_t i = 0; i < 2 * kOften; ++i) {
    peer.say(link, ScriptedPeer::probe_frame(i, peer.now().utc, i % 2 == 0));
  }
  EXPECT_LE(entries() - before, 2 * limits::kConditionsBegunMax);
  peer.say(link, ScriptedPeer::probe_frame(2 * kOften, peer.now().utc, true));
  EXPECT_TRUE(peer.core().status().peer_flash_only);
  peer.pass(kMinute_ms);
  EXPECT_EQ(peer.alarms_with("the peer's disk is nearly full: it takes FLASH only, everything else "
                             "waits here"),
            limits::kConditionsBegunMax + 1);
}

// Strangers who knock use up what is told of strangers, and nothing of what the peer does.
TEST_F(MisbehavingPeer, IsNotHiddenByThoseWhoOnlyKnock) {
  for (int i = 0; i < kOften; ++i) {
    peer.core().link_refused(peer.now(), "192.0.2.7:1", "an unknown certificate");
  }
  peer.say(peer.link_up(), to_bytes(as_bytes("no frame")));
  EXPECT_NE(peer.recorded<wire::LinkRefused>().back()->reason()->str().find("frame"),
            std::string::npos);
}

}  // namespace
}  // namespace hotline
