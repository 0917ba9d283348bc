// Notices of both parties, held against each other by two cores.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/typed_form.h"
#include "tests/durations.h"
#include "tests/made_draft.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

class ConflictsTest : public testing::Test {
 protected:
  ActivityFields activity(int32_t latitude_e5, int64_t in_hours, int64_t for_hours = 2) {
    ActivityFields fields;
    fields.kind = wire::ActivityKind::flight;
    fields.contact = "tower";
    fields.volumes = {volume(latitude_e5, in_hours, for_hours)};
    fields.conflict_reason = "agreed by voice";
    return fields;
  }
  Volume volume(int32_t latitude_e5, int64_t in_hours, int64_t for_hours) {
    const UtcMs start = start_ + in_hours * kHour_ms;
    return {Circle{{latitude_e5, 20'00000}, 5'000},
            {1'000, HeightDatum::mean_sea_level},
            {2'000, HeightDatum::mean_sea_level},
            start,
            start + for_hours * kHour_ms};
  }
  std::string form(const Volume& volume) { return typed_form::of_volumes({volume}); }

  // A PROTECTED notice; nothing is held against it.
  ProtectedFields hospital() {
    ProtectedFields fields;
    fields.kind = wire::ProtectedKind::medical_site;
    fields.organisation = "Red Cross";
    fields.purpose = "hospital";
    fields.position = Position{48'34000, 38'05000};
    fields.start = start_ + 50 * kHour_ms;
    fields.end = start_ + 60 * kHour_ms;
    fields.contact = "duty doctor";
    return fields;
  }
  std::vector<ActiveNotice> notices(size_t party, const NoticesWanted& wanted) {
    return cores.core(party).conflicts().notices(wanted, cores.now().utc);
  }
  void announce(size_t party, ActivityFields fields) {
    const auto sent = cores.submit(party, 4, std::move(fields));
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }
  void correct(size_t party, const std::string& id, const Volume& from, const Volume& to) {
    const auto sent =
        cores.submit(party, 4, CorrectionFields{{{"volume", form(from), form(to)}}, "moved"}, {id});
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }
  void accept(size_t party, const std::string& theirs, const std::string& ours) {
    const auto sent = cores.submit(party, 4, acceptance_of_conflict(), {theirs, ours});
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }
  size_t open(size_t party) { return cores.core(party).conflicts().list().size(); }
  // Those of which the journal says that they are open.
  size_t told(size_t party) {
    size_t count = 0;
    for (const Bytes& bytes : cores.disk(party).journal()) {
      const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
      if (entry->fact_as_ConflictFound()) ++count;
      if (entry->fact_as_ConflictEnded()) --count;
    }
    return count;
  }
  size_t alarmed(size_t party) {
    return static_cast<size_t>(
        std::count_if(cores.alarms(party).begin(), cores.alarms(party).end(),
                      [](const std::string& text) { return text.starts_with("CONFLICT"); }));
  }

  TwoCores cores;
  const UtcMs start_ = cores.now().utc;
};

TEST_F(ConflictsTest, AreFoundAlikeAndToldToBoth) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  EXPECT_EQ(open(kNorth), 0u);
  announce(kSouth, activity(54'10000, 31));
  ASSERT_EQ(open(kNorth), 1u);
  ASSERT_EQ(open(kSouth), 1u);
  const Conflict north = cores.core(kNorth).conflicts().list()[0];
  const Conflict south = cores.core(kSouth).conflicts().list()[0];
  EXPECT_EQ(north.nearness, south.nearness);
  EXPECT_EQ(north.own_volume, south.peers_volume);
  EXPECT_EQ(alarmed(kNorth), 1u);
  EXPECT_EQ(alarmed(kSouth), 1u);
  EXPECT_TRUE(cores.alarms(kNorth).back().starts_with(
      "CONFLICT of N-000001 volume 1 with S-000001 volume 1: 1"))
      << cores.alarms(kNorth).back();
}

// Several pairs that come equally near: both ends name the same one.
TEST_F(ConflictsTest, NameTheSamePairAtBothEnds) {
  ActivityFields north = activity(54'00000, 30);
  north.volumes.push_back(volume(56'00000, 30, 2));
  announce(kNorth, north);
  ActivityFields south = activity(56'00000, 30);
  south.volumes.push_back(volume(54'00000, 30, 3));
  announce(kSouth, south);
  // Each end meets the other's notice last.
  cores.connect();
  cores.settle();
  ASSERT_EQ(open(kNorth), 1u);
  ASSERT_EQ(open(kSouth), 1u);
  const Conflict at_north = cores.core(kNorth).conflicts().list()[0];
  const Conflict at_south = cores.core(kSouth).conflicts().list()[0];
  EXPECT_EQ(at_north.nearness, at_south.nearness);
  EXPECT_EQ(at_north.own_volume, at_south.peers_volume);
  EXPECT_EQ(at_north.peers_volume, at_south.own_volume);
}

// Whatever program submits it.
TEST_F(ConflictsTest, ANoticeInConflictIsRefusedUntilItSaysWhy) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  ActivityFields near = activity(54'10000, 31);
  near.conflict_reason.clear();
  const auto refused = cores.submit(kSouth, 4, near);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_EQ(refused.error().reason, "it comes too near to N-000001");
  near.volumes = {volume(57'00000, 31, 2)};
  EXPECT_TRUE(cores.submit(kSouth, 4, near));
}

// Volumes whose boxes are near and which are not near themselves: one too many to compare.
TEST_F(ConflictsTest, WhereTooMuchIsNearANoticeIsRefusedUntilItSaysWhy) {
  cores.connect();
  Volume diagonal = volume(54'16000, 30, 2);
  std::get<Circle>(diagonal.shape).centre.longitude_e5 += 27000;
  ActivityFields many = activity(54'16000, 30);
  many.volumes.assign(limits::kVolumesMax, diagonal);
  for (size_t sent = 0; sent <= limits::kVolumesComparedMax; sent += limits::kVolumesMax) {
    announce(kNorth, many);
  }
  ActivityFields near = activity(54'00000, 30);
  near.conflict_reason.clear();
  const auto refused = cores.submit(kSouth, 4, near);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason,
            "more is announced near it than can be compared: it may come too near");
  near.conflict_reason = "compared by hand";
  EXPECT_TRUE(cores.submit(kSouth, 4, near));
}

TEST_F(ConflictsTest, AMoveIntoAConflictIsRefusedUntilItSaysWhy) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  ActivityFields far = activity(57'00000, 30);
  far.conflict_reason.clear();
  announce(kSouth, far);
  const FieldChangeFields move{"volume", form(volume(57'00000, 30, 2)),
                               form(volume(54'10000, 30, 2))};
  const auto refused = cores.submit(kSouth, 4, CorrectionFields{{move}, "moved"}, {"S-000001"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "it comes too near to N-000001");
  const FieldChangeFields why{"conflict-reason", "", "agreed by voice"};
  EXPECT_TRUE(cores.submit(kSouth, 4, CorrectionFields{{move, why}, "moved"}, {"S-000001"}));
  cores.settle();
  EXPECT_EQ(open(kNorth), 1u);
  // One that leaves the place as it is goes as it always did.
  const FieldChangeFields contact{"contact", "tower", "range control"};
  EXPECT_TRUE(cores.submit(kSouth, 4, CorrectionFields{{contact}, "wrong"}, {"S-000001"}));
}

TEST_F(ConflictsTest, AReasonGivenForOneConflictIsNoneForAnother) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kNorth, activity(57'00000, 30));
  announce(kSouth, activity(54'10000, 30));  // With a reason, for its conflict with the first.
  const auto move = [&](int32_t from, int32_t to) {
    return FieldChangeFields{"volume", form(volume(from, 30, 2)), form(volume(to, 30, 2))};
  };
  const auto refused =
      cores.submit(kSouth, 4, CorrectionFields{{move(54'10000, 57'10000)}, "moved"}, {"S-000001"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "it comes too near to N-000002");
  const FieldChangeFields why{"conflict-reason", "agreed by voice", "agreed for this too"};
  EXPECT_TRUE(cores.submit(kSouth, 4, CorrectionFields{{move(54'10000, 57'10000), why}, "moved"},
                           {"S-000001"}));
}

TEST_F(ConflictsTest, AReasonGivenForADistanceIsNoneForALesser) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 30));  // With a reason.
  const auto moved = [&](const Volume& from, const Volume& to) {
    return CorrectionFields{{{"volume", form(from), form(to)}}, "moved"};
  };
  const Volume is = volume(54'10000, 30, 2);
  const auto nearer = cores.submit(kSouth, 4, moved(is, volume(54'09500, 30, 2)), {"S-000001"});
  ASSERT_FALSE(nearer);
  EXPECT_EQ(nearer.error().reason, "it comes too near to N-000001");
  EXPECT_EQ(nearer.error().hint,
            "--change \"conflict-reason -> ...\"    sends it all the same and says why");
  // What is no nearer in any way goes, and says how near both come before and after.
  const Volume farther = volume(54'10500, 31, 2);
  const auto found = cores.core(kSouth).conflicts().check({farther}, MessageKey{false, 1});
  ASSERT_EQ(found.conflicts.size(), 1u);
  ASSERT_TRUE(found.conflicts[0].before.has_value());
  EXPECT_EQ(found.conflicts[0].before->horizontal_m, 1'130);
  EXPECT_GT(found.conflicts[0].nearness.horizontal_m, 1'500);
  EXPECT_TRUE(cores.submit(kSouth, 4, moved(is, farther), {"S-000001"}));
  cores.settle();
  // Nearer in time alone.
  Volume apart = farther;
  apart.start += 65 * 60'000;
  apart.end += 65 * 60'000;
  EXPECT_TRUE(cores.submit(kSouth, 4, moved(farther, apart), {"S-000001"}));
  cores.settle();
  ASSERT_EQ(cores.core(kSouth).conflicts().list()[0].nearness.time_s, 300);
  EXPECT_FALSE(cores.submit(kSouth, 4, moved(apart, farther), {"S-000001"}));
  EXPECT_FALSE(cores.core(kSouth).conflicts().check({apart}).conflicts[0].before.has_value());
}

// Whoever accepted it would think so still: both watches hear it, each lapse once.
TEST_F(ConflictsTest, AnAcceptanceThatLapsedIsToldToBoth) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  accept(kNorth, "S-000001", "N-000001");
  EXPECT_EQ(cores.core(kNorth).conflicts().list()[0].own_acceptance, (MessageKey{false, 2}));
  EXPECT_FALSE(cores.core(kNorth).conflicts().list()[0].own_lapsed());
  // The distances stay as they were.
  const auto contact = [&](const char* from, const char* to) {
    const auto sent =
        cores.submit(kSouth, 4, CorrectionFields{{{"contact", from, to}}, "wrong"}, {"S-000001"});
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  };
  contact("tower", "range");
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(alarmed(party), 2u);
    EXPECT_TRUE(cores.alarms(party).back().ends_with(
        ". Accepted no more, since a notice was changed: N-000002"))
        << cores.alarms(party).back();
  }
  const Conflict lapsed = cores.core(kSouth).conflicts().list()[0];
  EXPECT_FALSE(lapsed.accepted_by_peer);
  EXPECT_EQ(lapsed.peers_lapsed(), lapsed.peers_acceptance);
  contact("range", "harbour");
  EXPECT_EQ(alarmed(kNorth), 2u) << "told once";
  cores.restart(kNorth);
  cores.connect();
  cores.settle();
  EXPECT_EQ(alarmed(kNorth), 2u) << "also after a restart";
}

// The two crossed on the way: it is taken like any other message, and counts for nothing.
TEST_F(ConflictsTest, AnAcceptanceOfThePeersThatComesTooLateIsTakenAndCountsForNothing) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  cores.hold_frames_from(kNorth, true);
  const CorrectionFields contact{{{"contact", "tower", "range"}}, "wrong"};
  ASSERT_TRUE(cores.submit(kNorth, 4, contact, {"N-000001"}));
  accept(kSouth, "N-000001", "S-000001");
  EXPECT_EQ(alarmed(kNorth), 2u);
  EXPECT_TRUE(cores.alarms(kNorth).back().ends_with("changed: S-000002"))
      << cores.alarms(kNorth).back();
  cores.hold_frames_from(kNorth, false);
  cores.settle();
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(open(party), 1u);
    EXPECT_EQ(alarmed(party), 2u) << party;
  }
  EXPECT_FALSE(cores.core(kNorth).conflicts().list()[0].accepted_by_peer);
  EXPECT_FALSE(cores.core(kSouth).conflicts().list()[0].accepted_by_us);
}

// Whoever accepts has looked at both notices as they stand, and nobody can sign for another state.
TEST_F(ConflictsTest, AnAcceptanceOfOursThatComesTooLateIsRefused) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  const auto refusal = [&](std::vector<std::string> references) {
    const auto sent = cores.submit(kNorth, 4, acceptance_of_conflict(), references);
    return sent ? "" : sent.error().reason + " / " + sent.error().hint;
  };
  const std::string anew =
      " / hotline conflicts N-000001    look at it as it stands now, and accept it anew";
  const auto correct_contact = [&](size_t party, const char* notice) {
    const CorrectionFields contact{{{"contact", "tower", "range"}}, "wrong"};
    ASSERT_TRUE(cores.submit(party, 4, contact, {notice}));
    cores.settle();
  };
  EXPECT_EQ(refusal({"S-000001", "N-000001", "N-000007"}),
            "there is no message N-000007 / hotline list");
  correct_contact(kSouth, "S-000001");
  EXPECT_EQ(refusal({"S-000001", "N-000001"}), "S-000001 was corrected by S-000002 since" + anew);
  correct_contact(kNorth, "N-000001");
  EXPECT_EQ(refusal({"S-000001", "N-000001", "S-000002"}),
            "N-000001 was corrected by N-000002 since" + anew);
  EXPECT_EQ(refusal({"S-000001", "N-000001", "S-000002", "N-000002"}), "");
  announce(kNorth, activity(58'00000, 30));
  EXPECT_EQ(refusal({"S-000001", "N-000004", "S-000002"}),
            "N-000004 and S-000001 are not in conflict / hotline conflicts N-000004    look at it "
            "as it stands now, and accept it anew");
  EXPECT_EQ(refusal({"S-000001", "N-000004", "S-000002", "N-000002"}),
            "N-000004 stands as it was first sent / hotline conflicts N-000004    look at it as it "
            "stands now, and accept it anew");
  ASSERT_TRUE(cores.submit(kSouth, 4, CancellationFields{"not flown"}, {"S-000001"}));
  cores.settle();
  EXPECT_EQ(refusal({"S-000001", "N-000001", "S-000002", "N-000002"}),
            "S-000001 was cancelled since" + anew);
  // One who says the word to another message accepts no conflict.
  ASSERT_TRUE(cores.submit(kSouth, 4));
  cores.settle();
  EXPECT_EQ(refusal({"S-000004"}), "");
}

// A bare "accepted" would read as an acceptance, and count for nothing.
TEST_F(ConflictsTest, AnAcceptanceThatNamesOneNoticeAloneIsRefused) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  const auto refused = cores.submit(kSouth, 4, acceptance_of_conflict(), {"N-000001"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason,
            "\"accepted\" is said of a conflict, and one notice alone names none");
  const auto answered = [&](const char* words, const std::string& id) {
    AnswersFields answer;
    answer.items.push_back({0, wire::AnswerOutcome::answered, words, std::nullopt});
    return cores.submit(kSouth, 4, std::move(answer), {id});
  };
  for (const char* word :
       {"Accepted", " accepted.", "ACCEPTED!", "Принято", "прийнято", "Diterima"}) {
    const auto sent = answered(word, "N-000001");
    ASSERT_FALSE(sent) << word;
    EXPECT_EQ(sent.error().reason, refused.error().reason);
  }
  EXPECT_TRUE(answered("noted", "N-000001"));
  EXPECT_TRUE(answered("accepted by our tower", "N-000001"));
  ASSERT_TRUE(cores.submit(kNorth, 4));
  cores.settle();
  EXPECT_TRUE(answered("Accepted", "N-000002")) << "it is about no notice";
}

// A draft may wait for a second person while a notice is corrected.
TEST_F(ConflictsTest, AnAcceptanceThatWaitsIsNotReleasedOnceANoticeWasCorrected) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  const Bytes draft =
      made_draft(wire::MessageType::answer, 4,
                 build_body({"Accepted", {}, acceptance_of_conflict()}), {"S-000001", "N-000001"});
  const auto waits = cores.save_draft(kNorth, draft);
  ASSERT_TRUE(waits);
  const auto twice = cores.save_draft(kNorth, draft);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().reason, "D-1 accepts this conflict already");
  EXPECT_EQ(twice.error().hint, "hotline draft show D-1");
  const auto submitted = cores.hand_in(kNorth, 1, draft);
  ASSERT_TRUE(submitted) << submitted.error().reason;
  EXPECT_EQ(cores.save_draft(kNorth, draft).error().reason,
            "D-1 accepts this conflict already, and waits for its release");
  const CorrectionFields contact{{{"contact", "tower", "range"}}, "wrong"};
  ASSERT_TRUE(cores.submit(kSouth, 4, contact, {"S-000001"}));
  cores.settle();
  const std::string since = "S-000001 was corrected by S-000002 since";
  const auto released = cores.release(kNorth, 1, draft);
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().reason, since);
  EXPECT_EQ(released.error().hint,
            "hotline return D-1 --reason \"...\"    its writer looks at the conflict as it stands "
            "now, and accepts it anew");
  cores.restart(kNorth);
  ASSERT_TRUE(cores.give_back(kNorth, 1, draft, "look again"));
  const auto handed_in = cores.hand_in(kNorth, 1, draft);
  ASSERT_FALSE(handed_in);
  EXPECT_EQ(handed_in.error().reason, since);
  EXPECT_EQ(handed_in.error().hint,
            "hotline draft discard D-1    then look at hotline conflicts as it stands now, and "
            "accept it anew");
  const auto saved = cores.save_draft(kNorth, draft);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().reason, since);
  EXPECT_EQ(open(kSouth), 1u);
}

TEST_F(ConflictsTest, ANoticeCountsThoseThatBothAcceptedApart) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  announce(kSouth, activity(54'10000, 30));
  accept(kNorth, "S-000001", "N-000001");
  accept(kSouth, "N-000001", "S-000001");
  NoticesWanted own;
  own.incoming = false;
  const auto counted = notices(kNorth, own);
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(counted[0].conflicts, 1u);
  EXPECT_EQ(counted[0].accepted, 1u);
}

// Whoever is refused may look at what was first sent.
TEST_F(ConflictsTest, ARefusedCorrectionSaysAfterWhichTheNoticeStandsSo) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  const auto refusal = [&](const char* from) {
    const CorrectionFields contact{{{"contact", from, "harbour"}}, "wrong"};
    const auto sent = cores.submit(kNorth, 4, contact, {"N-000001"});
    return sent ? "" : sent.error().reason;
  };
  EXPECT_EQ(refusal("towr"), "contact: is not \"towr\" but \"tower\"");
  EXPECT_EQ(refusal("tower"), "");
  EXPECT_EQ(refusal("tower"),
            "contact: is not \"tower\" but \"harbour\" (as it stands after N-000002)");
}

// Notices of the peer since then are not known, also after a restart without a link.
TEST_F(ConflictsTest, ARestartRemembersWhenThereWasALink) {
  EXPECT_EQ(cores.core(kNorth).status().link_since, 0);
  cores.connect();
  cores.pass(5'000);
  announce(kSouth, activity(54'10000, 31));
  cores.pass(5'000);
  const UtcMs ended = cores.now().utc;
  cores.restart(kNorth);
  cores.pass(5'000);
  EXPECT_EQ(cores.core(kNorth).status().link_since, ended);
}

TEST_F(ConflictsTest, WhoAcceptedOneStaysKnownWhileTheNoticesStand) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  accept(kNorth, "S-000001", "N-000001");
  accept(kSouth, "N-000001", "S-000001");
  EXPECT_EQ(open(kNorth), 0u);
  const auto all = cores.core(kNorth).conflicts().list(true);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].own_acceptance, (MessageKey{false, 2}));
  EXPECT_EQ(all[0].peers_acceptance, (MessageKey{true, 1}));
}

// A clock that is set ahead and back again has ended nothing.
TEST_F(ConflictsTest, AreNotForgottenBecauseAClockJumps) {
  cores.connect();
  announce(kNorth, activity(54'00000, 1));
  announce(kSouth, activity(54'10000, 1));
  cores.step_clock(kNorth, 6 * kHour_ms);
  cores.pass(4'000);
  cores.step_clock(kNorth, -6 * kHour_ms);
  cores.pass(4'000);
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(notices(kNorth, {}).size(), 2u);
}

TEST_F(ConflictsTest, WhatWasSaidOfAnotherMessageIsNotCancelled) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 30));
  accept(kNorth, "S-000001", "N-000001");
  const auto refused = cores.submit(kNorth, 4, CancellationFields{"no"}, {"N-000002"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
}

TEST_F(ConflictsTest, AreNotFoundWhereTheSeparationIsKept) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(55'00000, 30));  // 111 km away.
  announce(kSouth, activity(54'00000, 33));  // An hour later.
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_EQ(alarmed(kSouth), 0u);
}

TEST_F(ConflictsTest, EndWhereANoticeIsMoved) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  correct(kSouth, "S-000001", volume(54'10000, 31, 2), volume(54'10000, 40, 2));
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_EQ(open(kSouth), 0u);
  const FieldChangeFields back{"volume", form(volume(54'10000, 40, 2)),
                               form(volume(54'00000, 30, 2))};
  const FieldChangeFields why{"conflict-reason", "agreed by voice", "agreed once more"};
  ASSERT_TRUE(cores.submit(kSouth, 4, CorrectionFields{{back, why}, "moved back"}, {"S-000001"}));
  cores.settle();
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(alarmed(kNorth), 2u);
}

TEST_F(ConflictsTest, EndWhereANoticeIsCancelled) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  ASSERT_TRUE(cores.submit(kNorth, 4, CancellationFields{"not flown"}, {"N-000001"}));
  cores.settle();
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_EQ(open(kSouth), 0u);
  const auto again = cores.submit(kNorth, 4, CancellationFields{"again"}, {"N-000001"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "references: the message was cancelled before");
}

TEST_F(ConflictsTest, EndWhereBothAccept) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  accept(kNorth, "S-000001", "N-000001");
  EXPECT_EQ(open(kNorth), 1u);
  accept(kSouth, "N-000001", "S-000001");
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_EQ(open(kSouth), 0u);
  // The conflict that was accepted is not the one that there is now.
  const FieldChangeFields moved{"volume", form(volume(54'10000, 31, 2)),
                                form(volume(54'05000, 31, 2))};
  const auto refused = cores.submit(kSouth, 4, CorrectionFields{{moved}, "moved"}, {"S-000001"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "it comes too near to N-000001");
  const FieldChangeFields why{"conflict-reason", "agreed by voice", "agreed once more"};
  ASSERT_TRUE(cores.submit(kSouth, 4, CorrectionFields{{moved, why}, "moved"}, {"S-000001"}));
  cores.settle();
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(open(kSouth), 1u);
}

TEST_F(ConflictsTest, AreFoundOnceTheLinkIsBack) {
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(54'10000, 31));
  EXPECT_EQ(open(kNorth), 0u);
  cores.connect();
  cores.settle();
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(open(kSouth), 1u);
}

TEST_F(ConflictsTest, AreForgottenWhenTheirTimeHasPassed) {
  cores.connect();
  announce(kNorth, activity(54'00000, 1));
  announce(kSouth, activity(54'10000, 1));
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(notices(kNorth, {}).size(), 2u);
  cores.pass(4 * kHour_ms);
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_TRUE(notices(kNorth, {}).empty());
}

// The nearest of two pairs of their volumes is over in two hours, and the other one is tomorrow.
TEST_F(ConflictsTest, GoOnWithTheNextVolumesOnceThoseAreOver) {
  cores.connect();
  ActivityFields north = activity(54'00000, 1);
  north.volumes.push_back(volume(54'00000, 25, 2));
  announce(kNorth, north);
  ActivityFields south = activity(54'00000, 1);
  south.volumes.push_back(volume(54'10000, 25, 2));
  announce(kSouth, south);
  for (const size_t party : {kNorth, kSouth}) {
    ASSERT_EQ(open(party), 1u);
    const Conflict now = cores.core(party).conflicts().list()[0];
    EXPECT_EQ(now.own_volume, 1u);
    EXPECT_EQ(now.pairs, 2u);
    ASSERT_EQ(alarmed(party), 1u);
    EXPECT_NE(cores.alarms(party).back().find("the nearest of 2 pairs of their volumes"),
              std::string::npos)
        << cores.alarms(party).back();
  }
  cores.pass(4 * kHour_ms, kMinute_ms);
  cores.settle();
  for (const size_t party : {kNorth, kSouth}) {
    ASSERT_EQ(open(party), 1u);
    const Conflict later = cores.core(party).conflicts().list()[0];
    EXPECT_EQ(later.own_volume, 2u);
    EXPECT_EQ(later.peers_volume, 2u);
    EXPECT_EQ(later.pairs, 1u);
    EXPECT_EQ(alarmed(party), 2u);
    cores.restart(party);
    cores.pass(2'000);
    EXPECT_EQ(cores.core(party).conflicts().list()[0].own_volume, 2u);
    EXPECT_EQ(alarmed(party), 2u) << "told once";
  }
  cores.pass(30 * kHour_ms, kMinute_ms);
  EXPECT_EQ(open(kNorth), 0u);
  EXPECT_EQ(alarmed(kNorth), 2u);
}

// Whoever accepts a conflict accepts all of them.
TEST_F(ConflictsTest, NameEachPairOfTheirVolumes) {
  cores.connect();
  ActivityFields north = activity(54'00000, 30);
  north.volumes.push_back(volume(56'00000, 30, 2));
  north.volumes.push_back(volume(58'00000, 30, 2));
  announce(kNorth, north);
  ActivityFields south = activity(56'05000, 30);
  south.volumes.push_back(volume(54'00000, 30, 2));
  announce(kSouth, south);
  for (const size_t party : {kNorth, kSouth}) {
    const Conflicts& known = cores.core(party).conflicts();
    const Conflict first = known.list()[0];
    const auto others = known.others_of({first.own, first.peers}, start_);
    EXPECT_EQ(first.own_volume, party == kNorth ? 1u : 2u);
    ASSERT_EQ(others.size(), 1u);
    EXPECT_EQ(others[0].own, party == kNorth ? 2u : 1u);
    EXPECT_EQ(others[0].peers, party == kNorth ? 1u : 2u);
    EXPECT_TRUE(known.others_of({first.own, first.peers}, start_ + 40 * kHour_ms).empty());
    EXPECT_TRUE(known.others_of({{false, 77}, {true, 77}}, start_).empty());
  }
  const auto checked = cores.core(kNorth).conflicts().check(north.volumes);
  ASSERT_EQ(checked.conflicts.size(), 1u);
  EXPECT_EQ(checked.conflicts[0].pairs, 2u);
  ASSERT_EQ(checked.conflicts[0].others.size(), 1u);
  EXPECT_EQ(checked.conflicts[0].others[0].own, 2u);
}

// The distances of the nearest pair stay, and another pair is new.
TEST_F(ConflictsTest, AreToldAgainWhenMoreOfTheirVolumesComeTooNear) {
  cores.connect();
  ActivityFields north = activity(54'00000, 30);
  north.volumes.push_back(volume(56'00000, 30, 2));
  announce(kNorth, north);
  announce(kSouth, activity(54'00000, 30));
  ASSERT_EQ(alarmed(kSouth), 1u);
  const std::vector<Volume> before = {volume(54'00000, 30, 2)};
  const std::vector<Volume> after = {volume(54'00000, 30, 2), volume(56'00000, 30, 2)};
  const auto sent = cores.submit(
      kSouth, 4,
      CorrectionFields{{{"volume", typed_form::of_volumes(before), typed_form::of_volumes(after)},
                        {"conflict-reason", "agreed by voice", "both"}},
                       "one more"},
      {"S-000001"});
  ASSERT_TRUE(sent) << sent.error().reason;
  cores.settle();
  EXPECT_EQ(cores.core(kNorth).conflicts().list()[0].pairs, 2u);
  EXPECT_EQ(alarmed(kNorth), 2u);
  EXPECT_EQ(alarmed(kSouth), 2u);
}

TEST_F(ConflictsTest, AreToldBeforeANoticeIsSent) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  EXPECT_EQ(cores.core(kSouth).conflicts().check({volume(54'10000, 31, 2)}).conflicts.size(), 1u);
  EXPECT_TRUE(cores.core(kSouth).conflicts().check({volume(56'00000, 31, 2)}).conflicts.empty());
  EXPECT_EQ(open(kSouth), 0u);
}

// A FLASH correction pulls the slower one before it along.
TEST_F(ConflictsTest, AreToldBeforeANoticeIsCorrected) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  announce(kSouth, activity(57'00000, 30));
  const auto conflicts_after = [&](const FieldChangeFields& change, MessageKey notice) {
    const Bytes bytes = build_body({"", {}, CorrectionFields{{change}, "moved"}});
    const Conflicts& conflicts = cores.core(kSouth).conflicts();
    const auto volumes = conflicts.volumes_after(notice, **open_body(bytes), cores.now().utc);
    return volumes ? std::to_string(conflicts.check(*volumes).conflicts.size())
                   : volumes.error().reason;
  };
  const std::string before = form(volume(57'00000, 30, 2));
  EXPECT_EQ(conflicts_after({"volume", before, form(volume(54'10000, 30, 2))}, {false, 1}), "1");
  EXPECT_EQ(conflicts_after({"volume", before, form(volume(58'00000, 30, 2))}, {false, 1}), "0");
  EXPECT_EQ(conflicts_after({"contact", "nobody", "range control"}, {false, 1}),
            "contact: is not \"nobody\" but \"tower\"");
  EXPECT_EQ(conflicts_after({"contact", "tower", "range control"}, {false, 7}),
            "it corrects no activity or launch of ours that could be in conflict");
}

TEST_F(ConflictsTest, ChangesOfANoticeGoInTheirOrder) {
  announce(kNorth, activity(54'00000, 30));
  correct(kNorth, "N-000001", volume(54'00000, 30, 2), volume(55'00000, 30, 2));
  ASSERT_TRUE(cores.submit(
      kNorth, 1,
      CorrectionFields{{{"volume", form(volume(55'00000, 30, 2)), form(volume(56'00000, 30, 2))}},
                       "moved again"},
      {"N-000001"}));
  cores.connect();
  cores.settle();
  announce(kSouth, activity(56'00000, 30));
  EXPECT_EQ(open(kNorth), 1u);
  EXPECT_EQ(open(kSouth), 1u);
}

// However often a peer moves its notices, the journal grows by so many entries a minute; what is in
// conflict is known at once, and told as it is once there is room.
TEST_F(ConflictsTest, AreToldSoManyAMinute) {
  constexpr size_t kOurs = 12, kTheirs = 11;
  static_assert(kOurs * kTheirs > limits::kConflictsToldMax);
  cores.connect();
  for (size_t i = 0; i < kOurs; ++i) announce(kNorth, activity(54'00000, 30));
  for (size_t i = 0; i < kTheirs; ++i) announce(kSouth, activity(54'00000, 31));
  EXPECT_EQ(open(kNorth), kOurs * kTheirs);
  EXPECT_EQ(told(kNorth), limits::kConflictsToldMax);
  EXPECT_EQ(told(kSouth), limits::kConflictsToldMax);
  // One of those that are not told yet ends before it is.
  correct(kSouth, "S-000011", volume(54'00000, 31, 2), volume(57'00000, 31, 2));
  EXPECT_EQ(open(kNorth), kOurs * (kTheirs - 1));
  for (int minute = 0; minute < 3; ++minute) cores.pass(61'000);
  EXPECT_EQ(told(kNorth), open(kNorth));
  EXPECT_EQ(told(kSouth), open(kSouth));
}

TEST_F(ConflictsTest, NoticesOfBothSidesAreListedByTheirStart) {
  cores.connect();
  announce(kNorth, activity(54'00000, 31));
  announce(kSouth, activity(54'10000, 30));
  ASSERT_TRUE(cores.submit(kSouth, 4, hospital()));
  cores.settle();
  const auto all = notices(kNorth, {});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].key, (MessageKey{true, 0}));
  EXPECT_EQ(all[0].conflicts, 1u);
  EXPECT_EQ(all[1].key, (MessageKey{false, 1}));
  EXPECT_EQ(all[1].start, start_ + 31 * kHour_ms);
  EXPECT_EQ(all[1].end, start_ + 33 * kHour_ms);
  EXPECT_EQ(all[2].key, (MessageKey{true, 1}));
  EXPECT_EQ(all[2].conflicts, 0u);
  EXPECT_EQ(open(kNorth), 1u);
}

TEST_F(ConflictsTest, NoticesAreChosenByTypeSideTimeAndPlace) {
  cores.connect();
  announce(kNorth, activity(54'00000, 31));
  announce(kSouth, activity(56'00000, 40));
  ASSERT_TRUE(cores.submit(kSouth, 4, hospital()));
  cores.settle();
  NoticesWanted wanted;
  wanted.type = static_cast<uint8_t>(wire::MessageType::protected_);
  EXPECT_EQ(notices(kNorth, wanted).size(), 1u);
  wanted.incoming = false;
  EXPECT_EQ(notices(kNorth, wanted).size(), 0u);
  wanted.type = 0;
  EXPECT_EQ(notices(kNorth, wanted).size(), 1u);
  wanted.incoming = {};
  wanted.at = start_ + 32 * kHour_ms;
  EXPECT_EQ(notices(kNorth, wanted).size(), 1u);
  wanted.at = {};
  // The circle of the activity reaches 5 km from its centre, and a degree is 111 km.
  wanted.near = Circle{{54'50000, 20'00000}, 49'000};
  EXPECT_EQ(notices(kNorth, wanted).size(), 0u);
  wanted.near = Circle{{54'50000, 20'00000}, 52'000};
  EXPECT_EQ(notices(kNorth, wanted).size(), 1u);
  wanted.near = Circle{{48'34000, 38'05000}, 10};
  EXPECT_EQ(notices(kNorth, wanted).size(), 1u);
}

// A notice of two volumes stands for neither in between, nor for the one at the other's time.
TEST_F(ConflictsTest, NoticesAreChosenByEachOfTheirVolumes) {
  cores.connect();
  ActivityFields twice = activity(54'00000, 30);
  twice.volumes.push_back(volume(56'00000, 50, 2));
  announce(kNorth, twice);
  const auto found = [&](std::optional<UtcMs> at, std::optional<Circle> near) {
    NoticesWanted wanted;
    wanted.at = at;
    wanted.near = near;
    return notices(kSouth, wanted).size();
  };
  const UtcMs first = start_ + 31 * kHour_ms, between = start_ + 40 * kHour_ms,
              second = start_ + 51 * kHour_ms;
  const Circle south{{54'00000, 20'00000}, 1'000}, north{{56'00000, 20'00000}, 1'000};
  EXPECT_EQ(found(first, {}), 1u);
  EXPECT_EQ(found(between, {}), 0u);
  EXPECT_EQ(found(second, {}), 1u);
  EXPECT_EQ(found(first, south), 1u);
  EXPECT_EQ(found(first, north), 0u);
  EXPECT_EQ(found(second, north), 1u);
  EXPECT_EQ(found({}, north), 1u);
}

TEST_F(ConflictsTest, NoticesLeaveWhenTheyAreCancelledOrOver) {
  cores.connect();
  announce(kNorth, activity(54'00000, 1));
  announce(kNorth, activity(56'00000, 1));
  EXPECT_EQ(notices(kSouth, {}).size(), 2u);
  ASSERT_TRUE(cores.submit(kNorth, 4, CancellationFields{"not flown"}, {"N-000001"}));
  cores.settle();
  EXPECT_EQ(notices(kSouth, {}).size(), 1u);
  cores.pass(3 * kHour_ms + 1'000);
  EXPECT_EQ(notices(kSouth, {}).size(), 0u);
}

// A notice is in force, for lists, the map and conflicts alike, until what it announces is over.
TEST_F(ConflictsTest, ANoticeThatWouldExpireBeforeItsEndIsRefused) {
  cores.connect();
  const auto announced = [&](int64_t expires_in_hours) {
    return cores.submit(kNorth, 4, activity(54'00000, 30), {}, wire::Role::operator_, false, {},
                        start_ + expires_in_hours * kHour_ms);
  };
  for (const int64_t hours : {29, 31}) {
    const auto refused = announced(hours);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().reason.starts_with("expires: ")) << refused.error().reason;
    EXPECT_TRUE(refused.error().reason.find("is before the end of what it announces, ") !=
                std::string::npos)
        << refused.error().reason;
  }
  EXPECT_TRUE(announced(32));
  EXPECT_EQ(notices(kNorth, {}).size(), 1u);
}

// B8, F4 of the rows of faults.
TEST_F(ConflictsTest, ACorrectionThatDoesNotFitIsRefusedByTheDaemon) {
  cores.connect();
  announce(kNorth, activity(54'00000, 30));
  const auto refused = cores.submit(
      kNorth, 4, CorrectionFields{{{"contact", "harbour", "range"}}, "wrong"}, {"N-000001"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "contact: is not \"harbour\" but \"tower\"");
}

// At each channel check both compare what they find.
class ConflictDigestsTest : public ConflictsTest {
 protected:
  void SetUp() override {
    link_ = cores.connect();
    announce(kNorth, activity(54'00000, 30));
    announce(kSouth, activity(54'10000, 31));
    ASSERT_EQ(open(kNorth), 1u);
  }
  void next_check() {
    cores.pass(cores.core(kNorth).config().policy.link.channel_check_interval_ms + 1'000);
  }
  // South's word, as its daemon might send it.
  void south_says(uint64_t souths, uint64_t norths, uint8_t digest,
                  bool under_another_agreement = false) {
    const wire::Digest sum = to_digest(Hash{digest});
    const wire::Digest agreement =
        to_digest(under_another_agreement ? Hash{1} : cores.core(kNorth).agreements().digest());
    const Bytes frame = make_frame([&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateConflictsDigest(b, souths, norths, cores.now().utc + kHour_ms, &sum,
                                         &agreement);
    });
    cores.core(kNorth).frame_received(cores.now(), link_, frame);
    cores.settle();
  }
  size_t differences(size_t party) {
    return static_cast<size_t>(std::count_if(
        cores.alarms(party).begin(), cores.alarms(party).end(),
        [](const auto& text) { return text.starts_with("the peer finds other conflicts"); }));
  }
  ConflictComparison compared(size_t party) { return cores.core(party).conflicts_compared(); }

  LinkId link_ = 0;
};

TEST_F(ConflictDigestsTest, AreTheSame) {
  EXPECT_FALSE(compared(kNorth).is_current);
  next_check();
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(compared(party).is_current);
    EXPECT_TRUE(compared(party).same);
    EXPECT_GT(compared(party).at, start_);
    EXPECT_EQ(differences(party), 0u);
  }
  accept(kNorth, "S-000001", "N-000001");
  correct(kSouth, "S-000001", volume(54'10000, 31, 2), volume(54'10000, 32, 2));
  EXPECT_FALSE(compared(kNorth).is_current);
  next_check();
  EXPECT_TRUE(compared(kNorth).is_current && compared(kNorth).same);
  EXPECT_TRUE(compared(kSouth).is_current && compared(kSouth).same);
}

// Nobody waits a minute to hear whether the other side finds the same.
TEST_F(ConflictDigestsTest, AreComparedSoonAfterAChange) {
  cores.pass(4'000);
  for (const size_t party : {kNorth, kSouth}) EXPECT_TRUE(compared(party).is_current) << party;
  correct(kSouth, "S-000001", volume(54'10000, 31, 2), volume(54'10000, 32, 2));
  EXPECT_FALSE(compared(kSouth).is_current);
  cores.pass(4'000);
  for (const size_t party : {kNorth, kSouth}) EXPECT_TRUE(compared(party).is_current) << party;
}

// Each told the other at once, and of fewer messages than there were.
TEST_F(ConflictDigestsTest, AreComparedSoonAfterALinkOnWhichBothHadMessages) {
  cores.disconnect(link_);
  announce(kNorth, activity(56'00000, 30));
  announce(kSouth, activity(57'00000, 30));
  cores.restart(kNorth);
  EXPECT_EQ(compared(kNorth).at, 0);
  cores.connect();
  cores.pass(4'000);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(compared(party).is_current) << party;
    EXPECT_TRUE(compared(party).same) << party;
  }
}

TEST_F(ConflictDigestsTest, ADifferenceIsAlarmedOnceUntilItIsGone) {
  south_says(1, 1, 7);
  south_says(1, 1, 8);
  EXPECT_EQ(differences(kNorth), 1u);
  EXPECT_FALSE(compared(kNorth).same);
  next_check();
  EXPECT_TRUE(compared(kNorth).same);
  south_says(1, 1, 7);
  EXPECT_EQ(differences(kNorth), 2u);
}

TEST_F(ConflictDigestsTest, OfOtherMessagesAreNotCompared) {
  south_says(2, 1, 7);
  south_says(1, 0, 7);
  south_says(1, 1, 7, true);
  EXPECT_FALSE(compared(kNorth).is_current);
  EXPECT_EQ(differences(kNorth), 0u);
}

// South has sent a notice that is not durable here, and says what it finds with it.
TEST_F(ConflictDigestsTest, AreComparedOnceTheMessagesAreHere) {
  south_says(2, 1, 7);
  announce(kSouth, activity(56'00000, 30));
  EXPECT_EQ(differences(kNorth), 1u);
}

}  // namespace
}  // namespace hotline
