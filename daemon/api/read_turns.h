// Turns at reads of the store. One read is under way at a time, and those who wait take turns,
// person by person: a person who asks a thousand things at once waits for them, and nobody else
// does. An export, which nobody's watch depends on, comes behind everything else.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <string>

namespace hotline {

class ReadTurns {
 public:
  using Start = std::function<void()>;
  enum class Rank { watch_floor, in_the_back };

  void add(const std::string& who, Rank rank, Start start);
  // Takes the next one; empty when none waits.
  Start take();

 private:
  struct Asker {
    std::string who;
    std::deque<Start> reads;  // Never empty.
  };
  std::list<Asker> askers_[2];  // By rank; the first has its turn.
};

}  // namespace hotline
