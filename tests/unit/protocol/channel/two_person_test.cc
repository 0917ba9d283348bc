// Two people release what matters: whatever program submits it, whatever roles a person holds, by
// whatever certificate, and after a restart.
#include "protocol/message/two_person.h"

#include <gtest/gtest.h>

#include "protocol/base/sha256.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/typed_form.h"
#include "tests/durations.h"
#include "tests/made_draft.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

TEST(TwoPersonRule, AsksForTwoByPrecedenceAndByType) {
  TwoPersonRule rule;
  const Kind& text = kind_of(wire::MessageType::text);
  EXPECT_FALSE(rule.asks_two(text, kFlash, false)) << "nothing was agreed";
  ASSERT_TRUE(rule.add("launch"));
  ASSERT_TRUE(rule.add("flash"));
  ASSERT_TRUE(rule.add("activity"));
  EXPECT_EQ(rule.names(), (std::vector<std::string>{"flash", "activity", "launch"}));
  EXPECT_TRUE(rule.asks_two(text, kFlash, false));
  EXPECT_FALSE(rule.asks_two(text, kFlash + 1, false));
  EXPECT_TRUE(rule.asks_two(kind_of(wire::MessageType::launch), kRoutine, false));
  EXPECT_FALSE(rule.asks_two(text, 0, false));
  EXPECT_FALSE(rule.asks_two(text, 255, false));
  for (const auto by_one : {wire::MessageType::acknowledgement, wire::MessageType::decline,
                            wire::MessageType::dissemination, wire::MessageType::test}) {
    EXPECT_FALSE(rule.asks_two(kind_of(by_one), kFlash, false)) << kind_of(by_one).key;
  }
  EXPECT_TRUE(rule.asks_two(text, kFlash, true)) << "unless the rule excuses it";
  rule.one_for_life = true;
  EXPECT_FALSE(rule.asks_two(text, kFlash, true));
  const auto unknown = rule.add("flahs");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().hint, "did you mean flash?");
  EXPECT_FALSE(rule.add("acknowledgement"));
}

class TwoPeople : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(peer.config().policy.two_person.add("flash"));
    ASSERT_TRUE(peer.start());
  }

  static Bytes flash(const std::string& text = "Hold.", bool danger_to_life = false) {
    return made_draft(wire::MessageType::text, kFlash, build_body(ScriptedPeer::text_body(text)),
                      {}, 0, danger_to_life);
  }
  uint64_t save(const Actor& actor, const Bytes& draft, uint64_t number = 0,
                std::optional<Hash> expected = std::nullopt) {
    const uint64_t token = ++last_token;
    peer.core().save_draft(peer.now(), token, actor, number, expected, draft);
    const auto saved = answer(token);
    EXPECT_TRUE(saved) << saved.error().reason;
    return saved ? saved->number : 0;
  }
  Result<DraftChange> submit(const Actor& actor, uint64_t number, const Bytes& draft) {
    const uint64_t token = ++last_token;
    peer.core().submit_draft(peer.now(), token, actor, number, sha256({draft}));
    return answer(token);
  }
  Result<DraftChange> give_back(const Actor& actor, uint64_t number, const Bytes& draft,
                                const std::string& reason) {
    const uint64_t token = ++last_token;
    peer.core().return_draft(peer.now(), token, actor, number, sha256({draft}), reason);
    return answer(token);
  }
  Result<Submission> release(const Actor& actor, uint64_t number, const Bytes& draft) {
    const uint64_t token = ++last_token;
    peer.core().submit(peer.now(), token, actor, peer.core().last_counter(actor.certificate) + 1,
                       draft, {}, number);
    peer.pass(250);
    const auto found = peer.answer(token);
    return found ? *found : make_error(ErrorCode::timed_out, "no answer");
  }
  std::string why_not(const Actor& actor, uint64_t number, const Bytes& draft) {
    const auto released = release(actor, number, draft);
    return released ? "released" : released.error().reason;
  }
  Result<Submission> suspend() {
    const Bytes status = made_draft(
        wire::MessageType::status, static_cast<uint8_t>(wire::Precedence::priority),
        build_body(
            {"The channel",
             {{"en", "By order.", true, ""}},
             ChannelStatusFields{wire::ChannelState::suspended, "by order", peer.now().utc}}));
    return release(bob, 0, status);
  }
  Result<DraftChange> answer(uint64_t token) {
    peer.pass(250);
    const auto found = peer.draft_answers.find(token);
    return found != peer.draft_answers.end() ? found->second
                                             : make_error(ErrorCode::timed_out, "no answer");
  }
  void restart() {
    const DraftList before = peer.core().drafts();
    peer.crash();
    ASSERT_TRUE(peer.start());
    EXPECT_EQ(peer.core().drafts(), before);
  }
  static Actor person(const char* name, uint8_t certificate, std::vector<wire::Role> roles) {
    Actor actor{name, Hash{certificate}, {}};
    for (const auto role : roles) actor.roles.push_back(static_cast<uint8_t>(role));
    return actor;
  }

  ScriptedPeer peer;
  const Actor ann = person("ann", 7, {wire::Role::operator_});
  const Actor bob = person("bob", 8, {wire::Role::supervisor});
  const Actor cid = person("cid", 9, {wire::Role::releaser});
  uint64_t last_token = 1000;
};

