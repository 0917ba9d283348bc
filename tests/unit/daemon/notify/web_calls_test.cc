// Attempts over the web, from the ladder's words to the report of each. The endpoint is a real one.
#include "daemon/notify/web_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/notify/notice_body.h"
#include "daemon/notify/notifier.h"
#include "daemon/process/notifier_limits.h"
#include "protocol/channel/notifier_command.h"
#include "tests/unit/daemon/notify/fake_endpoint.h"

namespace hotline {
namespace {

using test::Caller;
using test::FakeEndpoint;
using test::WebCertificates;

constexpr int kCallHung_ms = 60'000;

// The requests that came to an endpoint, for the test's own thread.
class Requests {
 public:
  FakeEndpoint::Script taken_and_answered_with(const std::string& status) {
    return [this, status](Caller& caller) {
      const std::string request = caller.read_request();
      caller.write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    };
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
};

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

class WebCallsTest : public testing::Test {
 protected:
  WebCallsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-calls-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream((folder_ / "ca.crt").string()) << test::pem(certificates_.authority.get());
  }
  ~WebCallsTest() override { std::filesystem::remove_all(folder_); }

  // The one notifier that there is, at a port of this machine.
  WebCalls& calls(NotifierKind kind, uint16_t port, WebCallSettings settings = {}) {
    NotifierConfig config;
    config.name = "pager";
    config.kind = kind;
    config.address.host = "127.0.0.1";
    config.address.port = port;
    config.address.target = "/base/";
    config.ca = (folder_ / "ca.crt").string();
    auto endpoints = open_web_endpoints({config});
    EXPECT_TRUE(endpoints);
    calls_.emplace(
        io_, *endpoints, kept_, [this](const AttemptReport& report) { reports_.push_back(report); },
        settings);
    return *calls_;
  }

  static Attempt attempt(uint64_t id, const std::string& notifier = "pager") {
    return Attempt{AttemptName{id, true, 1, "supervisor", 0, 1},
                   notifier_command(notifier),
                   {87, 88, 89},
                   false};
  }
  static AttemptText text(bool exercise = false) {
    return {"north", "south", {"S-000087", "S-000088"}, exercise};
  }

  template <typename Done>
  bool run_until(Done done) {
    while (!done()) {
      if (io_.run_one_for(std::chrono::milliseconds(kCallHung_ms)) == 0) return false;
      io_.restart();
    }
    return true;
  }
  bool run_until_reports(size_t count) {
    return run_until([&] { return reports_.size() >= count; });
  }
  // Runs the loop until so many requests have come.
  bool run_until_requests(Requests& requests, size_t count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kCallHung_ms);
    while (requests.all().size() < count) {
      if (std::chrono::steady_clock::now() > end) return false;
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  static const WebCertificates certificates_;
  std::filesystem::path folder_;
  boost::asio::io_context io_;
  KeptDescriptors kept_;
  std::vector<AttemptReport> reports_;
  std::optional<WebCalls> calls_;
};

const WebCertificates WebCallsTest::certificates_;

TEST_F(WebCallsTest, AWebhookIsToldOfAllAsOne) {
  Requests requests;
  FakeEndpoint endpoint(certificates_, requests.taken_and_answered_with("204 No Content"));
  Attempt repeated = attempt(1);
  repeated.repeated = true;
  calls(NotifierKind::webhook, endpoint.port()).start(repeated, text(true));
  EXPECT_TRUE(reports_.empty());
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].name, attempt(1).name);
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::done);
  EXPECT_EQ(reports_[0].detail, "pager: HTTP 204 No Content");
  ASSERT_TRUE(run_until_requests(requests, 1));
  const std::string request = requests.all()[0];
  EXPECT_TRUE(request.starts_with("POST /base/ HTTP/1.1\r\n")) << request;
  EXPECT_EQ(body_of(request),
            R"({"v":1,"party":"north","message":"S-000087","messages":["S-000087","S-000088"],)"
            R"("count":3,"sender":"south","mode":"exercise","precedence":"flash",)"
            R"("rung":"supervisor","attempt":1,"repeated":true,"contacts":[],"trial":false})");
}

