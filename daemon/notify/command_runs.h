// Runs the commands that tell people: each attempt of the ladder is one child process, in a session
// and process group of its own, started without a shell, and killed with its whole group at its
// deadline. Nothing that a command does (hang, flood, fork, ignore signals) delays anything else.
//
// A command gets /dev/null as input, no open file of ours, and a small fixed environment, with
// clang-format off
//     HOTLINE_MESSAGE     the message, such as S-000087; the oldest, where it is told of many
//     HOTLINE_COUNT       how many it is told of
//     HOTLINE_MESSAGES    the oldest of them by name, at most limits::kAttemptNamesMax, blanks between
//     HOTLINE_SENDER      whose they are: a party's id
//     HOTLINE_MODE        live, or exercise
//     HOTLINE_PRECEDENCE, HOTLINE_RUNG
//     HOTLINE_CONTACTS    the agreed contacts, one a line, "NAME HOW", of a rung that proposes voice; else empty
//     HOTLINE_TRIAL       1 where nothing waits, and only the way is tried; else 0. Then the message
//                         is TRIAL, and the count 0
//     HOTLINE_REPEATED    1 where it may have been told before a restart, else 0
// clang-format on
// Exit status 0 means that somebody was told. Anything that it leaves running in its group is
// killed as it ends; processes that leave the group (setsid) are its own affair.
//
// Each attempt is started at once: the ladder asks for no more than limits::kAttemptsRunningMax of
// each side.
//
// Lives on the daemon's one thread. The daemon must not reap children by itself (no SIGCHLD
// handler that waits for any).
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/notify/attempt_report.h"
#include "daemon/notify/kept_descriptors.h"
#include "protocol/base/limits.h"

namespace boost::asio {
class io_context;
}

namespace hotline {

class CommandRuns {
 public:
  // All that is borrowed outlives this.
  CommandRuns(boost::asio::io_context& io, KeptDescriptors& kept, ReportAttempt report,
              int64_t deadline_ms = limits::kAttemptDeadline_ms);
  // Kills what runs, without reports.
  ~CommandRuns();

  void start(const Attempt& attempt, const AttemptText& text);

  // Nobody need be told of it any more: kills it. It is reported as stopped.
  void stop(uint64_t attempt_id);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace hotline
