// Knows of each configured path to the peer when it was last proved by a TLS handshake or by a link
// that carried frames, and why it failed last. Pure: told what happened and when, answers with what
// people should hear of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"

namespace hotline {

struct PeerPath {
  std::string address;  // As configured: "192.0.2.7:4711".
  bool in_use = false;  // A link that we dialled over it stands.
  UtcMs proved_at = 0;  // 0: not since the start.
  UtcMs failed_at = 0;  // 0: it works, or was not tried; else since when it fails.
  std::string failure;  // Why, in words.
};

// Worth a line in the log; an alarm when nothing is left to fall back on.
struct PathNews {
  std::string text;
  bool alarm = false;
};

class PeerPaths {
 public:
  PeerPaths(std::string peer, const std::vector<std::string>& addresses);

  void set_in_use(size_t path, bool in_use);
  std::vector<PathNews> proved(size_t path, UtcMs at);
  // `link_up`: without a link that fact is what people need to hear, so there is no other news.
  std::vector<PathNews> failed(size_t path, UtcMs at, const std::string& why, bool link_up = true);

  // A path that is not in use was proved and has not failed since, or there is no other path.
  bool has_spare() const;

  const std::vector<PeerPath>& all() const { return paths_; }

 private:
  bool no_spare_works() const;

  std::string peer_;
  std::vector<PeerPath> paths_;
  bool spares_lost_ = false;  // And alarmed.
};

}  // namespace hotline
