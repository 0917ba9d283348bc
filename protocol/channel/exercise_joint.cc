#include "protocol/channel/exercise_joint.h"

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;
using Change = wire::ExerciseClockChange;

constexpr std::string_view kSpeedWord = "speed ";
constexpr std::string_view kJumpWord = "jump ";

bool is_about_joint_clock(Action action) {
  return action == Action::exercise_clock_proposed || action == Action::exercise_clock_agreed ||
         action == Action::exercise_clock_declined || action == Action::exercise_clock_concluded;
}

Error refused_change(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::refused, reason, hint);
}

constexpr char kClockHint[] = "hotline drill clock    says how it stands";

}  // namespace

std::string clock_change_text(const ClockChange& change) {
  switch (change.change) {
    case Change::speed:
      return std::string(kSpeedWord) + format_speed(change.speed_permille);
    case Change::paused:
      return "pause";
    case Change::resumed:
      return "resume";
    case Change::jump:
      return std::string(kJumpWord) + format_rfc3339(change.until);
    case Change::unset:
    case Change::arrived:
    case Change::stopped:
      break;
  }
  return "";
}

std::optional<ClockChange> parse_clock_change(std::string_view text) {
  if (text == "pause") return ClockChange{Change::paused};
  if (text == "resume") return ClockChange{Change::resumed};
  if (text.starts_with(kSpeedWord)) {
    const auto permille = parse_speed_permille(text.substr(kSpeedWord.size()));
    const bool fits = permille && ExerciseClock::check_speed(*permille);
    return fits ? std::optional(ClockChange{Change::speed, *permille}) : std::nullopt;
  }
  if (!text.starts_with(kJumpWord)) return std::nullopt;
  const auto until = parse_rfc3339(text.substr(kJumpWord.size()));
  return until ? std::optional(ClockChange{Change::jump, 0, *until}) : std::nullopt;
}

std::optional<MessageKey> JointClock::to_conclude() const {
  const auto& own = proposed_[false];
  return own && own->is_agreed && we_conclude() ? std::optional(own->key) : std::nullopt;
}

// ----------------------------------------------------------------------------------------------
// rules

// The same of a message at both ends, but for check_own().
Status JointClock::check(bool incoming, const wire::Envelope& envelope, const wire::Body& body,
                         const std::optional<MessageKey>& target) const {
  const wire::Service* said = body.content_as_service();
  if (!said || !is_about_joint_clock(said->action())) return ok();
  if (!config_.channel.exercise) {
    return refused_change("this channel is live: its clock is the machine's, and nobody sets it",
                          "name the context of an exercise: hotline context list");
  }
  const bool by_machine = said->action() == Action::exercise_clock_concluded;
  if (envelope.releaser_role() != (by_machine ? wire::Role::machine : wire::Role::director)) {
    return refused_change("only directors agree on the clock of an exercise",
                          "ask a director of this exercise");
  }
  if (envelope.precedence() != wire::Precedence::flash) {
    return refused_change("directors agree on the clock of an exercise at FLASH", "-p flash");
  }
  if (said->action() == Action::exercise_clock_proposed) {
    if (Status fits = check_proposal(envelope, *said); !fits) return fits;
  } else if (!target || !change_proposed_in(*target)) {
    return refused_change("references: it names no change of the clock that is proposed",
                          kClockHint);
  } else if (said->action() == Action::exercise_clock_agreed && target->incoming == incoming) {
    return refused_change("a change is agreed to by the other side", kClockHint);
  } else if (by_machine && (target->incoming != incoming || !is_of_greater(incoming))) {
    return refused_change("the change is not the sender's to conclude", kClockHint);
  }
  return incoming ? ok() : check_own(envelope, said->action(), target);
}

Status JointClock::check_proposal(const wire::Envelope& envelope, const wire::Service& said) const {
  const auto change = parse_clock_change(text_of(said.clock()));
  if (!change) {
    return refused_change("it proposes no change that a clock can follow",
                          "hotline drill speed 10 --joint");
  }
  const bool is_jump = change->change == Change::jump;
  if (is_jump && (change->until < envelope.released_at() ||
                  change->until - envelope.released_at() > limits::kExerciseJumpMax_ms)) {
    return refused_change("a jump goes ahead, and 31 days at most",
                          "hotline drill jump 72h --joint");
  }
  return ok();
}

Status JointClock::check_own(const wire::Envelope& envelope, Action action,
                             const std::optional<MessageKey>& target) const {
  if (stops_.standing() != nullptr) {
    return refused_change("the exercise is stopped, and its clock is real time",
                          "hotline drill begin");
  }
  if (!stops_.has_held_stop(false, envelope.peer_transcript_size())) {
    return refused_change("a stop of the other side has come this moment", kClockHint);
  }
  if (action == Action::exercise_clock_proposed) return ok();
  const auto& open = proposed_[target->incoming];
  if (!open || open->key != *target) {
    return refused_change("this change is not open any more", kClockHint);
  }
  if (action != Action::exercise_clock_concluded && target->incoming && open->is_agreed) {
    return refused_change("this side has agreed to it", kClockHint);
  }
  return ok();
}

// ----------------------------------------------------------------------------------------------
// folded

std::optional<ClockChange> JointClock::change_proposed_in(MessageKey key) const {
  const auto record = recorder_.message(key);
  if (!record || record->type != static_cast<uint8_t>(wire::MessageType::service)) {
    return std::nullopt;
  }
  const auto body = open_body(record->body);
  const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
  if (!said || said->action() != Action::exercise_clock_proposed) return std::nullopt;
  return parse_clock_change(text_of(said->clock()));
}

void JointClock::apply(const wire::Entry& entry) {
  const auto brought = message_in(entry);
  if (!config_.channel.exercise || !brought ||
      brought->type != static_cast<uint8_t>(wire::MessageType::service)) {
    return;
  }
  const auto record = recorder_.message(brought->key);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
  if (!envelope || !said || !is_about_joint_clock(said->action())) return;
  const bool incoming = brought->key.incoming;
  // It was said before a stop that its sender did not hold.
  if (!stops_.has_held_stop(incoming, (*envelope)->peer_transcript_size())) return;
  if (said->action() == Action::exercise_clock_proposed) {
    const auto change = parse_clock_change(text_of(said->clock()));
    if (change) proposed_[incoming] = {brought->key, *change};
    return;
  }
  if (!brought->target) return;
  if (said->action() == Action::exercise_clock_concluded ||
      (said->action() == Action::exercise_clock_agreed && is_of_greater(incoming))) {
    return conclude(brought->key, brought->serial, *brought->target);
  }
  auto& open = proposed_[brought->target->incoming];
  if (!open || open->key != *brought->target) return;
  if (said->action() == Action::exercise_clock_agreed) {
    open->is_agreed = true;
  } else {
    open.reset();
  }
}

// The proposal may be over here: its withdrawal, or the next one, comes too late.
void JointClock::conclude(MessageKey by, uint64_t serial, MessageKey proposal) {
  const auto change = change_proposed_in(proposal);
  if (!change) return;
  auto& open = proposed_[proposal.incoming];
  if (open && open->key == proposal) open.reset();
  agreed_ = {by, serial, *change};
  to_take_.push_back(*agreed_);
}

void JointClock::take(MessageKey concluded) {
  if (!to_take_.empty() && to_take_.front().concluded == concluded) to_take_.pop_front();
}

void JointClock::end_all() {
  proposed_ = {};
  agreed_.reset();
  to_take_.clear();
}

}  // namespace hotline
