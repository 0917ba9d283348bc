#include "client/command_line/command.h"

#include <cstdlib>

#include "protocol/base/limits.h"

namespace hotline::client {
namespace {

// The daemon's clock minus this machine's; 0 where no one would see the difference.
int64_t clock_difference(const wire::ServerHello& server, UtcMs now) {
  const int64_t difference_ms = server.clock() == 0 ? 0 : server.clock() - now;
  return std::abs(difference_ms) <= limits::kClockSkewWarn_ms ? 0 : difference_ms;
}

}  // namespace

Result<Context> Invocation::context() const {
  const auto file = read_context_file(config_path(arguments.get("--config"), around->environment));
  if (!file) return file.error();
  return choose_context(*file, arguments.get("--context"), around->environment);
}

Result<std::unique_ptr<Connection>> Invocation::connect() {
  auto chosen = context();
  if (!chosen) return chosen.error();
  auto connection = Connection::open({std::move(*chosen), around->connect, around->pause});
  if (!connection) return connection;
  const wire::ServerHello& server = (*connection)->server();
  if (server.exercise()) {
    output.talk(output.styled(Style::yellow, "EXERCISE EXERCISE EXERCISE"));
  }
  if (server.dev_pki()) {
    output.talk(output.styled(Style::yellow, "DEVELOPMENT CERTIFICATES: for trying out only"));
  }
  daemon_ahead_ms = clock_difference(server, around->now());
  if (daemon_ahead_ms != 0) {
    output.talk(output.styled(
        Style::yellow, "This machine's clock is " + format_duration(std::abs(daemon_ahead_ms)) +
                           (daemon_ahead_ms < 0 ? " fast" : " slow") +
                           ": the daemon's time is taken. Have the clock set."));
  }
  return connection;
}

}  // namespace hotline::client
