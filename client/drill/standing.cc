#include "client/drill/standing.h"

#include <algorithm>

#include "client/drill/faults.h"
#include "client/drill/judge.h"
#include "client/drill/one_side.h"
#include "client/drill/play_lines.h"
#include "protocol/base/limits.h"
#include "protocol/base/nearest.h"
#include "protocol/channel/exercise_clock.h"

namespace hotline::client {
namespace {

using OrderKind = DrillOrder::Kind;
using Fate = InjectFate::Kind;

std::string nearest_of(const auto& parts, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& one : parts) names.push_back(one.name);
  const std::string guess = did_you_mean(name, names);
  return guess.empty() ? "hotline drill status" : guess;
}

Status refuse_order(std::string reason, std::string hint = {}) {
  return make_error(ErrorCode::refused, std::move(reason), std::move(hint));
}

bool sets_clock(OrderKind kind) {
  return kind == OrderKind::pause || kind == OrderKind::resume || kind == OrderKind::speed ||
         kind == OrderKind::jump;
}

const char* joint_command(OrderKind kind) {
  if (kind == OrderKind::pause) return "hotline drill pause --joint";
  if (kind == OrderKind::resume) return "hotline drill resume --joint";
  return kind == OrderKind::speed ? "hotline drill speed 10 --joint"
                                  : "hotline drill jump 1h --joint";
}

Status check_inject(const Scenario& scenario, const DrillStanding& standing,
                    const DrillOrder& order) {
  const size_t i = place_named(scenario.injects, order.name);
  if (i == scenario.injects.size()) {
    return make_error(ErrorCode::not_found, "the inject " + order.name + " is not in this drill",
                      nearest_of(scenario.injects, order.name));
  }
  const InjectFate& fate = standing.play.injects[i];
  if (order.kind == OrderKind::inject && !standing.is_ours(scenario.injects[i].from)) {
    return refuse_order(order.name + " is the other side's, and their director gives it");
  }
  switch (fate.kind) {
    case Fate::played:
      return refuse_order(order.name + " happened already, at " + exercise_time(fate.at_ms));
    case Fate::skipped:
      return refuse_order(order.name + " was skipped, at " + exercise_time(fate.at_ms));
    case Fate::refused:
      return refuse_order(order.name + " was refused, at " + exercise_time(fate.at_ms));
    case Fate::off:
      return refuse_order(order.name + " is disabled in the scenario, or waits for one that is");
    case Fate::not_reached:
    case Fate::by_hand:
      break;
  }
  if (standing.called.count(i) > 0) return refuse_order(order.name + " was ordered already");
  return ok();
}

Status check_judgement(const Scenario& scenario, const DrillStanding& standing,
                       const DrillOrder& order) {
  const size_t e = place_named(scenario.expectations, order.name);
  if (e == scenario.expectations.size()) {
    return make_error(ErrorCode::not_found,
                      "the expectation " + order.name + " is not in this drill",
                      nearest_of(scenario.expectations, order.name));
  }
  const Expectation& expected = scenario.expectations[e];
  if (!expected.by_director) return refuse_order("a machine judges " + order.name);
  if (!standing.is_ours(expected.side)) {
    return refuse_order(order.name + " is the other side's, and their director judges it");
  }
  if (standing.play.injects[expected.of].kind != Fate::played) {
    return refuse_order(scenario.injects[expected.of].name + " has not happened, and " +
                        order.name + " is expected of it");
  }
  return ok();
}

Status check_wrong_clocks(const Scenario& scenario, const DrillStanding& standing,
                          uint32_t speed_permille) {
  const std::string wrong = wrong_clock_unjudged(scenario, standing, {false, speed_permille});
  if (wrong.empty()) return ok();
  return refuse_order(wrong + ": a wrong clock cannot be judged at another speed than 1",
                      "hotline drill speed 1");
}

void take_judgement(const Scenario& scenario, DrillStanding& standing, const DrillOrder& order,
                    int64_t at_ms) {
  const size_t e = place_named(scenario.expectations, order.name);
  if (e == scenario.expectations.size()) return;
  Outcome& outcome = standing.play.expectations[e];
  // It counted as met from its deadline on for whatever waits for it, and still does.
  const bool stays = order.is_met && outcome.kind == Outcome::Kind::to_judge;
  if (!stays) outcome.at_ms = at_ms;
  outcome.kind = order.is_met ? Outcome::Kind::met : Outcome::Kind::missed;
  standing.comments[e] = order.text;
}

void take_begin(const Scenario& scenario, DrillStanding& standing, const JsonInput& line) {
  standing.begin = number_in(line, "begin");
  standing.pace.jumps = number_in(line, "jumps") != 0;
  standing.pace.speed_permille = static_cast<uint32_t>(number_in(line, "speed_permille"));
  const std::string side = text_in(line, "side");
  if (side.empty()) return;
  standing.side = side == scenario.sides[0] ? 0 : 1;
  standing.start = text_in(line, "start");
  see_one_side(scenario, *standing.side, standing.play);
}

void take_outcome(const Scenario& scenario, DrillStanding& standing, const JsonInput& line,
                  int64_t at_ms) {
  const size_t e = place_named(scenario.expectations, text_in(line, "expectation"));
  const auto kind = outcome_called(text_in(line, "outcome"));
  if (e == scenario.expectations.size() || !kind) return;
  standing.play.expectations[e].kind = *kind;
  standing.play.expectations[e].at_ms = at_ms;
}

}  // namespace

