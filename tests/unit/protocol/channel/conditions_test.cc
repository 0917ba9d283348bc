// Conditions: begun once, ended once, kept over a restart, and no flood of entries where
// somebody makes a condition come and go.
#include "protocol/channel/conditions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/message/serial.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

// The condition, or one without a kind.
Condition open_condition(const Core& core, const std::string& name) {
  for (const Condition& one : core.conditions().list()) {
    if (one.kind->name == name) return one;
  }
  return {};
}

bool is_open(const Core& core, const std::string& name) {
  return open_condition(core, name).kind != nullptr;
}

std::vector<std::string> subjects_of(const Core& core, const std::string& name) {
  std::vector<std::string> subjects;
  for (const Condition& one : core.conditions().list()) {
    if (one.kind->name == name) subjects.push_back(one.subject);
  }
  return subjects;
}

size_t begun(ScriptedPeer& peer, ConditionCode code) {
  const auto entries = peer.recorded<wire::ConditionBegan>();
  return static_cast<size_t>(std::count_if(entries.begin(), entries.end(), [&](const auto* entry) {
    return entry->code() == static_cast<uint8_t>(code);
  }));
}

TEST(Conditions, OneBeginsOnceHoweverOftenItIsSaidAndEndsOnce) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const auto texts = [](const std::string& text) {
    return std::map<std::string, std::string>{{"/bin/pager", text}};
  };
  for (const std::string text : {"not found", "not found", "not to be run"}) {
    peer.core().set_conditions(peer.now(), ConditionCode::command_missing, texts(text));
    peer.settle();
    peer.pass(1'000);
  }
  ASSERT_EQ(peer.recorded<wire::ConditionBegan>().size(), 1u);
  EXPECT_EQ(peer.recorded<wire::ConditionBegan>().front()->text()->str(), "not found");
  EXPECT_EQ(open_condition(peer.core(), "command-missing").text, "not to be run");
  EXPECT_EQ(peer.alarms_with("not found"), 1u);
  for (int i = 0; i < 2; ++i) {
    peer.core().set_conditions(peer.now(), ConditionCode::command_missing, {});
    peer.settle();
  }
  EXPECT_EQ(peer.recorded<wire::ConditionEnded>().size(), 1u);
  EXPECT_FALSE(is_open(peer.core(), "command-missing"));
}

