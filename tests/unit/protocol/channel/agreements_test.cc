// Agreements proposed, signed and followed by two cores.
#include "protocol/channel/agreements.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/policy_text.h"
#include "protocol/message/envelope.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;

// South has the greater id: what it signs is concluded.

class AgreementsTest : public testing::Test {
 protected:
  Agreements& agreements(size_t party) { return cores.core(party).agreements(); }
  // The next agreement as this party would write it, with another time for one rung.
  std::string text(size_t party, int64_t in_ms, int64_t supervisor_ms = 120'000) {
    Agreement next;
    const Agreed& newest = agreements(party).agreed().back();
    next.number = newest.number + 1;
    next.follows = newest.digest;
    next.from = cores.now().utc + in_ms;
    next.policy = default_policy();
    next.policy.at(1).rungs[0].after_ms = supervisor_ms;
    return agreement_text(next);
  }
  Result<Submission> say(size_t party, ServiceFields service,
                         const std::vector<std::string>& references = {},
                         wire::Role role = wire::Role::supervisor) {
    return cores.submit(party, kPriority, std::move(service), references, role);
  }
  Result<Submission> propose(size_t party, const std::string& agreement) {
    return say(party, {Action::agreement_proposed, "", "", agreement});
  }
  Result<Submission> sign(size_t party, const std::string& id) {
    return say(party, {Action::agreement_signed, "", "", ""}, {id});
  }
  Result<Submission> reject(size_t party, const std::string& id) {
    return say(party, {Action::agreement_rejected, "", "too late", ""}, {id});
  }
  uint32_t number(size_t party) { return agreements(party).in_force().number; }
  int64_t supervisor_ms(size_t party) {
    return cores.core(party).config().policy.at(1).rungs[0].after_ms;
  }
  bool differ(size_t party) {
    return cores.core(party).conditions().is_open(ConditionCode::agreement_differs,
                                                  party == kNorth ? "south" : "north");
  }
  bool alarmed(size_t party, const std::string& words) {
    for (const std::string& text : cores.alarms(party)) {
      if (text.find(words) != std::string::npos) return true;
    }
    return false;
  }
  void expect_same() {
    EXPECT_EQ(agreements(kNorth).digest(), agreements(kSouth).digest());
    ASSERT_EQ(agreements(kNorth).agreed().size(), agreements(kSouth).agreed().size());
    for (size_t i = 0; i < agreements(kNorth).agreed().size(); ++i) {
      EXPECT_EQ(agreements(kNorth).agreed()[i].digest, agreements(kSouth).agreed()[i].digest);
    }
    EXPECT_FALSE(differ(kNorth));
    EXPECT_FALSE(differ(kSouth));
  }

  TwoCores cores;
};

TEST_F(AgreementsTest, ProposedByEitherAndSignedByTheOtherIsInForceAtItsTime) {
  for (const size_t proposer : {kNorth, kSouth}) {
    cores.connect();
    const uint32_t next = number(kNorth) + 1;
    const int64_t rung_ms = 100'000 + next * 1000;
    const auto proposed = propose(proposer, text(proposer, 10 * kMinute_ms, rung_ms));
    ASSERT_TRUE(proposed) << proposed.error().reason;
    const std::string id =
        (proposer == kNorth ? "N-00000" : "S-00000") + std::to_string(proposed->serial);
    ASSERT_TRUE(sign(1 - proposer, id));
    cores.pass(9 * kMinute_ms);
    EXPECT_EQ(number(kNorth), next - 1);
    EXPECT_NE(supervisor_ms(kNorth), rung_ms);
    cores.pass(kMinute_ms + 1000);
    for (const size_t party : {kNorth, kSouth}) {
      EXPECT_EQ(number(party), next);
      EXPECT_EQ(supervisor_ms(party), rung_ms);
      EXPECT_TRUE(alarmed(party, "agreement " + std::to_string(next) + " is in force"));
    }
    expect_same();
  }
}

// Before the other side has said anything since the time came, it differs in nothing.
TEST_F(AgreementsTest, MatchFromTheFirstMomentOn) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.pass(9 * kMinute_ms);
  for (int64_t passed_ms = 0; passed_ms < 2 * kMinute_ms; passed_ms += 250) {
    cores.pass(250);
    for (const size_t party : {kNorth, kSouth}) {
      ASSERT_TRUE(agreements(party).matches_peer()) << party << " after " << passed_ms;
    }
  }
  EXPECT_EQ(number(kNorth), 2u);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(agreements(party).peers(), agreements(party).digest()) << "and says so at once";
  }
}