DrillStanding before_drill(const Scenario& scenario) {
  DrillStanding standing;
  standing.play = not_begun(scenario);
  return standing;
}

std::string wrong_clock_unjudged(const Scenario& scenario, const DrillStanding& standing,
                                 const DrillPace& pace) {
  if (pace.jumps || pace.speed_permille == ExerciseClock::kSpeedReal_permille) return "";
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const Inject& inject = scenario.injects[i];
    const InjectFate& fate = standing.play.injects[i];
    const bool is_left_out =
        fate.kind == Fate::off || fate.kind == Fate::skipped || fate.kind == Fate::refused;
    if (!std::holds_alternative<ClockWrong>(inject.content) || is_left_out) continue;
    const auto end_ms = fault_end_ms(inject, fate);
    if (!end_ms || *end_ms > standing.now_ms) return inject.name;
  }
  return "";
}

Status check_order(const Scenario& scenario, const DrillStanding& standing,
                   const DrillOrder& order) {
  const bool stays_possible = order.kind == OrderKind::note || order.kind == OrderKind::judge;
  if (standing.has_ended && !stays_possible) return refuse_order("this drill is over");
  if (standing.side && order.kind == OrderKind::stop) {
    return refuse_order("a drill with the other side is stopped by a word to both",
                        "hotline --context NAME drill stop, without --directory");
  }
  if (standing.side && sets_clock(order.kind)) {
    return refuse_order("the clock of a drill with the other side is set by both directors",
                        joint_command(order.kind));
  }
  switch (order.kind) {
    case OrderKind::inject:
    case OrderKind::skip:
      return check_inject(scenario, standing, order);
    case OrderKind::judge:
      return check_judgement(scenario, standing, order);
    case OrderKind::pause:
      if (standing.is_paused) return refuse_order("it is paused already", "hotline drill resume");
      return ok();
    case OrderKind::resume:
      if (!standing.is_paused) return refuse_order("it is not paused");
      return ok();
    case OrderKind::jump:
      if (standing.walks()) {
        return refuse_order(standing.pace.jumps ? "this drill jumps by itself" : "it jumps already",
                            "hotline drill pause");
      }
      if (order.until_ms <= standing.now_ms) {
        return refuse_order("a jump goes ahead, and nothing is due there", "hotline drill jump 1h");
      }
      if (order.until_ms - standing.now_ms > limits::kExerciseJumpMax_ms) {
        return refuse_order("a jump goes 31 days ahead at most", "hotline drill jump 1d");
      }
      return ok();
    case OrderKind::speed:
      if (Status can = ExerciseClock::check_speed(order.speed_permille); !can) return can;
      return check_wrong_clocks(scenario, standing, order.speed_permille);
    case OrderKind::note:
    case OrderKind::stop:
      return ok();
  }
  return ok();
}

void take_order(const Scenario& scenario, DrillStanding& standing, const DrillOrder& order,
                int64_t at_ms) {
  standing.orders = std::max(standing.orders, order.number);
  if (order.number > 0) standing.waiting[order.number] = order;
  switch (order.kind) {
    case OrderKind::inject:
      standing.called.insert(place_named(scenario.injects, order.name));
      return;
    case OrderKind::skip:
      return leave_out(scenario, standing, order.name, Fate::skipped, at_ms);
    case OrderKind::judge:
      return take_judgement(scenario, standing, order, at_ms);
    case OrderKind::pause:
      standing.is_paused = true;
      standing.walks_until_ms.reset();
      return;
    case OrderKind::resume:
      standing.is_paused = false;
      return;
    case OrderKind::speed:
      standing.pace = {false, order.speed_permille};
      return;
    case OrderKind::jump:
      standing.walks_until_ms = order.until_ms;
      return;
    case OrderKind::stop:
      standing.is_stopped = true;
      return;
    case OrderKind::note:
      return;
  }
}

