// Attempts to tell somebody of a rung: whose turn it is, and how each ended.
#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/ladder.h"

namespace hotline {

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
