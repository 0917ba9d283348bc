// hotlined run: serves until told to stop.
#include "daemon/api/descriptors.h"
#include "daemon/commands/commands.h"
#include "daemon/daemon.h"
#include "daemon/process/config.h"
#include "daemon/process/log.h"
#include "daemon/process/signals.h"
#include "daemon/watch/wait_for_room.h"
#include "protocol/terminal/standard_files.h"

namespace hotline {
namespace {

// This part of the reserve must be free after the disk was full: enough to start and to alarm.
constexpr uint64_t kPartOfReserve = 8;

int run(const Arguments& arguments, Output& output) {
  const char* const what = "cannot start";
  auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail(what, config.error());
  ignore_other_signals();
  const Log log(take_standard_error());
  DaemonOptions options;
  options.allow_dev_pki = arguments.has("--allow-dev-pki");
  options.version = HOTLINE_VERSION;
  options.descriptors = raise_descriptor_limit();
  options.log_trouble = [&log] { return log.trouble(); };
  const uint64_t room = config->store_reserve_bytes / kPartOfReserve;
  bool has_run = false;
  const auto serve = [&]() -> Served {
    auto daemon = Daemon::create(*config, options);
    if (!daemon) {
      // At the first start a person or a service manager is there to be told, and may start it
      // again.
      const bool full_again = has_run && !has_room(config->store_path, room);
      return {output.fail(what, daemon.error()), full_again};
    }
    has_run = true;
    config->listen_peer.port = (*daemon)->peer_port();
    config->listen_client.port = (*daemon)->client_port();
    const int code = (*daemon)->run();
    return {code, (*daemon)->ended_with_full_disk()};
  };
  // All of it is made anew from the disk, as by a new start of the process.
  return serve_while_there_is_room(serve, [&] { return wait_for_room(config->store_path, room); });
}

}  // namespace

ServiceCommand run_command() {
  return {{"run",
           "Serve until told to stop",
           "",
           {"hotlined run -c hotlined.toml"},
           {config_option(), dev_pki_option()},
           {}},
          run};
}

}  // namespace hotline
