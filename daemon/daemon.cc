#include "daemon/daemon.h"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/store/failure.h"
#include "protocol/base/limits.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

Result<std::unique_ptr<Daemon>> Daemon::create(Config config, const DaemonOptions& options) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(config), options));
  if (Status status = daemon->open_channel(); !status) return status.error();
  // Until here they end the process at once, also where a disk does not answer: nothing was said.
  daemon->signals_.add(SIGINT);
  daemon->signals_.add(SIGTERM);
  if (Status status = daemon->start(); !status) return status.error();
  return daemon;
}

Daemon::Daemon(Config config, const DaemonOptions& options)
    : config_(std::move(config)),
      options_(options),
      clock_(config_.clock_ahead_ms),
      timer_(io_),
      signals_(io_, SIGHUP),
      service_manager_([](const char* name) -> const char* { return std::getenv(name); }) {}

Daemon::~Daemon() {
  for (const auto& [peer, channel] : channels_) channel->close_store();
}

Status Daemon::open_channel() {
  auto keys = ChannelKeys::load(config_, options_.allow_dev_pki);
  if (!keys) return keys.error();
  ChannelEvents events;
  events.store_failed = [this](const Error& error, bool disk_is_full) {
    ended_with_full_disk_ = disk_is_full;
    end_with_store_failed(error.reason, error.hint);
  };
  events.stopped = [this] { signals_.cancel(); };
  auto channel =
      Channel::open(io_, config_, *std::move(keys), clock_, options_.version, std::move(events));
  if (!channel) return channel.error();
  channels_.emplace(config_.peer, *std::move(channel));
  return ok();
}

Status Daemon::start() {
  Channel& channel = this->channel();
  auto peer_context = channel.tls_context(TlsUse::peer_link);
  if (!peer_context) return peer_context.error();
  auto context = channel.tls_context(TlsUse::api_service);
  if (!context) return context.error();
  const ConnectionsMax connections = share_descriptors(options_.descriptors);
  api_ = std::make_unique<ClientApi>(io_, config_, channel.core(), channel.store(), channel.clock(),
                                     connections, [&channel] { channel.settle_soon(); });
  api_->set_dev_pki(channel.keys().dev_pki());
  api_->set_signing_certificates(channel.keys().signing_certificates());
  api_->set_last_refusal([&channel] { return channel.links().last_refusal(); });
  api_->set_paths([&channel] { return channel.links().paths(); });
  api_->set_try_notifiers(
      [&channel](ClientApi::Tried done) { return channel.try_notifiers(std::move(done)); });
  if (Status status = door_.open(io_, config_.listen_peer, *peer_context, connections.handshakes);
      !status) {
    return status;
  }
  channel.start(*api_, door_, *peer_context);
  if (Status status = api_->start(*context, config_.listen_client); !status) return status;
  if (!config_.client_socket.empty()) {
    if (Status status = api_->start_socket(config_.client_socket); !status) return status;
  }
  if (Status status = write_port_file(); !status) return status;
  channel.begin();
  return ok();
}

// For those who let the system choose the ports: written whole, then renamed, so that nobody reads
// half of it.
Status Daemon::write_port_file() const {
  if (config_.port_file.empty()) return ok();
  std::string temporary = config_.port_file + ".new";
  std::ofstream file(temporary);
  file << "peer " << peer_port() << "\nclient " << client_port() << "\n";
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, config_.port_file, error);
  if (file && !error) return ok();
  return make_error(ErrorCode::configuration, config_.port_file + ": cannot be written",
                    "check [listen] port_file and the directory's permissions");
}

