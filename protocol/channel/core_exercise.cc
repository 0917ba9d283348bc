// The clock of an exercise, which drives the parts that have deadlines by it; and its stops.
#include "protocol/base/limits.h"
#include "protocol/channel/core.h"

namespace hotline {
namespace {

// A start ends the link for seconds, of which a jump would make days.
constexpr int64_t kLinkAfterStart_ms = 5'000;

}  // namespace

// Before whatever counts on it: a stop that came holds from then on.
void Core::follow_exercise(Now now) {
  exercise_.follow_messages(now);
  escalation_.keep_still(now, exercise_.stopped() != nullptr);
}

void Core::set_exercise_clock(Now now, uint64_t token, const Actor& actor,
                              const ClockOrder& order) {
  follow_exercise(now);
  const auto next = next_due(now);
  exercise_.set_clock(now, token, actor, order, next ? std::optional(next->at) : std::nullopt);
  walk_waits_since_.reset();
}

std::optional<Core::NextDue> Core::next_due(Now now) const {
  std::optional<NextDue> next;
  const auto take = [&](UtcMs at, const char* of) {
    if (at < (next ? next->at : INT64_MAX)) next = NextDue{at, of};
  };
  if (const BootMs due = ladder_due(); due != INT64_MAX)
    take(due - now.timer() + now.utc, "ladder");
  take(escalation_.test_call_due(now.utc), "test-call");
  take(cases_.due(now.utc), "case");
  take(agreements_.due(now.utc), "agreement");
  take(channel_state_.due(now.utc), "channel-state");
  take(handover_.due(now.utc), "handover");
  return next;
}

// Whatever is due by this channel's clock is done at its very time; in between nothing passes but
// what others are to do first: the disk, commands that tell people, receipts on the way.
void Core::walk(Now now) {
  for (int step = 0; step < limits::kExerciseStepsMax; ++step) {
    if (!exercise_.clock().jumping_to() || (step == 0 && wants_commit()) || walk_waits(now)) return;
    const auto next = next_due(now);
    now = exercise_.walk(now, next ? next->at : INT64_MAX);
    ticked_ = now;
    begin_agreements(now);
    agreements_.note_conditions(now);
    channel_state_.note_conditions(now);
    flash_share_.note_conditions(now);
    cases_.tick(now);
    handover_.tick(now);
    escalation_.tick(now);
  }
}

bool Core::has_receipts_to_come() const {
  return session_.adopted() && recorder_.own().unreceipted_count() > 0;
}

bool Core::walk_waits(Now now) {
  if (recorder_.sealed() != nullptr || ladder().commands_under_way() > 0) return true;
  if (!session_.adopted() && now.boot < started_.boot + kLinkAfterStart_ms) return true;
  if (!has_receipts_to_come()) {
    walk_waits_since_.reset();
    return false;
  }
  if (!walk_waits_since_) walk_waits_since_ = now.boot;
  return now.boot - *walk_waits_since_ < limits::kExercisePatience_ms;
}

// While others are to do something first, they wake it.
BootMs Core::walk_due() const {
  if (recorder_.sealed() != nullptr || ladder().commands_under_way() > 0) return INT64_MAX;
  const BootMs patient_until = started_.boot + kLinkAfterStart_ms;
  if (!session_.adopted() && ticked_.boot < patient_until) return patient_until;
  if (!walk_waits_since_ || !has_receipts_to_come()) return 0;
  return *walk_waits_since_ + limits::kExercisePatience_ms;
}

}  // namespace hotline
