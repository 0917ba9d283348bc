#include "protocol/channel/corrections.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

Error refused(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::refused, reason, hint);
}

}  // namespace

Status Corrections::check(MessageKey target, const wire::Envelope& envelope,
                          const wire::Body& body) {
  const Kind& kind = kind_of(envelope.type());
  if (!kind.changes_another()) return ok();
  if (Status can = check_changed(target, kind.effect); !can) return can;
  if (is_cancelled(target)) {
    const bool cancels = body.content_as_correction() == nullptr;
    return refused("references: the message was cancelled before",
                   cancels ? "nothing is left to be done" : "what is true now is a new message");
  }
  const wire::Correction* correction = body.content_as_correction();
  if (correction == nullptr) return ok();
  const std::vector<Change>& before = of(target);
  if (before.size() >= limits::kCorrectionsMax) {
    return refused(
        "references: the message was corrected " + std::to_string(before.size()) + " times",
        "cancel it, and send it anew");
  }
  const auto now_says = newest(target);
  if (!now_says) return refused("references: the message cannot be corrected", "send it anew");
  const auto problems = check_correction(*now_says, *correction, envelope.released_at());
  if (problems.empty()) return ok();
  return refused(with_standing(to_string(problems.front()), target, *correction),
                 problems.front().hint);
}

std::string Corrections::with_standing(const std::string& reason, MessageKey target,
                                       const wire::Correction& correction) {
  const std::vector<Change>& made = of(target);
  const auto record = made.empty() ? std::nullopt : recorder_.message(target);
  const auto first = record ? open_body(record->body) : Error{};
  const auto now_says = first ? newest(target) : std::nullopt;
  const auto now = now_says ? open_body(now_says->body) : Error{};
  if (!now || !correction.changes()) return reason;
  const auto type = static_cast<wire::MessageType>(record->type);
  const FieldValues before = field_values(type, **first), after = field_values(type, **now);
  const bool differs =
      std::any_of(correction.changes()->begin(), correction.changes()->end(), [&](const auto* one) {
        const auto field = after.find(text_of(one->field()));
        return field != after.end() && before.at(field->first) != field->second;
      });
  if (!differs) return reason;
  const std::string& prefix = target.incoming ? config_.peer_prefix : config_.prefix;
  return reason + " (as it stands after " + format_serial(prefix, made.back().serial) + ")";
}

Status Corrections::check_changed(MessageKey target, TargetEffect change) {
  const auto record = recorder_.message(target);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto body = record ? open_body(record->body) : Error{};
  if (!envelope || !body) return ok();  // Its sender may cancel what nobody can read.
  const auto* references = (*envelope)->references();
  const bool speaks = references != nullptr && references->size() > 0;
  return check_changeable(name_of(target), **body, change,
                          speaks ? text_of(references->Get(0)->id()) : "");
}

std::optional<CorrectedMessage> Corrections::newest(MessageKey key) {
  const auto record = recorder_.message(key);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  if (!envelope || !kind_of((*envelope)->type()).is_built() || !open_body(record->body)) {
    return std::nullopt;
  }
  CorrectedMessage message = as_said(**envelope, record->body, config_.channel.exercise);
  for (const Change& one : of(key)) {
    const auto made = recorder_.message(one.key);
    const auto header = made ? open_envelope(made->envelope) : Error{};
    const auto body = made ? open_body(made->body) : Error{};
    if (!header || !body || (*body)->content_as_correction() == nullptr) continue;
    auto after = correct(message, *(*body)->content_as_correction(), (*header)->released_at());
    if (after) message = *std::move(after);
  }
  return message;
}

std::optional<Corrections::Cancellation> Corrections::cancellation_of(MessageKey key) {
  const auto found = cancelled_.find(key);
  if (found == cancelled_.end()) return std::nullopt;
  const auto made = recorder_.message(found->second);
  const auto body = made ? open_body(made->body) : Error{};
  const wire::Cancellation* said = body ? (*body)->content_as_cancellation() : nullptr;
  return Cancellation{name_of(found->second), said == nullptr ? "" : text_of(said->reason())};
}

const std::vector<Corrections::Change>& Corrections::of(MessageKey key) const {
  static const std::vector<Change> none;
  const auto found = corrections_.find(key);
  return found == corrections_.end() ? none : found->second;
}

uint64_t Corrections::version_of(MessageKey key) const {
  const std::vector<Change>& made = of(key);
  return made.empty() ? 0 : made.back().serial;
}

std::optional<ReadBackDifference> Corrections::read_back_difference(
    MessageKey target, const wire::Body& acknowledgement) {
  const wire::Acknowledgement* read_back = acknowledgement.content_as_acknowledgement();
  const auto record = read_back ? recorder_.message(target) : std::nullopt;
  if (!record) return std::nullopt;
  const auto newest_state = of(target).empty() ? std::nullopt : newest(target);
  const auto said = open_body(newest_state ? newest_state->body : record->body);
  if (!said) return std::nullopt;
  const auto difference = compare_read_back(event_point(**said), *read_back);
  return difference.mismatch ? std::optional(difference) : std::nullopt;
}

std::string Corrections::name_of(MessageKey key) {
  return recorder_.name_of(config_, key);
}

// Only the originator changes a message: the rules have seen to that.
std::optional<Corrections::Applied> Corrections::change_in(const wire::Entry& entry) {
  const auto brought = message_in(entry);
  if (!brought || !brought->target || !kind_of(brought->type).changes_another()) {
    return std::nullopt;
  }
  const Applied found{{brought->key, brought->serial}, brought->type, *brought->target};
  return found.change.key.incoming == found.target.incoming ? std::optional(found) : std::nullopt;
}

void Corrections::apply(const wire::Entry& entry) {
  const auto applied = change_in(entry);
  if (!applied) return;
  ++changes_;
  if (kind_of(applied->type).effect == TargetEffect::corrects) {
    corrections_[applied->target].push_back(applied->change);
  } else {
    cancelled_.emplace(applied->target, applied->change.key);
  }
}

}  // namespace hotline