TEST_F(AgreementsTest, MatchWhereTheTimeComesWithoutALink) {
  const LinkId link = cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.pass(9 * kMinute_ms);
  cores.disconnect(link);
  cores.pass(10 * kMinute_ms);
  EXPECT_EQ(number(kNorth), 2u);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(agreements(party).matches_peer());
    EXPECT_FALSE(differ(party));
  }
  cores.connect();
  cores.pass(kMinute_ms);
  expect_same();
}

// The present configuration is number 1, and says nothing by itself.
TEST_F(AgreementsTest, BeginWithWhatIsConfigured) {
  cores.connect();
  EXPECT_EQ(number(kNorth), kFirstAgreement);
  EXPECT_EQ(agreements(kNorth).digest(), digest(default_policy()));
  expect_same();
}

TEST_F(AgreementsTest, OnlyASupervisorProposesAndSigns) {
  cores.connect();
  for (const wire::Role role :
       {wire::Role::operator_, wire::Role::monitor, wire::Role::auditor, wire::Role::releaser}) {
    EXPECT_FALSE(
        say(kNorth, {Action::agreement_proposed, "", "", text(kNorth, kMinute_ms)}, {}, role));
  }
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  for (const Action action : {Action::agreement_signed, Action::agreement_rejected}) {
    EXPECT_FALSE(say(kSouth, {action, "", "because", ""}, {"N-000001"}, wire::Role::operator_));
  }
  // What only a machine says, no person says.
  EXPECT_FALSE(say(kSouth, {Action::agreement_concluded, "", "", ""}, {"N-000001"}));
  EXPECT_EQ(agreements(kSouth).agreed().size(), 1u);
}

TEST_F(AgreementsTest, AProposalThatCannotBeFollowedIsRefused) {
  cores.connect();
  Agreement one = *parse_agreement(text(kNorth, 10 * kMinute_ms));
  const auto refused = [&](const Agreement& wrong) {
    return !propose(kNorth, agreement_text(wrong));
  };
  Agreement wrong = one;
  wrong.number = 3;
  EXPECT_TRUE(refused(wrong));
  wrong = one;
  wrong.from = cores.now().utc;
  EXPECT_TRUE(refused(wrong));
  wrong = one;
  wrong.policy.at(1).rungs[2].after_ms = 1;
  EXPECT_TRUE(refused(wrong));
  EXPECT_FALSE(propose(kNorth, "agreement"));
  EXPECT_FALSE(propose(kNorth, ""));
  EXPECT_FALSE(cores.submit(kNorth, 1,
                            ServiceFields{Action::agreement_proposed, "", "", agreement_text(one)},
                            {}, wire::Role::supervisor));
  EXPECT_TRUE(propose(kNorth, agreement_text(one)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  // The next one follows this, though its time has not come.
  EXPECT_FALSE(propose(kNorth, agreement_text(one)));
  wrong = *parse_agreement(text(kNorth, 20 * kMinute_ms));
  wrong.follows[3] ^= 1;
  EXPECT_TRUE(refused(wrong));
  EXPECT_FALSE(propose(kNorth, text(kNorth, 9 * kMinute_ms)));
  EXPECT_TRUE(propose(kNorth, text(kNorth, 20 * kMinute_ms)));
}

TEST_F(AgreementsTest, AreSignedByTheOtherSideWhileTheyAreOpenAndInTime) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  EXPECT_FALSE(sign(kNorth, "N-000001"));
  EXPECT_FALSE(say(kSouth, {Action::agreement_signed, "", "", ""}));
  ASSERT_TRUE(reject(kSouth, "N-000001"));
  EXPECT_FALSE(sign(kSouth, "N-000001"));
  EXPECT_FALSE(reject(kSouth, "N-000001"));
  EXPECT_EQ(agreements(kNorth).proposals().begin()->second.state, ProposalState::rejected);
  EXPECT_EQ(agreements(kNorth).reason_of(agreements(kNorth).proposals().begin()->second),
            "too late");
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  cores.pass(10 * kMinute_ms);
  EXPECT_FALSE(sign(kSouth, "N-000002"));
  EXPECT_EQ(agreements(kSouth).agreed().size(), 1u);
}

TEST_F(AgreementsTest, AProposalThatWaitsIsACondition) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  cores.pass(1000);
  const auto waits = [&] {
    return cores.core(kSouth).conditions().is_open(ConditionCode::agreement_proposed, "N-000001");
  };
  EXPECT_TRUE(waits());
  EXPECT_TRUE(alarmed(kSouth, "proposes agreement 2"));
  ASSERT_TRUE(reject(kNorth, "N-000001"));  // Withdrawn.
  cores.pass(1000);
  EXPECT_FALSE(waits());
}

