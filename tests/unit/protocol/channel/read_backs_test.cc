// An acknowledgement that reads back something else than the message says, between two cores: a
// later one that fits ends the mismatch at both ends.
#include "protocol/channel/read_backs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/message/serial.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr Position kPlaceOfEvent{54'90000, 20'10000};
constexpr Position kMisreadPlace{54'98085, 20'10000};  // 9 km off.

class ReadBacksTest : public testing::Test {
 protected:
  void report() {
    IncidentFields incident;
    incident.kind = wire::IncidentKind::airspace_crossing;
    incident.observed_at = seen_at;
    incident.position = kPlaceOfEvent;
    incident.accuracy_m = 100;
    incident.who = wire::Side::own;
    incident.observed = wire::Observed::aircraft;
    incident.certainty = wire::Certainty::observed;
    incident.intent = wire::Intent::accidental;
    incident.actions = {wire::Action::hold_fire};
    say(kNorth, std::move(incident), {});
  }
  void read_back(Position position, const std::string& id = "N-000001") {
    say(kSouth, AcknowledgementFields{wire::Role::operator_, cores.now().utc, position, seen_at},
        {id});
  }
  void say(size_t party, ContentFields content, const std::vector<std::string>& references) {
    const auto sent = cores.submit(party, kFlash, std::move(content), references);
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }
  // Subjects of the condition at both ends: "N-000001 N-000001".
  std::string misread() {
    std::string subjects;
    for (const size_t party : {kNorth, kSouth}) {
      for (const Condition& one : cores.core(party).conditions().list()) {
        if (one.kind->code == ConditionCode::read_back_differs) subjects += one.subject + " ";
      }
    }
    return subjects;
  }

  TwoCores cores;
  const UtcMs seen_at = cores.now().utc - 60'000;
};

TEST_F(ReadBacksTest, AMismatchLastsUntilItIsReadBackRightly) {
  cores.connect();
  report();
  read_back(kPlaceOfEvent);
  EXPECT_EQ(misread(), "");
  read_back(kMisreadPlace);
  EXPECT_EQ(misread(), "N-000001 N-000001 ");
  read_back(kMisreadPlace);
  EXPECT_EQ(misread(), "N-000001 N-000001 ");
  read_back(kPlaceOfEvent);
  EXPECT_EQ(misread(), "");
  read_back(kMisreadPlace);
  EXPECT_EQ(misread(), "N-000001 N-000001 ") << "the last one counts";
}

TEST_F(ReadBacksTest, AMismatchEndsWithTheMessageAndNotWithItsCorrection) {
  cores.connect();
  report();
  read_back(kMisreadPlace);
  say(kNorth, CorrectionFields{{{"intent", "accidental", "unknown"}}, "not known yet"},
      {"N-000001"});
  EXPECT_EQ(misread(), "N-000001 N-000001 ");
  say(kNorth, CancellationFields{"sent by mistake"}, {"N-000001"});
  EXPECT_EQ(misread(), "");
}

TEST_F(ReadBacksTest, WhatIsMisreadIsKnownFromTheJournalAlone) {
  cores.connect();
  report();
  report();
  read_back(kMisreadPlace);
  read_back(kMisreadPlace, "N-000002");
  read_back(kPlaceOfEvent);
  for (const size_t party : {kNorth, kSouth}) {
    const CoreConfig config;
    simulation::Seeded random{1};
    simulation::SimulatedDisk& disk = cores.disk(party);
    Recorder recorder(disk, random);
    Conditions conditions(recorder);
    Corrections corrections(config, recorder);
    ReadBacks again(config, recorder, conditions, corrections);
    for (const Bytes& bytes : disk.journal()) {
      again.apply(*flatbuffers::GetRoot<wire::Entry>(bytes.data()));
    }
    const bool incoming = party == kSouth;
    const uint64_t first = incoming ? 0 : 1;
    EXPECT_FALSE(again.is_misread({incoming, first}));
    EXPECT_TRUE(again.is_misread({incoming, first + 1}));
  }
}

TEST_F(ReadBacksTest, ManyAreTheOldestByTheirNamesAndOneForTheRest) {
  cores.connect();
  for (size_t i = 1; i <= limits::kMisreadNamedMax + 2; ++i) {
    report();
    read_back(kMisreadPlace, format_serial("N", i));
  }
  const std::string all = misread();
  const auto count = std::count(all.begin(), all.end(), ' ');
  EXPECT_EQ(static_cast<size_t>(count), 2 * (limits::kMisreadNamedMax + 1)) << all;
  EXPECT_TRUE(all.starts_with("N-000001 ")) << all;
  EXPECT_NE(all.find("north "), std::string::npos) << all;
}

}  // namespace
}  // namespace hotline
