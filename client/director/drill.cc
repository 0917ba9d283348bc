#include "client/director/drill.h"

#include <algorithm>

namespace hotline::client {
namespace {

using Change = wire::ExerciseClockChange;

constexpr int64_t kLookEvery_ms = 20;     // While something is waited for that comes at once.
constexpr int64_t kLookAtDrill_ms = 200;  // While the clocks go by themselves.
constexpr int64_t kPatience_ms = 60'000;
constexpr int64_t kRound_ms = 60'000;
constexpr int kFailuresMax = 20;
constexpr const char* kOutcomes[] = {"met", "missed", "to-judge"};

std::string text_of(const JsonInput& line, const char* name) {
  const JsonInput* found = line.find(name);
  return found != nullptr && found->text() != nullptr ? *found->text() : std::string();
}

int64_t number_of(const JsonInput& line, const char* name) {
  const JsonInput* found = line.find(name);
  if (found == nullptr || found->number() == nullptr) return 0;
  return found->number()->scaled(0).value_or(0);
}

// The place of the part with this name, or the number of parts.
size_t place_of(const auto& parts, const std::string& name) {
  return static_cast<size_t>(
      std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.name == name; }) -
      parts.begin());
}

}  // namespace

Drill::Drill(const Surroundings& around, const Scenario& scenario, DrillGround& ground,
             DrillRecord record, std::function<void(const PlayedEvent&)> tell,
             std::function<bool()> interrupted)
    : around_(around),
      scenario_(scenario),
      ground_(ground),
      record_(std::move(record)),
      tell_(std::move(tell)),
      interrupted_(std::move(interrupted)),
      play_(not_begun(scenario)),
      courses_(scenario.injects.size()) {}

Drill::~Drill() = default;

// ---- Its beginning

void Drill::begin(const DrillPace& pace) {
  pace_ = pace;
  need(ground_.set(Faults{}), "the daemons do not start");
  UtcMs newest = 0;
  for (SideIndex side = 0; side < kSides; ++side) {
    newest = std::max(newest, need(connection(side).set_exercise_clock(Change::paused))->at());
  }
  // At a full minute, which people add to with ease.
  begin_ = (newest / kRound_ms + 1) * kRound_ms;
  note(JsonValue()
           .add("what", "begun")
           .add("begin", begin_)
           .add("seed", scenario_.seed)
           .add("jumps", pace.jumps ? 1 : 0)
           .add("speed_permille", static_cast<int64_t>(pace.speed_permille)));
  for (SideIndex side = 0; side < kSides; ++side) bring_clock(side);
  for (SideIndex side = 0; side < kSides; ++side) wait_for_link(side);
  if (pace.jumps) return;
  for (SideIndex side = 0; side < kSides; ++side) {
    need(connection(side).set_exercise_clock(Change::speed, pace.speed_permille));
  }
  for (SideIndex side = 0; side < kSides; ++side) {
    need(connection(side).set_exercise_clock(Change::resumed));
  }
}

void Drill::resume() {
  for (const JsonInput& line : record_.lines()) take_line(line);
  if (begin_ == 0) {
    throw CommandFailed{
        "", make_error(ErrorCode::configuration, "this drill ended before its clocks were set",
                       "remove the directory, and begin it anew")};
  }
  // As far as it had come.
  need(ground_.set(faults()), "the daemons do not start");
  for (SideIndex side = 0; side < kSides; ++side) {
    if (faults().is_down[side]) continue;
    const auto clock = need(connection(side).exercise_clock());
    now_ms_ = std::max(now_ms_, std::max(clock->at(), clock->jumping_to()) - begin_);
    // It was broken off before the clocks were let go.
    if (!pace_.jumps && clock->paused()) {
      bring_clock(side);
      need(connection(side).set_exercise_clock(Change::speed, pace_.speed_permille));
      need(connection(side).set_exercise_clock(Change::resumed));
    }
  }
}