TEST_F(TwoPeople, OneWritesItAndAnotherLetsItGo) {
  const Bytes draft = flash();
  EXPECT_EQ(why_not(ann, 0, draft),
            "such a message is released by another person than the one who wrote it");
  EXPECT_EQ(why_not(bob, 0, draft),
            "such a message is released by another person than the one who wrote it");
  const uint64_t number = save(ann, draft);
  EXPECT_EQ(why_not(bob, number, draft), "D-1 was not handed in for its release");
  ASSERT_TRUE(submit(ann, number, draft));
  EXPECT_EQ(peer.core().drafts().count_submitted(), 1u);
  EXPECT_EQ(why_not(ann, number, draft), "ann has no role here that may release");
  restart();
  const auto sent = release(cid, number, draft);
  ASSERT_TRUE(sent) << sent.error().reason;
  const auto record = peer.disk().message({false, sent->serial});
  const auto envelope = open_envelope(record->envelope);
  EXPECT_EQ((*envelope)->drafter_role(), wire::Role::operator_);
  EXPECT_EQ((*envelope)->releaser_role(), wire::Role::releaser);
  EXPECT_EQ(peer.core().drafts().count_submitted(), 0u);
  restart();
}

TEST_F(TwoPeople, ThePersonCountsAndNotTheRoleNorTheCertificate) {
  const Bytes draft = flash();
  const Actor both = person("dee", 10, {wire::Role::operator_, wire::Role::supervisor});
  const Actor again = person("dee", 11, {wire::Role::supervisor});
  const uint64_t number = save(both, draft);
  ASSERT_TRUE(submit(both, number, draft));
  restart();
  const std::string own = "D-1 was written or handed in by dee: another person releases it";
  EXPECT_EQ(why_not(both, number, draft), own);
  EXPECT_EQ(why_not(again, number, draft), own) << "another certificate of hers";
  EXPECT_EQ(why_not(bob, number, draft), "released");
}

TEST_F(TwoPeople, WhoHandsItInDoesNotReleaseItEither) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  ASSERT_TRUE(submit(bob, number, draft));
  EXPECT_EQ(why_not(bob, number, draft),
            "D-1 was written or handed in by bob: another person releases it");
  EXPECT_EQ(why_not(cid, number, draft), "released");
}

TEST_F(TwoPeople, OnlyTheVersionThatWasHandedInIsReleased) {
  const Bytes first = flash("Hold.");
  const Bytes second = flash("Hold fire.");
  const uint64_t number = save(ann, first);
  ASSERT_TRUE(submit(ann, number, first));
  save(ann, second, number, sha256({first}));
  EXPECT_EQ(why_not(bob, number, first).find("D-1 is not as it was read"), 0u);
  EXPECT_EQ(why_not(bob, number, second), "D-1 was not handed in for its release");
  ASSERT_FALSE(submit(ann, number, first));
  ASSERT_TRUE(submit(ann, number, second));
  EXPECT_EQ(why_not(bob, number, second), "released");
}