void leave_out(const Scenario& scenario, DrillStanding& standing, const std::string& inject,
               InjectFate::Kind why, int64_t at_ms) {
  const size_t i = place_named(scenario.injects, inject);
  if (i == scenario.injects.size()) return;
  standing.play.injects[i] = {why, at_ms};
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (scenario.expectations[e].of == i) standing.play.expectations[e].kind = Outcome::Kind::off;
  }
}

JsonValue record_line(const DrillOrder& order, int64_t at_ms) {
  const char* what = order.kind == OrderKind::note    ? "note"
                     : order.kind == OrderKind::skip  ? "skip"
                     : order.kind == OrderKind::judge ? "judged"
                                                      : "order";
  JsonValue line = JsonValue().add("what", what).add("at_ms", at_ms);
  add_order(line, order);
  return line;
}

std::optional<DrillOrder> take_line(const Scenario& scenario, DrillStanding& standing,
                                    const JsonInput& line) {
  const std::string what = text_in(line, "what");
  const int64_t at_ms = number_in(line, "at_ms");
  if (what == "begun") {
    take_begin(scenario, standing, line);
    return std::nullopt;
  }
  standing.now_ms = std::max(standing.now_ms, at_ms);
  standing.broken_off = what == "broken-off" ? text_in(line, "reason") : "";
  const auto number = static_cast<uint64_t>(number_in(line, "order"));
  if (what == "inject" || what == "came") {
    const size_t i = place_named(scenario.injects, text_in(line, "inject"));
    if (i < scenario.injects.size()) standing.play.injects[i] = {Fate::played, at_ms};
  } else if (what == "passed-over") {
    leave_out(scenario, standing, text_in(line, "inject"), Fate::refused, at_ms);
  } else if (what == "resumed") {
    standing.play.unplayed.push_back({number_in(line, "from_ms"), at_ms, !standing.side});
  } else if (what == "outcome") {
    take_outcome(scenario, standing, line, at_ms);
  } else if (what == "order" || what == "note" || what == "skip" || what == "judged") {
    const auto order = read_order(line);
    if (!order) return std::nullopt;
    take_order(scenario, standing, *order, at_ms);
    return *order;
  } else if (what == "answered") {
    standing.orders = std::max(standing.orders, number);
    standing.waiting.erase(number);
  } else if (what == "ended") {
    standing.has_ended = true;
    standing.play.ends_ms = at_ms;
  }
  return std::nullopt;
}

std::optional<int64_t> comes_at_ms(const Scenario& scenario, const DrillStanding& standing,
                                   size_t inject) {
  const Fate fate = standing.play.injects[inject].kind;
  if (fate != Fate::not_reached && fate != Fate::by_hand) return std::nullopt;
  if (!standing.is_ours(scenario.injects[inject].from)) return std::nullopt;
  if (standing.called.count(inject) > 0) return standing.now_ms;
  return fate == Fate::by_hand ? std::nullopt : due_ms(scenario, standing.play, inject);
}

std::vector<size_t> waits_for_director(const Scenario& scenario, const DrillStanding& standing) {
  std::vector<size_t> found;
  if (standing.pace.jumps && !standing.is_paused) return found;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const bool is_ours = standing.is_ours(scenario.injects[i].from);
    if (is_ours && standing.play.injects[i].kind == Fate::by_hand) found.push_back(i);
  }
  return found;
}

Play seen_play(const Scenario& scenario, const DrillStanding& standing) {
  return standing.side ? own_part(scenario, *standing.side, standing.play) : standing.play;
}

std::vector<size_t> waits_for_peer(const Scenario& scenario, const DrillStanding& standing) {
  std::vector<size_t> found;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (standing.is_ours(scenario.injects[i].from) || !may_come(scenario, standing.play, i)) {
      continue;
    }
    if (matters(scenario, *standing.side, standing.play, i)) found.push_back(i);
  }
  return found;
}

bool is_over(const Scenario& scenario, const DrillStanding& standing) {
  if (standing.is_stopped) return true;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (comes_at_ms(scenario, standing, i)) return false;
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (is_running(scenario, standing.play, e)) return false;
  }
  return waits_for_director(scenario, standing).empty() &&
         waits_for_peer(scenario, standing).empty();
}

}  // namespace hotline::client
