// A real connection over TLS to an endpoint that does whatever can be done wrong. The deadline of
// an attempt is short where it is to be reached, and otherwise far longer than a test takes.
#include "daemon/notify/https_post.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/unit/daemon/notify/fake_endpoint.h"

namespace hotline {
namespace {

using test::answers;
using test::Caller;
using test::FakeEndpoint;
using test::WebCertificates;

constexpr int kWebHung_ms = 60'000;  // Only a failing test waits as long.
constexpr int64_t kFarDeadline_ms = 600'000;
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

class HttpsPostTest : public testing::Test {
 protected:
  HttpsPostTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-web-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    trust(certificates_);
    config_.name = "pager";
    config_.address.host = "127.0.0.1";
    config_.address.target = "/hook?x=1";
  }
  ~HttpsPostTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void trust(const WebCertificates& certificates) {
    config_.ca = path("ca.crt");
    std::ofstream(config_.ca) << test::pem(certificates.authority.get());
  }

  // Posts to the port of this machine, and returns how it ended.
  PostEnd post(uint16_t port, int64_t deadline_ms = kFarDeadline_ms) {
    config_.address.port = port;
    const auto endpoint = WebEndpoint::open(config_);
    EXPECT_TRUE(endpoint) << endpoint.error().reason;
    std::optional<PostEnd> ended;
    const Resolve resolve = [this](const std::string&, Resolved found) {
      boost::asio::post(io_, [this, found = std::move(found)] { found(addresses_); });
    };
    const HttpsPost one({io_, kept_, resolve, deadline_ms}, *endpoint, config_.address.target,
                        R"({"v":1})", [&](PostEnd end) { ended = std::move(end); });
    EXPECT_FALSE(ended) << "never from inside the call";
    while (!ended && io_.run_one_for(std::chrono::milliseconds(kWebHung_ms)) != 0) {
      io_.restart();
    }
    return ended.value_or(PostEnd{wire::Outcome::unset, "it hangs", ""});
  }
  PostEnd post_to(const FakeEndpoint::Script& script, int64_t deadline_ms = kFarDeadline_ms) {
    FakeEndpoint endpoint(certificates_, script);
    return post(endpoint.port(), deadline_ms);
  }

