#include "protocol/channel/exercise.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

using Change = wire::ExerciseClockChange;

bool is_speed(uint32_t permille) {
  return permille >= ExerciseClock::kSpeedMin_permille &&
         permille <= ExerciseClock::kSpeedMax_permille;
}

constexpr char kDirectorsOnly[] = "ask a director of this exercise";
constexpr char kShow[] = "hotline drill clock    says how it stands";

}  // namespace

void Exercise::set_clock(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                         std::optional<UtcMs> next_due) {
  const Status status = try_set(now, token, actor, order, next_due);
  if (status) return;
  noise_.record_refusal(now, actor, status.error());
  recorder_.say(AnswerExerciseClock{token, status.error()});
}

Status Exercise::check(const Actor& actor, const ClockOrder& order) const {
  if (!config_.channel.exercise) {
    return make_error(ErrorCode::refused,
                      "this channel is live: its clock is the machine's, and nobody sets it",
                      "name the context of an exercise: hotline context list");
  }
  if (!acting_role(actor.roles, 0, Right::direct)) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may set the clock of the exercise",
                      kDirectorsOnly);
  }
  switch (order.change) {
    case Change::speed:
      if (is_speed(order.speed_permille)) return ok();
      return make_error(ErrorCode::refused, "the clock goes from 0.1 to 60 times as fast",
                        "hotline drill speed 10");
    case Change::paused:
      if (!clock_.is_paused()) return ok();
      return make_error(ErrorCode::refused, "the clock of the exercise is paused already",
                        "hotline drill resume");
    case Change::resumed:
      if (clock_.is_paused()) return ok();
      return make_error(ErrorCode::refused, "the clock of the exercise is not paused", kShow);
    case Change::jump:
      if (!clock_.jumping_to()) return ok();
      return make_error(ErrorCode::refused, "the clock of the exercise jumps already", kShow);
    case Change::unset:
    case Change::arrived:
      break;
  }
  return make_error(ErrorCode::usage, "this daemon does not know such a change of the clock",
                    "install hotline and hotlined of the same release");
}

Result<UtcMs> Exercise::jump_end(Now now, const ClockOrder& order,
                                 std::optional<UtcMs> next_due) const {
  if (order.is_next() && !next_due) {
    return make_error(ErrorCode::not_found, "nothing is due, so there is nowhere to jump to",
                      "hotline drill jump 1h");
  }
  const UtcMs until = order.by_ms != 0   ? now.utc + order.by_ms
                      : order.until != 0 ? order.until
                                         : std::max(*next_due, now.utc);
  if (order.by_ms < 0 || until < now.utc) {
    return make_error(ErrorCode::refused, "the clock of an exercise never goes back",
                      "hotline drill jump 1h");
  }
  const bool is_far = order.by_ms > limits::kExerciseJumpMax_ms ||
                      until - now.utc > limits::kExerciseJumpMax_ms ||
                      until - now.machine_utc() > limits::kExerciseAheadMax_ms;
  if (!is_far) return until;
  return make_error(ErrorCode::refused, "a jump goes 31 days ahead at most, and all of them a year",
                    "hotline drill jump 1d");
}

Status Exercise::try_set(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                         std::optional<UtcMs> next_due) {
  if (Status asked = check(actor, order); !asked) return asked;
  UtcMs until = 0;
  if (order.change == Change::jump) {
    const auto end = jump_end(now, order, next_due);
    if (!end) return end.error();
    until = *end;
  }
  const auto role = acting_role(actor.roles, 0, Right::direct);
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
            now,
            [&](flatbuffers::FlatBufferBuilder& b) {
              return wire::CreateExerciseClockSet(b, order.change, order.speed_permille, until,
                                                  order.by_ms, order.is_next(), &by.submitter,
                                                  &by.name_hash, static_cast<uint8_t>(*role));
            },
            by.part),
        now.boot);
  recorder_.say_once_durable(AnswerExerciseClock{token, ok()});
  return ok();
}

Now Exercise::walk(Now now, UtcMs next_due) {
  const UtcMs end = *clock_.jumping_to();
  clock_.move_to(now, std::min(next_due, end));
  const Now there = clock_.at({now.boot, now.machine_utc()});
  if (there.utc < end) return there;
  apply(recorder_.record(there,
                         [](flatbuffers::FlatBufferBuilder& b) {
                           return wire::CreateExerciseClockSet(b, Change::arrived);
                         }),
        now.boot);
  return there;
}

void Exercise::apply(const wire::Entry& entry, BootMs machine) {
  if (!recorder_.is_live()) clock_.stood(machine, entry.ahead_ms());
  const wire::ExerciseClockSet* fact = entry.fact_as_ExerciseClockSet();
  if (fact == nullptr) return;
  switch (fact->change()) {
    case Change::speed:
      return clock_.set_speed(machine, fact->speed_permille());
    case Change::paused:
      clock_.arrive(machine);  // It breaks a jump off.
      return clock_.pause(machine);
    case Change::resumed:
      return clock_.resume(machine);
    case Change::jump:
      return clock_.jump(machine, fact->until());
    case Change::arrived:
      return clock_.arrive(machine);
    case Change::unset:
      return;
  }
}

const char* Exercise::fault_in(const wire::Entry& entry) const {
  const wire::ExerciseClockSet* fact = entry.fact_as_ExerciseClockSet();
  if (!config_.channel.exercise) {
    return fact || entry.ahead_ms() != 0 ? "a live channel goes by the machine's clock" : nullptr;
  }
  if (entry.ahead_ms() < -limits::kTimeMax_ms || entry.ahead_ms() > limits::kTimeMax_ms) {
    return "its time is none";
  }
  if (fact == nullptr) return nullptr;
  switch (fact->change()) {
    case Change::speed:
      return is_speed(fact->speed_permille()) ? nullptr : "so no clock can go";
    case Change::jump:
      return fact->until() < entry.at() || fact->until() > limits::kTimeMax_ms
                 ? "a jump leads to no time"
                 : nullptr;
    case Change::paused:
    case Change::resumed:
    case Change::arrived:
      return nullptr;
    case Change::unset:
      break;
  }
  return "it changes the clock in no known way";
}

}  // namespace hotline
