// The one path between the parties of the week: it delays, is cut, falls silent, and is dialled
// again.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "tests/system/week/clockwork.h"
#include "tests/system/week/party.h"

namespace hotline::week {

class Network {
 public:
  // Borrows all of them.
  Network(Clockwork& clockwork, Party& north, Party& south);

  // From now on there is a link whenever both run, within some seconds.
  void begin();
  // The path is gone, which both ends see at once; and is there again.
  void cut();
  void restore() { is_there_ = true; }
  // Nothing arrives any more, and nobody is told.
  void fall_silent() { is_silent_ = true; }
  void end_silence() { is_silent_ = false; }
  // This party's process has ended: the other end sees it.
  void lose(Party& party);

 private:
  struct Link {
    LinkId id = 0;
    std::array<bool, 2> open{};
    std::array<int64_t, 2> last_arrival_ms{};
  };

  size_t other(size_t end) const { return 1 - end; }
  void dial();
  void transmit(size_t from, LinkId id, Bytes frame);
  void close(size_t end, LinkId id);
  void end(size_t end, LinkId id, const std::string& reason);

  Clockwork& clockwork_;
  std::array<Party*, 2> parties_;
  Link link_;
  bool is_there_ = true;
  bool is_silent_ = false;
};

}  // namespace hotline::week
