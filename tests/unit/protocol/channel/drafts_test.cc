// Drafts that the core keeps: numbers, versions, what two people do at once, limits, who may, and
// that a restart tells of the same ones.
#include "protocol/channel/drafts.h"

#include <gtest/gtest.h>

#include "protocol/base/sha256.h"
#include "protocol/message/draft.h"
#include "tests/made_draft.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

constexpr uint64_t kFirstDraftToken = 1000;

Bytes text_draft(const std::string& text, uint8_t precedence = kRoutine) {
  return made_draft(wire::MessageType::text, precedence, build_body(ScriptedPeer::text_body(text)));
}

class KeptDrafts : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  Result<DraftChange> save(const Bytes& draft, uint64_t number = 0,
                           std::optional<Hash> expected = std::nullopt) {
    const uint64_t token = ++last_token;
    peer.core().save_draft(peer.now(), token, ann, number, expected, draft);
    return answer(token);
  }
  Result<DraftChange> discard(uint64_t number) {
    const uint64_t token = ++last_token;
    peer.core().discard_draft(peer.now(), token, ann, number);
    return answer(token);
  }
  Result<Submission> send(const Bytes& draft, uint64_t number, const std::string& key = {}) {
    const uint64_t token = ++last_token;
    const uint64_t counter = key.empty() ? peer.core().last_counter(ann.certificate) + 1 : 0;
    peer.core().submit(peer.now(), token, ann, counter, draft, key, number);
    peer.pass(250);
    const auto found = peer.answer(token);
    return found ? *found : make_error(ErrorCode::timed_out, "no answer");
  }
  Result<DraftChange> answer(uint64_t token) {
    peer.pass(250);
    const auto found = peer.draft_answers.find(token);
    return found != peer.draft_answers.end() ? found->second
                                             : make_error(ErrorCode::timed_out, "no answer");
  }
  const DraftList::Open& open() { return peer.core().drafts().open(); }
  void restart() {
    const DraftList before = peer.core().drafts();
    peer.crash();
    ASSERT_TRUE(peer.start());
    EXPECT_EQ(peer.core().drafts(), before);
  }

  ScriptedPeer peer;
  Actor ann{"ann", Hash{7}, {static_cast<uint8_t>(wire::Role::operator_)}};
  uint64_t last_token = kFirstDraftToken;
};

TEST_F(KeptDrafts, NumbersRiseAndAreNeverGivenAgain) {
  EXPECT_TRUE(open().empty());
  const auto first = save(text_draft("One."));
  ASSERT_TRUE(first) << first.error().reason;
  EXPECT_EQ(first->number, 1u);
  EXPECT_EQ(first->version, 1u);
  EXPECT_EQ(first->hash, sha256({text_draft("One.")}));
  ASSERT_TRUE(discard(1));
  restart();
  EXPECT_TRUE(open().empty());
  const auto second = save(text_draft("Two."));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number, 2u);
}

TEST_F(KeptDrafts, NothingIsAnsweredBeforeItIsDurable) {
  peer.hold_commits = true;
  peer.core().save_draft(peer.now(), 1, ann, 0, std::nullopt, text_draft("One."));
  peer.settle();
  EXPECT_TRUE(peer.draft_answers.empty());
  EXPECT_TRUE(open().empty());
  peer.hold_commits = false;
  peer.commit();
  peer.settle();
  ASSERT_EQ(peer.draft_answers.count(1), 1u);
  EXPECT_EQ(open().size(), 1u);
}

TEST_F(KeptDrafts, ALaterVersionTakesThePlaceOfTheOneThatWasRead) {
  const auto first = save(text_draft("One."));
  const auto second = save(text_draft("Two.", 0), 1, first->hash);
  ASSERT_TRUE(second) << second.error().reason;
  EXPECT_EQ(second->version, 2u);
  const KeptDraft kept = open().at(1);
  EXPECT_EQ(kept.hash, second->hash);
  EXPECT_EQ(kept.precedence, 0);
  EXPECT_EQ(kept.submitter, ann.certificate);
  EXPECT_EQ(kept.role, static_cast<uint8_t>(wire::Role::operator_));
  EXPECT_EQ(kept.journal_index, second->journal_index);
  restart();
  EXPECT_EQ(open().at(1), kept);
}

