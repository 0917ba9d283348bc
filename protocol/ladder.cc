#include "protocol/ladder.h"

#include <algorithm>

#include "protocol/check.h"
#include "protocol/limits.h"

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

}  // namespace

Now replayed_time(UtcMs stored, Now restart) {
  const int64_t elapsed_ms = stored < restart.utc ? restart.utc - stored : 0;
  return Now{restart.boot - elapsed_ms, stored};
}

Ladder::Ladder(Policy policy) : policy_(std::move(policy)) {}

Ladder::PackedKey Ladder::pack(LadderKey key) {
  HOTLINE_CHECK(key.serial < kIncomingBit);
  return key.serial | (key.incoming ? kIncomingBit : 0);
}

LadderKey Ladder::unpack(PackedKey key) {
  return {(key & kIncomingBit) != 0, key & ~kIncomingBit};
}

// ---- Facts

void Ladder::opened(LadderKey key, uint8_t precedence, bool asks_for_answer, Now base) {
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  auto [item, is_new] = items_.insert(pack(key));
  if (!is_new) return;
  ++waiting_[key.incoming ? 1 : 0];
  item->precedence = precedence;
  item->base = base.boot;
  item->told_at = base.boot;
  item->first_answer = item->full_answer = !asks_for_answer;
  reschedule(key, *item);
}

void Ladder::receipted(LadderKey key, Now at) {
  Item* item = find(key);
  if (key.incoming || item == nullptr || item->receipted) return;
  item->receipted = true;
  if (item->precedence != kFlash) item->base = at.boot;
  reschedule(key, *item);
}

bool Ladder::acknowledged(LadderKey key) {
  Item* item = find(key);
  if (item == nullptr) return false;
  acknowledge(key, *item);
  const bool had_attempts = erase_chains(key);
  reschedule(key, *item);
  erase_if_done(key, *item);
  return had_attempts;
}

void Ladder::answered(LadderKey key, bool in_full) {
  Item* item = find(key);
  if (item == nullptr) return;
  item->first_answer = true;
  if (in_full) item->full_answer = true;
  reschedule(key, *item);
  erase_if_done(key, *item);
}

bool Ladder::closed(LadderKey key) {
  Item* item = find(key);
  if (item == nullptr) return false;
  const bool had_attempts = erase_chains(key);
  erase(key, *item);
  return had_attempts;
}

AttemptVerdict Ladder::attempt_finished(const AttemptName& name, bool told, Now at) {
  const Item* found_item = find(name.key);
  if (found_item == nullptr) return AttemptVerdict::stale;
  const Item& item = *found_item;
  const std::optional<uint8_t> rung = rung_index(item, name.rung);
  if (!rung) return AttemptVerdict::stale;
  auto found = chains_.find(ChainKey{name.key, *rung});
  if (found == chains_.end()) return AttemptVerdict::stale;
  Chain& chain = found->second;
  if (chain.command != name.command || chain.number != name.number) return AttemptVerdict::stale;

  const bool is_last = chain.number >= limits::kAttemptsMax;
  if (!told && !is_last) {
    ++chain.number;
    // No attempt ended before it started, whatever a replay of a stepped clock seems to say.
    const BootMs last_start = std::min(chain.started, at.boot);
    schedule(found->first, chain, std::max(at.boot, last_start + limits::kAttemptInterval_ms));
    return AttemptVerdict::retry;
  }
  const Target next = target(item, *rung, static_cast<uint8_t>(chain.command + 1));
  if (told || next.command == nullptr) {
    unschedule(found->first, chain);
    chains_.erase(found);
    return told ? AttemptVerdict::told : AttemptVerdict::gave_up;
  }
  chain.command = next.index;
  chain.number = 1;
  schedule(found->first, chain, at.boot);
  return AttemptVerdict::next_command;
}

void Ladder::decided(LadderKey key, const std::vector<Step>& steps, Now at) {
  Item* item = find(key);
  if (item == nullptr) return;
  apply(key, *item, steps, at);
  erase_if_done(key, *item);
}

