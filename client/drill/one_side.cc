#include "client/drill/one_side.h"

#include <algorithm>
#include <string>

#include "client/drill/scenario_words.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

bool waits_for_expectation(const Trigger& trigger) {
  return trigger.by == Trigger::By::met || trigger.by == Trigger::By::missed;
}

bool is_own_fault(const InjectContent& content) {
  return std::holds_alternative<LinkCut>(content) ||
         std::holds_alternative<DaemonKilled>(content) ||
         std::holds_alternative<PathLost>(content) ||
         std::holds_alternative<CertificateRevoked>(content) ||
         std::holds_alternative<ClockWrong>(content);
}

bool sees_inject(const Scenario& scenario, SideIndex side, size_t inject) {
  const Inject& one = scenario.injects[inject];
  return one.from == side || one.message() != nullptr;
}

bool sees_expectation(const Scenario& scenario, SideIndex side, size_t expectation) {
  const Expectation& expected = scenario.expectations[expectation];
  if (expected.side == side) return true;
  return sees_inject(scenario, side, expected.of) && !expected.by_director &&
         !std::holds_alternative<Escalated>(expected.content) &&
         !std::holds_alternative<DirectorJudges>(expected.content);
}

Status refuse_unseen(const Scenario& scenario, const std::string& name, const std::string& unseen,
                     SideIndex side) {
  return make_error(ErrorCode::configuration,
                    name + " waits for " + unseen + ", which nobody at " +
                        upper_case(scenario.sides[side]) + " sees",
                    "let it wait for a message, or for a time");
}

}  // namespace

Status check_playable_with_peer(const Scenario& scenario) {
  const std::vector<bool> is_on = injects_that_are_on(scenario);
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const Inject& inject = scenario.injects[i];
    if (!is_on[i]) continue;
    if (is_own_fault(inject.content)) {
      return make_error(ErrorCode::configuration,
                        inject.name + ": " + kInjectKinds[inject.content.index()].key +
                            " is done to cables and daemons of a drill's own, never on the path "
                            "to a peer",
                        "enabled = false under the inject " + inject.name);
    }
    const Trigger& trigger = inject.trigger;
    if (trigger.by == Trigger::By::inject && !sees_inject(scenario, inject.from, trigger.subject)) {
      return refuse_unseen(scenario, inject.name, scenario.injects[trigger.subject].name,
                           inject.from);
    }
    if (waits_for_expectation(trigger) &&
        !sees_expectation(scenario, inject.from, trigger.subject)) {
      return refuse_unseen(scenario, inject.name, scenario.expectations[trigger.subject].name,
                           inject.from);
    }
  }
  for (const Expectation& expected : scenario.expectations) {
    if (is_on[expected.of] && !sees_inject(scenario, expected.side, expected.of)) {
      return refuse_unseen(scenario, expected.name, scenario.injects[expected.of].name,
                           expected.side);
    }
  }
  return ok();
}

void see_one_side(const Scenario& scenario, SideIndex side, Play& play) {
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const bool is_awaited =
        std::any_of(scenario.injects.begin(), scenario.injects.end(), [&](const Inject& inject) {
          return inject.from == side && waits_for_expectation(inject.trigger) &&
                 inject.trigger.subject == e;
        });
    if (scenario.expectations[e].side == side || is_awaited) continue;
    play.expectations[e].kind = Outcome::Kind::off;
  }
}

Play own_part(const Scenario& scenario, SideIndex side, Play play) {
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    InjectFate& fate = play.injects[i];
    const bool came = fate.kind == InjectFate::Kind::played;
    if (scenario.injects[i].from != side && !came) fate.kind = InjectFate::Kind::off;
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (scenario.expectations[e].side != side) play.expectations[e].kind = Outcome::Kind::off;
  }
  return play;
}

bool may_come(const Scenario& scenario, const Play& play, size_t inject) {
  const InjectFate::Kind fate = play.injects[inject].kind;
  if (fate != InjectFate::Kind::not_reached && fate != InjectFate::Kind::by_hand) return false;
  const Trigger& trigger = scenario.injects[inject].trigger;
  const auto comes = [&](size_t before) {
    return play.injects[before].kind == InjectFate::Kind::played ||
           may_come(scenario, play, before);
  };
  if (trigger.by == Trigger::By::inject) return comes(trigger.subject);
  if (!waits_for_expectation(trigger)) return true;
  switch (play.expectations[trigger.subject].kind) {
    case Outcome::Kind::met:
    case Outcome::Kind::to_judge:
      return trigger.by == Trigger::By::met;
    case Outcome::Kind::missed:
      return trigger.by == Trigger::By::missed;
    case Outcome::Kind::not_reached:
    case Outcome::Kind::not_judged:
    case Outcome::Kind::off:  // The other side judges it.
      break;
  }
  return comes(scenario.expectations[trigger.subject].of);
}

bool matters(const Scenario& scenario, SideIndex side, const Play& play, size_t inject) {
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (scenario.expectations[e].of == inject &&
        play.expectations[e].kind == Outcome::Kind::not_reached) {
      return true;
    }
  }
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const Inject& other = scenario.injects[i];
    const bool is_open =
        other.from == side && play.injects[i].kind == InjectFate::Kind::not_reached;
    if (is_open && other.trigger.by == Trigger::By::inject && other.trigger.subject == inject)
      return true;
  }
  return false;
}

}  // namespace hotline::client
