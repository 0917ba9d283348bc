#include "client/show/journal_statistics.h"

#include <algorithm>

#include "client/show/journal_line.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/ladder.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

uint64_t JournalStatistics::message_count(bool incoming) const {
  uint64_t count = 0;
  for (const auto& [precedence, messages] : messages_[incoming]) count += messages.count();
  return count;
}

std::vector<JournalStatistics::StillWaiting> JournalStatistics::still_waiting(bool incoming) const {
  std::vector<StillWaiting> waiting;
  const auto since = [this](const JournalClock::Stamp& stamp) {
    return JournalClock::between(stamp, clock_.now());
  };
  for (const auto& [key, open] : open_) {
    if (key.first != incoming || open.test) continue;
    waiting.push_back({.precedence = open.precedence,
                       .for_ms = since(open.since),
                       .acknowledgement = open.acknowledgement,
                       .dissemination = open.dissemination,
                       .answer = open.answer});
  }
  if (incoming) return waiting;
  for (const auto* undelivered : {&unnumbered_, &unreceived_}) {
    for (const auto& [number, message] : *undelivered) {
      waiting.push_back(
          {.precedence = message.precedence, .for_ms = since(message.since), .delivery = true});
    }
  }
  return waiting;
}

void JournalStatistics::take(const wire::Entry& entry) {
  clock_.take(entry);
  const UtcMs at = on_a_clock(entry.at());
  if (const auto* created = entry.fact_as_StoreCreated()) {
    exercise_ = created->exercise();
  } else if (const auto* released = entry.fact_as_Released()) {
    take_released(*released, at);
  } else if (const auto* received = entry.fact_as_Received()) {
    take_received(*received, at);
  } else if (const auto* numbered = entry.fact_as_Numbered()) {
    number(*numbered);
  } else if (const auto* held = entry.fact_as_ReceiptHeld()) {
    deliver(held->size());
  } else if (const auto* decided = entry.fact_as_StepsDecided()) {
    climb(*decided);
  } else if (const auto* missed = entry.fact_as_TestCallMissed()) {
    if (!period_.has(hour_of(*missed))) return;
    ++test_calls_[!missed->ours()].missed;
    missed_in_a_row_ = std::max(missed_in_a_row_, missed->in_a_row());
  }
}

void JournalStatistics::take_released(const wire::Released& released, UtcMs at) {
  settle(released.type(), released.role(), released.refers_to());
  const Kind& kind = kind_of(released.type());
  if (!kind.waits_for_acknowledgement()) return;
  const Open opened{.since = clock_.now(),
                    .precedence = released.precedence(),
                    .test = kind.is_test_call,
                    .dissemination = kind.asks_for_dissemination,
                    .answer = released.answer_due()};
  open({false, released.serial()}, opened, at);
  if (!period_.has(at) || kind.is_test_call) return;
  ++messages_[false][opened.precedence].delivery.count;
  unnumbered_[released.serial()] = {opened.since, opened.precedence};
}

// A message that breaks the rules waits all the same, and says nothing of others.
void JournalStatistics::take_received(const wire::Received& received, UtcMs at) {
  const bool keeps_rules = received.decline_code() == 0;
  if (keeps_rules) settle(received.type(), received.role(), received.refers_to());
  if (period_.has(at)) {
    mismatches_ += received.mismatch();
    rules_broken_ += !keeps_rules;
  }
  if (!waits_for_acknowledgement(received)) return;
  const Kind& kind = kind_of(received.type());
  open({true, received.index()},
       {.since = clock_.now(),
        .precedence = known_precedence(received.precedence()),
        .test = kind.is_test_call,
        .dissemination = kind.asks_for_dissemination && keeps_rules,
        .answer = received.answer_due()},
       at);
}

void JournalStatistics::open(Key key, const Open& open, UtcMs at) {
  if (!period_.has(at)) return;
  open_.insert_or_assign(key, open);
  if (open.test) {
    ++test_calls_[key.first].acknowledgement.count;
    return;
  }
  Messages& messages = of(key, open);
  ++messages.acknowledgement.count;
  messages.dissemination.count += open.dissemination;
  messages.answer.count += open.answer;
  ++days_[key.first][at / kOneDay_ms][open.precedence];
}

void JournalStatistics::settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to) {
  if (refers_to == nullptr) return;
  const auto found = open_.find({refers_to->incoming(), refers_to->number()});
  if (found == open_.end()) return;  // Settled before, or not asked for.
  const Key key = found->first;
  Open& open = found->second;
  const TargetEffect effect = kind_of(type).effect;
  // A machine is nobody: its DECLINE ends no wait.
  const bool closes =
      effect == TargetEffect::cancels ||
      (effect == TargetEffect::declines && role != static_cast<uint8_t>(wire::Role::machine));
  const auto end = [&](bool& waits, bool is_done, WaitTally& tally) {
    if (waits && is_done) finish(open.since, tally);
    if (waits && closes) ++tally.closed;
    if (is_done || closes) waits = false;
  };
  const bool acknowledges = effect == TargetEffect::acknowledges;
  if (open.test) {
    end(open.acknowledgement, acknowledges, test_calls_[key.first].acknowledgement);
  } else {
    Messages& messages = of(key, open);
    end(open.acknowledgement, acknowledges, messages.acknowledgement);
    end(open.dissemination, effect == TargetEffect::disseminates, messages.dissemination);
    end(open.answer, effect == TargetEffect::answers, messages.answer);
  }
  if (!open.acknowledgement && !open.dissemination && !open.answer) open_.erase(found);
}

void JournalStatistics::finish(const JournalClock::Stamp& since, WaitTally& tally) const {
  ++tally.done;
  if (const auto time_ms = JournalClock::between(since, clock_.now())) {
    tally.times_ms.push_back(*time_ms);
  } else {
    ++tally.not_measured;
  }
}

void JournalStatistics::number(const wire::Numbered& numbered) {
  uint64_t place = numbered.first();
  for (const uint64_t serial : *numbered.serials()) {
    if (auto message = unnumbered_.extract(serial)) unreceived_[place] = message.mapped();
    ++place;
  }
}

// A receipt covers all places below its size.
void JournalStatistics::deliver(uint64_t size) {
  while (!unreceived_.empty() && unreceived_.begin()->first < size) {
    const Undelivered message = unreceived_.extract(unreceived_.begin()).mapped();
    finish(message.since, messages_[false][message.precedence].delivery);
  }
}

void JournalStatistics::climb(const wire::StepsDecided& decided) {
  if (decided.steps() == nullptr) return;
  const bool is_rung = std::any_of(
      decided.steps()->begin(), decided.steps()->end(),
      [](const wire::Step* step) { return static_cast<StepKind>(step->kind()) == StepKind::rung; });
  if (!is_rung) return;
  from_blocks(decided.messages()).visit([&](uint64_t number) {
    climb({decided.incoming(), number});
    return true;
  });
}

void JournalStatistics::climb(Key key) {
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  Open& open = found->second;
  if (open.escalated || open.test || !open.acknowledgement) return;
  open.escalated = true;
  ++of(key, open).escalated;
}

}  // namespace hotline::client
