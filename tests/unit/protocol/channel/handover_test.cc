// The hand-over of a watch: who may sign and accept which list, what the core remembers for the
// next one, the alarm of a watch that nobody took over, and that a restart tells the same.
#include "protocol/channel/handover.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr uint64_t kFirstHandoverToken = 1000;

Actor person(const std::string& name, uint8_t certificate, wire::Role role) {
  return {name, Hash{certificate}, {static_cast<uint8_t>(role)}};
}

std::vector<HandoverItem> list_of(size_t count) {
  std::vector<HandoverItem> items;
  for (size_t i = 1; i <= count; ++i) {
    items.push_back({wire::HandoverCode::unacknowledged, "S-00000" + std::to_string(i), kFlash,
                     1'000, "Aircraft", 0});
  }
  return items;
}

class HandedOver : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  Status start(const Actor& actor, const std::vector<HandoverItem>& items,
               const std::string& note = {}) {
    const uint64_t token = ++last_token;
    peer.core().start_handover(peer.now(), token, actor, items, note);
    return answer(token);
  }
  Status accept(const Actor& actor, const std::vector<uint32_t>& ticks) {
    return accept(actor, ticks, peer.core().handover().started()->hash);
  }
  Status accept(const Actor& actor, const std::vector<uint32_t>& ticks, const Hash& hash) {
    const uint64_t token = ++last_token;
    const auto& started = peer.core().handover().started();
    peer.core().accept_handover(peer.now(), token, actor, started ? started->journal_index : 0,
                                hash, ticks);
    return answer(token);
  }
  Status answer(uint64_t token) {
    peer.pass(250);
    const auto found = peer.handover_answers.find(token);
    return found != peer.handover_answers.end()
               ? found->second
               : Status(make_error(ErrorCode::timed_out, "no answer"));
  }
  bool is_overdue() {
    peer.tick();
    peer.settle();
    return peer.core().conditions().is_open(ConditionCode::no_handover, peer.core().config().party);
  }
  void restart() {
    peer.crash();
    ASSERT_TRUE(peer.start());
  }

  ScriptedPeer peer;
  Actor ann = person("ann", 7, wire::Role::operator_);
  Actor bob = person("bob", 8, wire::Role::supervisor);
  uint64_t last_token = kFirstHandoverToken;
};

TEST_F(HandedOver, EveryItemIsTickedByAnotherPerson) {
  for (const size_t count : {size_t{0}, size_t{1}, limits::kHandoverItemsPerCode + 1}) {
    SCOPED_TRACE(count);
    const UtcMs before = peer.core().handover().watch_since();
    ASSERT_TRUE(start(ann, list_of(count)));
    std::vector<uint32_t> ticks;
    for (uint32_t number = 1; number <= count; ++number) ticks.push_back(number);
    const Status same = accept(ann, ticks);
    ASSERT_FALSE(same);
    EXPECT_EQ(same.error().code, ErrorCode::not_allowed);
    const Status accepted = accept(bob, ticks);
    ASSERT_TRUE(accepted) << accepted.error().reason;
    EXPECT_GT(peer.core().handover().watch_since(), before);
    const UtcMs since = peer.core().handover().watch_since();
    restart();
    EXPECT_EQ(peer.core().handover().watch_since(), since);
  }
}

TEST_F(HandedOver, ItemsThatAreNotTickedAreNamed) {
  ASSERT_TRUE(start(ann, list_of(3)));
  const Status refused = accept(bob, {2});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_EQ(refused.error().reason, "not ticked: 1 S-000001, 3 S-000003");
  for (const uint32_t stranger : {0u, 4u}) {
    const Status none = accept(bob, {1, 2, 3, stranger});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().reason,
              "the list has no item " + std::to_string(stranger) + ": it has 3");
  }
  EXPECT_TRUE(accept(bob, {3, 2, 1, 1}));
}

TEST_F(HandedOver, APersonCountsAndNotACertificate) {
  ASSERT_TRUE(start(ann, {}));
  const Status other_card = accept(person("ann", 9, wire::Role::supervisor), {});
  ASSERT_FALSE(other_card);
  EXPECT_EQ(other_card.error().code, ErrorCode::not_allowed);
  const Status other_name = accept(person("Ann", 7, wire::Role::operator_), {});
  ASSERT_FALSE(other_name);
  EXPECT_TRUE(accept(person("carl", 9, wire::Role::operator_), {}));
}

TEST_F(HandedOver, OnlyOperatorsAndSupervisors) {
  for (const auto role : {wire::Role::releaser, wire::Role::monitor, wire::Role::auditor}) {
    const Status started = start(person("eve", 9, role), {});
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::not_allowed);
  }
  ASSERT_TRUE(start(bob, {}));
  for (const auto role : {wire::Role::releaser, wire::Role::monitor, wire::Role::auditor}) {
    const Status accepted = accept(person("eve", 9, role), {});
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().code, ErrorCode::not_allowed);
  }
  EXPECT_TRUE(accept(ann, {}));
}