  static const WebCertificates certificates_;
  std::filesystem::path folder_;
  boost::asio::io_context io_;
  KeptDescriptors kept_;
  NotifierConfig config_;
  Addresses addresses_{boost::asio::ip::make_address("127.0.0.1")};
};

const WebCertificates HttpsPostTest::certificates_;

#define EXPECT_ENDS(end, with_outcome, with_detail)                   \
  do {                                                                \
    const PostEnd ended = (end);                                      \
    EXPECT_EQ(ended.outcome, wire::Outcome::with_outcome);            \
    EXPECT_NE(ended.detail.find(with_detail), std::string::npos)      \
        << "it says: " << ended.detail << ", body: " << ended.answer; \
  } while (false)

TEST_F(HttpsPostTest, WhoAnswersWith200HasBeenTold) {
  std::ofstream(path("token")) << "s3cret\n";
  chmod(path("token").c_str(), 0600);
  config_.token = path("token");
  std::string request;
  FakeEndpoint endpoint(certificates_, [&](Caller& caller) {
    request = caller.read_request();
    caller.write(kOk);
  });
  EXPECT_ENDS(post(endpoint.port()), done, "HTTP 200 OK");
  EXPECT_EQ(request,
            "POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(endpoint.port()) +
                "\r\nUser-Agent: hotlined\r\nContent-Type: application/json\r\n"
                "Connection: close\r\nAuthorization: Bearer s3cret\r\n"
                "Content-Length: 7\r\n\r\n{\"v\":1}");
}

TEST_F(HttpsPostTest, ARefusalIsToldWithItsWords) {
  const auto refuse = [&](const std::string& status) {
    return post_to(answers("HTTP/1.1 " + status + "\r\nContent-Length: 8\r\n\r\nno room\n"));
  };
  EXPECT_ENDS(refuse("500 Oops"), failed, "HTTP 500 Internal Server Error");
  EXPECT_EQ(refuse("500 Oops").answer, "no room\n");
  EXPECT_ENDS(refuse("503 Gone to lunch"), failed, "HTTP 503 Service Unavailable");
  EXPECT_ENDS(refuse("503 \033[2J"), failed, "its answer is no HTTP: bad reason");
  EXPECT_ENDS(refuse("429 Wait"), failed, "HTTP 429");
  EXPECT_ENDS(refuse("404 None"), impossible, "HTTP 404 Not Found");
  EXPECT_ENDS(refuse("401 Who"), impossible, "HTTP 401 Unauthorized");
}

TEST_F(HttpsPostTest, ARedirectIsNotFollowed) {
  FakeEndpoint elsewhere(certificates_, answers(kOk));
  const auto end =
      post_to(answers("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:" +
                      std::to_string(elsewhere.port()) + "/\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_ENDS(end, impossible, "HTTP 302 Found");
  EXPECT_EQ(elsewhere.handshakes(), 0u);
}

TEST_F(HttpsPostTest, OneThatSaysNothingIsLeftAtItsDeadline) {
  const auto silent = FakeEndpoint::silent();
  EXPECT_ENDS(post(silent->port(), 300), timed_out, "no answer after 300 ms");
  EXPECT_ENDS(post_to([](Caller& caller) { caller.wait_for_its_end(); }, 300), timed_out,
              "no answer after 300 ms");
}

TEST_F(HttpsPostTest, OneThatDripsIsLeftAtItsDeadline) {
  const auto drip = [](Caller& caller) {
    caller.read_request();
    caller.write("HTTP/1.1 200 OK\r\n");
    while (caller.write("X: y\r\n")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  EXPECT_ENDS(post_to(drip, 300), timed_out, "no answer after 300 ms");
}

TEST_F(HttpsPostTest, AnEndlessHeadIsNoAnswer) {
  const auto flood = [](Caller& caller) {
    caller.read_request();
    caller.write("HTTP/1.1 200 OK\r\n");
    while (caller.write("X: " + std::string(1000, 'y') + "\r\n")) {
    }
  };
  EXPECT_ENDS(post_to(flood), failed, "its answer is no HTTP");
}

int64_t web_memory_peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

TEST_F(HttpsPostTest, AnEndlessBodyIsNotRead) {
  const auto flood = [](const std::string& head) {
    return [head](Caller& caller) {
      caller.read_request();
      caller.write(head);
      while (caller.write(std::string(16 * 1024, 'y'))) {
      }
    };
  };
  const int64_t before = web_memory_peak_bytes();
  EXPECT_ENDS(post_to(flood("HTTP/1.1 200 OK\r\n\r\n")), done, "HTTP 200 OK");
  EXPECT_ENDS(post_to(flood("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")), done,
              "HTTP 200 OK");
  const PostEnd refused = post_to(flood("HTTP/1.1 500 Oops\r\n\r\n"));
  EXPECT_EQ(refused.outcome, wire::Outcome::failed);
  EXPECT_EQ(refused.answer.size(), limits::kAttemptOutputMax);
  EXPECT_LT(web_memory_peak_bytes() - before, 16 * 1024 * 1024);
}

TEST_F(HttpsPostTest, ARefusalThatDripsIsToldAtTheDeadlineAsWhatItIs) {
  const auto drip = [](Caller& caller) {
    caller.read_request();
    caller.write("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nfirst words");
    caller.wait_for_its_end();
  };
  // A slow machine may need longer than the deadline to come as far as the answer: then once more.
  PostEnd end;
  for (int64_t deadline_ms = 300; end.answer.empty(); deadline_ms *= 2) {
    ASSERT_LT(deadline_ms, kWebHung_ms);
    end = post_to(drip, deadline_ms);
  }
  EXPECT_ENDS(end, failed, "HTTP 500");
  EXPECT_EQ(end.answer, "first words");
}

TEST_F(HttpsPostTest, OneThatClosesInTheMiddleHasNotAnswered) {
  const char* const closed = "it closed the connection before it answered";
  EXPECT_ENDS(post_to([](Caller&) {}), failed, closed);
  EXPECT_ENDS(post_to([](Caller& caller) { caller.read_request(); }), failed, closed);
  EXPECT_ENDS(post_to(answers("HTTP/1.1 200 O")), failed, closed);
}

TEST_F(HttpsPostTest, WhatIsNoHttpIsToldSo) {
  EXPECT_ENDS(post_to(answers("220 mail.example ESMTP\r\n\r\n")), failed, "its answer is no HTTP");
}

TEST_F(HttpsPostTest, ACertificateOfAnotherCaIsRefusedBeforeAnythingIsSaid) {
  const WebCertificates strangers;
  FakeEndpoint endpoint(strangers, answers(kOk));
  EXPECT_ENDS(post(endpoint.port()), failed, "its certificate is refused: unable to get local");
  EXPECT_EQ(endpoint.handshakes(), 0u);
}

TEST_F(HttpsPostTest, ACertificateForAnotherHostIsRefused) {
  const WebCertificates other("DNS:other.example,IP:127.0.0.2");
  trust(other);
  FakeEndpoint endpoint(other, answers(kOk));
  EXPECT_ENDS(post(endpoint.port()), failed, "its certificate is refused: IP address mismatch");
  config_.address.host = "pager.example";
  EXPECT_ENDS(post(endpoint.port()), failed, "its certificate is refused: hostname mismatch");
  config_.address.host = "other.example";
  EXPECT_ENDS(post(endpoint.port()), done, "HTTP 200");
}

TEST_F(HttpsPostTest, Tls12IsTheLeast) {
  FakeEndpoint good(certificates_, answers(kOk), TLS1_2_VERSION);
  EXPECT_ENDS(post(good.port()), done, "HTTP 200");
  FakeEndpoint old(certificates_, answers(kOk), TLS1_1_VERSION);
  EXPECT_ENDS(post(old.port()), failed, "no TLS with it");
  EXPECT_EQ(old.handshakes(), 0u);
}

TEST_F(HttpsPostTest, NobodyThereIsToldSo) {
  uint16_t port = 0;
  { port = FakeEndpoint::silent()->port(); }
  EXPECT_ENDS(post(port), failed, "cannot connect to it: Connection refused");
}

TEST_F(HttpsPostTest, TheNextAddressIsTriedWhereOneRefuses) {
  FakeEndpoint endpoint(certificates_, answers(kOk));
  addresses_.insert(addresses_.begin(), boost::asio::ip::make_address("127.0.0.9"));
  EXPECT_ENDS(post(endpoint.port()), done, "HTTP 200");
}

TEST_F(HttpsPostTest, AHostThatAnswersNothingLeavesTimeForTheNextAddress) {
  FakeEndpoint endpoint(certificates_, answers(kOk));
  // TEST-NET-1: nobody is there; a machine without a route refuses at once.
  addresses_.insert(addresses_.begin(), boost::asio::ip::make_address("192.0.2.1"));
  EXPECT_ENDS(post(endpoint.port(), 8'000), done, "HTTP 200");
}

TEST_F(HttpsPostTest, FilesThatAreNotGoodAreRefusedWithTheirNames) {
  const auto refusal = [&] {
    const auto endpoint = WebEndpoint::open(config_);
    return endpoint ? "taken" : endpoint.error().reason;
  };
  config_.token = path("token");
  EXPECT_EQ(refusal(), path("token") + ": cannot be opened: No such file or directory");
  std::ofstream(path("token")) << "s3cret\n";
  chmod(path("token").c_str(), 0644);
  EXPECT_EQ(refusal(), path("token") + ": holds a token and is open to others than its owner");
  chmod(path("token").c_str(), 0600);
  EXPECT_EQ(refusal(), "taken");
  std::ofstream(path("token")) << "two words\n";
  EXPECT_EQ(refusal(), path("token") + ": does not hold a token");
  config_.token = "";
  std::ofstream(config_.ca) << "no certificate\n";
  EXPECT_EQ(refusal(), config_.ca + ": has no CA certificate that can be read");
  config_.ca = path("none.crt");
  EXPECT_EQ(refusal(), config_.ca + ": cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace hotline
