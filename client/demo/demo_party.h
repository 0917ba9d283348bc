// One party of the demo: its configuration, its daemon as a real process, and its people.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/connect/context.h"
#include "client/demo/child_process.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Where everything of the demo lies, below one directory.
struct DemoPlaces {
  std::string directory;
  std::string hotlined;    // The daemon's program.
  std::string channel_id;  // 32 hex digits.

  std::string pki(const std::string& party, const std::string& file) const {
    return directory + "/pki/" + party + "/" + file;
  }
};

class DemoParty {
 public:
  // `link_port` is where this party reaches the other.
  DemoParty(DemoPlaces places, std::string id, std::string prefix, std::string peer,
            std::string peer_prefix, uint16_t link_port);

  const std::string& id() const { return id_; }
  uint16_t peer_port() const { return peer_port_; }

  // Writes the configuration and makes the store. Error: failed, with what the daemon said.
  Status init();
  // Starts the daemon and waits until it listens.
  Status start();
  // As a power cut would: SIGKILL.
  void kill();
  // In order: SIGTERM, and it must end with 0.
  Status stop();

  // How `person` reaches the daemon as it runs now.
  Context context(const std::string& person, const std::string& language) const;

  // The file that the ladder's command for this rung leaves behind.
  std::string page_file(const std::string& rung) const;

  // The last lines of the daemon's log.
  std::string log_tail() const;

 private:
  std::string home() const { return places_.directory + "/" + id_; }
  std::string config_path() const { return home() + "/hotlined.toml"; }
  std::string log_path() const { return home() + "/hotlined.log"; }
  std::string port_path() const { return home() + "/ports"; }
  std::string config_text() const;
  std::string ladder_text() const;
  Error failure(const std::string& what) const;

  const DemoPlaces places_;
  const std::string id_;
  const std::string prefix_;
  const std::string peer_;
  const std::string peer_prefix_;
  const uint16_t link_port_;
  uint16_t peer_port_ = 0;
  uint16_t client_port_ = 0;
  std::unique_ptr<ChildProcess> daemon_;
};

}  // namespace hotline::client
