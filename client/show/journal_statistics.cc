#include "client/show/journal_statistics.h"

#include <algorithm>

#include "client/show/journal_line.h"
#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/ladder.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {
namespace {

// A journal that nobody verified may say anything; sums of what no clock shows would overflow.
UtcMs on_a_clock(int64_t time) {
  return std::clamp<int64_t>(time, 0, limits::kTimeMax_ms);
}

}  // namespace

int64_t JournalStatistics::Messages::percentile_ms(int percent) const {
  std::vector<int64_t> sorted = times_ms;
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;
  const auto place = sorted.begin() + static_cast<ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

uint64_t JournalStatistics::message_count(bool incoming) const {
  uint64_t count = 0;
  for (const auto& [precedence, messages] : messages_[incoming]) count += messages.count;
  return count;
}

void JournalStatistics::take(const wire::Entry& entry) {
  const UtcMs at = on_a_clock(entry.at());
  if (const auto* created = entry.fact_as_StoreCreated()) {
    exercise_ = created->exercise();
  } else if (const auto* stepped = entry.fact_as_ClockStepped()) {
    stepped_ms_ += on_a_clock(stepped->to()) - on_a_clock(stepped->from());
    stepped_ms_ = std::clamp(stepped_ms_, -limits::kTimeMax_ms, limits::kTimeMax_ms);
  } else if (const auto* released = entry.fact_as_Released()) {
    settle(released->type(), released->role(), released->refers_to(), at);
    if (kind_of(released->type()).waits_for_acknowledgement()) {
      open({false, released->serial()}, released->type(), released->precedence(), at);
    }
  } else if (const auto* received = entry.fact_as_Received()) {
    // A message that breaks the rules waits all the same, and says nothing of others.
    if (received->decline_code() == 0) {
      settle(received->type(), received->role(), received->refers_to(), at);
    }
    if (waits_for_acknowledgement(*received)) {
      open({true, received->index()}, received->type(), received->precedence(), at);
    }
  } else if (const auto* decided = entry.fact_as_StepsDecided()) {
    climb(*decided);
  } else if (const auto* missed = entry.fact_as_TestCallMissed()) {
    if (period_.has(hour_of(*missed))) ++test_calls_[!missed->ours()].missed;
  }
}

void JournalStatistics::open(Key key, uint8_t type, uint8_t precedence, UtcMs at) {
  if (!period_.has(at)) return;
  const Open open{at - stepped_ms_, precedence, kind_of(type).is_test_call};
  open_.insert_or_assign(key, open);
  if (open.test) {
    ++test_calls_[key.first].made;
  } else {
    ++of(key, open).count;
  }
}

void JournalStatistics::settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to,
                               UtcMs at) {
  if (refers_to == nullptr) return;
  const TargetEffect effect = kind_of(type).effect;
  const bool acknowledges = effect == TargetEffect::acknowledges;
  // A machine is nobody: its DECLINE ends no wait.
  const bool closes =
      effect == TargetEffect::cancels ||
      (effect == TargetEffect::declines && role != static_cast<uint8_t>(wire::Role::machine));
  if (!acknowledges && !closes) return;
  const auto found = open_.find({refers_to->incoming(), refers_to->number()});
  if (found == open_.end()) return;  // Settled before, or not asked for.
  const auto [key, open] = *found;
  open_.erase(found);
  if (open.test) {
    if (acknowledges) ++test_calls_[key.first].acknowledged;
    return;
  }
  Messages& messages = of(key, open);
  if (closes) {
    ++messages.closed;
    return;
  }
  ++messages.acknowledged;
  const int64_t time_ms = at - stepped_ms_ - open.at;
  if (time_ms < 0) {
    ++messages.not_measured;
  } else {
    messages.times_ms.push_back(time_ms);
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
  if (found == open_.end() || found->second.escalated || found->second.test) return;
  found->second.escalated = true;
  ++of(found->first, found->second).escalated;
}

}  // namespace hotline::client