// Both propose at once, and both sign: one of the two counts, and the same at both ends.
TEST_F(AgreementsTest, ProposedAndSignedByBothAtOnceOneCounts) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms, 110'000)));
  ASSERT_TRUE(propose(kSouth, text(kSouth, 10 * kMinute_ms, 130'000)));
  cores.hold_frames_from(kNorth, true);
  cores.hold_frames_from(kSouth, true);
  ASSERT_TRUE(sign(kNorth, "S-000001"));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.hold_frames_from(kNorth, false);
  cores.hold_frames_from(kSouth, false);
  cores.settle();
  cores.pass(11 * kMinute_ms);
  EXPECT_EQ(number(kNorth), 2u);
  EXPECT_EQ(supervisor_ms(kNorth), 110'000);
  EXPECT_EQ(supervisor_ms(kSouth), 110'000);
  expect_same();
  EXPECT_FALSE(alarmed(kNorth, "breaks the rules"));
  EXPECT_FALSE(alarmed(kSouth, "breaks the rules"));
}

// A signature and a withdrawal cross. The greater's transcript says which came first.
TEST_F(AgreementsTest, AWithdrawalThatCrossesASignature) {
  for (const size_t proposer : {kNorth, kSouth}) {
    cores.connect();
    const size_t before = agreements(kNorth).agreed().size();
    const auto proposed = propose(proposer, text(proposer, 10 * kMinute_ms, 140'000));
    ASSERT_TRUE(proposed);
    const std::string id =
        (proposer == kNorth ? "N-00000" : "S-00000") + std::to_string(proposed->serial);
    cores.hold_frames_from(kNorth, true);
    cores.hold_frames_from(kSouth, true);
    ASSERT_TRUE(reject(proposer, id));
    ASSERT_TRUE(sign(1 - proposer, id));
    cores.hold_frames_from(kNorth, false);
    cores.hold_frames_from(kSouth, false);
    cores.settle();
    cores.pass(11 * kMinute_ms);
    // South had signed before it knew; where it withdrew, its own word came first.
    const bool counts = proposer == kNorth;
    EXPECT_EQ(agreements(kNorth).agreed().size(), before + (counts ? 1 : 0));
    expect_same();
    EXPECT_FALSE(alarmed(kNorth, "breaks the rules"));
    EXPECT_FALSE(alarmed(kSouth, "breaks the rules"));
  }
}

// Whoever held our withdrawal and signs all the same is told from one who could not know.
TEST_F(AgreementsTest, ASignatureThatKnewOfTheWithdrawalIsNone) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  ASSERT_TRUE(reject(kNorth, "N-000001"));
  const MessageKey proposal{false, 1};
  const auto judged = [&](uint64_t held) {
    EnvelopeFields fields;
    fields.id = "S-000001";
    fields.from = "south";
    fields.to = "north";
    fields.type = wire::MessageType::service;
    fields.precedence = wire::Precedence::priority;
    fields.releaser_role = wire::Role::supervisor;
    fields.released_at = cores.now().utc;
    fields.peer_transcript_size = held;
    BodyFields body;
    body.subject = "Agreement 2 is signed";
    body.content = ServiceFields{Action::agreement_signed, "", "", ""};
    const Bytes envelope = build_envelope(fields), bytes = build_body(body);
    return agreements(kNorth).check(true, *flatbuffers::GetRoot<wire::Envelope>(envelope.data()),
                                    **open_body(bytes), proposal);
  };
  // The proposal is the first of north's transcript, its withdrawal the second.
  EXPECT_TRUE(judged(1));
  EXPECT_FALSE(judged(2));
}

// The clocks of two hosts pass the time apart: that is no difference.
TEST_F(AgreementsTest, AClockThatIsALittleBehindIsNoDifference) {
  cores.connect();
  cores.step_clock(kSouth, -20'000);
  ASSERT_TRUE(propose(kNorth, text(kNorth, kMinute_ms)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.pass(kMinute_ms + 15'000);
  EXPECT_EQ(number(kNorth), 2u);
  EXPECT_EQ(number(kSouth), 1u);
  EXPECT_FALSE(differ(kNorth));
  EXPECT_FALSE(differ(kSouth));
  cores.pass(40'000);
  expect_same();
  EXPECT_FALSE(alarmed(kNorth, "another agreement"));
  EXPECT_FALSE(alarmed(kSouth, "another agreement"));
}

TEST_F(AgreementsTest, AClockThatIsFarBehindIsOne) {
  cores.connect();
  cores.step_clock(kSouth, -10 * kMinute_ms);
  ASSERT_TRUE(propose(kNorth, text(kNorth, kMinute_ms)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.pass(3 * kMinute_ms);
  EXPECT_TRUE(differ(kNorth));
  EXPECT_TRUE(differ(kSouth));
  cores.pass(10 * kMinute_ms);
  expect_same();
}

// It was signed in time, and the link was down until after: in force as soon as it is known.
TEST_F(AgreementsTest, OneThatComesLateIsInForceAtOnce) {
  const LinkId link = cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 10 * kMinute_ms)));
  cores.disconnect(link);
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  cores.pass(20 * kMinute_ms);
  EXPECT_EQ(number(kSouth), 2u);
  EXPECT_EQ(number(kNorth), 1u);
  cores.connect();
  cores.pass(1000);
  EXPECT_EQ(number(kNorth), 2u);
  cores.pass(11'000);
  expect_same();
  // The first word of the link is older than the signature that it brings.
  for (const size_t party : {kNorth, kSouth}) EXPECT_FALSE(alarmed(party, "another agreement"));
}

// What is announced is held against the new separation, at both ends alike.
TEST_F(AgreementsTest, AnotherSeparationIsAnotherConflict) {
  cores.connect();
  for (const size_t party : {kNorth, kSouth}) {
    ActivityFields fields;
    fields.kind = wire::ActivityKind::flight;
    fields.contact = "tower";
    const UtcMs start = cores.now().utc + 30 * 60 * kMinute_ms;
    const int32_t latitude_e5 = party == kNorth ? 54'00000 : 54'20000;
    fields.volumes = {{Circle{{latitude_e5, 20'00000}, 5'000},
                       {1'000, HeightDatum::mean_sea_level},
                       {2'000, HeightDatum::mean_sea_level},
                       start,
                       start + 60 * kMinute_ms}};
    ASSERT_TRUE(cores.submit(party, kRoutine, fields));
  }
  const auto open = [&](size_t party) { return cores.core(party).conflicts().list().size(); };
  EXPECT_EQ(open(kNorth), 0u);
  for (const int64_t horizontal_m : {20'000, 10'000}) {
    Agreement next = *parse_agreement(text(kNorth, 2 * kMinute_ms));
    next.policy.separation.horizontal_m = horizontal_m;
    const auto proposed = propose(kNorth, agreement_text(next));
    ASSERT_TRUE(proposed);
    ASSERT_TRUE(sign(kSouth, "N-00000" + std::to_string(proposed->serial)));
    cores.pass(3 * kMinute_ms);
    for (const size_t party : {kNorth, kSouth}) {
      EXPECT_EQ(open(party), horizontal_m == 20'000 ? 1u : 0u);
      EXPECT_EQ(alarmed(party, "CONFLICT of"), true);
    }
  }
  EXPECT_TRUE(cores.core(kNorth).conflicts_compared().same);
}

// A rung that was told is not told again, and what is left comes at its new time.
TEST_F(AgreementsTest, AMessageThatWaitsGoesOnByTheNewNumbers) {
  cores.connect();
  ASSERT_TRUE(propose(kNorth, text(kNorth, 4 * kMinute_ms, 10 * 1000)));
  ASSERT_TRUE(sign(kSouth, "N-000001"));
  const auto rungs = [&] {
    size_t count = 0;
    for (const Bytes& bytes : cores.disk(kSouth).journal()) {
      const auto* fact = flatbuffers::GetRoot<wire::Entry>(bytes.data())->fact_as_StepsDecided();
      if (!fact || !fact->incoming()) continue;
      for (const wire::Step* step : *fact->steps()) {
        count += step->kind() == static_cast<uint8_t>(StepKind::rung);
      }
    }
    return count;
  };
  ASSERT_TRUE(cores.submit(kNorth, 1));
  cores.pass(3 * kMinute_ms + 1000);
  EXPECT_EQ(rungs(), 1u);  // The supervisor, by the old numbers.
  cores.pass(kMinute_ms);
  EXPECT_EQ(number(kSouth), 2u);
  EXPECT_EQ(rungs(), 1u);
  cores.pass(kMinute_ms);
  EXPECT_EQ(rungs(), 2u);  // The duty director.
  ASSERT_TRUE(cores.submit(kNorth, 1));
  cores.pass(11'000);
  EXPECT_EQ(rungs(), 3u);  // The new one's supervisor, by the new numbers.
}

}  // namespace
}  // namespace hotline
