// Rungs of a live channel over a thousand outages, read from both journals: none is early, or more
// than a second late; each is climbed once; and nothing runs after the acknowledgement.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/channel/conditions.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/policy.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

// The default ladder twenty times as fast, with a program on each rung.
Policy fast_ladder() {
  Policy policy = default_policy();
  for (PrecedencePolicy& one : policy.precedences) {
    for (Rung& rung : one.rungs) {
      rung.after_ms /= 20;
      rung.commands = {{"/page", rung.name}};
    }
  }
  return policy;
}

// A message as the journal of one side has it.
struct RecordedClimb {
  uint8_t precedence = 0;
  UtcMs since = 0;
  std::optional<UtcMs> acknowledged = {};
  std::map<std::string, UtcMs> rungs = {};
};
struct RecordedClimbs {
  std::map<MessageKey, RecordedClimb> of;
  UtcMs end = 0;

  explicit RecordedClimbs(const std::vector<Bytes>& journal) {
    for (const Bytes& bytes : journal) {
      const auto& entry = *flatbuffers::GetRoot<wire::Entry>(bytes.data());
      end = entry.at();
      if (const auto* released = entry.fact_as_Released()) {
        take({false, released->serial()}, *released);
      } else if (const auto* received = entry.fact_as_Received()) {
        take({true, received->index()}, *received);
      } else if (const auto* decided = entry.fact_as_StepsDecided()) {
        take(*decided);
      }
    }
  }

 private:
  template <typename Message>
  void take(MessageKey key, const Message& message) {
    if (message.type() == static_cast<uint8_t>(wire::MessageType::text)) {
      of[key] = {message.precedence(), end};
    } else if (message.type() == static_cast<uint8_t>(wire::MessageType::acknowledgement)) {
      const wire::MessageKey& about = *message.refers_to();
      of.at({about.incoming(), about.number()}).acknowledged = end;
    }
  }
  void take(const wire::StepsDecided& decided) {
    from_blocks(decided.messages()).visit([&](uint64_t number) {
      for (const wire::Step* step : *decided.steps()) {
        if (step->rung() == nullptr || step->rung()->size() == 0) continue;
        EXPECT_TRUE(
            of.at({decided.incoming(), number}).rungs.emplace(step->rung()->str(), end).second)
            << step->rung()->str() << " of " << number << " was climbed twice";
      }
      return true;
    });
  }
};

class Outages {
 public:
  explicit Outages(uint64_t seed) : random_(seed), cores_(fast_ladder()) {}

  void play(int outages) {
    for (int outage = 1; outage <= outages; ++outage) {
      const LinkId link = cores_.connect();
      say_something();
      pass(random_.between(1, 8));
      for (size_t party : {kNorth, kSouth}) acknowledge(party, outage % 10 == 0 ? 1000 : 400);
      if (outage % 10 == 0) nothing_runs();
      say_something();
      if (random_.chance(200)) {
        restart(random_.below(2));
      } else {
        cores_.disconnect(link);
      }
      say_something();
      pass(random_.between(1, 40));
    }
  }

  // How many rungs were climbed at this side.
  size_t check(size_t party) {
    size_t climbed = 0;
    const Policy policy = fast_ladder();
    const RecordedClimbs climbs(cores_.disk(party).journal());
    for (const auto& [key, climb] : climbs.of) {
      for (const Rung& rung : policy.at(climb.precedence).rungs) {
        climbed += check(key, climb, rung, climbs.end);
      }
    }
    return climbed;
  }

 private:
  // The sender of what is no FLASH counts anew from the receipt: there the times are not looked at.
  static bool check(MessageKey key, const RecordedClimb& climb, const Rung& rung, UtcMs end) {
    const auto found = climb.rungs.find(rung.name);
    const bool climbed = found != climb.rungs.end();
    const UtcMs due = climb.since + rung.after_ms;
    const std::string name = rung.name + (key.incoming ? " in " : " out ") +
                             std::to_string(key.number) + " of " + std::to_string(climb.precedence);
    if (climbed && climb.acknowledged) {
      EXPECT_LE(found->second, *climb.acknowledged) << name;
    }
    if (!key.incoming && climb.precedence != kFlash) return climbed;
    if (climbed) {
      EXPECT_GE(found->second, due) << name << " is early";
      EXPECT_LE(found->second, due + kSecond_ms) << name << " is late";
    } else {
      EXPECT_GE(due + kSecond_ms, climb.acknowledged.value_or(end)) << name << " was left out";
    }
    return climbed;
  }

  void say_something() {
    for (size_t party : {kNorth, kSouth}) {
      if (random_.chance(500)) continue;
      const auto sent = cores_.submit(party, random_.chance(700) ? kFlash : kImmediate);
      ASSERT_TRUE(sent) << sent.error().reason;
      waiting_[party].insert(sent->serial);
    }
  }

