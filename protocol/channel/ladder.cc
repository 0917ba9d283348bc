#include "protocol/channel/ladder.h"

#include <algorithm>
#include <set>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

static_assert(limits::kRungsMax <= 8, "Decided rungs are kept in eight bits.");
static_assert(limits::kRungsMax * limits::kCommandsPerRungMax <= 255, "Commands count in a byte.");

constexpr uint8_t kFlash = kPrecedenceFirst;

// The uppermost bit says whose message it is; numbers stay below it.
constexpr uint64_t kIncomingBit = uint64_t{1} << 63;

bool has_bit(uint8_t bits, uint8_t index) {
  return (bits >> index & 1u) != 0;
}

// To that one of the decisions that has the same steps, or as one more. The oldest comes first, so
// that the decision is as late as its first message.
void add_to(std::vector<Decision>& decisions, Decision decision, uint64_t serial) {
  for (Decision& other : decisions) {
    if (other.incoming != decision.incoming || other.precedence != decision.precedence ||
        other.steps != decision.steps) {
      continue;
    }
    other.messages.insert(serial);
    return;
  }
  decision.messages.insert(serial);
  decisions.push_back(std::move(decision));
}

}  // namespace

Now replayed_time(UtcMs stored, Now restart) {
  const int64_t elapsed_ms = stored < restart.utc ? restart.utc - stored : 0;
  return Now{restart.boot - elapsed_ms, stored};
}

Ladder::Ladder(Policy policy) : policy_(std::move(policy)) {}

Ladder::PackedKey Ladder::pack(MessageKey key) {
  HOTLINE_CHECK(key.number < kIncomingBit);
  return key.number | (key.incoming ? kIncomingBit : 0);
}

MessageKey Ladder::unpack(PackedKey key) {
  return {(key & kIncomingBit) != 0, key & ~kIncomingBit};
}

// Runs under way are left alone where their rung is still there, and else stopped.
void Ladder::follow(Policy policy, Now now) {
  followed_at_ = now.boot;
  const Policy before = std::exchange(policy_, std::move(policy));
  const auto new_index = [&](uint8_t precedence, uint8_t rung) {
    return rung_index(precedence, before.at(precedence).rungs[rung].name);
  };
  const std::vector<uint64_t> to_stop =
      calls_.move([&](LadderCalls::Place place) -> std::optional<LadderCalls::Place> {
        const auto [whose, command] = command_in(before, place);
        const auto rung = new_index(place.precedence, place.rung);
        const auto of = new_index(place.precedence, whose);
        if (!rung || !of || *of < *rung) return std::nullopt;
        size_t first = 0;
        for (uint8_t i = *rung; i < *of; ++i) {
          first += policy_.at(place.precedence).rungs[i].commands.size();
        }
        place.rung = *rung;
        place.command = static_cast<uint8_t>(first + command);
        return place;
      });
  superseded_.insert(superseded_.end(), to_stop.begin(), to_stop.end());
  std::vector<PackedKey> keys;
  items_.visit_from(0, [&](PackedKey key, const Item&) {
    keys.push_back(key);
    return true;
  });
  for (const PackedKey key : keys) {
    Item& item = *items_.find(key);
    uint8_t rungs = 0;
    for (uint8_t i = 0; i < before.at(item.precedence).rungs.size(); ++i) {
      const auto index = has_bit(item.rungs, i) ? new_index(item.precedence, i) : std::nullopt;
      if (index) rungs = static_cast<uint8_t>(rungs | 1u << *index);
    }
    item.rungs = rungs;
    reschedule(unpack(key), item);
  }
}

// ---- Facts

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
  if (item->precedence != kFlash) item->base = at.boot;
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

// ---- Time

Due Ladder::decide(Now now) {
  replaying_ = false;
  Due due;
  size_t decided = 0;
  for (auto& agenda : agenda_) {
    while (!agenda.empty() && agenda.first_key().first <= now.boot &&
           decided < limits::kDecisionsPerCallMax) {
      const MessageKey key = unpack(agenda.first_key().second);
      Item* item = find(key);
      HOTLINE_CHECK(item != nullptr && item->due == agenda.first_key().first);
      if (item->paused) {  // And is so no more.
        item->paused = false;
        reschedule(key, *item);
        continue;
      }
      Decision decision = this->decision(key, *item, now);
      apply(key, *item, decision.steps, now);
      erase_if_done(key, *item);
      add_to(due.decisions, std::move(decision), key.number);
      ++decided;
    }
  }
  if (decided < limits::kDecisionsPerCallMax) sound_again(due, now);
  for (Decision& decision : due.decisions) {
    decision.situation = situation(decision.incoming, decision.precedence, now);
  }
  take_due_attempts(due, now);
  due.to_stop = std::exchange(superseded_, {});
  return due;
}

