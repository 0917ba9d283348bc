// A drill's orders: what people ask of it while it is played. Each is written to the record before
// it has any effect, and answered there once it is done, so that whoever typed it can read it.
#include "client/director/drill.h"
#include "client/drill/play_lines.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

using Change = wire::ExerciseClockChange;

}  // namespace

void Drill::take_orders() {
  const auto typed = need(orders_.after(standing_.orders), "the drill's orders cannot be read");
  for (const DrillOrder& order : typed) obey(order);
}

// Any player may stop the exercise by a word, which a daemon hears of and not this program.
void Drill::hear_stop() {
  const Faults now = faults();
  for (const SideIndex side : ground_.sides()) {
    if (now.is_down[side] || standing_.is_stopped) continue;
    const auto clock = need(connection(side).exercise_clock());
    if (clock->stopped_by() == nullptr) continue;
    const DrillOrder stop{.kind = DrillOrder::Kind::stop,
                          .who = text(clock->stopped_by()),
                          .text = text(clock->stopped_reason())};
    note(record_line(stop, standing_.now_ms));
    take_order(scenario_, standing_, stop, standing_.now_ms);
    tell_order(stop, standing_.now_ms);
  }
}

void Drill::obey(DrillOrder order) {
  const int64_t now_ms = standing_.now_ms;
  if (order.kind == DrillOrder::Kind::jump) {
    order.until_ms = order.goes_to_next ? next_due_ms().value_or(now_ms)
                     : order.until != 0 ? order.until - standing_.begin
                                        : now_ms + order.by_ms;
  }
  Status possible = check_order(scenario_, standing_, order);
  if (possible && order.kind == DrillOrder::Kind::inject) {
    const size_t i = place_named(scenario_.injects, order.name);
    const bool is_message = scenario_.injects[i].message() != nullptr;
    if (is_message) {
      const auto draft = draft_of_inject(i, absolute(now_ms));
      if (!draft) possible = draft.error();
    }
  }
  if (!possible) {
    standing_.orders = order.number;
    return answer(order, possible);
  }
  note(record_line(order, now_ms));
  // A pause breaks a jump off, and whoever typed that waits for its end.
  const auto waiting = standing_.waiting;
  take_order(scenario_, standing_, order, now_ms);
  tell_order(order, now_ms);
  if (order.kind != DrillOrder::Kind::pause) return;
  for (const auto& [number, other] : waiting) {
    if (other.kind != DrillOrder::Kind::jump) continue;
    answer(other, make_error(ErrorCode::refused, "the clock was paused on the way",
                             "hotline drill resume"));
  }
}

// After clocks and messages are as they are to be.
void Drill::answer_orders() {
  const auto waiting = standing_.waiting;
  for (const auto& [number, order] : waiting) {
    if (!is_done(order)) continue;
    if (order.kind != DrillOrder::Kind::inject) {
      answer(order, ok());
      continue;
    }
    const Course& course = courses_[place_named(scenario_.injects, order.name)];
    if (course.refusal.empty()) {
      answer(order, ok(), course.id);
    } else {
      answer(order, make_error(ErrorCode::refused, course.refusal));
    }
  }
}

// Those that lead beyond the end of the drill.
void Drill::answer_jumps() {
  const auto waiting = standing_.waiting;
  for (const auto& [number, order] : waiting) {
    if (order.kind == DrillOrder::Kind::jump) answer(order, ok());
  }
}

bool Drill::is_done(const DrillOrder& order) const {
  if (order.kind == DrillOrder::Kind::jump) {
    // Also one that a pause broke off, before the program was killed.
    return standing_.walks_until_ms != order.until_ms || standing_.now_ms >= order.until_ms;
  }
  if (order.kind != DrillOrder::Kind::inject) return true;
  const size_t i = place_named(scenario_.injects, order.name);
  if (!courses_[i].refusal.empty()) return true;
  if (standing_.play.injects[i].kind != InjectFate::Kind::played) return false;
  // The message of a daemon that is down goes when it is up again.
  if (faults().is_down[scenario_.injects[i].from]) return true;
  return scenario_.injects[i].message() == nullptr || !courses_[i].id.empty();
}

void Drill::answer(const DrillOrder& order, const Status& outcome, const std::string& message) {
  JsonValue line = JsonValue()
                       .add("what", "answered")
                       .add("order", order.number)
                       .add("at_ms", standing_.now_ms)
                       .add("message", json_text(message));
  if (!outcome) {
    line.add("code", static_cast<int64_t>(outcome.error().code))
        .add("reason", outcome.error().reason)
        .add("hint", outcome.error().hint);
  }
  note(line);
  standing_.waiting.erase(order.number);
}

// Both clocks alike: they are held at the later one's time,
void Drill::hold(SideIndex side) {
  Connection& daemon = connection(side);
  if (need(daemon.exercise_clock())->paused()) return;
  const UtcMs at = need(daemon.set_exercise_clock(Change::paused))->at();
  if (!has_wrong_clock(side)) {
    standing_.now_ms = std::max(standing_.now_ms, at - standing_.begin);
  }
}

// or go.
void Drill::let_go(SideIndex side) {
  Connection& daemon = connection(side);
  const auto clock = need(daemon.exercise_clock());
  if (clock->speed_permille() != standing_.pace.speed_permille) {
    need(daemon.set_exercise_clock(Change::speed, standing_.pace.speed_permille));
  }
  if (clock->paused()) need(daemon.set_exercise_clock(Change::resumed));
}

void Drill::tell_order(const DrillOrder& order, int64_t at_ms) {
  PlayedEvent event{.at_ms = at_ms, .who = order.who, .text = order.text};
  switch (order.kind) {
    case DrillOrder::Kind::note:
      event.what = PlayedEvent::What::noted;
      break;
    case DrillOrder::Kind::skip:
      event.what = PlayedEvent::What::skipped;
      event.inject = place_named(scenario_.injects, order.name);
      event.side = scenario_.injects[*event.inject].from;
      break;
    case DrillOrder::Kind::judge:
      event.what = order.is_met ? PlayedEvent::What::met : PlayedEvent::What::missed;
      event.expectation = place_named(scenario_.expectations, order.name);
      event.inject = scenario_.expectations[*event.expectation].of;
      event.side = scenario_.expectations[*event.expectation].side;
      break;
    default:
      event.what = PlayedEvent::What::ordered;
      event.text = order_words(order);
  }
  emit(std::move(event));
}

// An inject that only the director gives, and for which the drill stays open.
void Drill::tell_waiting() {
  for (const size_t i : waits_for_director(scenario_, standing_)) {
    if (!told_.insert("waits" + scenario_.injects[i].name).second) continue;
    emit({.at_ms = standing_.now_ms,
          .what = PlayedEvent::What::waits,
          .side = scenario_.injects[i].from,
          .inject = i});
  }
}

}  // namespace hotline::client