bool Ladder::waits(LadderKey key) const {
  const Item* item = find(key);
  return item != nullptr && !item->acknowledged;
}

std::vector<LadderKey> Ladder::waiting(size_t limit) const {
  std::vector<LadderKey> keys;
  for (bool incoming : {true, false}) {
    items_.visit_from(pack({incoming, 0}), [&](PackedKey packed, const Item& item) {
      const LadderKey key = unpack(packed);
      if (key.incoming != incoming || keys.size() >= limit) return false;
      if (!item.acknowledged) keys.push_back(key);
      return true;
    });
  }
  return keys;
}

// ---- Time

Due Ladder::decide(Now now) {
  replaying_ = false;
  Due due;
  for (auto& agenda : agenda_) {
    while (!agenda.empty() && agenda.first_key().first <= now.boot &&
           due.decisions.size() < limits::kDecisionsPerCallMax) {
      const LadderKey key = unpack(agenda.first_key().second);
      Item* item = find(key);
      HOTLINE_CHECK(item != nullptr && item->due == agenda.first_key().first);
      due.decisions.push_back(decision(key, *item, now));
      apply(key, *item, due.decisions.back().steps, now);
      erase_if_done(key, *item);
    }
  }
  due.attempts = take_due_attempts(now);
  return due;
}

std::optional<BootMs> Ladder::next_due() const {
  BootMs next = kNever;
  for (const auto& agenda : agenda_) {
    if (!agenda.empty()) next = std::min(next, agenda.first_key().first);
  }
  for (const auto& agenda : chain_agenda_) {
    if (!agenda.empty()) next = std::min(next, agenda.begin()->first);
  }
  return next == kNever ? std::nullopt : std::optional<BootMs>(next);
}

std::optional<Ladder::NextRung> Ladder::next_rung(LadderKey key) const {
  const Item* item = find(key);
  if (item == nullptr) return std::nullopt;
  const std::vector<Rung>& rungs = policy(*item).rungs;
  for (uint8_t i = 0; i < rungs.size(); ++i) {
    const BootMs due = step_due(key, *item, StepKind::rung, i);
    if (due != kNever) return NextRung{rungs[i].name, due};
  }
  return std::nullopt;
}

std::vector<LadderKey> Ladder::unattended(Now now, int64_t late_ms) const {
  std::set<LadderKey> keys;
  items_.visit_from(0, [&](PackedKey packed, const Item& item) {
    const BootMs due = item_due(unpack(packed), item);
    if (due == kNever) return true;
    const bool on_agenda = agenda_[item.precedence - kPrecedenceFirst].contains({due, packed});
    if (!on_agenda || now.boot - due > late_ms) keys.insert(unpack(packed));
    return true;
  });
  for (const auto& [chain_key, chain] : chains_) {
    const auto& agenda = chain_agenda_[chain.precedence - kPrecedenceFirst];
    const bool runs = chain.due == kNever;
    const bool fine =
        runs ? now.boot - chain.started <= limits::kAttemptStuck_ms
             : agenda.contains({chain.due, chain_key}) && now.boot - chain.due <= late_ms;
    if (!fine) keys.insert(chain_key.first);
  }
  return {keys.begin(), keys.end()};
}

// ---- Steps

std::optional<uint8_t> Ladder::rung_index(const Item& item, const std::string& name) const {
  const std::vector<Rung>& rungs = policy(item).rungs;
  for (uint8_t i = 0; i < rungs.size(); ++i) {
    if (rungs[i].name == name) return i;
  }
  return std::nullopt;
}

// The receiver's alarm sounds from the message's arrival; the sender's while it is undelivered and
// said so, or from the first rung.
bool Ladder::sounding(LadderKey key, const Item& item) const {
  return key.incoming || item.rungs != 0 || (item.undelivered && !item.receipted);
}

