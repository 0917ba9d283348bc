// Two hotlined of the release build on loopback, with a development PKI, in a temporary directory
// below the one that is to be measured. north dials nobody (its path to south leads to a port where
// nobody listens); south dials north directly, so that nothing stands between the two.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "client/connect/context.h"
#include "client/demo/child_process.h"
#include "tests/bench/measures.h"

namespace hotline::bench {

struct Ports {
  uint16_t peer = 0;
  uint16_t client = 0;
};

// Starts a program whose fsync calls are counted.
std::unique_ptr<client::ChildProcess> start_counted(const SyncCounter& counter,
                                                    const std::vector<std::string>& words,
                                                    const std::string& log_path);

// Waits until `path` exists and `process` runs; throws when it ends first, or a minute passes.
void wait_for_file(const std::string& path, client::ChildProcess& process,
                   const std::string& log_path);

// A directory that is removed with everything in it.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::string& parent);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

enum class Party { north, south };

class World {
 public:
  // `hotlined` is the program; `directory` exists. Makes keys, configurations and stores.
  // `escalation` is a section of both configurations.
  World(std::string directory, std::string hotlined, std::string escalation = {});

  // north first: south's configuration names north's port.
  void start(Party party);
  void stop(Party party);  // In order, with SIGTERM.
  // The party is played by somebody else; this names the other's port.
  std::string configuration(Party party) const;
  std::string log_path(Party party) const { return path(party, ".log"); }
  bool runs(Party party) const { return daemons_[index(party)] != nullptr; }
  pid_t process(Party party) const { return daemons_[index(party)]->pid(); }
  Ports ports(Party party) const { return ports_[index(party)]; }

  client::Context context(Party party, const std::string& person) const;
  std::string certificate() const { return directory_ + "/pki/north/tls.crt"; }
  std::string key() const { return directory_ + "/pki/north/tls.key"; }

  double processor_seconds() const;  // Both daemons'.
  uint64_t syncs() const { return counter_.count(); }
  const SyncCounter& counter() const { return counter_; }

 private:
  static size_t index(Party party) { return party == Party::north ? 0 : 1; }
  std::string name(Party party) const { return party == Party::north ? "north" : "south"; }
  std::string path(Party party, const std::string& suffix) const;
  void write_config(Party party) const;
  void run_to_end(Party party, const std::string& command) const;

  const std::string directory_;
  const std::string hotlined_;
  const std::string escalation_;
  SyncCounter counter_;
  std::array<Ports, 2> ports_{};
  std::array<std::unique_ptr<client::ChildProcess>, 2> daemons_;
};

}  // namespace hotline::bench
