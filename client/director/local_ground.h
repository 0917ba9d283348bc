// The ground of a drill for both sides: two daemons of an exercise on this machine, with
// certificates made for it, and the cables between them. Everything lies below one directory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/demo/local_daemon.h"
#include "client/demo/relay.h"
#include "client/director/drill_ground.h"
#include "client/drill/drill_files.h"

namespace hotline::client {

class LocalGround final : public DrillGround {
 public:
  // Nothing happens before the calls below. `scenario` is borrowed.
  static Result<std::unique_ptr<LocalGround>> lay_out(const Scenario& scenario,
                                                      const std::string& directory,
                                                      const std::string& hotlined);

  // Makes certificates and stores, in a directory that has none. Error: failed.
  Status make(UtcMs now);

  std::vector<SideIndex> sides() const override { return {0, 1}; }
  Result<bool> set(const Faults& faults) override;
  bool has_ended(SideIndex side) const override;
  Status revoke(SideIndex side, std::optional<size_t> player, UtcMs now) override;
  Context context(SideIndex side, const std::string& person) const override;
  Status leave_exports(const Surroundings& around) override;
  Status stop() override;

  std::string contexts_path() const { return drill_contexts_path(directory_); }

 private:
  LocalGround(const Scenario& scenario, std::string directory)
      : scenario_(scenario), directory_(std::move(directory)) {}

  std::string prefix(SideIndex side) const;
  std::string pki(SideIndex side) const { return directory_ + "/pki/" + scenario_.sides[side]; }
  std::string config(SideIndex side) const;
  Status start(SideIndex side);
  // A running daemon whose clock is to be another one ends.
  Status set_clock(SideIndex side, int64_t ahead_ms);
  std::vector<Context> contexts() const;

  const Scenario& scenario_;
  const std::string directory_;
  std::unique_ptr<LocalDaemon> daemons_[kSides];
  int64_t clock_ahead_ms_[kSides] = {0, 0};
  bool is_up_[kSides] = {false, false};  // As the drill has it: only a daemon itself ends then.
  std::vector<std::unique_ptr<Relay>> cables_[kSides];  // By which the side dials, a path each.
};

}  // namespace hotline::client
