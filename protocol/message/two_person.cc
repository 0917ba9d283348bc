#include "protocol/message/two_person.h"

#include <algorithm>

#include "protocol/base/nearest.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

bool may_be_asked(const Kind& kind) {
  return !kind.takes_precedence && !kind.is_test_call;
}

}  // namespace

bool TwoPersonRule::asks_two(const Kind& kind, uint8_t precedence, bool danger_to_life) const {
  if (!may_be_asked(kind)) return false;
  const bool is_flash = precedence == static_cast<uint8_t>(wire::Precedence::flash);
  if (is_flash && danger_to_life && one_for_life) return false;
  if (std::find(types.begin(), types.end(), kind.type) != types.end()) return true;
  return precedence >= 1 && precedence <= precedences.size() && precedences[precedence - 1];
}

std::vector<std::string> TwoPersonRule::names() const {
  std::vector<std::string> all;
  for (const Word& word : vocabulary<wire::Precedence>().words) {
    if (precedences[word.value - 1]) all.emplace_back(word.key);
  }
  for (const wire::MessageType type : types) all.emplace_back(kind_of(type).key);
  return all;
}

Status TwoPersonRule::add(const std::string& name) {
  std::vector<std::string> known;
  for (const Word& word : vocabulary<wire::Precedence>().words) {
    known.emplace_back(word.key);
    if (name != word.key) continue;
    precedences[word.value - 1] = true;
    return ok();
  }
  for (const wire::MessageType type : wire::EnumValuesMessageType()) {
    const Kind& kind = kind_of(type);
    if (!kind.is_built() || !may_be_asked(kind)) continue;
    known.emplace_back(kind.key);
    if (name != kind.key) continue;
    const auto place = std::lower_bound(types.begin(), types.end(), type);
    if (place == types.end() || *place != type) types.insert(place, type);
    return ok();
  }
  const std::string nearest = did_you_mean(name, known);
  return make_error(ErrorCode::configuration,
                    "\"" + name + "\" is no precedence, and no type that two people release",
                    nearest.empty() ? "\"flash\", \"immediate\", \"launch\"" : nearest);
}

}  // namespace hotline
