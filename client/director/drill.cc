#include "client/director/drill.h"

#include <algorithm>

#include "client/drill/one_side.h"
#include "client/drill/play_lines.h"

namespace hotline::client {
namespace {

using Change = wire::ExerciseClockChange;

constexpr int64_t kLookAtWait_ms = 20;    // While something is waited for that comes at once.
constexpr int64_t kLookAtDrill_ms = 200;  // While the clocks go by themselves.
constexpr int64_t kPatience_ms = 60'000;
constexpr int64_t kRound_ms = 60'000;
constexpr int kFailuresMax = 20;

}  // namespace

Drill::Drill(const Surroundings& around, const Scenario& scenario, DrillGround& ground,
             DrillRecord record, OrderFile orders, std::function<void(const PlayedEvent&)> tell,
             std::function<bool()> interrupted)
    : around_(around),
      scenario_(scenario),
      ground_(ground),
      record_(std::move(record)),
      orders_(std::move(orders)),
      tell_(std::move(tell)),
      interrupted_(std::move(interrupted)),
      standing_(before_drill(scenario)),
      courses_(scenario.injects.size()) {}

Drill::~Drill() = default;

// ---- Its beginning

void Drill::begin(const DrillPace& pace) {
  standing_.pace = pace;
  need(ground_.set(Faults{}), "the daemons do not start");
  UtcMs newest = 0;
  for (const SideIndex side : ground_.sides()) {
    newest = std::max(newest, need(connection(side).set_exercise_clock(Change::paused))->at());
  }
  // At a full minute, which people add to with ease.
  standing_.begin = (newest / kRound_ms + 1) * kRound_ms;
  note(JsonValue()
           .add("what", "begun")
           .add("begin", standing_.begin)
           .add("seed", scenario_.seed)
           .add("jumps", pace.jumps ? 1 : 0)
           .add("speed_permille", static_cast<int64_t>(pace.speed_permille)));
  for (const SideIndex side : ground_.sides()) bring_clock(side);
  for (const SideIndex side : ground_.sides()) wait_for_link(side);
}

void Drill::begin_with_peer(SideIndex side, const JointStart& start) {
  standing_.begin = start.begin;
  standing_.side = side;
  standing_.start = start.id;
  standing_.pace.speed_permille = start.speed_permille;
  note(JsonValue()
           .add("what", "begun")
           .add("begin", start.begin)
           .add("seed", scenario_.seed)
           .add("jumps", 0)
           .add("speed_permille", static_cast<int64_t>(start.speed_permille))
           .add("side", scenario_.sides[side])
           .add("start", start.id));
  see_one_side(scenario_, side, standing_.play);
}

// ---- Its course

Play Drill::run() {
  for (int failures = 0;;) {
    if (interrupted_()) throw CommandFailed{"", make_error(ErrorCode::failed, "interrupted")};
    try {
      if (!step()) break;
      failures = 0;
    } catch (const CommandFailed& failed) {
      // A daemon that was killed from outside is started again, and all is looked at anew.
      const bool passes = failed.error.code == ErrorCode::unreachable;
      if (!passes || ++failures > kFailuresMax) throw;
      connections_.clear();
      around_.pause(kLookAtDrill_ms);
    }
  }
  tell_past();
  standing_.play = seen_play(scenario_, standing_);
  standing_.play.ends_ms = standing_.now_ms;
  std::stable_sort(standing_.play.events.begin(), standing_.play.events.end(),
                   [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  note(JsonValue()
           .add("what", "ended")
           .add("at_ms", standing_.now_ms)
           .add("stopped", standing_.is_stopped));
  return std::move(standing_.play);
}

void Drill::break_off(const std::string& reason) {
  tell_past();
  hold_clocks();
  note(JsonValue().add("what", "broken-off").add("at_ms", standing_.now_ms).add("reason", reason));
}

// So that nothing comes due until it goes on. Of a daemon that cannot be reached the clock goes on.
void Drill::hold_clocks() {
  if (standing_.begin == 0 || standing_.side) return;
  for (const SideIndex side : ground_.sides()) {
    try {
      connections_.clear();
      if (!faults().is_down[side]) hold(side);
    } catch (const CommandFailed&) {
      continue;
    }
  }
}

// False at its end.
bool Drill::step() {
  take_orders();
  if (!standing_.is_stopped) bring_about();
  if (standing_.is_stopped) {
    answer_orders();
    return false;
  }
  hand_in_all();
  if (standing_.walks()) {
    wait_for_delivery();
  } else {
    read_clocks();
  }
  answer_orders();
  observe();
  tell_past();
  if (act()) return true;
  // An inject may come of what was missed, and does so now.
  if (close_deadlines()) return true;
  if (is_over(scenario_, standing_)) {
    answer_jumps();
    return false;
  }
  advance();
  return true;
}

// Daemons, cables and clocks as they are to be now.
void Drill::bring_about() {
  const Faults wanted = faults();
  set_ground(wanted);
  hear_stop();
  // With the other side's director the clocks are set by both, and the link is as it is.
  if (standing_.is_stopped || standing_.side) return;
  const auto at_both = [&](const auto& act) {
    for (SideIndex side = 0; side < kSides; ++side) {
      if (!wanted.is_down[side]) act(side);
    }
  };
  if (!standing_.clocks_go()) at_both([this](SideIndex side) { hold(side); });
  // A clock that was held is brought to where the drill has come, before it goes.
  at_both([this](SideIndex side) {
    if (need(connection(side).exercise_clock())->paused()) bring_clock(side);
  });
  if (standing_.clocks_go()) at_both([this](SideIndex side) { let_go(side); });
  if (!wanted.lets_through()) return;
  for (const SideIndex side : ground_.sides()) wait_for_link(side);
}

// A daemon that ended by itself is started again, and that is told.
void Drill::set_ground(const Faults& wanted) {
  bool has_ended[kSides] = {false, false};
  for (const SideIndex side : ground_.sides()) {
    has_ended[side] = !wanted.is_down[side] && ground_.has_ended(side);
  }
  if (need(ground_.set(wanted), "a daemon does not start")) connections_.clear();
  for (const SideIndex side : ground_.sides()) {
    if (!has_ended[side]) continue;
    note(JsonValue()
             .add("what", "restarted")
             .add("side", scenario_.sides[side])
             .add("at_ms", standing_.now_ms));
    tell_restarted(side, standing_.now_ms);
  }
}

void Drill::bring_clock(SideIndex side) {
  const UtcMs until = absolute(standing_.now_ms);
  auto clock = need(connection(side).exercise_clock());
  if (clock->at() >= until && clock->jumping_to() == 0) return;
  if (clock->jumping_to() == 0) {
    need(connection(side).set_exercise_clock(Change::jump, 0, 0, until));
  }
  wait_until("the clock of " + scenario_.sides[side] + " jumped", kPatience_ms, [&] {
    const auto now = need(connection(side).exercise_clock());
    return now->jumping_to() == 0 && now->at() >= until;
  });
}

void Drill::wait_for_link(SideIndex side) {
  wait_until("the link of " + scenario_.sides[side] + " came up", kPatience_ms,
             [&] { return need(connection(side).status())->link() == wire::LinkState::up; });
}

// So that the drill goes by the other side's; with both so, by either.
bool Drill::has_wrong_clock(SideIndex side) const {
  const auto is_wrong = [&](SideIndex one) {
    return !standing_.pace.jumps &&
           wrong_clock_ms(scenario_, standing_.play, one, standing_.now_ms) != 0;
  };
  return is_wrong(side) && !is_wrong(other_side(side));
}

// Since the beginning, by the clock of the drill, of what that side's daemon recorded. Its clock
// may be wrong on purpose; then it happened when it was seen. A clock that is held has no error.
int64_t Drill::happened_ms(SideIndex side, UtcMs at) const {
  const int64_t at_ms = at - standing_.begin;
  if (standing_.pace.jumps) return at_ms;
  const int64_t wrong_ms = wrong_clock_ms(scenario_, standing_.play, side, standing_.now_ms);
  return happened_at_most_ms(at_ms, standing_.now_ms, wrong_ms);
}

// The drill is where the slower of both clocks is, but for one that it made wrong.
void Drill::read_clocks() {
  std::optional<UtcMs> first;
  const Faults now = faults();
  for (const SideIndex side : ground_.sides()) {
    if (now.is_down[side] || (has_wrong_clock(side) && !now.is_down[other_side(side)])) continue;
    const UtcMs at = need(connection(side).exercise_clock())->at();
    first = std::min(first.value_or(at), at);
  }
  if (first) {
    standing_.now_ms = std::max(standing_.now_ms, *first - standing_.begin);
  } else if (standing_.clocks_go()) {
    standing_.now_ms += kLookAtDrill_ms * standing_.pace.speed_permille / 1000;
  }
}

bool Drill::close_deadlines() {
  bool has_closed = false;
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    if (!is_running(scenario_, standing_.play, e)) continue;
    const int64_t at_ms = deadline_ms(scenario_, standing_.play, e);
    if (at_ms > standing_.now_ms) continue;
    settle(e, at_deadline(scenario_, standing_.play, e), at_ms, "");
    has_closed = true;
  }
  return has_closed;
}

void Drill::advance() {
  tell_waiting();
  if (!standing_.walks()) return around_.pause(kLookAtDrill_ms);
  std::optional<int64_t> next = next_due_ms();
  const auto until = standing_.walks_until_ms;
  if (until && *until > standing_.now_ms) next = std::min(next.value_or(INT64_MAX), *until);
  if (!next) return around_.pause(kLookAtDrill_ms);
  standing_.now_ms = *next;
}

// The first thing that is due after now: of the drill's own, or a rung.
std::optional<int64_t> Drill::next_due_ms() {
  const DrillStanding& at = standing_;
  std::optional<int64_t> next_ms;
  const auto take = [&](std::optional<int64_t> at_ms) {
    if (at_ms && *at_ms > at.now_ms) next_ms = std::min(next_ms.value_or(INT64_MAX), *at_ms);
  };
  for (size_t i = 0; i < scenario_.injects.size(); ++i) {
    take(comes_at_ms(scenario_, at, i));
    take(fault_end_ms(scenario_.injects[i], at.play.injects[i]));
  }
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    if (is_running(scenario_, at.play, e)) take(deadline_ms(scenario_, at.play, e));
  }
  for (const Coming& reaction : reactions_) take(reaction.due_ms);
  // A daemon does what is due on the way by itself; only rungs are seen as they come.
  const Faults now = faults();
  for (const SideIndex side : ground_.sides()) {
    const bool climbs = std::any_of(courses_.begin(), courses_.end(),
                                    [side](const Course& one) { return one.climbs[side]; });
    if (now.is_down[side] || !climbs) continue;
    const UtcMs due = need(connection(side).exercise_clock())->next_due();
    if (due != 0) take(due - at.begin);
  }
  return next_ms;
}

// ---- What it is made of

void Drill::settle(size_t e, Outcome::Kind kind, int64_t at_ms, const std::string& message) {
  const Expectation& expected = scenario_.expectations[e];
  note(JsonValue()
           .add("what", "outcome")
           .add("expectation", expected.name)
           .add("outcome", outcome_key(kind))
           .add("at_ms", at_ms)
           .add("message", json_text(message)));
  standing_.play.expectations[e].kind = kind;
  standing_.play.expectations[e].at_ms = at_ms;
  tell_outcome(e, at_ms, message);
}

void Drill::tell_outcome(size_t e, int64_t at_ms, const std::string& message) {
  const Outcome::Kind kind = standing_.play.expectations[e].kind;
  const Expectation& expected = scenario_.expectations[e];
  if (!standing_.is_ours(expected.side)) return;
  emit({.at_ms = at_ms,
        .what = outcome_event(kind),
        .side = expected.side,
        .inject = expected.of,
        .expectation = e,
        .message = message});
}

void Drill::note(const JsonValue& line) {
  need(record_.add(line), "the drill's record cannot be kept");
}

void Drill::emit(PlayedEvent event) {
  if (!is_retelling_) tell_(event);
  standing_.play.events.push_back(std::move(event));
}

Connection& Drill::connection(SideIndex side, const std::string& person) {
  auto& open = connections_[{side, person}];
  if (open == nullptr) {
    open = need(Connection::open({ground_.context(side, person), around_.connect, around_.pause}));
  }
  return *open;
}

bool Drill::reaches(SideIndex side) const {
  const std::vector<SideIndex> sides = ground_.sides();
  return std::find(sides.begin(), sides.end(), side) != sides.end();
}

// A daemon that ended meanwhile is started again: nobody else would, and what is waited for would
// never be so.
bool Drill::is_so_now(const std::function<bool()>& is_so) {
  try {
    set_ground(faults());
    return is_so();
  } catch (const CommandFailed& failed) {
    if (failed.error.code != ErrorCode::unreachable) throw;
    connections_.clear();
    return false;
  }
}

void Drill::wait_until(const std::string& what, int64_t timeout_ms,
                       const std::function<bool()>& is_so) {
  const int64_t until_ms = around_.steady_ms() + timeout_ms;
  while (!is_so_now(is_so)) {
    if (interrupted_()) throw CommandFailed{"", make_error(ErrorCode::failed, "interrupted")};
    if (around_.steady_ms() > until_ms) {
      throw CommandFailed{"", make_error(ErrorCode::timed_out,
                                         "not in " + format_duration(timeout_ms) + ": " + what)};
    }
    around_.pause(kLookAtWait_ms);
  }
}

}  // namespace hotline::client
