// Submissions of a person, or of a program with a person's certificate: what it claims, what it
// repeats, what it asks again and again.
#include <gtest/gtest.h>

#include "tests/durations.h"
#include "tests/made_draft.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr uint64_t kFirstSubmissionToken = 1000;

struct DraftOf {
  wire::MessageType type = wire::MessageType::text;
  BodyFields body = ScriptedPeer::text_body("We see you.");
  std::vector<std::string> references;
  UtcMs drafted_at = 0;
};

Bytes draft_bytes(const DraftOf& fields) {
  return made_draft(fields.type, static_cast<uint8_t>(wire::Precedence::routine),
                    build_body(fields.body), fields.references, fields.drafted_at);
}

DraftOf drafted(UtcMs at) {
  DraftOf draft;
  draft.drafted_at = at;
  return draft;
}

DraftOf acknowledgement(const std::string& id, wire::Role role, UtcMs at) {
  AcknowledgementFields read;
  read.role = role;
  read.at = at;
  DraftOf draft;
  draft.type = wire::MessageType::acknowledgement;
  draft.body = {};
  draft.body.subject = "Read";
  draft.body.content = read;
  draft.references = {id};
  return draft;
}

class Submissions : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  Result<Submission> submit(const Bytes& draft, uint64_t counter, const std::string& key = {}) {
    const uint64_t token = ++last_token;
    peer.core().submit(peer.now(), token, ann, counter, draft, key);
    peer.pass(250);
    auto answer = peer.answer(token);
    return answer ? *answer : make_error(ErrorCode::timed_out, "no answer");
  }
  Result<Submission> submit(const DraftOf& draft, uint64_t counter, const std::string& key = {}) {
    return submit(draft_bytes(draft), counter, key);
  }
  // A FLASH of the peer's, and its name.
  std::string receive_flash() {
    EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
    ++peer.last_serial;
    envelope.precedence = wire::Precedence::flash;
    peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("Hold your fire.")));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
    return envelope.id;
  }
  MessageRecord own_message(uint64_t serial) { return *peer.disk().message({false, serial}); }
  size_t refusals() { return peer.recorded<wire::RequestRefused>().size(); }

  ScriptedPeer peer;
  LinkId link = 0;
  Actor ann{"ann", Hash{7}, {static_cast<uint8_t>(wire::Role::operator_)}};
  uint64_t last_token = kFirstSubmissionToken;
};

TEST_F(Submissions, F7_ADraftOfTheFutureIsDraftedNow) {
  const auto sent = submit(drafted(peer.now().utc + 6 * kMinute_ms), 1);
  ASSERT_TRUE(sent) << sent.error().reason;
  const MessageRecord record = own_message(sent->serial);
  const auto envelope = *open_envelope(record.envelope);
  EXPECT_EQ(envelope->drafted_at(), envelope->released_at());
  const UtcMs before = peer.now().utc - kMinute_ms;
  const auto earlier = submit(drafted(before), 2);
  ASSERT_TRUE(earlier);
  const MessageRecord other = own_message(earlier->serial);
  EXPECT_EQ((*open_envelope(other.envelope))->drafted_at(), before);
}

TEST_F(Submissions, F7_AnAcknowledgementOfTheFutureIsGivenNow) {
  link = peer.link_up();
  const std::string id = receive_flash();
  const UtcMs fast = peer.now().utc + 6 * kMinute_ms;
  const auto sent = submit(acknowledgement(id, wire::Role::operator_, fast), 1);
  ASSERT_TRUE(sent) << sent.error().reason;
  const MessageRecord record = own_message(sent->serial);
  const auto body = *open_body(record.body);
  const auto envelope = *open_envelope(record.envelope);
  EXPECT_EQ(body->content_as_acknowledgement()->at(), envelope->released_at());
  EXPECT_FALSE(peer.core().ladder().waits({true, 0}));
  // A repetition is known by what the person's program sent.
  const auto again = submit(acknowledgement(id, wire::Role::operator_, fast), 1);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
}

TEST_F(Submissions, A11_NobodyAcknowledgesInARoleThatTheyDoNotHave) {
  link = peer.link_up();
  const std::string id = receive_flash();
  const UtcMs now = peer.now().utc;
  const auto claimed = submit(acknowledgement(id, wire::Role::supervisor, now), 1);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, ErrorCode::not_allowed);
  EXPECT_NE(claimed.error().reason.find("supervisor"), std::string::npos);
  EXPECT_TRUE(peer.core().ladder().waits({true, 0}));
  // A person who has both roles acts in the one that the acknowledgement names.
  ann.roles.push_back(static_cast<uint8_t>(wire::Role::supervisor));
  const auto true_claim = submit(acknowledgement(id, wire::Role::supervisor, now), 1);
  ASSERT_TRUE(true_claim) << true_claim.error().reason;
  const MessageRecord record = own_message(true_claim->serial);
  EXPECT_EQ((*open_envelope(record.envelope))->releaser_role(), wire::Role::supervisor);
}

