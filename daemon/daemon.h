// The service: the process over its channels. It takes the port where people ask, hands signals and
// time on, and ends when a store fails or it is told to. One thread runs all of this.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemon/api/api.h"
#include "daemon/api/descriptors.h"
#include "daemon/channel.h"
#include "daemon/links/peer_door.h"
#include "daemon/process/config.h"
#include "daemon/process/service_manager.h"
#include "daemon/process/system_clock.h"

namespace hotline {

struct DaemonOptions {
  bool allow_dev_pki = false;
  std::string version;
  std::function<std::string()> log_trouble;     // Log::trouble().
  uint64_t descriptors = descriptors_wanted();  // That this process may have.
};

class Daemon {
 public:
  // Reads keys, opens the channel that the configuration names and takes the ports. Errors: what
  // must be mended first.
  static Result<std::unique_ptr<Daemon>> create(Config config, const DaemonOptions& options);
  ~Daemon();

  // Serves until a signal asks for the end. The exit code of the process: not 0 after a failure of
  // the store.
  int run();
  // run() ended because the disk took no more; a new daemon may go on once there is room.
  bool ended_with_full_disk() const { return ended_with_full_disk_; }
  // Where others reach it, also where the system chose the ports.
  uint16_t peer_port() const { return door_.port(); }
  uint16_t client_port() const { return api_->port(); }

 private:
  Daemon(Config config, const DaemonOptions& options);
  Status open_channel();
  Status start();
  Status write_port_file() const;
  // The one that there is; a request that names a channel would be given that one here.
  Channel& channel() const { return *channels_.begin()->second; }

  void arm_timer();
  void look_at_log();
  void on_signal();
  void reload();
  void shut_down();
  void end_with_store_failed(const std::string& why, const std::string& hint);
  void say_what_comes_next();

  Config config_;
  DaemonOptions options_;
  boost::asio::io_context io_;
  SystemClock clock_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;  // By the peer's id.
  PeerDoor door_;
  std::unique_ptr<ClientApi> api_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  ServiceManager service_manager_;
  BootMs log_trouble_until_ = 0;  // Told at least so long.
  bool stopping_ = false;
  int exit_code_ = 0;
  bool ended_with_full_disk_ = false;
};

}  // namespace hotline