int Daemon::run() {
  spdlog::info("{}: store {} with {} journal entries; links on port {}, clients on port {}{}",
               config_.party, config_.store_path, channel().core().journal_size(), peer_port(),
               client_port(),
               channel().keys().dev_pki() ? "; DEVELOPMENT CERTIFICATES, not for real use" : "");
  if (config_.clock_ahead_ms != 0) {
    spdlog::warn("the clock of this exercise is {} ms ahead of the machine's, as configured",
                 config_.clock_ahead_ms);
  }
  if (options_.descriptors < descriptors_wanted()) {
    spdlog::warn(
        "this process may open only {} files, so that fewer can be connected at once: give it {} "
        "(LimitNOFILE= of the service, ulimit -n)",
        options_.descriptors, descriptors_wanted());
  }
  on_signal();
  arm_timer();
  service_manager_.tell_ready();
  try {
    io_.run();
    return exit_code_;
  } catch (const StoreError& error) {
    // A record that the core needs cannot be read. Nothing was said because of it.
    const FailedStore failed = describe_failure(error, config_.store_path);
    end_with_store_failed(failed.error.reason, failed.error.hint);
  } catch (const RecordsError& error) {
    end_with_store_failed(config_.store_path + ": " + error.what(), kKeepAsEvidence);
  }
  io_.run();  // The goodbyes: nothing asks the core, nor the store, any more.
  return exit_code_;
}

// Nobody knows any more what is on disk, so nothing more may be said but this. The next start
// rebuilds from the journal.
void Daemon::end_with_store_failed(const std::string& why, const std::string& hint) {
  spdlog::critical("STORE FAILED: {}. {}. Nothing is sent or received: use voice.", why, hint);
  say_what_comes_next();
  exit_code_ = 1;
  stopping_ = true;
  if (!ended_with_full_disk_) service_manager_.tell_stopping();
  api_->sound("", "STORE FAILED: " + why + ". hotlined ends: use voice, and " +
                      (ended_with_full_disk_ ? "have room made for its store: it then goes on"
                                             : "have it started again"));
  api_->stop();
  const Bytes last_word =
      make_close_frame(wire::CloseReason::store_failed, config_.party + "'s store has failed");
  door_.close();
  for (const auto& [peer, channel] : channels_) channel->fail(last_word);
  signals_.cancel();
  // The goodbyes have their time, and commands that tell people are not waited for.
  timer_.expires_after(std::chrono::milliseconds(limits::kGoodbyeDeadline_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) io_.stop();
  });
}

void Daemon::say_what_comes_next() {
  if (ended_with_full_disk_) {
    return spdlog::critical(
        "All links and connections are closed. Once there is room the channel is rebuilt from the "
        "disk and goes on by itself; nothing that was confirmed is lost");
  }
  spdlog::critical(
      "This daemon ends now (exit 1), and may be started again at once: it rebuilds from the "
      "disk, and nothing that was confirmed is lost. If it ends again: df -h {}; hotlined store "
      "check -c {}",
      config_.store_path, config_.path);
}

void Daemon::arm_timer() {
  timer_.expires_after(std::chrono::milliseconds(Channel::kLook_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    service_manager_.tell_alive();
    api_->tick(read_clocks().boot);
    for (const auto& [peer, channel] : channels_) channel->look();
    look_at_log();
    arm_timer();
  });
}

// The channel goes on without its log. People are told that it does, but not each time that a
// reader stops and goes on: it is over once there was no trouble for a while.
void Daemon::look_at_log() {
  const BootMs now = read_clocks().boot;
  const std::string trouble = options_.log_trouble();
  if (!trouble.empty()) log_trouble_until_ = now + limits::kLogTroubleOver_ms;
  if (trouble.empty() && now < log_trouble_until_) return;
  for (const auto& [peer, channel] : channels_) {
    channel->note_condition(
        ConditionCode::log_not_written, config_.party,
        trouble.empty() ? ""
                        : "the log of this daemon cannot be written (" + trouble +
                              "); what is left out is counted there, and the channel goes on");
  }
}

void Daemon::on_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    on_signal();  // Until the record of the stop is committed this also keeps the loop going.
    if (stopping_) return;
    if (signal == SIGHUP) return reload();
    shut_down();
  });
}

void Daemon::reload() {
  for (const auto& [peer, channel] : channels_) channel->reload();
  api_->check_again();
}

void Daemon::shut_down() {
  spdlog::info("stopping");
  stopping_ = true;
  service_manager_.tell_stopping();
  timer_.cancel();
  door_.close();
  for (const auto& [peer, channel] : channels_) channel->stop();
  api_->stop();
}

}  // namespace hotline
