#include "protocol/ladder_calls.h"

#include <algorithm>

#include "protocol/check.h"
#include "protocol/limits.h"

namespace hotline {

void LadderCalls::add(const Place& place, uint64_t number, BootMs at, bool repeated) {
  Call& call = calls_[place];
  call.waiting.insert(number);
  call.repeated = call.repeated || repeated;
  if (call.id == 0 && call.due == kNever) {
    call.due = std::max(at, call.rests_until);
    call.started = at;  // What a replay knows of it.
  }
}

void LadderCalls::remove_from(Calls::iterator entry, uint64_t number,
                              std::vector<uint64_t>& to_stop) {
  Call& call = entry->second;
  call.waiting.erase(number);
  if (call.told.erase(number) && call.told.empty()) to_stop.push_back(call.id);
  if (call.waiting.empty() && call.told.empty()) call.number = 1;
  rest_if_idle(call);
}

void LadderCalls::rest_if_idle(Call& call) {
  if (call.id != 0 || !call.waiting.empty()) return;
  call.due = kNever;
  call.repeated = false;
}

// ---- Time

bool LadderCalls::has_room(const Place& place) const {
  const size_t kept = place.precedence == kPrecedenceFirst ? 0 : limits::kAttemptsReservedForFlash;
  return running_[place.incoming ? 1 : 0] + kept < limits::kAttemptsRunningMax;
}

std::vector<LadderCalls::Started> LadderCalls::take_due(Now now) {
  std::vector<std::pair<BootMs, Place>> due;
  for (const auto& [place, call] : calls_) {
    if (call.due <= now.boot) due.emplace_back(call.due, place);
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
    call.id = ++last_id_;
    call.started = now.boot;
    call.rests_until = now.boot + limits::kAttemptRest_ms;
    call.due = kNever;
    call.told = call.waiting.take_blocks(limits::kAttemptBlocksMax);
    started.push_back(
        {place, call.id, call.number, std::exchange(call.repeated, false), call.told});
  }
  return started;
}

std::optional<BootMs> LadderCalls::next_due() const {
  BootMs next = kNever;
  for (const auto& [place, call] : calls_) {
    if (call.due < next && has_room(place)) next = call.due;
  }
  return next == kNever ? std::nullopt : std::optional<BootMs>(next);
}

bool LadderCalls::is_stuck(const Call& call, Now now) {
  return call.id != 0 && now.boot - call.started > limits::kAttemptStuck_ms;
}

// A call that waits for a place is judged by those that have the places.
bool LadderCalls::is_late(const Place& place, const Call& call, Now now, int64_t late_ms) const {
  if (call.id != 0 || call.waiting.empty() || !has_room(place)) return false;
  return call.due == kNever || now.boot - call.due > late_ms;
}

// ---- Outcomes

LadderCalls::End LadderCalls::finished(uint64_t id, AttemptOutcome outcome, Now at) {
  const auto entry = std::find_if(calls_.begin(), calls_.end(),
                                  [&](const auto& one) { return id != 0 && one.second.id == id; });
  if (entry == calls_.end()) return {};
  Call& call = entry->second;
  --running_[entry->first.incoming ? 1 : 0];
  call.id = 0;
  End end{AttemptVerdict::stale, entry->first, std::exchange(call.told, {})};
  call.waiting.insert_all(end.messages);
  end.verdict = conclude(call, end.messages, outcome, at);
  rest_if_idle(call);
  return end;
}

LadderCalls::End LadderCalls::finished_before(const Place& place, const KeySet& messages,
                                              AttemptOutcome outcome, Now at) {
  const auto entry = calls_.find(place);
  if (entry == calls_.end()) return {};
  Call& call = entry->second;
  End end{AttemptVerdict::stale, place, call.waiting.intersected(messages)};
  end.verdict = conclude(call, end.messages, outcome, at);
  rest_if_idle(call);
  return end;
}

// Both have put `messages` back among those that wait. Others that joined them meanwhile begin anew
// where these are done.
AttemptVerdict LadderCalls::conclude(Call& call, const KeySet& messages, AttemptOutcome outcome,
                                     Now at) {
  const bool nobody = messages.empty();
  if (!nobody && outcome == AttemptOutcome::failed && call.number < limits::kAttemptsMax) {
    ++call.number;
    // No attempt ended before it started, whatever a replay of a stepped clock seems to say.
    const BootMs last_start = std::min(call.started, at.boot);
    call.due = std::max(at.boot, last_start + limits::kAttemptInterval_ms);
    call.started = call.due;
    return AttemptVerdict::retry;
  }
  if (!nobody) {
    call.waiting.erase_all(messages);
    call.number = 1;
  }
  call.due = call.waiting.empty() ? kNever : std::max(at.boot, call.rests_until);
  if (nobody) return AttemptVerdict::stale;
  return outcome == AttemptOutcome::told ? AttemptVerdict::told : AttemptVerdict::next_command;
}

}  // namespace hotline
