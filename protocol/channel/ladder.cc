#include "protocol/channel/ladder.h"

#include <algorithm>
#include <set>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

static_assert(limits::kRungsMax <= 8, "Decided rungs are kept in eight bits.");
static_assert(limits::kRungsMax * limits::kCommandsPerRungMax <= 255, "Commands count in a byte.");

// The uppermost bit says whose message it is; numbers stay below it.
constexpr uint64_t kIncomingBit = uint64_t{1} << 63;

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
      if (item->paused && holds_.at(pack(key)) <= now.boot) {
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
bool Ladder::sounds_unless_paused(MessageKey key, const Item& item) {
  if (item.acknowledged) return false;
  return key.incoming || item.rungs != 0 || (item.undelivered && !item.receipted);
}

// When a step is due, or kNever if it was decided, or nobody waits for it.
BootMs Ladder::step_due(MessageKey key, const Item& item, StepKind kind, uint8_t rung) const {
  const BootMs due = step_due_unheld(key, item, kind, rung);
  // A pause is for people who were told. That nobody was told is no less urgent for it.
  if (kind == StepKind::undelivered) return due;
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
  } else if (alarm.sounding.insert(key.number) && alarm.sounding.size() == 1) {
    if (key.incoming) alarm.told_at = waits_since(key, item);  // An arrival sounds by itself.
    // Nothing was late while nobody was to be told: it sounds again as the pause ends.
    const BootMs goes_on = item.held ? holds_.at(pack(key)) : kNever;
    if (goes_on != kNever) {
      alarm.told_at = std::max(alarm.told_at, goes_on - policy(item).alarm_again_ms);
    }
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

}  // namespace hotline
