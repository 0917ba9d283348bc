// Runs the commands that tell people: each attempt of the ladder is one child process, in a session
// and process group of its own, started without a shell, and killed with its whole group at its
// deadline. Nothing that a command does (hang, flood, fork, ignore signals) delays anything else.
//
// A command gets /dev/null as input, a small fixed environment with HOTLINE_MESSAGE,
// HOTLINE_PRECEDENCE, HOTLINE_RUNG and HOTLINE_REPEATED (0 or 1) in it, and no open file of ours.
// Exit status 0 means that somebody was told. What it leaves running in its group is killed as it
// ends; what leaves the group (setsid) is its own affair.
//
// Lives on the daemon's one thread. The daemon must not reap children by itself (no SIGCHLD
// handler that waits for any).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/ladder.h"
#include "protocol/limits.h"
#include "protocol/schema/journal_generated.h"

namespace boost::asio {
class io_context;
}

namespace hotline {

struct AttemptReport {
  AttemptName name;
  wire::Outcome outcome = wire::Outcome::unset;
  std::string detail;  // One line for people, safe to print: "exited with 1: no carrier".
  std::string output;  // The last of what it printed, raw: at most limits::kAttemptOutputMax bytes.
};

struct NotifierLimits {
  int64_t deadline_ms = limits::kAttemptDeadline_ms;
  size_t running_max = limits::kAttemptsRunningMax;
  // Of those, for FLASH alone, so that a FLASH does not wait for ten slow commands about a ROUTINE.
  size_t reserved_for_flash = limits::kAttemptsReservedForFlash;
};

class Notifier {
 public:
  using Report = std::function<void(const AttemptReport&)>;

  // `report` is called once for each started attempt, from the io_context, never from inside a call
  // to this class. Both outlive this.
  Notifier(boost::asio::io_context& io, Report report, NotifierLimits limits = {});
  // Kills what runs, without reports.
  ~Notifier();

  // `message_name` is the message's name for people, such as S-000087. Starts the command now, or
  // when there is room: FLASH first.
  void start(const Attempt& attempt, const std::string& message_name);

  // Nobody need be told of this message any more: kills its attempts and forgets those that wait.
  // They are reported as stopped.
  void stop(LadderKey message);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace hotline