  // Each that the other side sent, with this chance; all of them are here by now.
  void acknowledge(size_t party, uint64_t per_mille) {
    for (const uint64_t serial : std::set(waiting_[1 - party])) {
      if (!random_.chance(per_mille)) continue;
      AcknowledgementFields said;
      said.role = wire::Role::operator_;
      said.at = cores_.now(party).utc;
      const std::string id = (party == kNorth ? "S-" : "N-") + std::to_string(serial);
      const auto sent = cores_.submit(party, kRoutine, said, {id});
      ASSERT_TRUE(sent) << id << ": " << sent.error().reason;
      waiting_[1 - party].erase(serial);
    }
  }

  void pass(int64_t seconds) {
    for (; seconds > 0; --seconds) {
      cores_.pass(kSecond_ms);
      for (size_t party : {kNorth, kSouth}) end_some(party);
    }
  }

  // Some programs end, whether they told somebody or not; others run on.
  void end_some(size_t party) {
    look_at_attempts(party);
    for (const auto& [id, attempt] : std::map(running_[party])) {
      if (!random_.chance(300)) continue;
      running_[party].erase(id);
      cores_.core(party).attempt_ended(
          cores_.now(party), attempt.name,
          random_.chance(500) ? wire::Outcome::done : wire::Outcome::failed, "as the test says");
      cores_.settle();
    }
  }

  void look_at_attempts(size_t party) {
    for (const Attempt& attempt : std::exchange(cores_.attempts(party), {})) {
      running_[party].emplace(attempt.name.id, attempt);
    }
    for (const uint64_t id : std::exchange(cores_.stopped(party), {})) running_[party].erase(id);
  }

  void nothing_runs() {
    cores_.pass(2 * kSecond_ms);
    for (size_t party : {kNorth, kSouth}) {
      look_at_attempts(party);
      EXPECT_TRUE(running_[party].empty()) << running_[party].begin()->second.command[1];
    }
  }

  // Its programs end with it.
  void restart(size_t party) {
    look_at_attempts(party);
    running_[party].clear();
    cores_.restart(party);
  }

  simulation::Seeded random_;
  TwoCores cores_;
  std::array<std::set<uint64_t>, 2> waiting_;  // Serials of each sender.
  std::array<std::map<uint64_t, Attempt>, 2> running_;
};

TEST(ThousandOutages, NoRungIsEarlyOrLateOrTwiceAndNothingRunsAfterTheAcknowledgement) {
  size_t climbed = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Outages outages(seed);
    outages.play(50);
    for (size_t party : {kNorth, kSouth}) climbed += outages.check(party);
  }
  EXPECT_GT(climbed, 3'000u);
}

// Nothing is heard of the peer: every rung is climbed at its time, the watch sees what is wrong,
// and once the peer is back all arrives and nothing is told anew.
TEST(SilentPeer, ForTwoDaysNothingIsLostOrToldTwice) {
  TwoCores cores;
  const auto is_open = [&cores](ConditionCode code, const std::string& subject) {
    return cores.core(kNorth).conditions().is_open(code, subject);
  };
  const auto rungs = [&cores] {
    std::vector<std::map<std::string, int64_t>> minutes;
    for (const auto& [key, climb] : RecordedClimbs(cores.disk(kNorth).journal()).of) {
      minutes.emplace_back();
      for (const auto& [name, at] : climb.rungs)
        minutes.back()[name] = (at - climb.since) / kMinute_ms;
    }
    return minutes;
  };
  cores.disconnect(cores.connect());
  ASSERT_TRUE(cores.submit(kNorth, kFlash));
  ASSERT_TRUE(cores.submit(kNorth, kRoutine));
  cores.pass(48 * kHour_ms, 10 * kSecond_ms);
  const std::vector<std::map<std::string, int64_t>> expected = {
      {{"supervisor", 3}, {"duty-director", 5}, {"voice", 8}},
      {{"supervisor", 6 * 60}, {"duty-director", 12 * 60}, {"voice", 24 * 60}}};
  EXPECT_EQ(rungs(), expected);
  EXPECT_TRUE(is_open(ConditionCode::link_down, "south"));
  EXPECT_TRUE(is_open(ConditionCode::flash_undelivered, "south"));
  EXPECT_TRUE(is_open(ConditionCode::undelivered, "south"));
  EXPECT_TRUE(is_open(ConditionCode::flash_unacknowledged, "N-000001"));
  EXPECT_TRUE(is_open(ConditionCode::test_call_red, "south"));

  cores.connect();
  cores.pass(kMinute_ms);
  EXPECT_EQ(cores.disk(kSouth).messages().size(), 2u);
  EXPECT_EQ(rungs(), expected);
  EXPECT_FALSE(is_open(ConditionCode::link_down, "south"));
  EXPECT_FALSE(is_open(ConditionCode::flash_undelivered, "south"));
  EXPECT_FALSE(is_open(ConditionCode::undelivered, "south"));
  AcknowledgementFields said;
  said.role = wire::Role::operator_;
  said.at = cores.now(kSouth).utc;
  ASSERT_TRUE(cores.submit(kSouth, kFlash, said, {"N-1"}));
  cores.settle();
  EXPECT_FALSE(is_open(ConditionCode::flash_unacknowledged, "N-000001"));
}

}  // namespace
}  // namespace hotline
