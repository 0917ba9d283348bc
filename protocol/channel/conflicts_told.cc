// News of conflicts, told once and at both ends: that one is there, came nearer, or ended.
#include <algorithm>

#include "protocol/base/grouped.h"
#include "protocol/base/limits.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/journal.h"

namespace hotline {
namespace {

std::optional<MessageKey> from_optional(const wire::MessageKey* key) {
  return key == nullptr ? std::nullopt : std::optional(from_wire(key));
}

}  // namespace

void Conflicts::apply(const wire::Entry& entry) {
  if (const wire::ConflictFound* found = entry.fact_as_ConflictFound()) {
    told_[{from_wire(found->own()), from_wire(found->peers())}] = {
        {static_cast<int64_t>(found->horizontal_m()), static_cast<int64_t>(found->vertical_m()),
         static_cast<int64_t>(found->time_s()), found->from(), found->until()},
        found->pairs(),
        from_optional(found->own_lapsed()),
        from_optional(found->peers_lapsed())};
  } else if (const wire::ConflictEnded* ended = entry.fact_as_ConflictEnded()) {
    told_.erase({from_wire(ended->own()), from_wire(ended->peers())});
  }
}

// A party that accepted it must hear that this does not count any more, also where the distances
// are the same; and everybody that more of their volumes are in each other's way.
bool Conflicts::is_news(const Told& told, const Conflict& conflict) {
  const auto own = conflict.own_lapsed(), peers = conflict.peers_lapsed();
  return told.nearness != conflict.nearness || told.pairs < conflict.pairs ||
         (own && own != told.own_lapsed) || (peers && peers != told.peers_lapsed);
}

void Conflicts::tell(Now now) {
  // The rest is told later, as it then is.
  for (auto pair = changed_.begin(); pair != changed_.end();) {
    const auto found = open_.find(*pair);
    const bool is_open = found != open_.end() && found->second.is_open();
    const auto told = told_.find(*pair);
    const bool is_new = is_open && (told == told_.end() || is_news(told->second, found->second));
    const bool has_ended = !is_open && told != told_.end();
    if ((is_new || has_ended) && !may_tell(now.boot)) {
      ++pair;
      continue;
    }
    if (is_new) record_found(now, found->second);
    if (has_ended) record_ended(now, *pair);
    pair = changed_.erase(pair);
  }
}

void Conflicts::note_conditions(Now now) {
  const auto count = std::count_if(open_.begin(), open_.end(),
                                   [](const auto& one) { return one.second.is_open(); });
  if (count == 0) {
    conditions_.clear(now, ConditionCode::conflicts_open, config_.peer);
  } else {
    conditions_.raise(now, ConditionCode::conflicts_open, config_.peer,
                      std::to_string(count) + (count == 1 ? " conflict" : " conflicts") +
                          " of notices, not ended and not accepted by both: hotline conflicts");
  }
  if (!overflowed_) {
    conditions_.clear(now, ConditionCode::conflicts_incomplete, config_.peer);
  } else {
    conditions_.raise(now, ConditionCode::conflicts_incomplete, config_.peer,
                      "more is announced than can be compared: some notices are not held against "
                      "the other side's; compare them by hand");
  }
}

void Conflicts::record_found(Now now, const Conflict& conflict) {
  const Nearness& near = conflict.nearness;
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    const wire::MessageKey own = to_wire(conflict.own), peers = to_wire(conflict.peers);
    const auto own_lapsed = to_wire(conflict.own_lapsed().value_or(MessageKey{}));
    const auto peers_lapsed = to_wire(conflict.peers_lapsed().value_or(MessageKey{}));
    return wire::CreateConflictFound(
        b, &own, &peers, conflict.own_volume, conflict.peers_volume,
        static_cast<uint32_t>(near.horizontal_m), static_cast<uint32_t>(near.vertical_m),
        static_cast<uint32_t>(near.time_s), near.from, near.until,
        conflict.own_lapsed() ? &own_lapsed : nullptr,
        conflict.peers_lapsed() ? &peers_lapsed : nullptr, conflict.pairs);
  }));
  std::string text = "CONFLICT of " + corrections_.name_of(conflict.own) + " volume " +
                     std::to_string(conflict.own_volume) + " with " +
                     corrections_.name_of(conflict.peers) + " volume " +
                     std::to_string(conflict.peers_volume) + ": " +
                     grouped(static_cast<uint64_t>(near.horizontal_m)) + " m apart, " +
                     grouped(static_cast<uint64_t>(near.vertical_m)) + " m in height, " +
                     grouped(static_cast<uint64_t>(near.time_s)) + " s in time, from " +
                     format_date_time_group(std::min(near.from, near.until)) + " to " +
                     format_date_time_group(std::max(near.from, near.until));
  if (conflict.pairs > 1) {
    text = text + ", the nearest of " + std::to_string(conflict.pairs) + " pairs of their volumes";
  }
  std::string lapsed;
  for (const auto& answer : {conflict.own_lapsed(), conflict.peers_lapsed()}) {
    if (answer) lapsed += (lapsed.empty() ? "" : ", ") + corrections_.name_of(*answer);
  }
  if (!lapsed.empty()) {
    text = text + ". Accepted no more, since a notice was changed: " + lapsed;
  }
  noise_.alarm(now, NoiseKind::conflict, conflict.peers, text);
}

