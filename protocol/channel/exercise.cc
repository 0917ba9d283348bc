#include "protocol/channel/exercise.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/body.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

using Change = wire::ExerciseClockChange;

constexpr char kDirectorsOnly[] = "ask a director of this exercise";
constexpr char kShow[] = "hotline drill clock    says how it stands";

}  // namespace

std::optional<Right> right_about_exercise(const wire::Draft& draft) {
  const auto body = open_body(ByteView(draft.body()->data(), draft.body()->size()));
  const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
  switch (said ? said->action() : wire::ServiceAction::unset) {
    case wire::ServiceAction::exercise_end:
      return Right::stop_exercise;
    case wire::ServiceAction::exercise_start:
    case wire::ServiceAction::exercise_clock_proposed:
    case wire::ServiceAction::exercise_clock_agreed:
    case wire::ServiceAction::exercise_clock_declined:
    case wire::ServiceAction::exercise_clock_concluded:
      return Right::direct;
    default:
      return std::nullopt;
  }
}

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
  if (stopped() != nullptr) {
    return make_error(ErrorCode::refused, "the exercise is stopped, and its clock is real time",
                      "hotline drill begin");
  }
  switch (order.change) {
    case Change::speed:
      return ExerciseClock::check_speed(order.speed_permille);
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
    case Change::stopped:
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

Status Exercise::check_message(bool incoming, const wire::Envelope& envelope,
                               const wire::Body& body,
                               const std::optional<MessageKey>& target) const {
  if (Status fits = stops_.check(incoming, envelope, body); !fits) return fits;
  return joint_.check(incoming, envelope, body, target);
}

void Exercise::apply_message(const wire::Entry& entry) {
  if (!stops_.apply(entry)) return joint_.apply(entry);
  reset_due_ = true;
  joint_.end_all();
}

void Exercise::record_change(Now now, Change change, UtcMs until, const AgreedChange* agreed) {
  apply(recorder_.record(
            now,
            [&](flatbuffers::FlatBufferBuilder& b) {
              const uint32_t speed = agreed ? agreed->change.speed_permille : 0;
              const wire::MessageKey key = agreed ? to_wire(agreed->concluded) : wire::MessageKey();
              return wire::CreateExerciseClockSet(b, change, speed, until, 0, false, nullptr,
                                                  nullptr, 0, agreed ? &key : nullptr);
            }),
        now.boot);
}

void Exercise::follow_messages(Now now) {
  if (reset_due_ && !clock_.goes_as_real_time()) record_change(now, Change::stopped);
  reset_due_ = false;
  while (joint_.to_take() != nullptr) {
    const AgreedChange next = *joint_.to_take();
    const bool is_jump = next.change.change == Change::jump;
    // It may be past here.
    record_change(now, next.change.change, is_jump ? std::max(next.change.until, now.utc) : 0,
                  &next);
  }
  note_stop(now);
  note_proposal(now);
  if (joint_.agreed()) return;
  apart_ms_.reset();
  conditions_.clear(now, ConditionCode::clocks_apart, config_.peer);
}

void Exercise::note_stop(Now now) {
  const ExerciseStop* stop = stopped();
  if (stop == nullptr) {
    const bool was_told = conditions_.is_open(ConditionCode::exercise_stopped, config_.peer);
    conditions_.clear(now, ConditionCode::exercise_stopped, config_.peer);
    if (was_told) recorder_.alarm(now, {}, "a director has begun the exercise again");
    return;
  }
  const std::string why = shortened(stop->reason, limits::kPeerWordsSizeMax);
  conditions_.raise(now, ConditionCode::exercise_stopped, config_.peer,
                    std::string(stop->key.incoming ? "STOP EXERCISE: the other side stopped it"
                                                   : "STOP EXERCISE: this side stopped it") +
                        (is_blank(why) ? "" : " (" + why + ")") +
                        ", and nobody is called; a director begins it again: hotline drill begin");
}

void Exercise::note_proposal(Now now) {
  std::map<std::string, std::string> texts;
  if (const auto& proposed = joint_.proposed(true); proposed && !proposed->is_agreed) {
    texts[recorder_.name_of(config_, proposed->key)] =
        "the other side's director proposes for the clocks of both sides: " +
        clock_change_text(proposed->change) + ": hotline drill agree, or hotline drill decline";
  }
  conditions_.set(now, ConditionCode::exercise_clock_proposed, texts);
}

void Exercise::peer_stands(Now now, UtcMs at, uint64_t change, bool jumps) {
  if (!joint_.agreed() || joint_.to_take() != nullptr || clock_.jumping_to() || jumps) return;
  // The peer may say any number.
  at = std::clamp<UtcMs>(at, 0, limits::kTimeMax_ms);
  apart_ms_ = now.utc - at;
  const int64_t behind_ms = at - now.utc;
  // A clock that goes faster comes apart by more while a word is on its way.
  const int64_t near_ms = std::max<int64_t>(
      limits::kClocksNear_ms, limits::kClocksNear_ms * clock_.speed_permille() / 4'000);
  const bool follow_the_same = change != 0 && change == followed();
  if (follow_the_same && behind_ms > near_ms && behind_ms <= limits::kClockFollowMax_ms) {
    return record_change(now, Change::jump, at);
  }
  note_apart(now);
}

void Exercise::note_apart(Now now) {
  const int64_t size_ms = std::abs(*apart_ms_);
  if (size_ms <= limits::kClocksApart_ms * 3 / 4) {
    conditions_.clear(now, ConditionCode::clocks_apart, config_.peer);
  } else if (size_ms > limits::kClocksApart_ms) {
    conditions_.raise(
        now, ConditionCode::clocks_apart, config_.peer,
        "the clocks of the exercise are apart by " + std::to_string(size_ms / 1'000) +
            " s: let both directors agree on a jump: hotline drill jump TIME --joint");
  }
}

void Exercise::apply(const wire::Entry& entry, BootMs machine) {
  if (!recorder_.is_live()) {
    clock_.stood(machine, entry.ahead_ms());
    apply_message(entry);
  }
  const wire::ExerciseClockSet* fact = entry.fact_as_ExerciseClockSet();
  if (fact == nullptr) return;
  if (fact->change() != Change::arrived) reset_due_ = false;
  if (fact->agreed() != nullptr) joint_.take(from_wire(fact->agreed()));
  if (fact->agreed() != nullptr || fact->role() != 0) follows_ = fact->agreed() != nullptr;
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
    case Change::stopped:
      return clock_.stop(machine);
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
      return ExerciseClock::check_speed(fact->speed_permille()) ? nullptr : "so no clock can go";
    case Change::jump:
      return fact->until() < entry.at() || fact->until() > limits::kTimeMax_ms
                 ? "a jump leads to no time"
                 : nullptr;
    case Change::paused:
    case Change::resumed:
    case Change::arrived:
    case Change::stopped:
      return nullptr;
    case Change::unset:
      break;
  }
  return "it changes the clock in no known way";
}

}  // namespace hotline