TEST_F(KeptDrafts, OfTwoWhoChangeItAtOnceTheSecondIsToldOfTheFirst) {
  const auto first = save(text_draft("One."));
  peer.hold_commits = true;
  peer.core().save_draft(peer.now(), 1, ann, 1, first->hash, text_draft("Ann's."));
  const Actor bob{"bob", Hash{8}, {static_cast<uint8_t>(wire::Role::supervisor)}};
  peer.core().save_draft(peer.now(), 2, bob, 1, first->hash, text_draft("Bob's."));
  peer.settle();
  EXPECT_EQ(peer.draft_answers.count(2), 0u);  // It tells of what is not durable yet.
  peer.hold_commits = false;
  peer.commit();
  peer.pass(250);
  ASSERT_TRUE(peer.draft_answers.at(1));
  const Result<DraftChange> second = peer.draft_answers.at(2);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::refused);
  EXPECT_NE(second.error().reason.find("version 2 was saved by operator"), std::string::npos)
      << second.error().reason;
  EXPECT_EQ(open().at(1).hash, sha256({text_draft("Ann's.")}));
}

TEST_F(KeptDrafts, WhoLostTheAnswerAsksAgainAndSavesOnce) {
  const auto first = save(text_draft("One."));
  const auto second = save(text_draft("Two."), 1, first->hash);
  const auto again = save(text_draft("Two."), 1, first->hash);
  ASSERT_TRUE(again) << again.error().reason;
  EXPECT_EQ(again->version, second->version);
  EXPECT_EQ(again->journal_index, second->journal_index);
  EXPECT_EQ(peer.recorded<wire::DraftSaved>().size(), 2u);
}

TEST_F(KeptDrafts, SendingEndsItAndSaysWhoDraftedIt) {
  const Bytes draft = text_draft("One.");
  ASSERT_TRUE(save(draft));
  const UtcMs saved_at = open().at(1).saved_at;
  peer.pass(60'000);
  ann.roles = {static_cast<uint8_t>(wire::Role::supervisor)};
  const auto sent = send(draft, 1);
  ASSERT_TRUE(sent) << sent.error().reason;
  EXPECT_TRUE(open().empty());
  const MessageRecord record = *peer.disk().message({false, sent->serial});
  const auto envelope = *open_envelope(record.envelope);
  EXPECT_EQ(envelope->drafted_at(), saved_at);
  EXPECT_EQ(envelope->drafter_role(), wire::Role::operator_);
  EXPECT_EQ(envelope->releaser_role(), wire::Role::supervisor);
  EXPECT_EQ(peer.recorded<wire::Released>().back()->draft(), 1u);
  restart();
  EXPECT_TRUE(open().empty());
  EXPECT_EQ(peer.core().drafts().find_ended(1)->serial, sent->serial);
}

TEST_F(KeptDrafts, OnlyWhatWasSavedIsSentAndOnlyOnce) {
  const Bytes draft = text_draft("One.");
  const auto first = save(draft);
  const auto other = send(text_draft("Two."), 1);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::refused);
  const auto never = send(draft, 2);
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, ErrorCode::not_found);
  ASSERT_TRUE(save(text_draft("Two."), 1, first->hash));
  EXPECT_FALSE(send(draft, 1));
  EXPECT_EQ(peer.recorded<wire::Released>().size(), 0u);
  ASSERT_TRUE(send(text_draft("Two."), 1));
  const auto twice = send(text_draft("Two."), 1);
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().reason.find("D-1 was sent as N-000001 by operator"), std::string::npos)
      << twice.error().reason;
}

TEST_F(KeptDrafts, UnderOneKeyItIsSentOnceAndAnsweredAgain) {
  const Bytes draft = text_draft("One.");
  ASSERT_TRUE(save(draft));
  const auto sent = send(draft, 1, "order 17");
  ASSERT_TRUE(sent);
  restart();
  const auto again = send(draft, 1, "order 17");
  ASSERT_TRUE(again) << again.error().reason;
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->serial, sent->serial);
}

TEST_F(KeptDrafts, WhatBreaksARuleIsKeptAndNotSent) {
  const Bytes draft = text_draft("One.", 0);
  ASSERT_TRUE(save(draft));
  const auto sent = send(draft, 1);
  ASSERT_FALSE(sent);
  EXPECT_NE(sent.error().reason.find("precedence"), std::string::npos) << sent.error().reason;
  EXPECT_EQ(open().size(), 1u);
}