TEST_F(TwoPeople, OfTwoWhoReleaseAtOnceOneDoes) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  ASSERT_TRUE(submit(ann, number, draft));
  peer.core().submit(peer.now(), 1, bob, 1, draft, {}, number);
  peer.core().submit(peer.now(), 2, cid, 1, draft, {}, number);
  peer.pass(250);
  ASSERT_TRUE(*peer.answer(1));
  ASSERT_FALSE(*peer.answer(2));
  EXPECT_EQ((*peer.answer(2)).error().reason.find("D-1 was released by supervisor at "), 0u);
  EXPECT_EQ((*peer.answer(2)).error().code, ErrorCode::refused);
  EXPECT_NE((*peer.answer(2)).error().reason.find(", as N-000001"), std::string::npos);
}

// By such a request a client puts on record what it refuses to show.
TEST_F(TwoPeople, WhoeverMayNotReleaseIsRefusedForThatWhateverVersionTheyName) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  ASSERT_TRUE(submit(ann, number, draft));
  const Bytes none;
  EXPECT_EQ(give_back(ann, number, none, "no").error().code, ErrorCode::not_allowed);
  EXPECT_EQ(give_back(bob, number, none, "no").error().code, ErrorCode::refused);
  const auto refused = peer.recorded<wire::RequestRefused>();
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_NE(peer.core().drafts().find(number)->submitted.at, 0) << "it waits as before";
}

TEST_F(TwoPeople, ItIsGivenBackWithAReasonOrWithdrawn) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  EXPECT_FALSE(give_back(bob, number, draft, "no")) << "nobody handed it in";
  ASSERT_TRUE(submit(ann, number, draft));
  EXPECT_FALSE(submit(ann, number, draft)) << "it waits";
  EXPECT_EQ(give_back(ann, number, draft, "no").error().code, ErrorCode::not_allowed);
  ASSERT_TRUE(give_back(bob, number, draft, "name the area"));
  const KeptDraft* kept = peer.core().drafts().find(number);
  EXPECT_EQ(kept->returned_because, "name the area");
  EXPECT_EQ(kept->submitted.at, 0);
  EXPECT_EQ(why_not(bob, number, draft), "D-1 was not handed in for its release");
  restart();
  ASSERT_TRUE(submit(ann, number, draft));
  ASSERT_TRUE(give_back(ann, number, draft, "")) << "whoever drafts withdraws";
  EXPECT_EQ(peer.core().drafts().find(number)->returned_because, "");
  restart();
  EXPECT_EQ(peer.core().drafts().count_submitted(), 0u);
  ASSERT_TRUE(submit(ann, number, draft));
  EXPECT_EQ(
      give_back(bob, number, draft, std::string(limits::kDraftReasonSizeMax + 1, 'a')).error().code,
      ErrorCode::refused);
}

// By person, as a release: two certificates of one person are one.
TEST_F(TwoPeople, NobodyGivesBackTheirOwn) {
  const Bytes draft = flash();
  const uint64_t number = save(bob, draft);
  ASSERT_TRUE(submit(bob, number, draft));
  Actor other_card = bob;
  other_card.certificate = Hash{99};
  for (const Actor& actor : {bob, other_card}) {
    const auto refused = give_back(actor, number, draft, "I changed my mind");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
    EXPECT_EQ(refused.error().hint, "hotline draft withdraw " + format_draft_name(number));
  }
  EXPECT_EQ(peer.core().drafts().count_submitted(), 1u);
  EXPECT_TRUE(give_back(cid, number, draft, "name the area"));
  ASSERT_TRUE(submit(bob, number, draft));
  EXPECT_TRUE(give_back(bob, number, draft, "")) << "whoever wrote it withdraws it";
  // Whoever handed in what another wrote does not give it back either.
  const Bytes second = flash("Stop.");
  const uint64_t by_ann = save(ann, second);
  ASSERT_TRUE(submit(bob, by_ann, second));
  EXPECT_FALSE(give_back(bob, by_ann, second, "no"));
}