// Nor declines it, or tells own people of it: else there were no end.
TEST(SubmissionsOfTwo, NobodyAcknowledgesAnAcknowledgement) {
  TwoCores cores;
  cores.connect();
  AcknowledgementFields read;
  read.role = wire::Role::operator_;
  read.at = cores.now().utc;
  const auto acknowledge = [&](size_t party, const std::string& id) {
    const auto sent = cores.submit(party, kFlash, read, {id});
    cores.settle();
    return sent;
  };
  ASSERT_TRUE(cores.submit(kSouth, kFlash));
  cores.settle();
  ASSERT_TRUE(acknowledge(kNorth, "S-1"));
  const uint64_t before = cores.core(kSouth).last_serial();
  const auto again = acknowledge(kSouth, "N-1");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::refused);
  EXPECT_EQ(again.error().reason, "N-000001 is of type acknowledgement, and nothing is due on it");
  DeclineFields decline;
  decline.code = wire::DeclineCode::not_for_us;
  decline.reason = "we read no acknowledgements";
  EXPECT_FALSE(cores.submit(kSouth, kFlash, decline, {"N-1"}));
  DisseminationFields told;
  told.audience = wire::Audience::air_defence;
  told.at = cores.now().utc;
  EXPECT_FALSE(cores.submit(kSouth, kFlash, told, {"N-1"}));
  EXPECT_EQ(cores.core(kSouth).last_serial(), before);
}

TEST_F(Submissions, A12_ACounterStepsOnByABoundedNumber) {
  const auto refused = submit(DraftOf(), UINT64_MAX);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_FALSE(submit(DraftOf(), limits::kCounterStepMax + 1));
  ASSERT_TRUE(submit(DraftOf(), limits::kCounterStepMax));
  ASSERT_TRUE(submit(DraftOf(), limits::kCounterStepMax + 1));
  EXPECT_FALSE(submit(DraftOf(), 2 * limits::kCounterStepMax + 2));
  EXPECT_EQ(peer.core().last_counter(ann.certificate), limits::kCounterStepMax + 1);
}

TEST_F(Submissions, F6_AKeyOfTheCallersOwnSendsOnce) {
  const auto first = submit(DraftOf(), 0, "order 17");
  ASSERT_TRUE(first) << first.error().reason;
  EXPECT_FALSE(first->repeated);
  for (int life = 0; life < 2; ++life) {
    const auto again = submit(DraftOf(), 0, "order 17");
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->serial, first->serial);
    EXPECT_EQ(again->journal_index, first->journal_index);
    DraftOf other;
    other.body = ScriptedPeer::text_body("Something else.");
    const auto refused = submit(other, 0, "order 17");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused);
    EXPECT_NE(refused.error().reason.find("N-000001"), std::string::npos);
    // It is the person's own: another one may use the same.
    ASSERT_TRUE(peer.start());
  }
  Actor ben{"ben", Hash{8}, ann.roles};
  std::swap(ann, ben);
  const auto of_another = submit(DraftOf(), 0, "order 17");
  ASSERT_TRUE(of_another);
  EXPECT_FALSE(of_another->repeated);
}

// Over TLS, over the local socket, and with a new certificate.
TEST_F(Submissions, AKeyIsThePersonsByWhateverTheyCome) {
  const auto first = submit(DraftOf(), 0, "order 17");
  ASSERT_TRUE(first) << first.error().reason;
  for (int life = 0; life < 2; ++life) {
    ann.certificate = Hash{static_cast<uint8_t>(9 + life)};
    const auto again = submit(DraftOf(), 0, "order 17");
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->serial, first->serial);
    ASSERT_TRUE(peer.start());
  }
  // Counters are the certificate's: two programs of one person may count for themselves.
  EXPECT_EQ(peer.core().last_counter(ann.certificate), 0u);
}

TEST_F(Submissions, F6_KeysAndCountersOfOnePersonGoSideBySide) {
  peer.hold_commits = true;  // Two programs at once, before any commit has ended.
  const Bytes draft = draft_bytes(DraftOf());
  uint64_t token = kFirstSubmissionToken + 100;
  peer.core().submit(peer.now(), ++token, ann, 1, draft);
  peer.core().submit(peer.now(), ++token, ann, 0, draft, "a");
  peer.core().submit(peer.now(), ++token, ann, 0, draft, "b");
  peer.core().submit(peer.now(), ++token, ann, 0, draft, "a");
  peer.pass(250);
  peer.core().submit(peer.now(), ++token, ann, 0, draft, "b");
  peer.core().submit(peer.now(), ++token, ann, 4, draft);
  peer.hold_commits = false;
  peer.commit();
  peer.pass(250);
  std::vector<uint64_t> serials;
  for (uint64_t i = kFirstSubmissionToken + 101; i <= token; ++i) {
    auto answer = peer.answer(i);
    ASSERT_TRUE(answer && *answer) << i;
    serials.push_back((*answer)->serial);
  }
  EXPECT_EQ(serials, (std::vector<uint64_t>{1, 2, 3, 2, 3, 4}));
  EXPECT_EQ(peer.core().last_counter(ann.certificate), 4u);
}

