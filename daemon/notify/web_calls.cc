#include "daemon/notify/web_calls.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/notify/notice_body.h"
#include "daemon/process/notifier_limits.h"
#include "daemon/process/system_clock.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {
namespace {

// An alert that may have arrived, and those of its messages of which it is not known that they wait
// no more.
struct OpenAlert {
  Attempt attempt;
  AttemptText text;
  UtcMs begins = 0;
  KeySet waiting;

  bool is_of(const Attempt& other, const AttemptText& of) const {
    return attempt.command == other.command && attempt.name.rung == other.name.rung &&
           attempt.name.precedence == other.name.precedence && text.sender == of.sender &&
           text.messages.front() == of.messages.front();
  }
};

// The path of one that ends with a slash, or not, and behind it that of the API.
std::string alerts_target(std::string path) {
  while (path.ends_with("/")) path.pop_back();
  return path + "/api/v2/alerts";
}

}  // namespace

struct WebCalls::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& context, WebEndpoints all, KeptDescriptors& descriptors,
       ReportAttempt callback, WebCallSettings with_settings)
      : io(context),
        endpoints(std::move(all)),
        kept(descriptors),
        report(std::move(callback)),
        settings(std::move(with_settings)) {}

  struct Call {
    AttemptName name;
    std::unique_ptr<HttpsPost> post;
  };

  boost::asio::io_context& io;
  WebEndpoints endpoints;
  KeptDescriptors& kept;
  ReportAttempt report;
  WebCallSettings settings;
  size_t lookups = 0;                                   // Under way.
  std::map<uint64_t, Call> calls;                       // By AttemptName::id.
  std::vector<OpenAlert> alerts;                        // The oldest first.
  std::map<uint64_t, std::unique_ptr<HttpsPost>> ends;  // Of alerts.
  uint64_t last_end = 0;

  // Reports from the loop, so that the receiver may call start() and stop() as it likes.
  void post_report(const AttemptName& name, wire::Outcome outcome, std::string detail) {
    boost::asio::post(io, [weak = weak_from_this(),
                           outcome = AttemptReport{name, outcome, std::move(detail), {}}] {
      if (auto self = weak.lock()) self->report(outcome);
    });
  }

  void start(const Attempt& attempt, const AttemptText& text) {
    const std::string name = notifier_of(attempt.command);
    const auto endpoint = endpoints.find(name);
    if (endpoint == endpoints.end()) {
      return post_report(attempt.name, wire::Outcome::impossible,
                         name + ": no notifier of this name is configured");
    }
    const auto [target, body] = request_of(endpoint->second->config(), attempt, text);
    const uint64_t id = attempt.name.id;
    calls[id] = {attempt.name, post(endpoint->second, target, body,
                                    [this, id](const PostEnd& end) { ended(id, end); })};
  }

  void ended(uint64_t id, const PostEnd& end) {
    const AttemptName name = calls.at(id).name;
    const std::string whom = calls.at(id).post->endpoint().config().name;
    calls.erase(id);
    kept.keep();
    report({name, end.outcome, with_last_line(whom + ": " + end.detail, end.answer), end.answer});
  }

  std::unique_ptr<HttpsPost> post(std::shared_ptr<const WebEndpoint> endpoint,
                                  const std::string& target, const std::string& body,
                                  HttpsPost::Done done) {
    Resolve ask = [this](const std::string& name, Resolved found) {
      this->look_up(name, std::move(found));
    };
    const PostMeans means{io, kept, std::move(ask), settings.deadline_ms};
    return std::make_unique<HttpsPost>(means, std::move(endpoint), target, body, std::move(done));
  }

  // A name service that hangs leaves room for the names of the peer.
  void look_up(const std::string& name, Resolved done) {
    if (lookups == limits::kWebLookupsMax) {
      Error busy = make_error(ErrorCode::unreachable, "the name service answers nothing");
      return boost::asio::post(io,
                               [done = std::move(done), busy = std::move(busy)] { done(busy); });
    }
    ++lookups;
    Resolved counted = [weak = weak_from_this(), done = std::move(done)](Result<Addresses> found) {
      if (const auto self = weak.lock()) --self->lookups;
      done(std::move(found));
    };
    if (settings.resolve) {
      settings.resolve(name, std::move(counted));
    } else {
      resolve(io, name, std::move(counted));
    }
  }

  std::pair<std::string, std::string> request_of(const NotifierConfig& config,
                                                 const Attempt& attempt, const AttemptText& text) {
    const std::string& path = config.address.target;
    if (config.kind == NotifierKind::webhook) return {path, webhook_body(attempt, text)};
    const OpenAlert& alert = open_alert(attempt, text);
    return {alerts_target(path),
            alert_body(attempt, text, alert.begins, read_clocks().utc + limits::kAlertLasts_ms)};
  }

  // Another attempt at the same rung is the same alert.
  const OpenAlert& open_alert(const Attempt& attempt, const AttemptText& text) {
    const auto same = std::find_if(alerts.begin(), alerts.end(),
                                   [&](const OpenAlert& one) { return one.is_of(attempt, text); });
    if (same != alerts.end()) {
      same->attempt = attempt;
      same->waiting.insert_all(attempt.messages);
      return *same;
    }
    if (alerts.size() == limits::kAlertsOpenMax) alerts.erase(alerts.begin());
    alerts.push_back({attempt, text, read_clocks().utc, attempt.messages});
    return alerts.back();
  }

  void stop(uint64_t attempt_id) {
    const auto running = calls.find(attempt_id);
    if (running == calls.end()) return;
    const AttemptName name = running->second.name;
    calls.erase(running);
    kept.keep();
    post_report(name, wire::Outcome::stopped, "stopped");
  }

  void end_alerts(const std::function<bool(MessageKey)>& waits) {
    size_t looks = 0;
    for (auto alert = alerts.begin();
         alert != alerts.end() && ends.size() < limits::kAlertEndsMax;) {
      KeySet& waiting = alert->waiting;
      const bool incoming = alert->attempt.name.incoming;
      while (!waiting.empty() && looks < limits::kAlertLooksMax) {
        ++looks;
        if (waits({incoming, waiting.first()})) break;
        waiting.erase(waiting.first());
      }
      if (!waiting.empty() || calls.count(alert->attempt.name.id) != 0) {
        ++alert;
        continue;
      }
      end_alert(*alert);
      alert = alerts.erase(alert);
    }
  }

  void end_alert(const OpenAlert& alert) {
    const auto& endpoint = endpoints.at(notifier_of(alert.attempt.command));
    const uint64_t number = ++last_end;
    ends[number] = post(endpoint, alerts_target(endpoint->config().address.target),
                        alert_body(alert.attempt, alert.text, alert.begins, read_clocks().utc),
                        [this, number](const PostEnd&) {
                          ends.erase(number);
                          kept.keep();
                        });
  }
};

WebCalls::WebCalls(boost::asio::io_context& io, WebEndpoints endpoints, KeptDescriptors& kept,
                   ReportAttempt report, WebCallSettings settings)
    : impl_(std::make_shared<Impl>(io, std::move(endpoints), kept, std::move(report),
                                   std::move(settings))) {}

WebCalls::~WebCalls() = default;

void WebCalls::start(const Attempt& attempt, const AttemptText& text) {
  impl_->start(attempt, text);
}

void WebCalls::stop(uint64_t attempt_id) {
  impl_->stop(attempt_id);
}

void WebCalls::end_alerts(const std::function<bool(MessageKey)>& waits) {
  impl_->end_alerts(waits);
}

}  // namespace hotline
