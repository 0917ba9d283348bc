// Tells people over the web: each attempt of the ladder is one POST (https_post.h), of the body
// that its kind of notifier wants (notice_body.h). As with commands, an attempt is started at once,
// ends by its deadline, and is reported with its outcome.
//
// An alert of Alertmanager holds until none of its messages waits any more (end_alerts()), or for
// limits::kAlertLasts_ms: nobody may be left to end it.
//
// Lives on the daemon's one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "daemon/notify/attempt_report.h"
#include "daemon/notify/https_post.h"
#include "daemon/notify/kept_descriptors.h"
#include "protocol/base/limits.h"

namespace hotline {

struct WebCallSettings {
  int64_t deadline_ms = limits::kAttemptDeadline_ms;
  Resolve resolve = nullptr;  // Then resolve() of protocol/transport/resolve.h.
};

class WebCalls {
 public:
  // All that is borrowed outlives this.
  WebCalls(boost::asio::io_context& io, WebEndpoints endpoints, KeptDescriptors& kept,
           ReportAttempt report, WebCallSettings settings = {});
  // Ends what is under way, without reports.
  ~WebCalls();

  // The attempt's command names a notifier. One that is not there is reported as impossible.
  void start(const Attempt& attempt, const AttemptText& text);
  // Nobody need be told of it any more. It is reported as stopped.
  void stop(uint64_t attempt_id);

  // Ends the alerts of which no message waits any more. An end that does not arrive is not tried
  // again, nor reported: the alert then ends by itself. Call about once a second: a call looks at
  // limits::kAlertLooksMax messages, and begins so many ends that limits::kAlertEndsMax are under
  // way.
  void end_alerts(const std::function<bool(MessageKey)>& waits);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace hotline
