// The ground of a drill: the daemons over which it is played, as the drill reaches them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/context.h"
#include "client/drill/faults.h"
#include "client/drill/scenario.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

inline constexpr char kDirectorPerson[] = "director";
inline constexpr char kAuditorPerson[] = "auditor";

class DrillGround {
 public:
  virtual ~DrillGround() = default;

  // The sides whose daemons are reached; both, or the own one.
  virtual std::vector<SideIndex> sides() const = 0;

  // Brings daemons and cables into this state, and starts daemons that ended by themselves. True:
  // a daemon was started. Error: failed.
  virtual Result<bool> set(const Faults& faults) = 0;

  // The side's daemon ended by itself, and was not started again since.
  virtual bool has_ended(SideIndex side) const = 0;

  // Revokes the TLS certificate of a side's daemon, or a player's, and has both daemons read it.
  virtual Status revoke(SideIndex side, std::optional<size_t> player, UtcMs now) = 0;

  // How a person reaches the daemon as it runs now.
  virtual Context context(SideIndex side, const std::string& person) const = 0;

  // Leaves each side's export in the directory, with all faults mended; one that is there already
  // is left as it is. Both journals are covered to their ends where the link comes up. Errors:
  // failed, conflict, not_allowed.
  virtual Status leave_exports(const Surroundings& around) = 0;

  // In order. Error: of the first daemon that does not end as it should.
  virtual Status stop() = 0;
};

// The contexts of a drill, as `hotline --config` reads them.
Status write_contexts(const std::string& path, const std::vector<Context>& contexts);

}  // namespace hotline::client