TEST_F(WebCallsTest, AnAlertHasLabelsAndIsMarkedInAnExercise) {
  const auto alert = [&](bool exercise) {
    return alert_body(attempt(1), text(exercise), 1'795'356'600'000, 1'795'360'200'000);
  };
  EXPECT_EQ(alert(false),
            R"([{"labels":{"alertname":"HotlineWaits","party":"north","sender":"south",)"
            R"("mode":"live","precedence":"flash","rung":"supervisor","message":"S-000087"},)"
            R"("annotations":{"summary":"FLASH S-000087 of SOUTH and 2 more wait for an )"
            R"(acknowledgement","count":"3","messages":"S-000087 S-000088"},)"
            R"("startsAt":"2026-11-22T14:10:00.000Z","endsAt":"2026-11-22T15:10:00.000Z"}])");
  EXPECT_NE(alert(true).find(R"("alertname":"HotlineExercise")"), std::string::npos);
  EXPECT_NE(alert(true).find(R"("summary":"EXERCISE EXERCISE EXERCISE. FLASH)"), std::string::npos);
}

TEST_F(WebCallsTest, AnAlertEndsOnceNothingOfItWaits) {
  Requests requests;
  FakeEndpoint endpoint(certificates_, requests.taken_and_answered_with("200 OK"));
  WebCalls& alerts = calls(NotifierKind::alertmanager, endpoint.port());
  alerts.start(attempt(1), text());
  ASSERT_TRUE(run_until_requests(requests, 1) && run_until_reports(1));
  EXPECT_TRUE(requests.all()[0].starts_with("POST /base/api/v2/alerts HTTP/1.1\r\n"));
  std::set<MessageKey> waiting = {{true, 88}};
  const auto waits = [&](MessageKey key) { return waiting.count(key) != 0; };
  alerts.end_alerts(waits);
  waiting.clear();
  alerts.end_alerts(waits);
  alerts.end_alerts(waits);  // Once is enough.
  ASSERT_TRUE(run_until_requests(requests, 2));
  const auto times_of = [](const std::string& request) {
    return std::pair(request.substr(request.find("startsAt") + 11, 19),
                     request.substr(request.find("endsAt") + 9, 19));
  };
  const auto labels_of = [](const std::string& request) {
    const std::string body = body_of(request);
    return body.substr(0, body.find("annotations"));
  };
  const auto begun = times_of(requests.all()[0]);
  const auto ended = times_of(requests.all()[1]);
  EXPECT_EQ(labels_of(requests.all()[0]), labels_of(requests.all()[1]));
  EXPECT_EQ(begun.first, ended.first);
  EXPECT_LT(ended.second, begun.second) << "the end comes before the time at which it would end";
  io_.restart();
  io_.run();
  EXPECT_EQ(requests.all().size(), 2u);
  EXPECT_EQ(reports_.size(), 1u) << "an end is no attempt";
}

TEST_F(WebCallsTest, AnAlertThatWasStoppedMayHaveArrivedAndEndsToo) {
  Requests requests;
  FakeEndpoint endpoint(certificates_, requests.taken_and_answered_with("200 OK"));
  WebCalls& alerts = calls(NotifierKind::alertmanager, endpoint.port());
  alerts.start(attempt(1), text());
  alerts.stop(1);
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::stopped);
  EXPECT_EQ(reports_[0].name, attempt(1).name);
  alerts.end_alerts([](MessageKey) { return false; });
  ASSERT_TRUE(run_until_requests(requests, 1));
}

TEST_F(WebCallsTest, AnAttemptThatIsMadeAgainIsTheSameAlert) {
  Requests requests;
  FakeEndpoint endpoint(certificates_, requests.taken_and_answered_with("500 Oops"));
  WebCalls& alerts = calls(NotifierKind::alertmanager, endpoint.port());
  alerts.start(attempt(1), text());
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::failed);
  alerts.start(attempt(2), text());
  ASSERT_TRUE(run_until_reports(2));
  alerts.end_alerts([](MessageKey) { return false; });
  ASSERT_TRUE(run_until_requests(requests, 3));
  io_.restart();
  io_.run();
  EXPECT_EQ(requests.all().size(), 3u);
}

