#include "daemon/links/path_checks.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <utility>

#include "protocol/base/limits.h"

namespace hotline {

PathChecks::PathChecks(boost::asio::io_context& io, std::vector<Endpoint> addresses,
                       std::shared_ptr<const TlsContext> context, Resolve resolve,
                       std::function<void(const PathOutcome&)> on_outcome)
    : io_(io),
      addresses_(std::move(addresses)),
      context_(std::move(context)),
      resolve_(std::move(resolve)),
      on_outcome_(std::move(on_outcome)) {}

PathChecks::~PathChecks() {
  stop();
}

void PathChecks::check(size_t path) {
  if (checks_.contains(path)) return;
  auto check = checks_[path] = std::make_shared<Check>(io_);
  const Endpoint& address = addresses_.at(path);
  DialSettings settings;
  settings.resolve = resolve_;
  check->attempt = dial(
      io_, address.host, address.port, context_,
      [this, path](Result<std::shared_ptr<FramedLink>> outcome) {
        if (!outcome) return finish(path, outcome.error());
        wait_for_hello(path, *std::move(outcome));
      },
      std::move(settings));
}

void PathChecks::wait_for_hello(size_t path, std::shared_ptr<FramedLink> link) {
  std::shared_ptr<Check> check = checks_.at(path);
  check->link = link;
  check->deadline.expires_after(std::chrono::milliseconds(limits::kHandshakeDeadline_ms));
  // The handler may be on its way already when the check ends, or all checks do.
  check->deadline.async_wait([this, path, still = std::weak_ptr<Check>(check)](
                                 const boost::system::error_code& cancelled) {
    if (cancelled || still.expired()) return;
    finish(path, make_error(ErrorCode::timed_out, "connected, but no hello within 10 s"));
  });
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, path](const Bytes&) { finish(path, ok()); };
  callbacks.on_closed = [this, path](const LinkEnd& end) {
    finish(path, make_error(ErrorCode::refused, end.reason));
  };
  link->start(std::move(callbacks));
}

void PathChecks::finish(size_t path, const Status& status) {
  auto found = checks_.find(path);
  if (found == checks_.end()) return;
  std::shared_ptr<Check> check = std::move(found->second);
  checks_.erase(found);
  if (check->link) check->link->close();
  on_outcome_({path, status});
}

void PathChecks::stop() {
  for (auto& [path, check] : checks_) {
    check->attempt.reset();
    if (check->link) check->link->abort();
  }
  checks_.clear();
}

}  // namespace hotline
