// How each party stands to an incident after each thing that it said, and which reports may be of
// one event.
#include "protocol/channel/incidents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace hotline {
namespace {

using enum IncidentEffect;

constexpr UtcMs kNow = 1'795'000'000'000;

struct ToldEvent {
  const char* thread;
  bool incoming;
  IncidentEffect effect;
};

std::vector<IncidentEvent> events(const std::vector<ToldEvent>& all) {
  std::vector<IncidentEvent> made;
  for (const ToldEvent& one : all) {
    const uint64_t index = made.size();
    made.push_back({.thread = one.thread,
                    .own_thread = one.thread,
                    .journal_index = index,
                    .key = {.incoming = one.incoming, .number = index},
                    .serial = index,
                    .effect = one.effect,
                    .at = static_cast<UtcMs>(1000 + index),
                    .released_at = static_cast<UtcMs>(1000 + index)});
  }
  return made;
}

// "own peers" of the one incident: how many reports, and "+" where it is open, "-" where it is
// closed, "!" where it is disputed.
std::string stands(const std::vector<ToldEvent>& all) {
  const auto incidents = incidents_of(events(all));
  if (incidents.size() != 1) return std::to_string(incidents.size()) + " incidents";
  const auto words = [](const IncidentStand& stand) {
    const char* state = !stand.closing ? "+" : stand.disputed ? "!" : "-";
    return std::to_string(stand.reports) + state;
  };
  return words(incidents[0].own) + " " + words(incidents[0].peers);
}

constexpr bool us = false, them = true;

TEST(Incidents, EachPartyClosesForItselfAndOpensAgainByWhatItSays) {
  EXPECT_EQ(stands({}), "0 incidents");
  EXPECT_EQ(stands({{"A", us, asks}}), "0 incidents") << "a question alone";
  EXPECT_EQ(stands({{"A", us, closes}}), "0 incidents");
  EXPECT_EQ(stands({{"A", us, reports}}), "1+ 0+");
  EXPECT_EQ(stands({{"A", them, opens}}), "0+ 0+");
  EXPECT_EQ(stands({{"A", us, reports}, {"A", them, closes}}), "1+ 0-");
  EXPECT_EQ(stands({{"A", us, reports}, {"A", them, closes}, {"A", us, closes}}), "1- 0-");
  EXPECT_EQ(stands({{"A", us, reports}, {"A", them, disputes}, {"A", us, closes}}), "1- 0!");
  EXPECT_EQ(stands({{"A", us, reports}, {"A", them, disputes}, {"A", them, closes}}), "1+ 0-");
  for (const IncidentEffect again : {reports, asks, opens}) {
    const std::vector<ToldEvent> closed = {
        {"A", us, reports}, {"A", us, closes}, {"A", them, closes}};
    auto then = closed;
    then.push_back({"A", them, again});
    EXPECT_EQ(stands(then), again == reports ? "1- 1+" : "1- 0+");
    then = closed;
    then.push_back({"A", us, again});
    EXPECT_EQ(stands(then), again == reports ? "2+ 0-" : "1+ 0-");
  }
}

TEST(Incidents, OpenOnesComeFirstAndThenTheLastThatSomethingHappenedTo) {
  const auto order = [](std::vector<IncidentEvent> all) {
    std::string names;
    for (const Incident& one : incidents_of(std::move(all))) names += one.thread;
    return names;
  };
  const auto all = events({{"A", us, reports},
                           {"B", them, reports},
                           {"C", us, opens},
                           {"D", us, reports},
                           {"D", us, closes},
                           {"D", them, closes},
                           {"A", them, asks}});
  EXPECT_EQ(order(all), "ACBD");
  auto reversed = all;
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(order(reversed), "ACBD") << "in whatever order they are read";
  const auto incidents = incidents_of(all);
  EXPECT_EQ(incidents[0].requests.size(), 1u);
  EXPECT_EQ(incidents[0].began_at, 1000);
  EXPECT_EQ(incidents[0].last_at, 1006);
  EXPECT_EQ(incidents[3].own.closed_at, 1004);
}

// Messages that came in another order, because a more urgent one overtook, say the same.
TEST(Incidents, AreTheSameInWhateverOrderMessagesCame) {
  auto sent =
      events({{"A", us, reports}, {"A", them, closes}, {"A", us, closes}, {"A", us, reports}});
  const auto closed = [](const std::vector<IncidentEvent>& all) {
    return incidents_of(all).front().own.closing.has_value();
  };
  EXPECT_FALSE(closed(sent));
  std::swap(sent[2].journal_index, sent[3].journal_index);
  EXPECT_FALSE(closed(sent));
  std::swap(sent[2].serial, sent[3].serial);
  EXPECT_TRUE(closed(sent));
}

// Whoever closed an incident before the other side brought another one into it has not closed that.
TEST(Incidents, AJoinOpensWhatWasClosedWithoutKnowingOfIt) {
  auto joined =
      events({{"A", us, reports}, {"A", us, closes}, {"A", them, opens}, {"A", them, closes}});
  const auto ours = [&] { return incidents_of(joined).front().own.closing.has_value(); };
  EXPECT_TRUE(ours());
  joined[2].joins = true;
  EXPECT_FALSE(ours()) << "it has no place yet";
  joined[2].place = 7;
  joined[1].peer_entries = 7;
  EXPECT_FALSE(ours());
  joined[1].peer_entries = 8;
  EXPECT_TRUE(ours());
  EXPECT_TRUE(incidents_of(joined).front().peers.closing) << "who joins knows it";
}

TEST(Incidents, ShowTheEarliestReportAndTheHighestPrecedence) {
  auto all = events({{"A", them, opens}, {"A", us, reports}, {"A", them, reports}});
  for (IncidentEvent& one : all) one.precedence = 4;
  all[1].own_thread = "N-000001";
  all[2].own_thread = "S-000002";
  all[2].precedence = 1;
  EXPECT_EQ(incidents_of(all).front().name, "N-000001");
  EXPECT_EQ(incidents_of(all).front().precedence, 1);
  all[2].released_at = 900;
  EXPECT_EQ(incidents_of(all).front().name, "S-000002");
}

// What was taken back does nothing, and where it was all, the incident is cancelled.
TEST(Incidents, AreCancelledOnceAllWithWhichTheyBeganWasTakenBack) {
  auto all =
      events({{"A", us, reports}, {"A", them, closes}, {"A", them, reports}, {"B", us, opens}});
  all[0].cancelled = true;
  EXPECT_FALSE(incidents_of(all).front().cancelled);
  EXPECT_EQ(incidents_of(all).front().own.reports, 0u);
  all[2].cancelled = true;
  auto incidents = incidents_of(all);
  ASSERT_EQ(incidents.size(), 2u);
  EXPECT_EQ(incidents[0].thread, "B") << "what is over comes last";
  EXPECT_TRUE(incidents[1].cancelled);
  EXPECT_TRUE(incidents[1].is_over());
  EXPECT_TRUE(incidents[1].peers.closing.has_value())
      << "a report that was taken back opens nothing";
  // An opening makes it one again.
  all[3].thread = all[3].own_thread = "A";
  incidents = incidents_of(all);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_FALSE(incidents[0].cancelled);
}

IncidentEvent report(const char* thread, bool incoming, uint64_t number, UtcMs at,
                     Position position) {
  IncidentEvent event;
  event.thread = event.own_thread = thread;
  event.journal_index = number;
  event.key = {.incoming = incoming, .number = number};
  event.effect = reports;
  event.event = {.position = position, .at = at};
  return event;
}

TEST(Incidents, ReportsOfTheOtherPartyNearInTimeAndPlaceMayBeOfTheSameEvent) {
  const Position place{5'490'000, 2'010'000};
  const Position near{5'491'000, 2'010'000};     // 1.1 km.
  const Position farther{5'500'000, 2'010'000};  // 11 km.
  const Position too_far{5'520'000, 2'010'000};  // 33 km.
  std::vector<IncidentEvent> all = {
      report("A", us, 0, kNow, place),
      report("B", them, 1, kNow + kSameEventWithin_ms, farther),
      report("C", them, 2, kNow - kSameEventWithin_ms, near),
      report("D", them, 3, kNow + kSameEventWithin_ms + 1, near),
      report("E", them, 4, kNow, too_far),
      report("F", us, 5, kNow, near),    // Our own.
      report("A", them, 6, kNow, near),  // In this thread.
      report("G", them, 7, std::numeric_limits<int64_t>::min(), near),
      report("H", them, 8, std::numeric_limits<int64_t>::max(), near),
  };
  const auto names = [&](const std::string& thread, size_t limit) {
    std::string found;
    for (const SameEvent& one : same_events(all, thread, limit)) found += one.report.thread;
    return found;
  };
  EXPECT_EQ(names("A", 9), "FCB") << "ours is near the peer's report of this thread";
  EXPECT_EQ(names("A", 2), "FC");
  EXPECT_EQ(names("B", 9), "FA");
  EXPECT_EQ(names("none", 9), "");
  // One that was taken back is not compared, nor one that says neither when nor where.
  all[5].cancelled = true;
  EXPECT_EQ(names("A", 9), "CB");
  all[5].cancelled = false;
  all[2].event = {};
  EXPECT_EQ(names("A", 9), "FB");
}

// The two journals have the reports in other orders, and each party's own are the other's peers.
TEST(Incidents, BothPartiesFindTheSameNearReports) {
  const auto place = [](int32_t metres) { return Position{5'490'000 + metres, 2'010'000}; };
  std::vector<IncidentEvent> all;
  for (uint64_t i = 0; i < 2 * kSameEventReportsMax; ++i) {
    all.push_back(report("A", us, i, kNow, place(static_cast<int32_t>(i))));
    all.back().serial = i;
    all.back().released_at = kNow + static_cast<UtcMs>(i);
  }
  for (uint64_t i = 0; i < 3; ++i) {
    all.push_back(report(&"BCD"[i], them, 1000 + i, kNow, place(0)));
    all.back().own_thread = std::string(1, "BCD"[i]);
    all.back().released_at = kNow + 7 - static_cast<UtcMs>(i);
  }
  const auto found = [](const std::vector<IncidentEvent>& events) {
    std::string names;
    for (const SameEvent& one : same_events(events, "A", 9)) {
      names += one.report.own_thread + std::to_string(one.distance_m) + " ";
    }
    return names;
  };
  const std::string ours = found(all);
  std::reverse(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].journal_index = i;
    all[i].key.incoming = !all[i].key.incoming;
  }
  EXPECT_EQ(found(all), ours);
  EXPECT_EQ(ours.substr(0, 1), "D") << ours;
}

}  // namespace
}  // namespace hotline
