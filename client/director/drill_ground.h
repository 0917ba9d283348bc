// The ground of a drill: two daemons of an exercise on this machine, with certificates made for it,
// and the cables between them. Everything lies below one directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/context.h"
#include "client/demo/local_daemon.h"
#include "client/demo/relay.h"
#include "client/drill/faults.h"
#include "client/drill/scenario.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

inline constexpr char kDirectorPerson[] = "director";
inline constexpr char kAuditorPerson[] = "auditor";

class DrillGround {
 public:
  // Nothing happens before the calls below. `scenario` is borrowed.
  static Result<std::unique_ptr<DrillGround>> lay_out(const Scenario& scenario,
                                                      const std::string& directory,
                                                      const std::string& hotlined);

  // Makes certificates and stores, in a directory that has none. Error: failed.
  Status make(UtcMs now);

  // Brings daemons and cables into this state, and starts daemons that ended by themselves. True:
  // a daemon was started. Error: failed.
  Result<bool> set(const Faults& faults);

  // Revokes the TLS certificate of a side's daemon, or a player's, and has both daemons read it.
  Status revoke(SideIndex side, std::optional<size_t> player, UtcMs now);

  // How a person reaches the daemon as it runs now.
  Context context(SideIndex side, const std::string& person) const;
  std::string contexts_path() const { return directory_ + "/hotline.toml"; }

  // Leaves each side's export in the directory, with all faults mended; one that is there already
  // is left as it is. Both journals are covered to their ends where the link comes up. Error:
  // failed, conflict.
  Status leave_exports(const Surroundings& around);

  // In order. Error: of the first that does not end as it should.
  Status stop();
  std::string log_tail(SideIndex side) const { return daemons_[side]->log_tail(); }

 private:
  DrillGround(const Scenario& scenario, std::string directory)
      : scenario_(scenario), directory_(std::move(directory)) {}

  std::string prefix(SideIndex side) const;
  std::string pki(SideIndex side) const { return directory_ + "/pki/" + scenario_.sides[side]; }
  std::string config(SideIndex side) const;
  Status start(SideIndex side);
  Status write_contexts() const;

  const Scenario& scenario_;
  const std::string directory_;
  std::unique_ptr<LocalDaemon> daemons_[kSides];
  std::vector<std::unique_ptr<Relay>> cables_[kSides];  // By which the side dials, a path each.
};

}  // namespace hotline::client
