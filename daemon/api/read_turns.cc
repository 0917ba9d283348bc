#include "daemon/api/read_turns.h"

#include <algorithm>
#include <utility>

namespace hotline {

void ReadTurns::add(const std::string& who, Rank rank, Start start) {
  std::list<Asker>& askers = askers_[static_cast<size_t>(rank)];
  auto asker =
      std::find_if(askers.begin(), askers.end(), [&](const Asker& one) { return one.who == who; });
  if (asker == askers.end()) asker = askers.insert(askers.end(), Asker{who, {}});
  asker->reads.push_back(std::move(start));
}

ReadTurns::Start ReadTurns::take() {
  for (std::list<Asker>& askers : askers_) {
    if (askers.empty()) continue;
    Asker& first = askers.front();
    Start start = std::move(first.reads.front());
    first.reads.pop_front();
    if (first.reads.empty()) {
      askers.pop_front();
    } else {
      askers.splice(askers.end(), askers, askers.begin());
    }
    return start;
  }
  return {};
}

}  // namespace hotline
