#include "protocol/channel/ladder_calls.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"

namespace hotline {

void LadderCalls::add(const Place& place, uint64_t number, BootMs at, bool repeated) {
  join(place, {number}, at, repeated);
}

// Messages that join others are told of with them: sooner than alone, never later.
void LadderCalls::join(const Place& place, const KeySet& messages, BootMs due, bool repeated) {
  Call& call = calls_[place];
  call.waiting.insert_all(messages);
  call.due = std::min(call.due, due);
  call.repeated = call.repeated || repeated;
}

void LadderCalls::leave_if_empty(Call& call) {
  if (!call.waiting.empty()) return;
  call.due = kNever;
  call.repeated = false;
}

void LadderCalls::remove_from(Calls::iterator entry, uint64_t number,
                              std::vector<uint64_t>& to_stop) {
  Call& call = entry->second;
  call.waiting.erase(number);
  leave_if_empty(call);
  for (Run& run : call.runs) {
    if (run.told.erase(number) && run.told.empty()) to_stop.push_back(run.id);
  }
}

// ---- Time

BootMs LadderCalls::next_run(const Call& call) {
  if (call.waiting.empty()) return kNever;
  const BootMs at = std::max(call.due, call.rests_until);
  return call.runs.empty() ? at
                           : std::max(at, call.runs.back().started + limits::kAttemptOverlap_ms);
}

size_t LadderCalls::running_of_command(const Place& place) const {
  Place attempt = place;
  size_t count = 0;
  for (attempt.number = 1; attempt.number <= limits::kAttemptsMax; ++attempt.number) {
    if (const auto call = calls_.find(attempt); call != calls_.end())
      count += call->second.runs.size();
  }
  return count;
}

bool LadderCalls::has_room(const Place& place) const {
  const size_t beside = running_of_command(place);
  if (beside >= limits::kAttemptsPerCommandMax) return false;
  const size_t places = beside == 0 ? limits::kAttemptsRunningMax : limits::kAttemptsBesideMax;
  const size_t kept = place.precedence == kPrecedenceFirst ? 0 : limits::kAttemptsReservedForFlash;
  return running_[place.incoming ? 1 : 0] + kept < places;
}

std::vector<LadderCalls::Started> LadderCalls::take_due(Now now) {
  std::vector<std::pair<BootMs, Place>> due;
  for (const auto& [place, call] : calls_) {
    if (const BootMs at = next_run(call); at <= now.boot) due.emplace_back(at, place);
  }
  // The most urgent first, then who has waited longest: no rung starves another.
  std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.precedence, a.first) < std::pair(b.second.precedence, b.first);
  });
  std::vector<Started> started;
  for (const auto& [at, place] : due) {
    if (!has_room(place)) continue;
    Call& call = calls_.at(place);
    ++running_[place.incoming ? 1 : 0];
    call.rests_until = now.boot + limits::kAttemptRest_ms;
    call.runs.push_back({++last_id_, now.boot, machine(now),
                         call.waiting.take_blocks(limits::kAttemptBlocksMax), call.repeated});
    const Run& run = call.runs.back();
    started.push_back({place, run.id, call.repeated, run.told});
    leave_if_empty(call);
  }
  return started;
}

std::optional<BootMs> LadderCalls::next_due() const {
  BootMs next = kNever;
  for (const auto& [place, call] : calls_) {
    if (const BootMs at = next_run(call); at < next && has_room(place)) next = at;
  }
  return next == kNever ? std::nullopt : std::optional<BootMs>(next);
}

// A call that waits for a place is judged by those that have the places.
bool LadderCalls::is_late(const Place& place, const Call& call, Now now, int64_t late_ms) const {
  const BootMs at = next_run(call);
  return at != kNever && now.boot - at > late_ms && has_room(place);
}

// ---- Outcomes

LadderCalls::End LadderCalls::finished(uint64_t id, AttemptOutcome outcome, Now at) {
  for (auto& [place, call] : calls_) {
    const auto run = std::find_if(call.runs.begin(), call.runs.end(),
                                  [&](const Run& one) { return one.id == id; });
    if (run == call.runs.end()) continue;
    --running_[place.incoming ? 1 : 0];
    const Run ended = std::move(*run);
    call.runs.erase(run);
    return conclude(place, ended.told, outcome, ended.started, at, ended.repeated);
  }
  return {};
}

LadderCalls::End LadderCalls::finished_before(const Place& place, const KeySet& messages,
                                              AttemptOutcome outcome, Now at) {
  const auto entry = calls_.find(place);
  if (entry == calls_.end()) return {};
  Call& call = entry->second;
  KeySet ended = call.waiting.intersected(messages);
  // No attempt ended before it started, whatever a replay of a stepped clock seems to say.
  const BootMs last_start = std::min(call.due, at.boot);
  call.waiting.erase_all(ended);
  leave_if_empty(call);
  return conclude(place, std::move(ended), outcome, last_start, at, true);
}

std::vector<uint64_t> LadderCalls::runs() const {
  std::vector<uint64_t> ids;
  for (const auto& [place, call] : calls_) {
    for (const Run& run : call.runs) ids.push_back(run.id);
  }
  return ids;
}

LadderCalls::End LadderCalls::conclude(const Place& place, KeySet messages, AttemptOutcome outcome,
                                       BootMs last_start, Now at, bool repeated) {
  End end{AttemptVerdict::stale, place, std::move(messages)};
  if (end.messages.empty()) return end;
  if (outcome == AttemptOutcome::told) {
    end.verdict = AttemptVerdict::told;
  } else if (outcome == AttemptOutcome::impossible || place.number >= limits::kAttemptsMax) {
    end.verdict = AttemptVerdict::next_command;
  } else {
    end.verdict = AttemptVerdict::retry;
    const bool soon = outcome == AttemptOutcome::not_started && place.number == 1;
    Place retry = place;
    ++retry.number;
    const BootMs due = last_start + (soon ? limits::kAttemptRest_ms : limits::kAttemptInterval_ms);
    join(retry, end.messages, std::max(at.boot, due), repeated);
  }
  return end;
}

}  // namespace hotline
