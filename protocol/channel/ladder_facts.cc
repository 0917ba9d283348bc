// Facts of messages for the ladder: that one came, was delivered, acknowledged, answered, held or
// raised by hand, and which of them wait.
#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/ladder.h"

namespace hotline {

void Ladder::opened(MessageKey key, uint8_t precedence, bool asks_for_answer, Now base,
                    bool asks_for_dissemination) {
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  auto [item, is_new] = items_.insert(pack(key));
  if (!is_new) return;
  item->precedence = precedence;
  item->base = base.boot;
  item->first_answer = item->full_answer = !asks_for_answer;
  item->disseminated = !asks_for_dissemination;
  reschedule(key, *item);
}

void Ladder::receipted(MessageKey key, Now at) {
  Item* item = find(key);
  if (key.incoming || item == nullptr || item->receipted) return;
  item->receipted = true;
  if (item->precedence != kPrecedenceFirst) item->base = at.boot;
  reschedule(key, *item);
}

std::vector<uint64_t> Ladder::acknowledged(MessageKey key) {
  Item* item = find(key);
  if (item == nullptr) return {};
  item->acknowledged = true;
  std::vector<uint64_t> to_stop = leave_calls(key, *item);
  reschedule(key, *item);
  erase_if_done(key, *item);
  return to_stop;
}

void Ladder::answered(MessageKey key, bool in_full) {
  Item* item = find(key);
  if (item == nullptr) return;
  item->first_answer = true;
  if (in_full) item->full_answer = true;
  reschedule(key, *item);
  erase_if_done(key, *item);
}

void Ladder::disseminated(MessageKey key) {
  Item* item = find(key);
  if (item == nullptr) return;
  item->disseminated = true;
  reschedule(key, *item);
  erase_if_done(key, *item);
}

std::vector<uint64_t> Ladder::closed(MessageKey key) {
  Item* item = find(key);
  if (item == nullptr) return {};
  std::vector<uint64_t> to_stop = leave_calls(key, *item);
  erase(key, *item);
  return to_stop;
}

std::vector<uint64_t> Ladder::paused(MessageKey key, BootMs until, Now at) {
  Item* item = find(key);
  if (item == nullptr) return {};
  const BootMs end = std::max(until, at.boot);
  item->held = true;
  item->paused = end > at.boot;
  holds_[pack(key)] = end;
  std::vector<uint64_t> to_stop;
  if (item->paused) to_stop = leave_calls(key, *item);
  reschedule(key, *item);
  return to_stop;
}

void Ladder::raised(MessageKey key, uint8_t precedence, Now at) {
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  const auto [found, is_new] = items_.insert(pack(key));
  auto* const item = &*found;  // A lambda takes no name of a structured binding.
  if (is_new) {                // It was acknowledged, and nothing else was asked of it.
    item->precedence = precedence;
    item->base = at.boot;
    item->first_answer = item->full_answer = true;
    item->receipted = true;
  }
  const std::vector<Rung>& rungs = policy(*item).rungs;
  const auto next_rung = [&] {
    uint8_t next = 0;
    while (next < rungs.size() && has_bit(item->rungs, next)) ++next;
    return next;
  };
  if (next_rung() == rungs.size()) item->rungs = 0;
  Raise& raise = raises_[pack(key)];
  if (is_new || item->acknowledged) raise.waits_since = at.boot;
  item->acknowledged = false;
  item->held = item->paused = false;
  holds_.erase(pack(key));
  item->raised = true;
  const uint8_t next = next_rung();
  raise.at = at.boot;
  raise.skipped_ms = next < rungs.size() ? rungs[next].after_ms : 0;
  reschedule(key, *item);
}

AttemptEnd Ladder::attempt_finished(const AttemptName& name, AttemptOutcome outcome, Now at) {
  LadderCalls::End end = calls_.finished(name.id, outcome, at);
  AttemptEnd result{end.verdict, std::move(end.messages), {}};
  if (end.verdict == AttemptVerdict::next_command) {
    result.gave_up = to_next_command(end.place, result.messages, at);
    if (result.gave_up.size() == result.messages.size()) result.verdict = AttemptVerdict::gave_up;
  }
  return result;
}

void Ladder::attempt_ended(const AttemptName& name, const KeySet& messages, AttemptOutcome outcome,
                           Now at) {
  const std::optional<uint8_t> rung = rung_index(name.precedence, name.rung);
  if (!rung) return;
  const LadderCalls::Place place{name.precedence, name.incoming, *rung, name.command, name.number};
  const LadderCalls::End end = calls_.finished_before(place, messages, outcome, at);
  if (end.verdict == AttemptVerdict::next_command) to_next_command(place, end.messages, at);
}

void Ladder::decided(const Decision& decision, Now at) {
  alarm(decision.incoming, decision.precedence).told_at = at.boot;
  decision.messages.visit([&](uint64_t serial) {
    const MessageKey key{decision.incoming, serial};
    if (Item* item = find(key)) {
      apply(key, *item, decision.steps, at);
      erase_if_done(key, *item);
    }
    return true;
  });
}

bool Ladder::waits(MessageKey key) const {
  const Item* item = find(key);
  return item != nullptr && !item->acknowledged;
}

bool Ladder::tells_more(MessageKey key) const {
  const Item* item = find(key);
  if (item == nullptr) return false;
  const bool sounds_again = sounding(key, *item) && policy(*item).alarm_again_ms != 0;
  return sounds_again || item_due(key, *item) != kNever;
}

int64_t Ladder::alarm_every_ms(MessageKey key) const {
  const Item* item = find(key);
  if (item == nullptr) return 0;
  return sounds_unless_paused(key, *item) ? policy(*item).alarm_again_ms : 0;
}

std::vector<WaitingPlace> Ladder::waiting(const WaitingFilter& filter, size_t limit,
                                          const std::optional<WaitingPlace>& after) const {
  std::vector<WaitingPlace> places;
  for (uint8_t level = kPrecedenceFirst; level <= kPrecedenceLast; ++level) {
    if (places.size() >= limit) break;
    if (filter.precedence != 0 && filter.precedence != level) continue;
    if (after && after->precedence > level) continue;
    std::pair<BootMs, PackedKey> from{INT64_MIN, 0};
    if (after && after->precedence == level) from = {after->since, pack(after->key)};
    const auto first = static_cast<std::ptrdiff_t>(places.size());
    for (const bool incoming : {false, true}) {
      if (!(incoming ? filter.incoming : filter.own)) continue;
      size_t taken = 0;
      waiting_[incoming ? 1 : 0][level - kPrecedenceFirst].visit_from(
          from, [&](const std::pair<BootMs, PackedKey>& at, Nothing) {
            if (taken == limit) return false;
            const WaitingPlace place{level, at.first, unpack(at.second)};
            if (after && place <= *after) return true;
            places.push_back(place);
            ++taken;
            return true;
          });
    }
    std::sort(places.begin() + first, places.end());
  }
  if (places.size() > limit) places.resize(limit);
  return places;
}

size_t Ladder::waiting_count(const WaitingFilter& filter) const {
  size_t count = 0;
  for (const bool incoming : {false, true}) {
    if (!(incoming ? filter.incoming : filter.own)) continue;
    for (uint8_t level = kPrecedenceFirst; level <= kPrecedenceLast; ++level) {
      if (filter.precedence != 0 && filter.precedence != level) continue;
      count += waiting_[incoming ? 1 : 0][level - kPrecedenceFirst].size();
    }
  }
  return count;
}

}  // namespace hotline