TEST_F(TwoPeople, WhatTheRuleDoesNotNameGoesByOne) {
  const Bytes routine = made_draft(wire::MessageType::text, kRoutine,
                                   build_body(ScriptedPeer::text_body("All quiet.")));
  EXPECT_EQ(why_not(ann, 0, routine), "released");
  // It may be handed in all the same, by whoever wants a second pair of eyes.
  const uint64_t number = save(ann, routine);
  ASSERT_TRUE(submit(ann, number, routine));
  EXPECT_EQ(why_not(cid, number, routine), "released");
  EXPECT_NE(why_not(cid, 0, routine), "released");
}

TEST_F(TwoPeople, WhatTwoReleasedIsNotChangedByOne) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  ASSERT_TRUE(submit(ann, number, draft));
  ASSERT_EQ(why_not(bob, number, draft), "released");
  const auto change = [](wire::MessageType type, const ContentFields& content) {
    return made_draft(type, kRoutine, build_body({"Change", {}, content}), {"N-000001"});
  };
  const std::string by_two =
      "such a message is released by another person than the one who wrote it";
  EXPECT_EQ(why_not(ann, 0, change(wire::MessageType::cancellation, CancellationFields{"no"})),
            by_two);
  const Bytes correction = change(wire::MessageType::correction,
                                  CorrectionFields{{{"text", "Hold.", "Go."}}, "misread"});
  EXPECT_EQ(why_not(ann, 0, correction), by_two);
  const uint64_t second = save(ann, correction);
  ASSERT_TRUE(submit(ann, second, correction));
  EXPECT_EQ(why_not(bob, second, correction), "released");
}

