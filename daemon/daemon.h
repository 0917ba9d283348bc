// The service: performs what the core asks for, with sockets, a store and processes, and tells it
// what happened. One thread runs all of this; the store has its own writer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemon/api/client_api.h"
#include "daemon/api/descriptors.h"
#include "daemon/links/peer_links.h"
#include "daemon/notifier.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "daemon/process/service_manager.h"
#include "daemon/process/system_clock.h"
#include "daemon/store/sqlite/store.h"
#include "daemon/watch/certificate_alarms.h"
#include "daemon/watch/commit_watch.h"
#include "daemon/watch/disk_watch.h"
#include "daemon/watch/expiry_watch.h"
#include "daemon/watch/ladder_look.h"
#include "protocol/channel/core.h"

namespace hotline {

struct DaemonOptions {
  bool allow_dev_pki = false;
  std::string version;
  std::function<std::string()> log_trouble;     // Log::trouble().
  uint64_t descriptors = descriptors_wanted();  // That this process may have.
};

class Daemon {
 public:
  // Reads keys, opens the store and rebuilds the core from its journal. Errors: what must be mended
  // first.
  static Result<std::unique_ptr<Daemon>> create(Config config, const DaemonOptions& options);
  ~Daemon();

  // Serves until a signal asks for the end. The exit code of the process: not 0 after a failure of
  // the store.
  int run();
  // run() ended because the disk took no more; a new daemon may go on once there is room.
  bool ended_with_full_disk() const { return ended_with_full_disk_; }
  // Where others reach it, also where the system chose the ports.
  uint16_t peer_port() const { return links_->port(); }
  uint16_t client_port() const { return api_->port(); }

 private:
  Daemon(Config config, const DaemonOptions& options, std::unique_ptr<ChannelKeys> keys,
         std::unique_ptr<Store> store);
  Status rebuild_core();
  Status listen();
  Status write_port_file() const;
  std::shared_ptr<const TlsContext> tls_context(TlsUse use, Status& status) const;

  void note_use(LinkId link);
  void settle_soon();
  void plan_settling();
  void go_on_deciding();
  void settle();
  void perform(Effect& effect);
  void tell_alarm(const std::string& id, const std::string& text, bool about_own = false);
  void begin_commit();
  void end_commit(const CommitOutcome& outcome, const std::shared_ptr<const Batch>& batch);
  void arm_timer();
  void look_around();
  void look_at_log(Now now);
  void look_at_disk();
  void watch_expiry();
  void on_signal();
  void reload();
  void keep_lists();
  void shut_down();
  void end_with_store_failed(const std::string& why, const std::string& hint);
  void say_what_comes_next();
  std::string name_of(MessageKey key);
  AttemptText text_of(const Attempt& attempt);

  Config config_;
  DaemonOptions options_;
  boost::asio::io_context io_;
  std::unique_ptr<ChannelKeys> keys_;
  std::unique_ptr<Store> store_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<PeerLinks> links_;
  std::unique_ptr<ClientApi> api_;
  std::unique_ptr<Notifier> notifier_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  ServiceManager service_manager_;
  DiskWatch disk_;
  CommitWatch commit_watch_;
  ExpiryWatch expiry_;
  CertificateAlarms certificate_alarms_;
  BootMs next_look_ = 0;
  LadderLook ladder_look_;
  BootMs next_log_alarm_ = 0;
  bool settle_planned_ = false;
  bool decision_planned_ = false;
  bool arrived_ = false;    // Since it was last asked whether to commit.
  int turns_gathered_ = 0;  // In a row with something new.
  BootMs gathered_since_ = 0;
  bool committing_ = false;
  bool stopping_ = false;
  int exit_code_ = 0;
  bool ended_with_full_disk_ = false;
};

}  // namespace hotline