TEST_F(HandedOver, OnlyTheNewestListAndOnlyOnce) {
  EXPECT_EQ(accept(bob, {}, Hash{}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(start(ann, list_of(1)));
  const Hash first = peer.core().handover().started()->hash;
  ASSERT_TRUE(start(ann, list_of(1), "the generator is on test"));
  EXPECT_EQ(accept(bob, {1}, first).error().code, ErrorCode::refused);
  ASSERT_TRUE(accept(bob, {1}));
  const auto index = peer.core().handover().accepted()->journal_index;
  EXPECT_TRUE(accept(bob, {1})) << "asked again, because the answer was lost";
  EXPECT_EQ(peer.core().handover().accepted()->journal_index, index);
  EXPECT_FALSE(accept(person("carl", 9, wire::Role::operator_), {1}));
  restart();
  EXPECT_FALSE(accept(person("carl", 9, wire::Role::operator_), {1}));
}

TEST_F(HandedOver, NothingIsAnsweredBeforeItIsDurable) {
  peer.hold_commits = true;
  EXPECT_EQ(start(ann, {}).error().code, ErrorCode::timed_out);
  peer.hold_commits = false;
  peer.commit();
  EXPECT_TRUE(answer(last_token));
}

TEST_F(HandedOver, AListThatGrewOverARestartIsStillAccepted) {
  ASSERT_TRUE(start(ann, list_of(2), "radar 2 is off until noon"));
  restart();
  EXPECT_FALSE(accept(bob, {1}));
  EXPECT_TRUE(accept(bob, {1, 2}));
}

TEST_F(HandedOver, AWatchThatNobodyTookOverIsAnAlarm) {
  EXPECT_FALSE(is_overdue());
  const UtcMs first = peer.core().handover().watch_since();
  peer.advance(limits::kWatchMax_ms / 2);
  restart();
  EXPECT_EQ(peer.core().handover().watch_since(), first) << "since the first start";
  peer.advance(limits::kWatchMax_ms - (peer.now().utc - first) - 1);
  EXPECT_FALSE(is_overdue());
  peer.advance(1);
  EXPECT_TRUE(is_overdue());
  restart();
  EXPECT_TRUE(is_overdue());
  ASSERT_TRUE(start(ann, {}));
  EXPECT_TRUE(is_overdue()) << "nobody has come yet";
  ASSERT_TRUE(accept(bob, {}));
  EXPECT_FALSE(is_overdue());
  peer.advance(limits::kWatchMax_ms);
  EXPECT_TRUE(is_overdue());
}

TEST_F(HandedOver, TheHashIsOfEveryField) {
  const HandoverItem item = list_of(1).front();
  std::vector<HandoverItem> others(6, item);
  others[0].code = wire::HandoverCode::unanswered;
  others[1].subject += "0";
  others[2].precedence = kRoutine;
  others[3].since += 1;
  others[4].text += ".";
  others[5].more = 1;
  const Hash hash = handover_hash({item}, "");
  for (const HandoverItem& other : others) EXPECT_NE(handover_hash({other}, ""), hash);
  EXPECT_NE(handover_hash({item}, "x"), hash);
  EXPECT_NE(handover_hash({}, ""), hash);
}

// What only the journal tells of a watch.
class WatchOfTwo : public testing::Test {
 protected:
  WatchOfTwo() { cores.connect(); }

  const Handover& south() { return cores.core(kSouth).handover(); }
  size_t untold() {
    size_t count = 0;
    for (const auto& [precedence, messages] : south().undisseminated()) count += messages.size();
    return count;
  }
  uint64_t climbs(const std::string& rung) {
    uint64_t count = 0;
    for (const auto& [climbed, climbs] : south().rungs()) {
      if (climbed.rung == rung && climbed.incoming) count += climbs.count;
    }
    return count;
  }
  void hand_over() {
    cores.core(kSouth).start_handover(cores.now(), 500, person("ann", 7, wire::Role::operator_), {},
                                      "");
    cores.settle();
  }
  void take_over() {
    cores.core(kSouth).accept_handover(cores.now(), 501, person("bob", 8, wire::Role::supervisor),
                                       south().started()->journal_index, south().started()->hash,
                                       {});
    cores.settle();
  }

  TwoCores cores;
};

TEST_F(WatchOfTwo, AMessageIsListedUntilOwnPeopleWereTold) {
  IncidentFields incident;
  incident.kind = wire::IncidentKind::airspace_crossing;
  incident.observed_at = cores.now().utc;
  incident.position = Position{54'90000, 20'10000};
  incident.accuracy_m = 1'000;
  incident.who = wire::Side::own;
  incident.observed = wire::Observed::aircraft;
  incident.certainty = wire::Certainty::observed;
  incident.intent = wire::Intent::accidental;
  incident.actions = {wire::Action::hold_fire};
  for (int i = 0; i < 2; ++i) {
    const auto sent = cores.submit(kNorth, kPriority, incident);
    ASSERT_TRUE(sent) << sent.error().reason;
  }
  ASSERT_TRUE(cores.submit(kNorth, kPriority));  // A TEXT asks nobody to pass it on.
  cores.settle();
  EXPECT_EQ(untold(), 2u);
  ASSERT_TRUE(cores.submit(kSouth, kPriority,
                           DisseminationFields{wire::Audience::air_defence, cores.now().utc, ""},
                           {"N-000001"}));
  cores.settle();
  EXPECT_EQ(untold(), 1u);
  ASSERT_TRUE(cores.submit(kNorth, kPriority, CancellationFields{"It was a drill."}, {"N-000002"}));
  cores.settle();
  EXPECT_EQ(untold(), 0u);
}

TEST_F(WatchOfTwo, RungsAreOfOneWatchAndNoneIsLost) {
  ASSERT_TRUE(cores.submit(kNorth, kFlash));
  cores.settle();
  EXPECT_EQ(climbs("supervisor"), 0u);
  cores.pass(3 * 60'000 + 1'000);
  EXPECT_EQ(climbs("supervisor"), 1u);
  hand_over();
  cores.pass(2 * 60'000);
  EXPECT_EQ(climbs("duty-director"), 1u);
  take_over();
  EXPECT_EQ(climbs("supervisor"), 0u);
  EXPECT_EQ(climbs("duty-director"), 1u) << "after the list was signed: for the next one";
}

}  // namespace
}  // namespace hotline