// When a step is due, or kNever if it was decided, or nobody waits for it.
BootMs Ladder::step_due(LadderKey key, const Item& item, StepKind kind, uint8_t rung) const {
  const PrecedencePolicy& numbers = policy(item);
  switch (kind) {
    case StepKind::undelivered:
      if (key.incoming || item.receipted || item.undelivered || item.acknowledged) return kNever;
      return item.base + numbers.undelivered_alarm_ms;
    case StepKind::rung:
      if (item.acknowledged || has_bit(item.rungs, rung)) return kNever;
      return item.base + numbers.rungs[rung].after_ms;
    case StepKind::alarm_again:
      if (item.acknowledged || numbers.alarm_again_ms == 0 || !sounding(key, item)) return kNever;
      return item.told_at + numbers.alarm_again_ms;
    case StepKind::first_answer_due:
      return item.first_answer ? kNever : item.base + numbers.first_answer_due_ms;
    case StepKind::full_answer_due:
      return item.full_answer ? kNever : item.base + numbers.full_answer_due_ms;
  }
  return kNever;
}

BootMs Ladder::item_due(LadderKey key, const Item& item) const {
  BootMs due = kNever;
  for (auto kind : {StepKind::undelivered, StepKind::alarm_again, StepKind::first_answer_due,
                    StepKind::full_answer_due}) {
    due = std::min(due, step_due(key, item, kind, 0));
  }
  for (uint8_t i = 0; i < policy(item).rungs.size(); ++i) {
    due = std::min(due, step_due(key, item, StepKind::rung, i));
  }
  return due;
}

// All that has come due for one message. Every step sounds the alarm, so the alarm's own repetition
// is a step only where it is the only one.
Decision Ladder::decision(LadderKey key, const Item& item, Now now) const {
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
  if (due.empty()) add(StepKind::alarm_again, 0, "");
  HOTLINE_CHECK(!due.empty());

  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Decision decision{key, item.precedence, {}, 0, now.boot - due.back().first};
  for (auto& [at, step] : due) {
    if (at < due.back().first) ++decision.missed;
    decision.steps.push_back(std::move(step));
  }
  return decision;
}

void Ladder::apply(LadderKey key, Item& item, const std::vector<Step>& steps, Now at) {
  uint8_t rungs = 0;
  for (const Step& step : steps) {
    if (step.kind == StepKind::undelivered) item.undelivered = true;
    if (step.kind == StepKind::first_answer_due) item.first_answer = true;
    if (step.kind == StepKind::full_answer_due) item.full_answer = true;
    if (step.kind != StepKind::rung) continue;
    // A rung that the policy no longer has was told in its time; nothing follows from it.
    const std::optional<uint8_t> index = rung_index(item, step.rung);
    if (index && !has_bit(item.rungs, *index)) rungs = static_cast<uint8_t>(rungs | 1u << *index);
  }
  item.told_at = at.boot;
  if (rungs != 0 && !item.acknowledged) {
    supersede_chains(key, item, rungs);
    item.rungs = static_cast<uint8_t>(item.rungs | rungs);
    start_chains(key, item, rungs, at);
  }
  reschedule(key, item);
}

void Ladder::reschedule(LadderKey key, Item& item) {
  auto& agenda = agenda_[item.precedence - kPrecedenceFirst];
  const BootMs due = item_due(key, item);
  if (due == item.due) return;
  if (item.due != kNever) agenda.erase({item.due, pack(key)});
  if (due != kNever) agenda.insert({due, pack(key)});
  item.due = due;
}

void Ladder::acknowledge(LadderKey key, Item& item) {
  if (!item.acknowledged) --waiting_[key.incoming ? 1 : 0];
  item.acknowledged = true;
}

// The item is gone afterwards.
void Ladder::erase(LadderKey key, const Item& item) {
  if (item.due != kNever) {
    agenda_[item.precedence - kPrecedenceFirst].erase({item.due, pack(key)});
  }
  if (!item.acknowledged) --waiting_[key.incoming ? 1 : 0];
  items_.erase(pack(key));
}

void Ladder::erase_if_done(LadderKey key, const Item& item) {
  if (item.acknowledged && item.first_answer && item.full_answer) erase(key, item);
}

// ---- Attempts

