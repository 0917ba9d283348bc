// The ground of a drill with the other side's director: a daemon of an exercise that runs already,
// to which this director has a context. Nothing is done to it but by requests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/director/drill_ground.h"

namespace hotline::client {

class PeerGround final : public DrillGround {
 public:
  // `context`: the director's, at that side's daemon.
  PeerGround(SideIndex side, Context context, std::string export_path)
      : side_(side), context_(std::move(context)), export_path_(std::move(export_path)) {}

  std::vector<SideIndex> sides() const override { return {side_}; }
  Result<bool> set(const Faults&) override { return false; }
  bool has_ended(SideIndex) const override { return false; }
  Status revoke(SideIndex side, std::optional<size_t> player, UtcMs now) override;
  Context context(SideIndex, const std::string&) const override { return context_; }
  // The own side's, where this director is an auditor too.
  Status leave_exports(const Surroundings& around) override;
  Status stop() override { return ok(); }

 private:
  const SideIndex side_;
  const Context context_;
  const std::string export_path_;
};

}  // namespace hotline::client