void Conflicts::record_ended(Now now, const Pair& pair) {
  const bool accepted = open_.contains(pair);
  const bool cancelled =
      corrections_.is_cancelled(pair.first) || corrections_.is_cancelled(pair.second);
  const auto why = accepted    ? wire::ConflictEnd::accepted
                   : cancelled ? wire::ConflictEnd::cancelled
                               : wire::ConflictEnd::changed;
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    const wire::MessageKey own = to_wire(pair.first), peers = to_wire(pair.second);
    return wire::CreateConflictEnded(b, &own, &peers, why);
  }));
}

void Conflicts::tick(Now now) {
  if (now.boot < next_tick_) return;
  next_tick_ = now.boot + kLook_ms;
  if (!changed_.empty()) tell(now);
  note_conditions(now);
  // A clock that was set ahead may be set back: nothing is forgotten for good by it alone.
  const int64_t offset_ms = now.machine_utc() - now.boot;
  if (std::abs(offset_ms - clock_offset_ms_) > kClockStep_ms)
    forgets_from_ = now.boot + kClockTrust_ms;
  clock_offset_ms_ = offset_ms;
  if (now.boot < forgets_from_) return;
  pass(now);
  if (ends_.empty() || ends_.begin()->first >= now.utc) return;
  std::set<Pair> untold = std::exchange(changed_, {});
  while (!ends_.empty() && ends_.begin()->first < now.utc) {
    const MessageKey notice = ends_.begin()->second;
    forget_acceptances(notice);
    forget(notice);
  }
  // A conflict that is over has ended by itself.
  for (const Pair& pair : changed_) told_.erase(pair);
  changed_ = std::move(untold);
}

// A conflict whose time has passed has ended by itself, and nothing is told of it.
void Conflicts::pass(Now now) {
  passed_until_ = now.utc;
  for (auto one = open_.begin(); one != open_.end();) {
    if (last_moment(one->second.nearness) >= now.utc) {
      ++one;
      continue;
    }
    const auto next = standing(one->first, now.utc);
    if (next) {
      changed_.insert(one->first);
      one->second = *next;
      ++one;
    } else {
      told_.erase(one->first);
      one = open_.erase(one);
    }
  }
}

bool Conflicts::may_tell(BootMs now) {
  if (now >= tells_until_) {
    tells_until_ = now + kToldWindow_ms;
    told_in_window_ = 0;
  }
  return told_in_window_++ < limits::kConflictsToldMax;
}

}  // namespace hotline