TEST(Conditions, OneOutlivesARestartWithTheTimeOfItsBeginning) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  peer.pass(limits::kAloneTold_ms + 1'000);
  const Condition before = open_condition(peer.core(), "link-down");
  ASSERT_NE(before.kind, nullptr);
  EXPECT_EQ(before.subject, "south");
  EXPECT_EQ(before.since, peer.now().utc - limits::kAloneTold_ms - 1'000);  // Not when it was told.
  peer.crash();
  ASSERT_TRUE(peer.start());
  const Condition after = open_condition(peer.core(), "link-down");
  ASSERT_NE(after.kind, nullptr);
  EXPECT_EQ(after.since, before.since);
  EXPECT_EQ(after.text, before.text);
  peer.pass(limits::kAloneTold_ms + 1'000);
  EXPECT_EQ(peer.recorded<wire::ConditionBegan>().size(), 1u);
  peer.link_up();
  EXPECT_FALSE(is_open(peer.core(), "link-down"));
  peer.crash();
  ASSERT_TRUE(peer.start());
  EXPECT_FALSE(is_open(peer.core(), "link-down"));
}

TEST(Conditions, CriticalOnesComeFirstAndThenTheOldest) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  for (const auto code : {ConditionCode::log_not_written, ConditionCode::certificate_expired,
                          ConditionCode::no_spare_path, ConditionCode::command_missing}) {
    peer.core().set_conditions(peer.now(), code, {{"it", "text"}});
    peer.pass(250);
  }
  std::vector<std::string> names;
  for (const Condition& one : peer.core().conditions().list()) names.push_back(one.kind->name);
  EXPECT_EQ(names, (std::vector<std::string>{"certificate-expired", "command-missing",
                                             "log-not-written", "no-spare-path"}));
}

TEST(Conditions, APeerThatComesAndGoesFillsNoJournal) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const LinkId link = peer.link_up();
  for (uint64_t i = 0; i < 1'000; ++i) {
    peer.say(link, ScriptedPeer::probe_frame(i, peer.now().utc, i % 2 == 0));
  }
  EXPECT_EQ(begun(peer, ConditionCode::peer_disk_low), limits::kConditionsBegunMax);
  EXPECT_EQ(peer.recorded<wire::ConditionEnded>().size(), limits::kConditionsBegunMax);
  // The one that holds in the end is shown at once, and told once the minute has passed.
  peer.say(link, ScriptedPeer::probe_frame(1'000, peer.now().utc, true));
  EXPECT_FALSE(is_open(peer.core(), "peer-disk-low"));
  const std::vector<Condition> shown = peer.core().conditions().shown();
  EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [](const Condition& one) {
    return one.kind->code == ConditionCode::peer_disk_low;
  }));
  peer.pass(20'000);
  EXPECT_EQ(begun(peer, ConditionCode::peer_disk_low), limits::kConditionsBegunMax);
  peer.pass(41'000);
  EXPECT_TRUE(is_open(peer.core(), "peer-disk-low"));
  EXPECT_EQ(begun(peer, ConditionCode::peer_disk_low), limits::kConditionsBegunMax + 1);
}

TEST(Conditions, WhatWasHeldBackAndIsOverNeverBegins) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const LinkId link = peer.link_up();
  for (uint64_t i = 0; i < 100; ++i) {
    peer.say(link, ScriptedPeer::probe_frame(i, peer.now().utc, i % 2 == 0));
  }
  peer.pass(2 * 61'000);
  EXPECT_EQ(begun(peer, ConditionCode::peer_disk_low), limits::kConditionsBegunMax);
}

// The reason is that of the last attempt, wherever it was found.
TEST(Conditions, ALinkThatIsDownHasItsReason) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  peer.pass(limits::kAloneTold_ms);
  peer.core().link_refused(peer.now(), "", "192.0.2.7:4711: connection refused");
  EXPECT_NE(open_condition(peer.core(), "link-down").text.find("connection refused"),
            std::string::npos);
  // Anybody can knock.
  peer.core().link_refused(peer.now(), "203.0.113.9", "no certificate");
  EXPECT_NE(open_condition(peer.core(), "link-down").text.find("connection refused"),
            std::string::npos);
}

TEST(Conditions, ALinkThatThePeerRefusesIsToldAtOnceInItsWords) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  const LinkId link = peer.open();
  peer.say(link, make_close_frame(wire::CloseReason::identity, "the peer means another channel"));
  EXPECT_NE(open_condition(peer.core(), "link-down")
                .text.find("closed by the peer: the peer means another channel"),
            std::string::npos);
  EXPECT_EQ(peer.recorded<wire::ConditionBegan>().size(), 1u);
}

