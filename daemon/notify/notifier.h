// Tells people of rungs, in the way that each command of a rung asks for: by a program
// (command_runs.h) or over the web (web_calls.h). Nothing that these do delays anything else.
//
// Each attempt is started at once: the ladder asks for no more than limits::kAttemptsRunningMax of
// each side. Lives on the daemon's one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>

#include "daemon/notify/attempt_report.h"
#include "daemon/notify/command_runs.h"
#include "daemon/notify/kept_descriptors.h"
#include "daemon/notify/web_calls.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {

class Notifier {
 public:
  // `report` is called once for each started attempt. `io` and what it uses outlive this. The end
  // of this is the end of all that it started, without reports.
  Notifier(boost::asio::io_context& io, WebEndpoints endpoints, const ReportAttempt& report)
      : commands_(io, kept_, report), web_(io, std::move(endpoints), kept_, report) {}

  void start(const Attempt& attempt, const AttemptText& text) {
    if (notifier_of(attempt.command).empty()) {
      commands_.start(attempt, text);
    } else {
      web_.start(attempt, text);
    }
  }

  // Nobody need be told of it any more: ends it. It is reported as stopped.
  void stop(uint64_t attempt_id) {
    commands_.stop(attempt_id);
    web_.stop(attempt_id);
  }

  // `waits`: for an acknowledgement. Call about once a second.
  void end_alerts(const std::function<bool(MessageKey)>& waits) { web_.end_alerts(waits); }

 private:
  KeptDescriptors kept_;
  CommandRuns commands_;
  WebCalls web_;
};

}  // namespace hotline