TEST_F(KeptDrafts, WhatCannotBeReadIsNotKept) {
  const Bytes text = build_body(ScriptedPeer::text_body("One."));
  EXPECT_FALSE(save(Bytes{1, 2, 3}));
  EXPECT_FALSE(save(made_draft(wire::MessageType::text, kRoutine, Bytes{1, 2, 3})));
  EXPECT_FALSE(save(made_draft(wire::MessageType::incident, kRoutine, text)));
  EXPECT_FALSE(save(made_draft(static_cast<wire::MessageType>(99), kRoutine, text)));
  EXPECT_FALSE(save(made_draft(wire::MessageType::text, 9, text)));
  EXPECT_FALSE(save(made_draft(wire::MessageType::test, kRoutine,
                               build_body({"Test", {}, TestFields{1, 0, std::nullopt, 1}}))));
  EXPECT_TRUE(open().empty());
  EXPECT_TRUE(peer.recorded<wire::DraftSaved>().empty());
}

TEST_F(KeptDrafts, TheLargestIsKeptAndALargerOneIsNot) {
  BodyFields body = ScriptedPeer::text_body(std::string(limits::kBodySizeMax - 500, 'x'));
  const auto largest = save(made_draft(wire::MessageType::text, kRoutine, build_body(body)));
  ASSERT_TRUE(largest) << largest.error().reason;
  const auto too_large =
      save(made_draft(wire::MessageType::text, kRoutine, Bytes(limits::kDraftSizeMax)));
  ASSERT_FALSE(too_large);
  EXPECT_NE(too_large.error().reason.find("too large"), std::string::npos);
  for (const Bytes& entry : peer.disk().journal()) {
    EXPECT_LE(entry.size(), size_t{UINT16_MAX});  // An export holds no longer one.
  }
}

TEST_F(KeptDrafts, OneMoreThanTheMostIsRefusedWithWhatToDiscard) {
  const size_t most = limits::kDraftsOpenMax - limits::kDraftsOpenForFlash;
  for (size_t i = 0; i < most; ++i) ASSERT_TRUE(save(text_draft("One.")));
  const auto refused = save(text_draft("One too many."));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_NE(refused.error().hint.find("hotline draft discard D-1 "), std::string::npos)
      << refused.error().hint;
  ASSERT_TRUE(discard(5));
  const auto again = save(text_draft("One more."));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, most + 1);
  // No other draft keeps a FLASH from its release.
  const Bytes flash = text_draft("Hold.", static_cast<uint8_t>(wire::Precedence::flash));
  for (size_t i = 0; i < limits::kDraftsOpenForFlash; ++i) EXPECT_TRUE(save(flash)) << i;
  EXPECT_FALSE(save(flash));
}

TEST_F(KeptDrafts, AnAuditorWritesNothing) {
  ASSERT_TRUE(save(text_draft("One.")));
  ann.roles = {static_cast<uint8_t>(wire::Role::auditor)};
  for (const Result<DraftChange>& refused : {save(text_draft("Two.")), discard(1)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
  }
  EXPECT_EQ(open().size(), 1u);
  const auto refusals = peer.recorded<wire::RequestRefused>();
  ASSERT_EQ(refusals.size(), 2u);
  EXPECT_EQ(refusals[0]->reason()->str(), "ann has no role here that may draft");
  EXPECT_EQ(refusals[1]->reason()->str(), "ann has no role here that may draft (about D-1)");
}

TEST_F(KeptDrafts, ANearlyFullDiskTakesWhatItsMessageWouldBe) {
  const Bytes draft = text_draft("One.", static_cast<uint8_t>(wire::Precedence::flash));
  ASSERT_TRUE(save(draft));
  DiskRoom room;
  room.level = DiskLevel::flash_only;
  peer.core().set_disk_room(peer.now(), room);
  EXPECT_FALSE(save(text_draft("Two.")));
  EXPECT_TRUE(save(text_draft("Three.", static_cast<uint8_t>(wire::Precedence::flash))));
  EXPECT_TRUE(send(draft, 1));  // It is FLASH.
}

TEST(DraftNames, AreReadAsTheyArePrinted) {
  EXPECT_EQ(parse_draft_name(format_draft_name(3)), 3u);
  EXPECT_EQ(parse_draft_name("D-18446744073709551615"), UINT64_MAX);
  for (const char* typed : {"", "D", "D-", "D-0", "D-03", "D-x", "D-3x", "d-3", "3", "N-3", "D--3",
                            "D-+3", "D-18446744073709551616"}) {
    EXPECT_FALSE(parse_draft_name(typed)) << typed;
  }
}

}  // namespace
}  // namespace hotline
