#include "protocol/channel/pauses.h"

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/roles.h"

namespace hotline {

void Pauses::pause(Now now, uint64_t token, const Actor& actor, const std::string& id, UtcMs until,
                   const std::string& reason) {
  const Status status = try_pause(now, token, actor, id, until, reason);
  if (status) return;
  noise_.record_refusal(now, actor, status.error(),
                        printable_line(shortened(id, limits::kPeerWordsSizeMax)));
  recorder_.say(AnswerLadder{token, id, status.error()});
}

Status Pauses::try_pause(Now now, uint64_t token, const Actor& actor, const std::string& id,
                         UtcMs until, const std::string& reason) {
  const auto role = acting_role(actor.roles, 0, Right::pause);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may pause a ladder",
                      "ask a supervisor of this watch");
  }
  const auto named = releases_.resolve(id);
  if (!named) return named.error();
  const MessageKey key = named->key;
  if (!escalation_.ladder().waits(key)) {
    return make_error(ErrorCode::refused, named->id + " does not escalate",
                      "hotline show " + named->id + "    says what became of it");
  }
  const bool ends = until == 0;
  if (ends && find(key, now.utc) == nullptr) {
    return make_error(ErrorCode::refused, "the ladder of " + named->id + " is not paused",
                      "hotline escalation show " + named->id);
  }
  if (!ends && !escalation_.ladder().tells_more(key)) {
    return make_error(ErrorCode::refused,
                      "nobody further is told of " + named->id +
                          ": its ladder has no rung left, and no alarm of it sounds again",
                      "hotline escalation show " + named->id);
  }
  if (!ends && until <= now.utc) {
    return make_error(ErrorCode::usage, "a pause ends later than now", "--until +30m");
  }
  if (until > now.utc + limits::kPauseMax_ms) {
    return make_error(ErrorCode::refused, "a pause lasts 12 hours at most", "--until +12h");
  }
  if (!ends && is_blank(reason)) {
    return make_error(ErrorCode::usage, "it does not say why", "--reason \"...\"");
  }
  if (reason.size() > limits::kPauseReasonSizeMax || !is_plain_text(reason)) {
    return make_error(
        ErrorCode::refused, "the reason is too long, or no plain text",
        "--reason \"...\", " + std::to_string(limits::kPauseReasonSizeMax) + " bytes at most");
  }
  if (!ends && !pauses_.contains(key) && list(now.utc).size() >= limits::kPausesMax) {
    return make_error(ErrorCode::refused, "too many ladders are paused already",
                      "hotline escalation resume ...    ends a pause");
  }
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const wire::MessageKey message = to_wire(key);
        const auto because = reason.empty() ? 0 : b.CreateString(reason);
        return wire::CreateLadderPaused(b, &message, until, because, &by.submitter, &by.name_hash,
                                        static_cast<uint8_t>(*role));
      },
      by.part));
  recorder_.say_once_durable(AnswerLadder{token, named->id, ok()});
  recorder_.alarm(now, key,
                  ends ? "the ladder of " + named->id + " goes on"
                       : "the ladder of " + named->id + " is paused until " +
                             format_rfc3339(until) + ": " + reason);
  return ok();
}

std::map<MessageKey, Pause> Pauses::list(UtcMs now) const {
  std::map<MessageKey, Pause> held;
  for (const auto& [key, pause] : pauses_) {
    if (find(key, now) != nullptr) held.emplace(key, pause);
  }
  return held;
}

const Pause* Pauses::find(MessageKey key, UtcMs now) const {
  const auto found = pauses_.find(key);
  const bool holds =
      found != pauses_.end() && found->second.until > now && escalation_.ladder().waits(key);
  return holds ? &found->second : nullptr;
}

void Pauses::apply(const wire::Entry& entry) {
  if (const wire::LadderRaised* raised = entry.fact_as_LadderRaised()) {
    pauses_.erase(from_wire(raised->message()));
    return;
  }
  const wire::LadderPaused* fact = entry.fact_as_LadderPaused();
  if (fact == nullptr) return;
  std::erase_if(pauses_, [&](const auto& one) { return one.second.until <= entry.at(); });
  pauses_[from_wire(fact->message())] = {entry.at(), fact->until(), text_of(fact->reason()),
                                         fact->role(), recorder_.last_index()};
}

}  // namespace hotline
