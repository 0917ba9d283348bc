// Conditions of the ladder: messages past their last rung, or never delivered, a flood,
// notifiers that cannot be reached.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/notifier_command.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline {

void Escalation::look_after_ladder(Now now, int64_t times_as_fast) {
  if (still_) return conditions_.set(now, ConditionCode::ladder_lost, {});
  const std::vector<MessageKey> unattended =
      ladder_.unattended(on_ladder(now), limits::kLadderLate_ms * times_as_fast);
  std::map<std::string, std::string> texts;
  if (!unattended.empty()) {
    const std::string name = recorder_.name_of(config_, unattended.front());
    texts[config_.party] = unattended.size() == 1
                               ? "the ladder has lost sight of " + name +
                                     ": watch over it by hand, and report the fault"
                               : "the ladder has lost sight of " + name + " and of " +
                                     std::to_string(unattended.size() - 1) +
                                     " more: watch over them by hand, and report the fault";
  }
  conditions_.set(now, ConditionCode::ladder_lost, texts);
}

void Escalation::note_conditions(Now now) {
  note_past_last_rung(now);
  note_undelivered(now);
  note_flood(now);
}

std::string Escalation::past_last_rung_words(MessageKey key, const std::string& name) const {
  const std::string again = waits_again_.words(key, name, upper_case(config_.peer));
  if (!again.empty()) return "FLASH " + name + " has passed its last rung. " + again;
  if (key.incoming) {
    return "FLASH " + name +
           " has passed its last rung, and nobody here acknowledged it: hotline ack " + name;
  }
  return "FLASH " + name +
         " has passed its last rung, and nobody at the peer acknowledged it: call them by voice";
}

// The oldest of each side by their names, and the others of a side as one.
void Escalation::note_past_last_rung(Now now) {
  std::vector<MessageKey> all;
  for (const bool incoming : {false, true}) {
    const auto some =
        ladder_.past_last_rung(incoming, kPrecedenceFirst, limits::kFlashNamedMax + 1);
    all.insert(all.end(), some.begin(), some.end());
  }
  if (all == past_last_rung_) return;
  past_last_rung_ = all;
  std::map<std::string, std::string> texts;
  std::map<bool, size_t> counts;
  for (const MessageKey& key : all) {
    if (++counts[key.incoming] > limits::kFlashNamedMax) {
      texts[key.incoming ? config_.peer : config_.party] =
          "more FLASH have passed their last rung, and nobody acknowledged them: hotline list "
          "--waiting";
      continue;
    }
    const std::string name = recorder_.name_of(config_, key);
    texts[name] = past_last_rung_words(key, name);
  }
  conditions_.set(now, ConditionCode::flash_unacknowledged, texts);
}

void Escalation::note_undelivered(Now now) {
  size_t others = 0;
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    const size_t count = ladder_.undelivered(precedence).size();
    if (precedence != kPrecedenceFirst) {
      others += count;
    } else if (count == 0) {
      conditions_.clear(now, ConditionCode::flash_undelivered, config_.peer);
    } else {
      conditions_.raise(now, ConditionCode::flash_undelivered, config_.peer,
                        std::to_string(count) + " FLASH not delivered, the oldest " +
                            format_serial(config_.prefix, ladder_.undelivered(precedence).first()) +
                            ": call the peer by voice");
    }
  }
  if (others == 0) {
    conditions_.clear(now, ConditionCode::undelivered, config_.peer);
  } else {
    conditions_.raise(now, ConditionCode::undelivered, config_.peer,
                      std::to_string(others) + (others == 1 ? " message" : " messages") +
                          " not delivered: hotline list --waiting");
  }
}

void Escalation::note_flood(Now now) {
  const size_t count = ladder_.waiting_count(true);
  const bool goes_on = conditions_.is_open(ConditionCode::flood, config_.peer);
  if (count >= (goes_on ? limits::kFloodWaitingMin / 2 : limits::kFloodWaitingMin)) {
    conditions_.raise(now, ConditionCode::flood, config_.peer,
                      std::to_string(count) +
                          " messages of the peer wait for an acknowledgement: hotline ack --all");
  } else {
    conditions_.clear(now, ConditionCode::flood, config_.peer);
  }
}

// Unreachable once its tries ran out, until it has told somebody.
void Escalation::note_reached(Now now, const std::string& name, wire::Outcome outcome,
                              const std::string& detail) {
  if (outcome == wire::Outcome::done) {
    conditions_.clear(now, ConditionCode::notifier_unreachable, name);
    return;
  }
  const bool is_missing = conditions_.is_open(ConditionCode::command_missing, name);
  if (is_missing || outcome == wire::Outcome::stopped) return;
  conditions_.raise(now, ConditionCode::notifier_unreachable, name,
                    name + " told nobody (" + detail +
                        "): tell people in person, mend it, and try "
                        "it: hotline escalation test");
}

void Escalation::review_unreachable(Now now) {
  std::set<std::string> named;
  for (const PrecedencePolicy& precedence : config_.policy.precedences) {
    for (const Rung& rung : precedence.rungs) {
      for (const Command& command : rung.commands) named.insert(name_of_command(command));
    }
  }
  for (const Condition& condition : conditions_.list()) {
    if (condition.kind->code != ConditionCode::notifier_unreachable) continue;
    const bool is_missing = conditions_.is_open(ConditionCode::command_missing, condition.subject);
    if (is_missing || !named.contains(condition.subject)) {
      conditions_.clear(now, ConditionCode::notifier_unreachable, condition.subject);
    }
  }
}

}  // namespace hotline