void Drill::take_line(const JsonInput& line) {
  const std::string what = text_of(line, "what");
  const int64_t at_ms = number_of(line, "at_ms");
  if (what == "begun") {
    begin_ = number_of(line, "begin");
    pace_.jumps = number_of(line, "jumps") != 0;
    pace_.speed_permille = static_cast<uint32_t>(number_of(line, "speed_permille"));
    return;
  }
  now_ms_ = std::max(now_ms_, at_ms);
  const size_t inject = place_of(scenario_.injects, text_of(line, "inject"));
  const Bytes draft = from_hex(text_of(line, "draft")).value_or(Bytes());
  if (what == "inject" && inject < scenario_.injects.size()) {
    play_.injects[inject] = {InjectFate::Kind::played, at_ms};
    const SideIndex side = scenario_.injects[inject].from;
    if (!draft.empty()) {
      outgoing_.push_back({side, kDirectorPerson, draft, inject, false, {}});
      const auto opened = open_body(bytes(flatbuffers::GetRoot<wire::Draft>(draft.data())->body()));
      if (opened) courses_[inject].point = event_point(**opened);
    }
    emit({.at_ms = at_ms, .what = PlayedEvent::What::inject, .side = side, .inject = inject});
  } else if (what == "over" && inject < scenario_.injects.size()) {
    over_.insert(inject);
    emit({.at_ms = at_ms,
          .what = PlayedEvent::What::fault_over,
          .side = scenario_.injects[inject].from,
          .inject = inject});
  } else if (what == "reaction") {
    const size_t player = place_of(scenario_.players, text_of(line, "player"));
    done_.insert(text_of(line, "reaction"));
    if (player == scenario_.players.size() || draft.empty()) return;
    outgoing_.push_back({scenario_.players[player].side,
                         scenario_.players[player].name,
                         draft,
                         std::nullopt,
                         false,
                         {}});
  } else if (what == "committed" || what == "refused") {
    const auto place = static_cast<size_t>(number_of(line, "message"));
    if (place < outgoing_.size()) set_done(outgoing_[place], text_of(line, "id"));
  } else if (what == "outcome") {
    const size_t e = place_of(scenario_.expectations, text_of(line, "expectation"));
    const auto kind = static_cast<size_t>(
        std::find(std::begin(kOutcomes), std::end(kOutcomes), text_of(line, "outcome")) -
        std::begin(kOutcomes));
    if (e == scenario_.expectations.size() || kind == std::size(kOutcomes)) return;
    set_outcome(e, static_cast<Outcome::Kind>(kind + 1), at_ms, text_of(line, "message"));
  }
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
  play_.ends_ms = now_ms_;
  std::stable_sort(play_.events.begin(), play_.events.end(),
                   [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  note(JsonValue().add("what", "ended").add("at_ms", now_ms_));
  return std::move(play_);
}

// False at its end.
bool Drill::step() {
  bring_about();
  hand_in_all();
  if (pace_.jumps) {
    wait_for_delivery();
  } else {
    read_clocks();
  }
  observe();
  if (act()) return true;
  close_deadlines();
  if (is_over()) return false;
  advance();
  return true;
}

// Daemons, cables and clocks as they are to be now.
void Drill::bring_about() {
  const Faults wanted = faults();
  const bool has_started = need(ground_.set(wanted), "a daemon does not start");
  if (has_started) connections_.clear();
  for (SideIndex side = 0; side < kSides; ++side) {
    if (!wanted.is_down[side] && pace_.jumps) bring_clock(side);
  }
  if (!wanted.lets_through()) return;
  for (SideIndex side = 0; side < kSides; ++side) wait_for_link(side);
}

void Drill::bring_clock(SideIndex side) {
  const UtcMs until = absolute(now_ms_);
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

// The drill is where the slower of both clocks is.
void Drill::read_clocks() {
  std::optional<UtcMs> first;
  const Faults now = faults();
  for (SideIndex side = 0; side < kSides; ++side) {
    if (now.is_down[side]) continue;
    const UtcMs at = need(connection(side).exercise_clock())->at();
    first = std::min(first.value_or(at), at);
  }
  if (first) {
    now_ms_ = std::max(now_ms_, *first - begin_);
  } else {
    now_ms_ += kLookAtDrill_ms * pace_.speed_permille / 1000;
  }
}

bool Drill::is_over() const {
  for (size_t i = 0; i < scenario_.injects.size(); ++i) {
    if (play_.injects[i].kind == InjectFate::Kind::not_reached && due_ms(scenario_, play_, i)) {
      return false;
    }
  }
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    if (is_running(scenario_, play_, e)) return false;
  }
  return true;
}

void Drill::close_deadlines() {
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    if (!is_running(scenario_, play_, e)) continue;
    const int64_t at_ms = deadline_ms(scenario_, play_, e);
    if (at_ms <= now_ms_) settle(e, at_deadline(scenario_.expectations[e]), at_ms, "");
  }
}

void Drill::advance() {
  if (!pace_.jumps) return around_.pause(kLookAtDrill_ms);
  now_ms_ = next_due_ms();
}

// The first thing that is due after now: of the drill's own, or a rung.
int64_t Drill::next_due_ms() {
  int64_t next_ms = INT64_MAX;
  const auto take = [&](std::optional<int64_t> at_ms) {
    if (at_ms && *at_ms > now_ms_) next_ms = std::min(next_ms, *at_ms);
  };
  for (size_t i = 0; i < scenario_.injects.size(); ++i) {
    if (play_.injects[i].kind == InjectFate::Kind::not_reached) take(due_ms(scenario_, play_, i));
    take(fault_end_ms(scenario_.injects[i], play_.injects[i]));
  }
  for (size_t e = 0; e < scenario_.expectations.size(); ++e) {
    if (is_running(scenario_, play_, e)) take(deadline_ms(scenario_, play_, e));
  }
  for (const Coming& reaction : reactions_) take(reaction.due_ms);
  // A daemon does what is due on the way by itself; only rungs are seen as they come.
  const Faults now = faults();
  for (SideIndex side = 0; side < kSides; ++side) {
    const bool climbs = std::any_of(courses_.begin(), courses_.end(),
                                    [side](const Course& one) { return one.climbs[side]; });
    if (now.is_down[side] || !climbs) continue;
    const UtcMs due = need(connection(side).exercise_clock())->next_due();
    if (due != 0) take(due - begin_);
  }
  return next_ms == INT64_MAX ? now_ms_ : next_ms;
}

// ---- What it is made of

void Drill::settle(size_t e, Outcome::Kind kind, int64_t at_ms, const std::string& message) {
  const Expectation& expected = scenario_.expectations[e];
  note(JsonValue()
           .add("what", "outcome")
           .add("expectation", expected.name)
           .add("outcome", kOutcomes[static_cast<size_t>(kind) - 1])
           .add("at_ms", at_ms)
           .add("message", json_text(message)));
  set_outcome(e, kind, at_ms, message);
}

void Drill::set_outcome(size_t e, Outcome::Kind kind, int64_t at_ms, const std::string& message) {
  const Expectation& expected = scenario_.expectations[e];
  play_.expectations[e].kind = kind;
  play_.expectations[e].at_ms = at_ms;
  emit({.at_ms = at_ms,
        .what = kind == Outcome::Kind::met      ? PlayedEvent::What::met
                : kind == Outcome::Kind::missed ? PlayedEvent::What::missed
                                                : PlayedEvent::What::to_judge,
        .side = expected.side,
        .inject = expected.of,
        .expectation = e,
        .message = message});
}

void Drill::note(const JsonValue& line) {
  need(record_.add(line), "the drill's record cannot be kept");
}

void Drill::emit(PlayedEvent event) {
  tell_(event);
  play_.events.push_back(std::move(event));
}

Connection& Drill::connection(SideIndex side, const std::string& person) {
  auto& open = connections_[{side, person}];
  if (open == nullptr) {
    open = need(Connection::open({ground_.context(side, person), around_.connect, around_.pause}));
  }
  return *open;
}

void Drill::wait_until(const std::string& what, int64_t timeout_ms,
                       const std::function<bool()>& is_so) {
  const int64_t until_ms = around_.steady_ms() + timeout_ms;
  while (!is_so()) {
    if (interrupted_()) throw CommandFailed{"", make_error(ErrorCode::failed, "interrupted")};
    if (around_.steady_ms() > until_ms) {
      throw CommandFailed{"", make_error(ErrorCode::timed_out,
                                         "not in " + format_duration(timeout_ms) + ": " + what)};
    }
    around_.pause(kLookEvery_ms);
  }
}

}  // namespace hotline::client