// The alarms that have been silent for long enough. People hear of what came due alongside anyway.
void Ladder::sound_again(Due& due, Now now) {
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    for (bool incoming : {false, true}) {
      Alarm& alarm = this->alarm(incoming, precedence);
      const BootMs at = again_due(alarm, policy_.at(precedence));
      if (at > now.boot) continue;
      due.decisions.push_back(
          {incoming, precedence, {}, {Step{StepKind::alarm_again, ""}}, 0, now.boot - at, {}});
      alarm.told_at = now.boot;
    }
  }
}

std::optional<BootMs> Ladder::next_due() const {
  BootMs next = calls_.next_due().value_or(kNever);
  for (size_t i = 0; i < agenda_.size(); ++i) {
    if (!agenda_[i].empty()) next = std::min(next, agenda_[i].first_key().first);
    for (const auto& side : alarms_)
      next = std::min(next, again_due(side[i], policy_.precedences[i]));
  }
  return next == kNever ? std::nullopt : std::optional<BootMs>(next);
}

std::optional<Ladder::NextRung> Ladder::next_rung(MessageKey key) const {
  const Item* item = find(key);
  if (item == nullptr) return std::nullopt;
  const std::vector<Rung>& rungs = policy(*item).rungs;
  for (uint8_t i = 0; i < rungs.size(); ++i) {
    const BootMs due = step_due(key, *item, StepKind::rung, i);
    if (due != kNever) return NextRung{rungs[i].name, due};
  }
  return std::nullopt;
}

bool Ladder::tells_more(MessageKey key) const {
  const Item* item = find(key);
  if (item == nullptr) return false;
  const bool sounds_again = sounding(key, *item) && policy(*item).alarm_again_ms != 0;
  return sounds_again || item_due(key, *item) != kNever;
}

std::vector<MessageKey> Ladder::past_last_rung(bool incoming, uint8_t precedence,
                                               size_t limit) const {
  std::vector<MessageKey> keys;
  const size_t rungs = policy_.at(precedence).rungs.size();
  if (rungs == 0) return keys;
  for (const WaitingPlace& place : waiting({!incoming, incoming, precedence}, limit)) {
    if (find(place.key)->rungs == (1u << rungs) - 1) keys.push_back(place.key);
  }
  return keys;
}

std::vector<MessageKey> Ladder::unattended(Now now, int64_t late_ms) const {
  std::set<MessageKey> keys;
  items_.visit_from(0, [&](PackedKey packed, const Item& item) {
    const BootMs due = item_due(unpack(packed), item);
    if (due == kNever) return true;
    const bool on_agenda = agenda_[item.precedence - kPrecedenceFirst].contains({due, packed});
    if (!on_agenda || now.boot - due > late_ms) keys.insert(unpack(packed));
    return true;
  });
  calls_.visit_unattended(now, late_ms, [&](bool incoming, const KeySet& messages) {
    messages.visit([&](uint64_t serial) {
      keys.insert({incoming, serial});
      return true;
    });
  });
  for (bool incoming : {false, true}) {
    for (size_t i = 0; i < alarms_[incoming].size(); ++i) {
      const Alarm& alarm = alarms_[incoming][i];
      const BootMs at = again_due(alarm, policy_.precedences[i]);
      if (at != kNever && now.boot - at > late_ms) keys.insert({incoming, alarm.sounding.first()});
    }
  }
  return {keys.begin(), keys.end()};
}

// ---- Steps

std::optional<uint8_t> Ladder::rung_index(uint8_t precedence, const std::string& name) const {
  const std::vector<Rung>& rungs = policy_.at(precedence).rungs;
  for (uint8_t i = 0; i < rungs.size(); ++i) {
    if (rungs[i].name == name) return i;
  }
  return std::nullopt;
}

