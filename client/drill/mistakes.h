// The mistakes of a scenario file that were found together, each with its place, so that its author
// mends them in one go.
#pragma once

#include <string>
#include <vector>

#include "client/drill/scenario_limits.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {

struct Mistake {
  TomlPlace at;
  std::string what;  // Without a full stop, as the reason of an Error.
  std::string why;   // May be empty.
  std::string hint;  // The way out, to do or type.
};

class Mistakes {
 public:
  void add(Mistake mistake) {
    ++count_;
    if (kept_.size() < scenario_limits::kMistakesKept) kept_.push_back(std::move(mistake));
  }
  size_t count() const { return count_; }
  // The first of them, in the order of the file.
  std::vector<Mistake> in_order() const;

 private:
  size_t count_ = 0;
  std::vector<Mistake> kept_;
};

}  // namespace hotline::client
