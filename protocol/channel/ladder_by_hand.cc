#include "protocol/channel/ladder_by_hand.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"

namespace hotline {

void LadderByHand::raise(Now now, uint64_t token, const Actor& actor, const std::string& id,
                         const std::string& reason) {
  const Status status = try_raise(now, token, actor, id, reason);
  if (status) return;
  noise_.record_refusal(now, actor, status.error(),
                        printable_line(shortened(id, limits::kPeerWordsSizeMax)));
  recorder_.say(AnswerLadder{token, id, status.error()});
}

Status LadderByHand::try_raise(Now now, uint64_t token, const Actor& actor, const std::string& id,
                               const std::string& reason) {
  const auto role = acting_role(actor.roles, 0, Right::escalate);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may escalate a message",
                      "ask an operator or a supervisor of this watch");
  }
  const auto named = releases_.resolve(id);
  if (!named) return named.error();
  const MessageKey key = named->key;
  const auto record = recorder_.message(key);
  if (!record || !kind_of(record->type).waits_for_acknowledgement() ||
      corrections_.is_cancelled(key)) {
    return make_error(
        ErrorCode::refused,
        named->id + " waits for nobody: it was cancelled, or needs no acknowledgement",
        "hotline show " + named->id);
  }
  const Ladder& ladder = escalation_.ladder();
  if (ladder.waits(key) && !ladder.next_rung(key)) {
    return make_error(ErrorCode::refused,
                      named->id + " has no rung left: its ladder was climbed to the end",
                      "hotline escalation show " + named->id + "    says whom each rung called");
  }
  if (is_blank(reason)) {
    return make_error(ErrorCode::usage, "it does not say why", "--reason \"...\"");
  }
  if (reason.size() > limits::kPauseReasonSizeMax || !is_plain_text(reason)) {
    return make_error(
        ErrorCode::refused, "the reason is too long, or no plain text",
        "--reason \"...\", " + std::to_string(limits::kPauseReasonSizeMax) + " bytes at most");
  }
  const bool waits_again = !ladder.waits(key);
  const Signatory by = persons_.sign(now, actor);
  pauses_.apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const wire::MessageKey message = to_wire(key);
        return wire::CreateLadderRaised(b, &message, known_precedence(record->precedence),
                                        b.CreateString(reason), &by.submitter, &by.name_hash,
                                        static_cast<uint8_t>(*role));
      },
      by.part));
  raised_.push_back({recorder_.size() - 1, AnswerLadder{token, named->id, ok()}});
  recorder_.alarm(now, key,
                  named->id + " was escalated by " + role_name(static_cast<uint8_t>(*role)) +
                      (waits_again ? ", and waits for an acknowledgement again: " : ": ") + reason);
  return ok();
}

void LadderByHand::committed(Now now) {
  const auto waits = [durable = recorder_.durable().journal_size](const Raised& one) {
    return one.journal_index >= durable;
  };
  if (std::all_of(raised_.begin(), raised_.end(), waits)) return;
  escalation_.run_ladder(now);
  std::erase_if(raised_, [&](Raised& one) {
    if (waits(one)) return false;
    recorder_.say_once_durable(recorder_.size() - 1, std::move(one.answer));
    return true;
  });
}

Status LadderByHand::check_trial(const Actor& actor) const {
  if (acting_role(actor.roles, 0, Right::escalate)) return ok();
  return make_error(ErrorCode::not_allowed,
                    actor.name + " has no role here that may try the notifiers",
                    "ask an operator or a supervisor of this watch");
}

void LadderByHand::record_trial(Now now, uint64_t token, const Actor& actor,
                                const std::vector<TriedNotifier>& tried) {
  const auto role = acting_role(actor.roles, 0, Right::escalate);
  if (!role) return recorder_.say(AnswerLadder{token, "", check_trial(actor)});
  const Signatory by = persons_.sign(now, actor);
  recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        std::vector<flatbuffers::Offset<wire::TriedNotifier>> rows;
        for (const TriedNotifier& one : tried) {
          const auto name = b.CreateString(one.name);
          const auto detail = b.CreateString(one.detail);
          rows.push_back(wire::CreateTriedNotifier(b, name, one.outcome, detail));
        }
        const auto all = b.CreateVector(rows);
        return wire::CreateNotifiersTried(b, all, &by.submitter, &by.name_hash,
                                          static_cast<uint8_t>(*role));
      },
      by.part);
  recorder_.say_once_durable(AnswerLadder{token, "", ok()});
  for (const TriedNotifier& one : tried) {
    escalation_.note_reached(now, one.name, one.outcome, one.detail);
  }
}

}  // namespace hotline