// It comes up, is refused at the first message, and so on.
TEST(Conditions, ALinkThatIsRefusedAsOftenAsItComesUpIsDown) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  for (int i = 0; i < 20; ++i) {
    const LinkId link = peer.link_up();
    peer.pass(2'000);
    peer.say(link, make_close_frame(wire::CloseReason::protocol, "the checkpoint is not signed"));
    EXPECT_TRUE(is_open(peer.core(), "link-down"));
    peer.pass(5'000);
  }
  EXPECT_EQ(peer.recorded<wire::ConditionBegan>().size(), 1u);
  peer.link_up();
  EXPECT_TRUE(is_open(peer.core(), "link-down"));
  peer.pass(limits::kProbeInterval_ms - 1'000);
  EXPECT_TRUE(is_open(peer.core(), "link-down"));
  peer.pass(1'000);
  EXPECT_FALSE(is_open(peer.core(), "link-down"));
}

TEST(Conditions, FlashPastTheirLastRungByTheirIds) {
  TwoCores two;
  two.connect();
  ASSERT_TRUE(two.submit(kSouth, kFlash));
  ASSERT_TRUE(two.submit(kSouth, kFlash));
  two.pass(60'000);
  EXPECT_FALSE(is_open(two.core(kNorth), "flash-unacknowledged"));
  two.pass(kHour_ms);
  EXPECT_EQ(subjects_of(two.core(kNorth), "flash-unacknowledged"),
            (std::vector<std::string>{"S-000001", "S-000002"}));
  EXPECT_EQ(subjects_of(two.core(kSouth), "flash-unacknowledged"),
            (std::vector<std::string>{"S-000001", "S-000002"}));
  AcknowledgementFields read{wire::Role::operator_, two.now().utc, std::nullopt, std::nullopt};
  ASSERT_TRUE(two.submit(kNorth, kRoutine, read, {"S-000001"}));
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(subjects_of(two.core(party), "flash-unacknowledged"),
              (std::vector<std::string>{"S-000002"}));
  }
}

// The crash comes between what ended the wait and the end of the condition.
TEST(Conditions, OneThatIsOverAtAStartEndsThen) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  peer.submit_text("Fire.", wire::Precedence::flash);
  peer.pass(kHour_ms);
  ASSERT_TRUE(is_open(peer.core(), "flash-unacknowledged"));
  ASSERT_TRUE(is_open(peer.core(), "flash-undelivered"));
  peer.hold_commits = true;
  BodyFields body;
  body.subject = "In error";
  body.content = CancellationFields{"In error."};
  peer.submit(wire::MessageType::cancellation, wire::Precedence::flash, body, {"N-000001"});
  peer.settle();
  peer.commit();
  EXPECT_FALSE(is_open(peer.core(), "flash-unacknowledged"));
  peer.crash();
  peer.hold_commits = false;
  ASSERT_TRUE(peer.start());
  EXPECT_FALSE(is_open(peer.core(), "flash-unacknowledged"));
  EXPECT_FALSE(is_open(peer.core(), "flash-undelivered"));
  EXPECT_EQ(peer.recorded<wire::ConditionEnded>().size(), 2u);
}

TEST(Conditions, OfManyFlashTheOldestHaveTheirNamesAndTheOthersAreOne) {
  TwoCores two;
  two.connect();
  for (size_t i = 0; i < limits::kFlashNamedMax + 5; ++i) ASSERT_TRUE(two.submit(kSouth, kFlash));
  two.pass(2 * kHour_ms);
  const auto subjects = subjects_of(two.core(kNorth), "flash-unacknowledged");
  EXPECT_EQ(subjects.size(), limits::kFlashNamedMax + 1);
  EXPECT_NE(std::find(subjects.begin(), subjects.end(), "south"), subjects.end());
}

TEST(Conditions, WhatIsNotDeliveredIsCounted) {
  TwoCores two;
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  ASSERT_TRUE(two.submit(kNorth, kFlash));
  ASSERT_TRUE(two.submit(kNorth, kImmediate));
  two.pass(kHour_ms);
  EXPECT_EQ(open_condition(two.core(kNorth), "flash-undelivered").text,
            "2 FLASH not delivered, the oldest N-000001: call the peer by voice");
  EXPECT_EQ(open_condition(two.core(kNorth), "undelivered").text,
            "1 message not delivered: hotline list --waiting");
  two.connect();
  EXPECT_FALSE(is_open(two.core(kNorth), "flash-undelivered"));
  EXPECT_FALSE(is_open(two.core(kNorth), "undelivered"));
}

TEST(Conditions, AFloodBeginsWithManyAndEndsWithHalfOfThem) {
  TwoCores two;
  two.connect();
  for (size_t i = 0; i < limits::kFloodWaitingMin; ++i) {
    EXPECT_FALSE(is_open(two.core(kNorth), "flood"));
    ASSERT_TRUE(two.submit(kSouth, kRoutine));
  }
  EXPECT_TRUE(is_open(two.core(kNorth), "flood"));
  AcknowledgementFields read{wire::Role::operator_, two.now().utc, std::nullopt, std::nullopt};
  for (size_t i = 1; i <= limits::kFloodWaitingMin / 2 + 1; ++i) {
    EXPECT_TRUE(is_open(two.core(kNorth), "flood"));
    ASSERT_TRUE(two.submit(kNorth, kRoutine, read, {format_serial("S", i)}));
  }
  EXPECT_FALSE(is_open(two.core(kNorth), "flood"));
}

TEST(Conditions, EachBeginsAndEndsWithWhatItIsAbout) {
  TwoCores two;
  two.connect();
  two.core(kNorth).set_disk_room(two.now(), {DiskLevel::flash_only, UINT64_MAX});
  two.settle();
  EXPECT_TRUE(is_open(two.core(kNorth), "disk-low"));
  EXPECT_TRUE(is_open(two.core(kSouth), "peer-disk-low"));
  two.core(kNorth).set_disk_room(two.now(), {DiskLevel::own_only, 0});
  two.settle();
  EXPECT_FALSE(is_open(two.core(kSouth), "peer-disk-low"));
  EXPECT_TRUE(is_open(two.core(kSouth), "peer-disk-full"));
  two.core(kNorth).set_disk_room(two.now(), {});
  two.settle();
  EXPECT_FALSE(is_open(two.core(kNorth), "disk-low"));
  EXPECT_FALSE(is_open(two.core(kSouth), "peer-disk-full"));

  two.step_clock(kSouth, 60'000);
  two.pass(12'000);
  EXPECT_TRUE(is_open(two.core(kNorth), "clocks-differ"));
  two.step_clock(kSouth, -60'000);
  two.pass(12'000);
  EXPECT_FALSE(is_open(two.core(kNorth), "clocks-differ"));
}

TEST(Conditions, AnotherAgreementLastsUntilTheSameIsShown) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  HelloFields other = peer.hello();
  other.agreement = Hash{1};
  peer.link_up(other);
  EXPECT_TRUE(is_open(peer.core(), "agreement-differs"));
  peer.crash();
  ASSERT_TRUE(peer.start());
  EXPECT_TRUE(is_open(peer.core(), "agreement-differs"));
  peer.link_up();
  EXPECT_FALSE(is_open(peer.core(), "agreement-differs"));
}

TEST(Conditions, ATestCallThatIsAnsweredEndsWhatWasMissed) {
  TwoCores two;
  two.connect();
  const auto pass_until = [&](const std::string& name) {
    for (int i = 0; i < 5 && !is_open(two.core(kNorth), name); ++i) two.pass(kHour_ms);
    return is_open(two.core(kNorth), name);
  };
  ASSERT_TRUE(pass_until("test-call-amber"));
  EXPECT_FALSE(is_open(two.core(kNorth), "test-call-red"));
  ASSERT_TRUE(pass_until("test-call-red"));
  EXPECT_FALSE(is_open(two.core(kNorth), "test-call-amber"));
  const auto called = two.submit(kSouth, kRoutine, TestFields{1, 0, Hash{}, two.now().utc});
  ASSERT_TRUE(called) << called.error().reason;
  two.pass(1'000);
  EXPECT_TRUE(is_open(two.core(kNorth), "test-call-red"));
  AcknowledgementFields read{wire::Role::operator_, two.now().utc, std::nullopt, std::nullopt};
  ASSERT_TRUE(two.submit(kNorth, kRoutine, read, {"S-000001"}));
  two.pass(1'000);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_FALSE(is_open(two.core(party), "test-call-red"));
  }
}

TEST(Conditions, AJournalThatTellsOfABeginningTwiceOrOfAnEndAloneIsRefused) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  peer.core().set_conditions(peer.now(), ConditionCode::command_missing, {{"/bin/pager", "gone"}});
  peer.settle();
  std::vector<Bytes> journal = peer.disk().journal();
  journal.push_back(journal.back());
  EXPECT_NE(peer.replay(journal).error().reason.find("had begun already"), std::string::npos);
  ASSERT_TRUE(peer.start());
  peer.core().set_conditions(peer.now(), ConditionCode::command_missing, {});
  peer.settle();
  journal = peer.disk().journal();
  journal.push_back(journal.back());
  EXPECT_NE(peer.replay(journal).error().reason.find("had not begun"), std::string::npos);
}

}  // namespace
}  // namespace hotline
