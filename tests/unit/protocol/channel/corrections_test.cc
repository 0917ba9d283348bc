// Which messages can be corrected or cancelled is one rule, at the own daemon and at the receiver
// of a peer that runs other software, so that both ends show the same.
#include "protocol/channel/corrections.h"

#include <gtest/gtest.h>

#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

CorrectionFields correction(const char* field, const char* before, const char* after) {
  return {{{field, before, after}}, "misread"};
}

class CorrectionsTest : public testing::Test {
 protected:
  void SetUp() override { cores.connect(); }

  std::string say(size_t party, const ContentFields& content,
                  const std::vector<std::string>& references = {},
                  wire::Role role = wire::Role::operator_, const std::string& incident = {}) {
    const auto sent = cores.submit(party, kPriority, content, references, role, false, incident);
    EXPECT_TRUE(sent) << sent.error().reason;
    cores.settle();
    return sent ? format_serial(party == kNorth ? "N" : "S", sent->serial) : "";
  }
  // Both kinds of change of this message are refused, and nothing of it changes at either end.
  void expect_unchangeable(const std::string& id, const char* type, const std::string& instead) {
    const MessageKey key{false, parse_written_serial(id)->number};
    const uint64_t before = cores.core(kNorth).corrections().changes();
    for (const bool corrects : {true, false}) {
      const ContentFields content = corrects ? ContentFields(correction("subject", "Test", "Other"))
                                             : ContentFields(CancellationFields{"by mistake"});
      const auto refused = cores.submit(kNorth, kImmediate, content, {id});
      ASSERT_FALSE(refused) << id;
      EXPECT_EQ(refused.error().code, ErrorCode::refused);
      EXPECT_EQ(refused.error().reason, "references: " + id + " is of type " + type +
                                            ", and is not " +
                                            (corrects ? "corrected" : "cancelled"));
      EXPECT_NE(refused.error().hint.find(instead), std::string::npos) << refused.error().hint;
    }
    EXPECT_FALSE(cores.core(kNorth).corrections().is_cancelled(key));
    EXPECT_EQ(cores.core(kNorth).corrections().changes(), before);
  }

  TwoCores cores;
};

TEST_F(CorrectionsTest, ACorrectionIsCorrectedByAnotherOneOfTheMessageItself) {
  const std::string text = say(kNorth, TextContentFields{});
  const std::string first = say(kNorth, correction("subject", "Test", "Other"), {text});
  expect_unchangeable(first, "correction", "hotline send --corrects " + text + " --change");
  say(kNorth, correction("subject", "Other", "Test"), {text});
  EXPECT_EQ(cores.core(kSouth).corrections().of({true, 0}).size(), 2u);
}

TEST_F(CorrectionsTest, ACancellationIsNotTakenBack) {
  const std::string text = say(kNorth, TextContentFields{});
  const std::string gone = say(kNorth, CancellationFields{"by mistake"}, {text});
  expect_unchangeable(gone, "cancellation", "send anew what holds after all");
  EXPECT_TRUE(cores.core(kNorth).corrections().is_cancelled({false, 1}));
  EXPECT_TRUE(cores.core(kSouth).corrections().is_cancelled({true, 0}));
}

TEST_F(CorrectionsTest, WhatHasHadItsEffectIsSaidAnew) {
  const std::string theirs = say(kSouth, QuestionsFields{{"Is it yours?"}});
  expect_unchangeable(
      say(kNorth, AnswersFields{{{1, wire::AnswerOutcome::answered, "ours", std::nullopt}}},
          {theirs}),
      "answer", "say anew what is right");
  expect_unchangeable(
      say(kNorth,
          AcknowledgementFields{wire::Role::operator_, cores.now().utc, std::nullopt, std::nullopt},
          {theirs}),
      "acknowledgement", "say anew what is right");
  expect_unchangeable(
      say(kNorth, DeclineFields{wire::DeclineCode::not_for_us, "we cannot"}, {theirs}), "decline",
      "say anew what is right");
  expect_unchangeable(
      say(kNorth, DisseminationFields{wire::Audience::air_defence, cores.now().utc, ""}, {theirs}),
      "dissemination", "say anew what is right");
  expect_unchangeable(
      say(kNorth, ChannelStatusFields{wire::ChannelState::restricted, "by order", cores.now().utc},
          {}, wire::Role::supervisor),
      "status of the channel", "then declare anew");
}

// A request of service has done what it asks for; how an incident stands can be taken back.
TEST_F(CorrectionsTest, OfServiceMessagesOnlyThoseAboutIncidentsAreCancelled) {
  const std::string text = say(kNorth, TextContentFields{});
  ServiceFields asks;
  asks.action = wire::ServiceAction::trace;
  asks.message = text;
  expect_unchangeable(say(kNorth, asks), "service message", "say anew");
  ServiceFields opens;
  opens.action = wire::ServiceAction::incident_opened;
  const std::string opened = say(kNorth, opens, {}, wire::Role::operator_, text);
  const auto corrected =
      cores.submit(kNorth, kPriority, correction("action", "incident-opened", "repeat"), {opened});
  ASSERT_FALSE(corrected);
  EXPECT_EQ(corrected.error().hint, "cancel it, and say it anew");
  EXPECT_TRUE(cores.submit(kNorth, kPriority, CancellationFields{"by mistake"}, {opened}));
}

// The peer's software takes them all; here each is declined, and shows as it did before.
TEST(CorrectionsOfAPeer, AreDeclinedAsOnesOwnAreRefused) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const LinkId link = peer.link_up();
  const auto say = [&](const ContentFields& content, uint64_t about) {
    const wire::MessageType type = type_of(content);
    EnvelopeFields envelope = peer.envelope(type);
    const std::string id = format_serial("S", about + 1);
    const WrittenMessage& target = peer.own.at(about);
    envelope.references.push_back({id, leaf_hash(target.envelope)});
    if (type == wire::MessageType::correction) envelope.correction_of = id;
    ++peer.last_serial;
    peer.own.append(ScriptedPeer::write(envelope, {"Change", {}, content}));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
    return peer.recorded<wire::Received>().back();
  };
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  EXPECT_EQ(say(correction("subject", "Observation", "Sighting"), 0)->decline_code(), 0);
  EXPECT_EQ(say(CancellationFields{"by mistake"}, 0)->decline_code(), 0);
  const uint64_t changes = peer.core().corrections().changes();
  for (const uint64_t about : {1u, 2u}) {
    for (const ContentFields& content :
         {ContentFields(CancellationFields{"after all"}),
          ContentFields(correction("reason", "misread", "misheard"))}) {
      const wire::Received* received = say(content, about);
      EXPECT_EQ(received->decline_code(), static_cast<uint8_t>(wire::DeclineCode::rule_broken));
      EXPECT_EQ(received->refers_to(), nullptr);
      EXPECT_FALSE(peer.core().corrections().is_cancelled({true, about}));
    }
  }
  EXPECT_EQ(peer.core().corrections().changes(), changes);
  EXPECT_TRUE(peer.core().corrections().is_cancelled({true, 0}));
  EXPECT_EQ(peer.alarms_with("is not cancelled"), 2u);
}

}  // namespace
}  // namespace hotline
