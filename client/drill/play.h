// A play of a scenario in a moment: what would happen, without daemons, if scripted players do as
// they are told and people do whatever is expected of them, and no sooner than it is due. So its
// time line is the longest that a drill without misses has.
//
// Pure, and the same each time for the same scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/drill/scenario.h"
#include "client/drill/scenario_message.h"
#include "protocol/channel/policy.h"

namespace hotline::client {

struct PlayedEvent {
  enum class What : uint8_t {
    inject = 1,
    fault_over,    // Of an inject that lasted for a while.
    acknowledged,  // By a player. Likewise:
    declined,
    disseminated,
    replied,
    escalated,  // To a rung.
    conflict,   // Of an inject's notice with another one.
    met,        // An expectation. Likewise:
    missed,
    to_judge,
    refused,  // By a player's own daemon: a message of theirs.
    noted,    // By an observer. Likewise of a drill over daemons alone:
    skipped,
    ordered,
    waits,       // An inject, for the director to give it.
    unplayed,    // Until then nobody had played it for a while.
    not_judged,  // An expectation, as its time was over meanwhile.
    restarted,   // A side's daemon, which had ended by itself.
  };
  int64_t at_ms = 0;
  What what = What::inject;
  SideIndex side = 0;
  std::optional<size_t> inject = {};
  std::optional<size_t> expectation = {};
  std::optional<size_t> player = {};
  std::string rung = {};
  bool read_back_wrongly = false;
  std::string message = {};  // The serial of the one that proves it, in a drill over daemons.
  std::string who = {};      // Whoever noted, ordered or judged it.
  std::string text = {};     // The note, the comment, or the order.
  bool is_past = false;      // It is told again, after the drill was broken off.
};

struct InjectFate {
  enum class Kind : uint8_t {
    played = 1,
    not_reached,  // It waits for what did not happen.
    by_hand,
    off,      // Disabled, or it waits for one that is.
    skipped,  // By the director.
    refused,  // The daemon of its side took no such message.
  };
  Kind kind = Kind::not_reached;
  int64_t at_ms = 0;
};

struct Outcome {
  // Not judged: nobody played the drill when its time was over. It counts for nothing.
  enum class Kind : uint8_t { met = 1, missed, to_judge, not_reached, off, not_judged };
  // Why one was missed, as far as the scenario is the cause and no player.
  enum class Cause : uint8_t {
    player = 1,
    not_delivered,
    nobody_there,
    acknowledged_before,
    inject,
    expectation
  };
  Kind kind = Kind::not_reached;
  Cause cause = Cause::player;
  int64_t at_ms = 0;
  size_t inject = 0;       // The cause, where it is one;
  size_t expectation = 0;  // likewise another expectation, which cannot be met too.

  // It is clear what came of it.
  bool is_settled() const { return kind <= Kind::to_judge || kind == Kind::not_judged; }
  bool counts() const { return kind != Kind::off && kind != Kind::not_judged; }
};

// A program that played it was gone from the one to the other moment, at most, while the clocks
// went on: what came due came after it.
struct Unplayed {
  int64_t from_ms = 0;
  int64_t to_ms = 0;
  bool is_all = false;  // Nobody could play meanwhile, and not this side's injects alone were late.
};

struct Play {
  std::vector<PlayedEvent> events;  // In order of time.
  std::vector<InjectFate> injects;  // In the places of the scenario. Likewise:
  std::vector<Outcome> expectations;
  int64_t ends_ms = 0;             // Nothing is open any more.
  std::vector<Unplayed> unplayed;  // In order of time.

  // Points of the expectations that were met, and of all that count.
  int64_t points(const Scenario& scenario) const;
  size_t count(Outcome::Kind kind) const;
};

// Which injects are played at all: those that are enabled and wait for no other.
std::vector<bool> injects_that_are_on(const Scenario& scenario);

// Before anything has happened: what is off, and what comes by hand alone.
Play not_begun(const Scenario& scenario);

// The scenario must have no mistakes; `policy` says when rungs are climbed.
Play play(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy);

// So much is said by a player of this role: acknowledgements, and messages of this kind.
bool may_send(const Player& player, wire::MessageType type);

}  // namespace hotline::client
