// A program of tests/hostile/ at work beside what is measured.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/bench/world.h"

namespace hotline::bench {

class Attack {
 public:
  // `words` are those of hotline-hostile. Throws when it cannot be started.
  explicit Attack(const std::vector<std::string>& words);
  ~Attack();  // Ends its input, and kills it should that not be enough.
  Attack(Attack&& other) noexcept;
  Attack& operator=(Attack&&) = delete;

  // Says one line and returns the one that it answers.
  std::string say(const std::string& line);
  std::string next_line();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string unread_;
};

// `person` of `party` asks `what` with these words more.
Attack start_person(const World& world, Party party, const std::string& person,
                    const std::string& what, const std::vector<std::string>& words);

// The number under `name` in an answer: "sent first=7 …".
uint64_t number_in(const std::string& answer, const std::string& name);

}  // namespace hotline::bench
