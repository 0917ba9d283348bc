// A daemon of this machine as a process: where its program lies, how it is made, started and ended.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/demo/child_process.h"
#include "protocol/base/result.h"

namespace hotline::client {

// `given`, or the program beside this one. Error: not_found, with `hint`.
Result<std::string> find_hotlined(const std::string& program_directory,
                                  const std::optional<std::string>& given, const std::string& hint);

// All lies in `home`: hotlined.toml, the log, the file that the daemon writes its ports to. Its
// certificates are for development.
class LocalDaemon {
 public:
  LocalDaemon(std::string hotlined, std::string party, std::string home);

  std::string config_path() const { return home_ + "/hotlined.toml"; }
  std::string port_path() const { return home_ + "/ports"; }
  uint16_t peer_port() const { return peer_port_; }
  uint16_t client_port() const { return client_port_; }

  // Writes the configuration and makes the store. Error: failed, with what the daemon said.
  Status init(const std::string& config);
  // Starts it and waits until it listens.
  Status start();
  bool runs() const { return process_ != nullptr && !process_->exit_code(); }
  // As a power cut would: SIGKILL.
  void kill() { process_.reset(); }
  // In order: SIGTERM, and it must end with 0.
  Status stop();
  void reload();

  // The last lines of its log.
  std::string log_tail() const;

 private:
  std::string log_path() const { return home_ + "/hotlined.log"; }
  Error failure(const std::string& what) const;

  const std::string hotlined_;
  const std::string party_;
  const std::string home_;
  uint16_t peer_port_ = 0;
  uint16_t client_port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace hotline::client