// The first command at or after `command` that may still tell somebody of rung `chain_rung`: its
// own, then in its stead those of the rungs above that were not decided yet. (Those that were
// decided tell their people themselves.)
Ladder::Target Ladder::target(const Item& item, uint8_t chain_rung, uint8_t command) const {
  const std::vector<Rung>& rungs = policy(item).rungs;
  size_t first = 0;
  for (uint8_t i = chain_rung; i < rungs.size(); ++i) {
    const std::vector<Command>& commands = rungs[i].commands;
    const size_t index = std::max<size_t>(command, first);
    const bool is_open = i == chain_rung || !has_bit(item.rungs, i);
    if (is_open && index < first + commands.size()) {
      return Target{i, static_cast<uint8_t>(index), &commands[index - first]};
    }
    first += commands.size();
  }
  return {};
}

// A lower rung that was about to tell a higher one's people in its stead leaves it to the higher
// rung.
void Ladder::supersede_chains(LadderKey key, const Item& item, uint8_t decided_now) {
  auto entry = chains_.lower_bound(ChainKey{key, 0});
  while (entry != chains_.end() && entry->first.first == key) {
    const uint8_t own_rung = entry->first.second;
    const Target at = target(item, own_rung, entry->second.command);
    if (at.rung != own_rung && has_bit(decided_now, at.rung)) {
      unschedule(entry->first, entry->second);
      entry = chains_.erase(entry);
    } else {
      ++entry;
    }
  }
}

// Of rungs that are told as one, the highest goes first, and a command that two of them share runs
// once.
void Ladder::start_chains(LadderKey key, const Item& item, uint8_t decided_now, Now at) {
  const std::vector<Rung>& rungs = policy(item).rungs;
  std::vector<const Command*> started;
  for (size_t left = rungs.size(); left > 0; --left) {
    const auto index = static_cast<uint8_t>(left - 1);
    if (!has_bit(decided_now, index) || rungs[index].commands.empty()) continue;
    const Command& command = rungs[index].commands.front();
    auto same = [&](const Command* other) { return *other == command; };
    if (std::any_of(started.begin(), started.end(), same)) continue;
    started.push_back(&command);
    auto [entry, is_new] = chains_.try_emplace(ChainKey{key, index});
    HOTLINE_CHECK(is_new);
    entry->second.precedence = item.precedence;
    schedule(entry->first, entry->second, at.boot);
  }
}

void Ladder::schedule(const ChainKey& key, Chain& chain, BootMs due) {
  unschedule(key, chain);
  chain.due = due;
  chain.started = due;  // What a replay knows of it; when it is taken, it becomes what it was.
  chain.repeated = replaying_;
  chain_agenda_[chain.precedence - kPrecedenceFirst].insert({due, key});
}

void Ladder::unschedule(const ChainKey& key, Chain& chain) {
  if (chain.due != kNever)
    chain_agenda_[chain.precedence - kPrecedenceFirst].erase({chain.due, key});
  chain.due = kNever;
}

bool Ladder::erase_chains(LadderKey key) {
  auto first = chains_.lower_bound(ChainKey{key, 0});
  auto last = first;
  for (; last != chains_.end() && last->first.first == key; ++last)
    unschedule(last->first, last->second);
  const bool had_chains = first != last;
  chains_.erase(first, last);
  return had_chains;
}

std::vector<Attempt> Ladder::take_due_attempts(Now now) {
  std::vector<Attempt> attempts;
  for (auto& agenda : chain_agenda_) {
    while (!agenda.empty() && agenda.begin()->first <= now.boot) {
      const ChainKey key = agenda.begin()->second;
      Chain& chain = chains_.at(key);
      const Item* found = find(key.first);
      HOTLINE_CHECK(found != nullptr);
      const Item& item = *found;
      const Target at = target(item, key.second, chain.command);
      HOTLINE_CHECK(at.command != nullptr && at.index == chain.command);
      unschedule(key, chain);
      chain.started = now.boot;
      const std::string& rung_name = policy(item).rungs[key.second].name;
      attempts.push_back(Attempt{AttemptName{key.first, rung_name, chain.command, chain.number},
                                 chain.precedence, *at.command, chain.repeated});
    }
  }
  return attempts;
}

}  // namespace hotline
