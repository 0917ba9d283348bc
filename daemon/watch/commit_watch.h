// Notices a disk that does not answer. A commit that hangs holds up everything that promises
// something, and says nothing by itself: people must hear of it while it hangs. Pure: told when a
// commit begins, when it has ended, and the time in between.
#pragma once

#include <optional>
#include <string>

#include "protocol/base/clock.h"

namespace hotline {

class CommitWatch {
 public:
  void begun(BootMs at);
  // Call some times a second. Gives what people are to hear now: once for each hang.
  std::optional<std::string> look(BootMs at);
  // The all-clear, where people heard of a hang before.
  std::optional<std::string> ended(BootMs at);

 private:
  std::optional<BootMs> begun_at_;
  int looks_ = 0;  // Since then.
  bool told_ = false;
};

}  // namespace hotline