// At whatever precedence it goes: it ends the alarm about a notice that two people let go.
TEST_F(TwoPeople, AConflictOfWhatTwoReleasedIsNotAcceptedByOne) {
  ActivityFields flight;
  flight.kind = wire::ActivityKind::flight;
  flight.contact = "tower";
  const UtcMs start = peer.now().utc + 30 * kHour_ms;
  flight.volumes = {{Circle{{54'00000, 20'00000}, 5'000},
                     {0, HeightDatum::mean_sea_level},
                     {2'000, HeightDatum::mean_sea_level},
                     start,
                     start + kHour_ms}};
  const BodyFields said{"A flight", {{"en", "We fly.", true, ""}}, flight};
  const Bytes fast = made_draft(wire::MessageType::activity, kFlash, build_body(said));
  const Bytes slow = made_draft(wire::MessageType::activity, kRoutine, build_body(said));
  ASSERT_EQ(why_not(ann, 0, slow), "released");
  const uint64_t number = save(ann, fast);
  ASSERT_TRUE(submit(ann, number, fast));
  ASSERT_EQ(why_not(bob, number, fast), "released");
  const LinkId link = peer.link_up();
  peer.own.append(peer.text());
  peer.say(link, peer.messages_frame(0, 1));
  const auto accept = [](const char* own) {
    return made_draft(wire::MessageType::answer, kRoutine,
                      build_body({"Accepted", {}, acceptance_of_conflict()}), {"S-000001", own});
  };
  EXPECT_EQ(why_not(ann, 0, accept("N-000002")),
            "such a message is released by another person than the one who wrote it");
  EXPECT_NE(why_not(ann, 0, accept("N-000001")),
            "such a message is released by another person than the one who wrote it");
}

// Whoever could not release it is not asked to.
TEST_F(TwoPeople, NothingIsHandedInThatNobodyCouldRelease) {
  ActivityFields flight;
  flight.kind = wire::ActivityKind::flight;
  flight.contact = "tower";
  const UtcMs start = peer.now().utc + 30 * kHour_ms;
  flight.volumes = {{Circle{{54'00000, 20'00000}, 5'000},
                     {0, HeightDatum::mean_sea_level},
                     {2'000, HeightDatum::mean_sea_level},
                     start,
                     start + kHour_ms}};
  const Bytes notice = build_body({"A flight", {{"en", "We fly.", true, ""}}, flight});
  const Bytes whole = made_draft(wire::MessageType::activity, kFlash, notice);
  const uint64_t announced = save(ann, whole);
  ASSERT_TRUE(submit(ann, announced, whole));
  ASSERT_EQ(why_not(bob, announced, whole), "released");
  const auto notice_until = [&](UtcMs expires_at) {
    return made_draft(wire::MessageType::activity, kFlash, notice, {}, 0, false, {}, expires_at);
  };
  const auto correction = [](const FieldChangeFields& change) {
    return made_draft(wire::MessageType::correction, kFlash,
                      build_body({"Change", {}, CorrectionFields{{change}, "misread"}}),
                      {"N-000001"});
  };
  Volume past = flight.volumes.front();
  past.start -= 60 * kHour_ms;
  past.end -= 60 * kHour_ms;
  const auto form = [](const Volume& volume) { return typed_form::of_volumes({volume}); };
  const struct {
    Bytes draft;
    const char* says;
    const char* hint;
  } cases[] = {
      {notice_until(start), "is before the end of what it announces", "draft edit D-2 --expires "},
      {notice_until(peer.now().utc - kHour_ms), "expires: ", "hotline draft edit D-3"},
      {correction({"bogus", "", "1"}), "there is no field \"bogus\"", "draft discard D-4"},
      {correction({"kind", "naval", "laser"}), "kind: is not \"naval\"", "draft discard D-5"},
      {correction({"volume", form(flight.volumes.front()), form(past)}),
       "volume: ", "draft discard D-6"},
      {made_draft(wire::MessageType::cancellation, kFlash,
                  build_body({"Gone", {}, CancellationFields{"no"}}), {"N-000009"}),
       "there is no message N-000009", "draft discard D-7"},
  };
  for (const auto& one : cases) {
    const Status checked = peer.core().check_draft(peer.now(), one.draft);
    ASSERT_FALSE(checked) << one.says;
    const uint64_t number = save(ann, one.draft);
    const auto refused = submit(ann, number, one.draft);
    ASSERT_FALSE(refused) << one.says;
    EXPECT_EQ(refused.error().reason, checked.error().reason);
    EXPECT_NE(refused.error().reason.find(one.says), std::string::npos) << refused.error().reason;
    EXPECT_NE(refused.error().hint.find(one.hint), std::string::npos) << refused.error().hint;
  }
  EXPECT_EQ(peer.core().drafts().count_submitted(), 0u);
}

// It was right when it was handed in; what it corrects was corrected since.
TEST_F(TwoPeople, WhatWasOvertakenIsGivenBack) {
  ASSERT_EQ(why_not(ann, 0,
                    made_draft(wire::MessageType::text, kRoutine,
                               build_body(ScriptedPeer::text_body("All quiet.")))),
            "released");
  const auto correction = [](const char* text) {
    return made_draft(
        wire::MessageType::correction, kRoutine,
        build_body({"Change", {}, CorrectionFields{{{"text", "All quiet.", text}}, "misread"}}),
        {"N-000001"});
  };
  const Bytes waits = correction("All is quiet.");
  const uint64_t number = save(ann, waits);
  ASSERT_TRUE(submit(ann, number, waits));
  EXPECT_TRUE(peer.core().check_draft(peer.now(), waits));
  ASSERT_EQ(why_not(ann, 0, correction("Firing.")), "released");
  restart();
  const Status checked = peer.core().check_draft(peer.now(), waits);
  ASSERT_FALSE(checked);
  const auto refused = release(bob, number, waits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, checked.error().reason);
  EXPECT_EQ(refused.error().hint,
            "hotline return D-1 --reason \"...\"    its writer mends it or writes it anew");
  EXPECT_TRUE(give_back(bob, number, waits, "it was corrected since"));
  EXPECT_EQ(submit(ann, number, waits).error().hint,
            "hotline draft discard D-1    then write it anew");
}

TEST_F(TwoPeople, LivesAreSavedByOneWhereThatIsAgreed) {
  const Bytes draft = flash("Stop.", true);
  EXPECT_NE(why_not(ann, 0, draft), "released");
  peer.crash();
  peer.config().policy.two_person.one_for_life = true;
  ASSERT_TRUE(peer.start());
  peer.alarms.clear();
  const auto sent = release(ann, 0, draft);
  ASSERT_TRUE(sent) << sent.error().reason;
  const auto record = peer.disk().message({false, sent->serial});
  EXPECT_TRUE((*open_envelope(record->envelope))->danger_to_life());
  ASSERT_EQ(peer.alarms.size(), 1u);
  EXPECT_EQ(peer.alarms.front(),
            "N-000001 was released by one person, because lives depend on it: a supervisor must "
            "look at it now");
  const Bytes routine = made_draft(wire::MessageType::text, kRoutine,
                                   build_body(ScriptedPeer::text_body("Is it so?")), {}, 0, true);
  EXPECT_EQ(why_not(ann, 0, routine), "danger-to-life: is said of a message that is no FLASH");
}

TEST_F(TwoPeople, WhatTwoReleasedIsNotToldAsReleasedByOne) {
  peer.crash();
  peer.config().policy.two_person.one_for_life = true;
  ASSERT_TRUE(peer.start());
  const Bytes draft = flash("Stop.", true);
  const uint64_t number = save(ann, draft);
  ASSERT_TRUE(submit(ann, number, draft));
  peer.alarms.clear();
  ASSERT_EQ(why_not(bob, number, draft), "released");
  EXPECT_TRUE(peer.alarms.empty()) << peer.alarms.front();
}

// Nobody could release it: it stays a draft, and the refusal says by which command it goes.
TEST_F(TwoPeople, WhatASuspendedChannelDoesNotTakeIsNotHandedIn) {
  const Bytes draft = flash(), for_life = flash("Hold.", true);
  const uint64_t before = save(ann, draft), number = save(ann, draft), living = save(ann, for_life);
  ASSERT_TRUE(submit(ann, before, draft));
  const auto suspended = suspend();
  ASSERT_TRUE(suspended) << suspended.error().reason;
  const auto refused = submit(ann, number, draft);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason,
            "the channel is suspended: only FLASH about danger to life goes, and what ends a wait");
  EXPECT_EQ(refused.error().hint,
            "hotline draft edit D-2 --danger-to-life    if lives depend on it; else it goes once "
            "the channel is open: hotline channel status");
  const auto late = release(bob, before, draft);
  ASSERT_FALSE(late);
  // Whoever reads it does not take the return for the way out.
  EXPECT_EQ(late.error().hint,
            "hotline channel status    it goes once the channel is open; if lives depend on it its "
            "writer says so first: hotline return D-1 --reason \"...\"");
  EXPECT_TRUE(give_back(bob, before, draft, "mark it"));
  EXPECT_TRUE(submit(ann, living, for_life));
  EXPECT_EQ(why_not(bob, living, for_life), "released");
  const Bytes routine =
      made_draft(wire::MessageType::text, kRoutine, build_body(ScriptedPeer::text_body("Later.")));
  const uint64_t other = save(ann, routine);
  EXPECT_EQ(submit(ann, other, routine).error().hint.substr(0, 52),
            "hotline draft edit D-4 -p flash --danger-to-life    ");
  restart();
  EXPECT_FALSE(submit(ann, number, draft));
}

// So often in a minute that its last beginning is held back, and is not in the journal.
TEST_F(TwoPeople, WhatWaitsIsTheSameConditionAfterARestart) {
  const Bytes draft = flash();
  const uint64_t number = save(ann, draft);
  UtcMs handed_in = 0;
  for (int i = 0; i < 3; ++i) {
    if (i != 0) {
      ASSERT_TRUE(give_back(bob, number, draft, "not so"));
    }
    ASSERT_TRUE(submit(ann, number, draft));
    handed_in = peer.core().drafts().find(number)->submitted.at;
  }
  const auto is_shown = [&] {
    const std::vector<Condition> shown = peer.core().conditions().shown();
    return std::any_of(shown.begin(), shown.end(), [&](const Condition& one) {
      return one.kind->code == ConditionCode::flash_not_released && one.since == handed_in;
    });
  };
  EXPECT_TRUE(is_shown());
  EXPECT_FALSE(peer.core().conditions().is_open(ConditionCode::flash_not_released, "D-1"));
  restart();
  peer.pass(1'000);
  EXPECT_TRUE(is_shown());
}

}  // namespace
}  // namespace hotline
