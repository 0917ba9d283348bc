// One party of the demo: its configuration, its daemon as a real process, and its people.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/connect/context.h"
#include "client/demo/local_daemon.h"
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
  uint16_t peer_port() const { return daemon_.peer_port(); }

  // As LocalDaemon has them.
  Status init() { return daemon_.init(config_text()); }
  Status start() { return daemon_.start(); }
  void kill() { daemon_.kill(); }
  Status stop() { return daemon_.stop(); }
  std::string log_tail() const { return daemon_.log_tail(); }

  // How `person` reaches the daemon as it runs now.
  Context context(const std::string& person, const std::string& language) const;

  // The file that the ladder's command for this rung leaves behind.
  std::string page_file(const std::string& rung) const;

 private:
  std::string home() const { return places_.directory + "/" + id_; }
  std::string config_text() const;
  std::string ladder_text() const;

  const DemoPlaces places_;
  const std::string id_;
  const std::string prefix_;
  const std::string peer_;
  const std::string peer_prefix_;
  const uint16_t link_port_;
  LocalDaemon daemon_;
};

}  // namespace hotline::client