TEST_F(Submissions, F6_AKeyIsBounded) {
  EXPECT_TRUE(submit(DraftOf(), 0, std::string(limits::kIdempotencyKeySizeMax, 'k')));
  EXPECT_FALSE(submit(DraftOf(), 0, std::string(limits::kIdempotencyKeySizeMax + 1, 'k')));
  EXPECT_FALSE(submit(DraftOf(), 0));
}

TEST_F(Submissions, A8_RefusalsOfOnePersonAreCounted) {
  DraftOf bad;
  bad.body.subject.clear();
  const Bytes draft = draft_bytes(bad);
  for (int i = 0; i < 500; ++i) {
    peer.core().submit(peer.now(), ++last_token, ann, 1, draft);
  }
  peer.pass(250);
  EXPECT_EQ(refusals(), limits::kPersonRefusalsToldMax);
  // Another person's is told all the same.
  Actor ben{"ben", Hash{8}, ann.roles};
  peer.core().submit(peer.now(), ++last_token, ben, 1, draft);
  peer.pass(250);
  EXPECT_EQ(refusals(), limits::kPersonRefusalsToldMax + 1);
  peer.pass(kMinute_ms);
  ASSERT_EQ(refusals(), limits::kPersonRefusalsToldMax + 2);
  const auto* told = peer.recorded<wire::RequestRefused>().back();
  EXPECT_EQ(told->reason()->str(), std::to_string(500 - limits::kPersonRefusalsToldMax) +
                                       " more requests were refused in the last minute");
  EXPECT_EQ(to_hash(*told->submitter()), ann.certificate);
  // A quiet minute later all is told again.
  peer.pass(2 * kMinute_ms);
  peer.core().submit(peer.now(), ++last_token, ann, 1, draft);
  peer.pass(250);
  EXPECT_EQ(refusals(), limits::kPersonRefusalsToldMax + 3);
}

TEST_F(Submissions, A8_PersonsThatAreCountedAreFew) {
  const Error error = make_error(ErrorCode::not_allowed, "no");
  for (size_t i = 0; i < 3 * limits::kPersonsCountedMax; ++i) {
    Actor one{"user " + std::to_string(i), Hash{}, {}};
    one.certificate[0] = static_cast<uint8_t>(1 + i % 255);
    one.certificate[1] = static_cast<uint8_t>(1 + i / 255);
    peer.core().record_refusal(peer.now(), one, error);
  }
  peer.pass(250);
  EXPECT_EQ(refusals(), limits::kPersonsCountedMax + limits::kPersonRefusalsToldMax);
}

TEST_F(Submissions, A7_ExportsOfOnePersonAreCounted) {
  for (int i = 0; i < 500; ++i) peer.core().record_export(peer.now(), ++last_token, ann);
  peer.pass(250);
  EXPECT_EQ(peer.recorded<wire::Exported>().size(), limits::kPersonExportsToldMax);
  peer.pass(kMinute_ms);
  const auto told = peer.recorded<wire::Exported>();
  ASSERT_EQ(told.size(), limits::kPersonExportsToldMax + 1);
  EXPECT_EQ(told.back()->more(), 500 - limits::kPersonExportsToldMax);
}

TEST_F(Submissions, A7_TheJournalIsOfferedToItsWitnessOnceASecond) {
  link = peer.link_up();
  peer.pass(5000);
  const size_t before = peer.said_as<wire::JournalOffer>(link).size();
  for (int i = 0; i < 8; ++i) {
    peer.core().record_export(peer.now(), ++last_token, ann);
    peer.pass(250);
  }
  const size_t offers = peer.said_as<wire::JournalOffer>(link).size() - before;
  EXPECT_GE(offers, 2u);
  EXPECT_LE(offers, 3u);
  // The last export is covered as well.
  peer.pass(1500);
  const auto* last = peer.said_as<wire::JournalOffer>(link).back();
  EXPECT_NE(
      last->checkpoint()->str().find("\n" + std::to_string(peer.core().journal_size()) + "\n"),
      std::string::npos);
}

TEST_F(Submissions, A7_StatusReadsNothing) {
  link = peer.link_up();
  peer.submit_text();
  receive_flash();
  const CoreStatus status = peer.core().status();
  EXPECT_EQ(status.own_size, 1u);
  EXPECT_EQ(status.own_root, root_at(peer.disk().hashes(LogId::own_transcript), 1));
  EXPECT_EQ(status.peer_root, root_at(peer.disk().hashes(LogId::peer_transcript), 1));
  ASSERT_TRUE(peer.start());
  EXPECT_EQ(peer.core().status().peer_root, status.peer_root);
}

}  // namespace
}  // namespace hotline
