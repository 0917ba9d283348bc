#include "client/drill/mistakes.h"

#include <algorithm>
#include <utility>

namespace hotline::client {

std::vector<Mistake> Mistakes::in_order() const {
  std::vector<Mistake> sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Mistake& a, const Mistake& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  return sorted;
}

}  // namespace hotline::client
