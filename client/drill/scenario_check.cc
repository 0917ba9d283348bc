#include "client/drill/scenario_check.h"

#include <algorithm>

#include "client/drill/unmeetable.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline::client {
namespace {

using SlipKind = Script::Slip::Kind;

// The inject for which this one waits, itself or by an expectation of it.
std::optional<size_t> waits_for(const Scenario& scenario, size_t inject) {
  const Trigger& trigger = scenario.injects[inject].trigger;
  if (trigger.by == Trigger::By::inject) return trigger.subject;
  if (trigger.by == Trigger::By::met || trigger.by == Trigger::By::missed) {
    const Expectation& expected = scenario.expectations[trigger.subject];
    if (!expected.name.empty()) return expected.of;  // Else it has a mistake that was told.
  }
  return std::nullopt;
}

// Each waits for one at most, so that a cycle is found by following it.
void check_cycles(const Scenario& scenario, Mistakes& mistakes) {
  enum class Seen : uint8_t { no, on_the_way, yes };
  std::vector<Seen> seen(scenario.injects.size(), Seen::no);
  for (size_t first = 0; first < seen.size(); ++first) {
    std::vector<size_t> way;
    std::optional<size_t> at = first;
    while (at && seen[*at] == Seen::no) {
      seen[*at] = Seen::on_the_way;
      way.push_back(*at);
      at = waits_for(scenario, *at);
    }
    if (at && seen[*at] == Seen::on_the_way) {
      std::string names;
      constexpr size_t kNamed = 6;
      const auto begin = std::find(way.begin(), way.end(), *at);
      for (auto one = begin; one != way.end() && one - begin < long{kNamed}; ++one) {
        names += scenario.injects[*one].name + " -> ";
      }
      mistakes.add({scenario.injects[*at].trigger.at,
                    "injects wait for each other: " + names + scenario.injects[*at].name,
                    "none of them ever comes", "give one of them a time: at = \"5min\""});
    }
    for (const size_t one : way) seen[one] = Seen::yes;
  }
}

// People read a file from its top, and a time that goes back is most often a slip of the pen.
void check_order(const Scenario& scenario, Mistakes& mistakes) {
  const Inject* before = nullptr;
  for (const Inject& inject : scenario.injects) {
    if (inject.trigger.by != Trigger::By::time || inject.name.empty()) continue;
    if (before && inject.trigger.delay_ms < before->trigger.delay_ms) {
      mistakes.add(
          {inject.trigger.at,
           "the times go backwards: " + inject.name + " comes at " +
               duration_as_toml(inject.trigger.delay_ms),
           before->name + " above it comes at " + duration_as_toml(before->trigger.delay_ms),
           "put them in the order of their times"});
      continue;
    }
    before = &inject;
  }
}

void check_players(const Scenario& scenario, Mistakes& mistakes) {
  for (const Inject& inject : scenario.injects) {
    std::optional<size_t> player;
    if (const auto* absent = std::get_if<PlayerAbsent>(&inject.content)) player = absent->player;
    if (const auto* revoked = std::get_if<CertificateRevoked>(&inject.content)) {
      player = revoked->player;
    }
    if (!player || scenario.players[*player].name.empty()) continue;
    if (scenario.players[*player].side == inject.from) continue;
    mistakes.add(
        {inject.at,
         scenario.players[*player].name + " does not play for " + scenario.sides[inject.from], "",
         "from = \"" + scenario.sides[other_side(inject.from)] + "\""});
  }
}

// True where what a script says about an inject can come to pass; else it says why not.
bool check_subject(const Scenario& scenario, const Player& player, size_t inject, TomlPlace at,
                   Mistakes& mistakes) {
  const Inject& subject = scenario.injects[inject];
  if (subject.name.empty()) return false;  // It has a mistake that was told.
  if (subject.message() && subject.from != player.side) return true;
  mistakes.add({at, subject.name + " brings no message to " + player.name, "",
                "name an inject of the other side that sends a message"});
  return false;
}

void check_scripts(const Scenario& scenario, const ScenarioDrafts& drafts, Mistakes& mistakes) {
  for (const Player& player : scenario.players) {
    if (!player.script) continue;
    for (const Script::Reply& reply : player.script->replies) {
      check_subject(scenario, player, reply.to, reply.at, mistakes);
    }
    for (const Script::Slip& slip : player.script->slips) {
      if (!check_subject(scenario, player, slip.about, slip.at, mistakes)) continue;
      const auto& draft = drafts.injects[slip.about];
      if (!draft) continue;
      const ReadBackParts parts = read_back_parts(*draft);
      if ((slip.kind == SlipKind::misreads_position && !parts.position) ||
          (slip.kind == SlipKind::misreads_time && !parts.time)) {
        mistakes.add({slip.at, scenario.injects[slip.about].name + " has nothing of it to misread",
                      "", "name a message with a position and a time, such as an incident"});
      }
    }
  }
}

}  // namespace

CheckedScenario check_scenario(ScenarioReading reading, const Policy& policy, UtcMs now) {
  const bool is_read = reading.mistakes.count() == 0;
  CheckedScenario checked{std::move(reading.scenario), {}, std::move(reading.mistakes), {}};
  const Scenario& scenario = checked.scenario;
  if (scenario.injects.empty() && is_read) {
    checked.mistakes.add({{1, 1}, "nothing happens in it: it has no inject", "", "[[inject]]"});
  }
  checked.drafts = make_drafts(scenario, now, checked.mistakes);
  check_order(scenario, checked.mistakes);
  check_cycles(scenario, checked.mistakes);
  check_players(scenario, checked.mistakes);
  check_scripts(scenario, checked.drafts, checked.mistakes);
  // Nobody can say what can be met as long as a part is missing, which could not be read.
  if (!is_read) return checked;
  const bool can_be_played = checked.mistakes.count() == 0;
  find_unmeetable(scenario, checked.drafts, policy, now, checked.mistakes);
  if (!can_be_played) return checked;
  checked.play = play(scenario, checked.drafts, policy);
  if (checked.mistakes.count() == 0) {
    find_unmet(scenario, checked.drafts, *checked.play, checked.mistakes);
  }
  return checked;
}

}  // namespace hotline::client
