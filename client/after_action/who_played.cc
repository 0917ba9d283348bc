#include "client/after_action/who_played.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "protocol/message/names.h"

namespace hotline::client {
namespace {

struct Released {
  std::set<std::string> people;
  uint64_t messages = 0;
};

class Parts {
 public:
  explicit Parts(const AfterAction& report) : report_(report) {
    for (const DrillLog::Inject& inject : report.log.injects) injects_.insert(inject.message);
    for (SideIndex side = 0; side < kSides; ++side) count(side);
  }

  std::vector<PlayedPart> list() {
    for (const Player& player : report_.scenario.players) take(player);
    for (const auto& [key, released] : parts_) {
      const auto& [side, part] = key;
      std::string by = "people";
      if (is_joint() && !released.people.empty()) by += ": " + listed(released.people);
      rows_.push_back(
          {side, is_joint() ? "–" : part, is_joint() ? part : "", by, released.messages});
    }
    for (const auto& [key, released] : directors_) {
      rows_.push_back({key.first, key.second, "", "gave injects", released.messages});
    }
    return std::move(rows_);
  }

 private:
  using Key = std::pair<SideIndex, std::string>;

  bool is_joint() const { return report_.log.side.has_value(); }

  static std::string listed(const std::set<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  }

  bool is_in_drill(const SideRecord::Message& message) const {
    const UtcMs since_ms = message.at - report_.log.begin;
    return since_ms >= 0 && since_ms <= report_.judged.ends_ms &&
           message.type != static_cast<uint8_t>(wire::MessageType::service);
  }

  // By the name of whoever released it, or in a joint drill by the role.
  void count(SideIndex side) {
    if (!report_.records[side]) return;
    for (const SideRecord::Message& message : report_.records[side]->messages) {
      if (!is_in_drill(message)) continue;
      const std::string& person = message.entry.person;
      const bool is_inject = injects_.count(message.id) > 0;
      if (!is_inject && !is_joint() && person.empty()) continue;
      const std::string role = role_name(static_cast<uint8_t>(message.role));
      Released& released =
          is_inject ? directors_[{side, person}] : parts_[{side, is_joint() ? role : person}];
      if (!person.empty()) released.people.insert(person);
      ++released.messages;
    }
  }

  // Two parts of one role cannot be told apart in a joint drill: they are one row.
  void take(const Player& player) {
    const std::string role = role_name(static_cast<uint8_t>(player.role));
    if (is_joint()) {
      const auto same = std::find_if(rows_.begin(), rows_.end(), [&](const PlayedPart& one) {
        return one.side == player.side && one.role == role;
      });
      if (same != rows_.end()) {
        same->name += ", " + player.name;
        return;
      }
    }
    PlayedPart part{player.side, player.name, role, "people", {}};
    if (!is_joint() && player.script) part.by = "a program";
    if (report_.records[player.side]) part.messages = 0;
    const auto taken = parts_.extract({player.side, is_joint() ? role : player.name});
    if (!taken.empty()) {
      part.messages = taken.mapped().messages;
      const auto& people = taken.mapped().people;
      if (is_joint() && !people.empty()) part.by += ": " + listed(people);
    }
    rows_.push_back(std::move(part));
  }

  const AfterAction& report_;
  std::set<std::string> injects_;
  std::map<Key, Released> parts_;
  std::map<Key, Released> directors_;
  std::vector<PlayedPart> rows_;
};

}  // namespace

std::vector<PlayedPart> parts_played(const AfterAction& report) {
  return Parts(report).list();
}

}  // namespace hotline::client
