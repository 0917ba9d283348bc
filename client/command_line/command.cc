#include "client/command_line/command.h"

#include <algorithm>
#include <charconv>
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

std::optional<std::string> Arguments::get(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<uint64_t> Arguments::number(const std::string& name, uint64_t otherwise,
                                   uint64_t minimum) const {
  const auto text = get(name);
  if (!text) return otherwise;
  uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < minimum) {
    return make_error(
        ErrorCode::usage,
        name + " " + *text + " is not a whole number from " + std::to_string(minimum) + " on",
        name + " " + std::to_string(std::max<uint64_t>(otherwise, minimum)));
  }
  return number;
}

Result<Context> Invocation::context() const {
  const auto file = read_context_file(client::config_path(config_path, around->environment));
  if (!file) return file.error();
  return choose_context(*file, context_name, around->environment);
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