TEST_F(WebCallsTest, OneThatHangsDelaysNobodyAndIsStopped) {
  const auto silent = FakeEndpoint::silent();
  WebCalls& web = calls(NotifierKind::webhook, silent->port(), {600'000, nullptr});
  web.start(attempt(1), text());
  web.start(attempt(2, "nobody"), text());
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::impossible);
  EXPECT_EQ(reports_[0].detail, "nobody: no notifier of this name is configured");
  web.stop(1);
  web.stop(3);  // There is none.
  ASSERT_TRUE(run_until_reports(2));
  EXPECT_EQ(reports_[1].outcome, wire::Outcome::stopped);
  calls_.reset();
  io_.restart();
  io_.run();
  EXPECT_EQ(reports_.size(), 2u);
}

TEST_F(WebCallsTest, TheEndOfTheDaemonIsTheEndOfItsCalls) {
  const auto silent = FakeEndpoint::silent();
  calls(NotifierKind::webhook, silent->port(), {600'000, nullptr}).start(attempt(1), text());
  for (int turn = 0; turn < 3; ++turn) io_.run_one_for(std::chrono::milliseconds(20));
  calls_.reset();
  io_.restart();
  io_.run();
  EXPECT_TRUE(reports_.empty());
}

TEST_F(WebCallsTest, ANameServiceThatHangsIsAskedForAFewNamesOnly) {
  size_t asked = 0;
  WebCalls& web =
      calls(NotifierKind::webhook, 1, {600'000, [&](const std::string&, Resolved) { ++asked; }});
  for (uint64_t id = 1; id <= limits::kWebLookupsMax + 2; ++id) web.start(attempt(id), text());
  ASSERT_TRUE(run_until_reports(2));
  EXPECT_EQ(asked, limits::kWebLookupsMax);
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::failed);
  EXPECT_EQ(reports_[0].detail, "pager: the name service answers nothing");
}

// Takes every descriptor that this process can have, as a crowd of connections would.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    const rlimit small{static_cast<rlim_t>(next), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &small), 0);
  }
  ~NoDescriptorLeft() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorLeft(const NoDescriptorLeft&) = delete;
  NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;

 private:
  rlimit before_{};
};

TEST_F(WebCallsTest, B3_CallsAreMadeThoughConnectionsTookEveryOtherDescriptor) {
  const auto silent = FakeEndpoint::silent();
  WebCalls& web = calls(NotifierKind::webhook, silent->port(),
                        {300, [this](const std::string&, Resolved found) {
                           boost::asio::post(io_, [found = std::move(found)] {
                             found(Addresses{boost::asio::ip::make_address("127.0.0.1")});
                           });
                         }});
  const boost::asio::ip::tcp::socket first(io_);  // The event loop has its own descriptors now.
  const NoDescriptorLeft crowd;
  for (uint64_t id = 1; id <= 2; ++id) web.start(attempt(id), text());
  ASSERT_TRUE(run_until_reports(2));
  for (const AttemptReport& report : reports_) {
    EXPECT_EQ(report.outcome, wire::Outcome::timed_out) << report.detail;
  }
}

TEST_F(WebCallsTest, ANotifierRunsProgramsAndCallsTheWeb) {
  Requests requests;
  FakeEndpoint endpoint(certificates_, requests.taken_and_answered_with("200 OK"));
  NotifierConfig config;
  config.name = "pager";
  config.address.host = "127.0.0.1";
  config.address.port = endpoint.port();
  config.address.target = "/";
  config.ca = (folder_ / "ca.crt").string();
  Notifier notifier(io_, *open_web_endpoints({config}),
                    [this](const AttemptReport& report) { reports_.push_back(report); });
  notifier.start(attempt(1), text());
  Attempt program = attempt(2);
  program.command = {"/bin/sh", "-c", "exit 3"};
  notifier.start(program, text());
  ASSERT_TRUE(run_until_reports(2));
  std::set<std::string> details;
  for (const AttemptReport& report : reports_) details.insert(report.detail);
  EXPECT_EQ(details, (std::set<std::string>{"exited with 3", "pager: HTTP 200 OK"}));
}

}  // namespace
}  // namespace hotline
