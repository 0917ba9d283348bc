// The beginning of a drill by the directors of both sides: one proposes a change of both clocks
// (protocol/channel/exercise_joint.h) whose detail names the scenario by its digest, and the
// other's program, which has the same file, agrees. The message by which the change was concluded
// is the same at both; so is the full minute, soon after it, when the drill begins.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/base/bytes.h"

namespace hotline::client {

struct JointStart {
  std::string id;  // The message that concluded it.
  UtcMs begin = 0;
  uint32_t speed_permille = 1000;
};

struct StartWish {
  Hash scenario = {};                           // The file, to the byte.
  std::optional<uint32_t> speed_permille = {};  // Nothing: what the other director proposes, or 1.
  std::string after = {};  // The agreement of both before it, which began another drill.
};

// Proposes, or agrees, and waits for the other side. Throws CommandFailed: refused, also where they
// begin another scenario, which is declined; or interrupted.
JointStart agree_on_start(Invocation& invocation, Connection& daemon, const StartWish& wish,
                          const std::function<bool()>& interrupted);

}  // namespace hotline::client