// The receiver's alarm sounds from the message's arrival; the sender's while it is undelivered and
// said so, or from the first rung.
bool Ladder::sounding(MessageKey key, const Item& item) const {
  if (item.acknowledged || item.paused) return false;
  return key.incoming || item.rungs != 0 || (item.undelivered && !item.receipted);
}

// When a step is due, or kNever if it was decided, or nobody waits for it.
BootMs Ladder::step_due(MessageKey key, const Item& item, StepKind kind, uint8_t rung) const {
  const BootMs due = step_due_unheld(key, item, kind, rung);
  return item.held && due != kNever ? std::max(due, holds_.at(pack(key))) : due;
}

BootMs Ladder::step_due_unheld(MessageKey key, const Item& item, StepKind kind,
                               uint8_t rung) const {
  const PrecedencePolicy& numbers = policy(item);
  switch (kind) {
    case StepKind::undelivered:
      if (key.incoming || item.receipted || item.undelivered || item.acknowledged) return kNever;
      return item.base + numbers.undelivered_alarm_ms;
    case StepKind::rung:
      if (item.acknowledged || has_bit(item.rungs, rung)) return kNever;
      return rung_due(key, item, rung);
    case StepKind::alarm_again:
      break;  // All of them have one together: again_due().
    case StepKind::first_answer_due:
      return item.first_answer ? kNever : item.base + numbers.first_answer_due_ms;
    case StepKind::full_answer_due:
      return item.full_answer ? kNever : item.base + numbers.full_answer_due_ms;
    case StepKind::dissemination_due:
      return item.disseminated ? kNever : item.base + numbers.dissemination_due_ms;
  }
  return kNever;
}

BootMs Ladder::waits_since(MessageKey key, const Item& item) const {
  return item.raised ? raises_.at(pack(key)).waits_since.value_or(item.base) : item.base;
}

BootMs Ladder::rung_due(MessageKey key, const Item& item, uint8_t rung) const {
  const int64_t after_ms = policy(item).rungs[rung].after_ms;
  if (!item.raised) return item.base + after_ms;
  const Raise& raise = raises_.at(pack(key));
  return raise.at + std::max<int64_t>(after_ms - raise.skipped_ms, 0);
}

BootMs Ladder::item_due(MessageKey key, const Item& item) const {
  BootMs due = item.paused ? holds_.at(pack(key)) : kNever;
  for (auto kind : {StepKind::undelivered, StepKind::first_answer_due, StepKind::full_answer_due,
                    StepKind::dissemination_due}) {
    due = std::min(due, step_due(key, item, kind, 0));
  }
  for (uint8_t i = 0; i < policy(item).rungs.size(); ++i) {
    due = std::min(due, step_due(key, item, StepKind::rung, i));
  }
  return due;
}

// All that has come due for one message, which is not yet among the decision's messages.
Decision Ladder::decision(MessageKey key, const Item& item, Now now) const {
  std::vector<std::pair<BootMs, Step>> due;
  auto add = [&](StepKind kind, uint8_t index, const std::string& name) {
    const BootMs at = step_due(key, item, kind, index);
    if (at <= now.boot) due.emplace_back(at, Step{kind, name});
  };
  add(StepKind::undelivered, 0, "");
  const std::vector<Rung>& rungs = policy(item).rungs;
  for (uint8_t i = 0; i < rungs.size(); ++i) add(StepKind::rung, i, rungs[i].name);
  add(StepKind::first_answer_due, 0, "");
  add(StepKind::full_answer_due, 0, "");
  add(StepKind::dissemination_due, 0, "");
  HOTLINE_CHECK(!due.empty());

  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Decision decision{key.incoming,
                    item.precedence,
                    {},
                    {},
                    0,
                    now.boot - std::max(due.back().first, followed_at_),
                    {}};
  for (auto& [at, step] : due) {
    if (at < due.back().first) ++decision.missed;
    decision.steps.push_back(std::move(step));
  }
  return decision;
}

