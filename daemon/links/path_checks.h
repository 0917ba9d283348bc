// Proves the spare paths to the peer: for each, from time to time, a TLS handshake and the first
// frame that the peer sends of itself, its hello. Only that frame shows that the peer took our
// certificate (protocol/transport/framed_link.h). We say nothing, so no session comes of it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/process/config.h"
#include "protocol/base/result.h"
#include "protocol/transport/dial.h"

namespace hotline {

// The outcome of one check: `path` is the place in the list of addresses.
struct PathOutcome {
  size_t path = 0;
  Status status;
};

class PathChecks {
 public:
  PathChecks(boost::asio::io_context& io, std::vector<Endpoint> addresses,
             std::shared_ptr<const TlsContext> context, Resolve resolve,
             std::function<void(const PathOutcome&)> on_outcome);
  ~PathChecks();

  // Begins one check; nothing when one of this path is under way.
  void check(size_t path);
  void stop();

 private:
  struct Check {
    explicit Check(boost::asio::io_context& io) : deadline(io) {}
    std::unique_ptr<DialAttempt> attempt;
    std::shared_ptr<FramedLink> link;
    boost::asio::steady_timer deadline;
  };
  void wait_for_hello(size_t path, std::shared_ptr<FramedLink> link);
  void finish(size_t path, const Status& status);

  boost::asio::io_context& io_;
  std::vector<Endpoint> addresses_;
  std::shared_ptr<const TlsContext> context_;
  Resolve resolve_;
  std::function<void(const PathOutcome&)> on_outcome_;
  std::map<size_t, std::shared_ptr<Check>> checks_;  // Under way.
};

}  // namespace hotline