void Ladder::apply(MessageKey key, Item& item, const std::vector<Step>& steps, Now at) {
  uint8_t rungs = 0;
  for (const Step& step : steps) {
    if (step.kind == StepKind::undelivered) item.undelivered = true;
    if (step.kind == StepKind::first_answer_due) item.first_answer = true;
    if (step.kind == StepKind::full_answer_due) item.full_answer = true;
    if (step.kind == StepKind::dissemination_due) item.disseminated = true;
    if (step.kind != StepKind::rung) continue;
    // A rung that the policy no longer has was told in its time; nothing follows from it.
    const std::optional<uint8_t> index = rung_index(item.precedence, step.rung);
    if (index && !has_bit(item.rungs, *index)) rungs = static_cast<uint8_t>(rungs | 1u << *index);
  }
  alarm(key.incoming, item.precedence).told_at = at.boot;
  if (rungs != 0 && !item.acknowledged) {
    supersede_calls(key, item, rungs);
    item.rungs = static_cast<uint8_t>(item.rungs | rungs);
    start_calls(key, item, rungs, at);
  }
  reschedule(key, item);
}

void Ladder::reschedule(MessageKey key, Item& item) {
  if (const BootMs waits_at = item.acknowledged ? kNever : waits_since(key, item);
      waits_at != item.waits_at) {
    Places& places = waiting_of(key, item);
    if (item.waits_at != kNever) places.erase({item.waits_at, pack(key)});
    if (waits_at != kNever) places.insert({waits_at, pack(key)});
    item.waits_at = waits_at;
  }
  auto& agenda = agenda_[item.precedence - kPrecedenceFirst];
  const BootMs due = item_due(key, item);
  set_sounding(key, item, sounding(key, item));
  set_undelivered(key, item, item.undelivered && !item.receipted && !item.acknowledged);
  if (due == item.due) return;
  if (item.due != kNever) agenda.erase({item.due, pack(key)});
  if (due != kNever) agenda.insert({due, pack(key)});
  item.due = due;
}

// The item is gone afterwards.
void Ladder::erase(MessageKey key, const Item& item) {
  if (item.due != kNever) {
    agenda_[item.precedence - kPrecedenceFirst].erase({item.due, pack(key)});
  }
  if (item.waits_at != kNever) waiting_of(key, item).erase({item.waits_at, pack(key)});
  set_sounding(key, item, false);
  set_undelivered(key, item, false);
  holds_.erase(pack(key));
  raises_.erase(pack(key));
  items_.erase(pack(key));
}

void Ladder::erase_if_done(MessageKey key, const Item& item) {
  const bool nothing_is_asked = item.first_answer && item.full_answer && item.disseminated;
  if (item.acknowledged && nothing_is_asked) erase(key, item);
}

// ---- The alarm of all

void Ladder::set_sounding(MessageKey key, const Item& item, bool sounds) {
  Alarm& alarm = this->alarm(key.incoming, item.precedence);
  if (!sounds) {
    alarm.sounding.erase(key.number);
  } else if (alarm.sounding.insert(key.number) && alarm.sounding.size() == 1 && key.incoming) {
    alarm.told_at = waits_since(key, item);  // An arrival sounds by itself.
  }
}

void Ladder::set_undelivered(MessageKey key, const Item& item, bool is_undelivered) {
  if (key.incoming) return;
  KeySet& all = undelivered_[item.precedence - kPrecedenceFirst];
  if (is_undelivered) {
    all.insert(key.number);
  } else {
    all.erase(key.number);
  }
}

BootMs Ladder::again_due(const Alarm& alarm, const PrecedencePolicy& numbers) {
  if (alarm.sounding.empty() || numbers.alarm_again_ms == 0) return kNever;
  return alarm.told_at + numbers.alarm_again_ms;
}

Situation Ladder::situation(bool incoming, uint8_t precedence, Now now) const {
  const KeySet& sounding = alarms_[incoming ? 1 : 0][precedence - kPrecedenceFirst].sounding;
  if (sounding.empty()) return {};
  const uint64_t oldest = sounding.first();
  const MessageKey key{incoming, oldest};
  return {sounding.size(), oldest, now.boot - waits_since(key, *find(key))};
}

// ---- Attempts

// The first command at or after `command` that may still tell somebody of this rung: its own, then
// in its stead those of the rungs above that were not decided yet. (Those that were decided tell
// their people themselves.)
Ladder::Target Ladder::target(const Item& item, uint8_t rung, uint8_t command) const {
  const std::vector<Rung>& rungs = policy(item).rungs;
  size_t first = 0;
  for (uint8_t i = rung; i < rungs.size(); ++i) {
    const std::vector<Command>& commands = rungs[i].commands;
    const size_t index = std::max<size_t>(command, first);
    const bool is_open = i == rung || !has_bit(item.rungs, i);
    if (is_open && index < first + commands.size()) {
      return Target{static_cast<uint8_t>(index), &commands[index - first]};
    }
    first += commands.size();
  }
  return {};
}

std::pair<uint8_t, size_t> Ladder::command_in(const Policy& policy,
                                              const LadderCalls::Place& place) {
  const std::vector<Rung>& rungs = policy.at(place.precedence).rungs;
  size_t first = 0;
  for (uint8_t i = place.rung; i < rungs.size(); ++i) {
    const size_t count = rungs[i].commands.size();
    if (place.command < first + count) return {i, place.command - first};
    first += count;
  }
  HOTLINE_CHECK(false);
}

const Command* Ladder::command_of(const AttemptName& name) const {
  const std::optional<uint8_t> rung = rung_index(name.precedence, name.rung);
  if (!rung) return nullptr;
  const std::vector<Rung>& rungs = policy_.at(name.precedence).rungs;
  size_t index = name.command;
  for (uint8_t i = *rung; i < rungs.size(); ++i) {
    if (index < rungs[i].commands.size()) return &rungs[i].commands[index];
    index -= rungs[i].commands.size();
  }
  return nullptr;
}

std::pair<uint8_t, const Command*> Ladder::command_at(const LadderCalls::Place& place) const {
  const auto [rung, command] = command_in(policy_, place);
  return {rung, &policy_.at(place.precedence).rungs[rung].commands[command]};
}

// A lower rung that was about to tell a higher one's people in its stead leaves it to the higher
// rung.
void Ladder::supersede_calls(MessageKey key, const Item& item, uint8_t decided_now) {
  const std::vector<uint64_t> to_stop = calls_.remove(
      key.incoming, item.precedence, key.number, [&](const LadderCalls::Place& place) {
        const uint8_t whose = command_at(place).first;
        return whose != place.rung && has_bit(decided_now, whose);
      });
  superseded_.insert(superseded_.end(), to_stop.begin(), to_stop.end());
}

// The highest of the rungs that are told as one goes first, and a command that two of them share
// runs once.
void Ladder::start_calls(MessageKey key, const Item& item, uint8_t decided_now, Now at) {
  const std::vector<Rung>& rungs = policy(item).rungs;
  std::vector<const Command*> started;
  for (size_t left = rungs.size(); left > 0; --left) {
    const auto index = static_cast<uint8_t>(left - 1);
    if (!has_bit(decided_now, index) || rungs[index].commands.empty()) continue;
    const Command& command = rungs[index].commands.front();
    auto same = [&](const Command* other) { return *other == command; };
    if (std::any_of(started.begin(), started.end(), same)) continue;
    started.push_back(&command);
    calls_.add({item.precedence, key.incoming, index, 0, 1}, key.number, at.boot, replaying_);
  }
}

std::vector<uint64_t> Ladder::leave_calls(MessageKey key, const Item& item) {
  return calls_.remove(key.incoming, item.precedence, key.number,
                       [](const LadderCalls::Place&) { return true; });
}

void Ladder::take_due_attempts(Due& due, Now now) {
  for (LadderCalls::Started& run : calls_.take_due(now)) {
    const LadderCalls::Place& place = run.place;
    const std::string& rung = policy_.at(place.precedence).rungs[place.rung].name;
    due.attempts.push_back(
        {AttemptName{run.id, place.incoming, place.precedence, rung, place.command, place.number},
         *command_at(place).second, std::move(run.messages), run.repeated});
  }
}

// Returns those for whom there is no next command.
KeySet Ladder::to_next_command(const LadderCalls::Place& place, const KeySet& messages, Now at) {
  KeySet gave_up;
  messages.visit([&](uint64_t serial) {
    const Item* item = find({place.incoming, serial});
    HOTLINE_CHECK(item != nullptr);
    const Target next = target(*item, place.rung, static_cast<uint8_t>(place.command + 1));
    if (next.command == nullptr) {
      gave_up.insert(serial);
    } else {
      LadderCalls::Place at_next = place;
      at_next.command = next.index;
      at_next.number = 1;
      calls_.add(at_next, serial, at.boot, replaying_);
    }
    return true;
  });
  return gave_up;
}

}  // namespace hotline
