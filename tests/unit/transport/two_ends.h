// Shared by the transport's tests: a development PKI made once, contexts from it, and the two ends
// of a link in one process over 127.0.0.1, driven on one event loop.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/transport/dial.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/listen.h"
#include "protocol/transport/tls_policy.h"

namespace hotline {

inline constexpr UtcMs kTestNow = 1'795'500'000'000;  // 2026-11-24.

// A directory of its own that is removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Parties north, south and east with the person ann each; for reading only.
const TemporaryDirectory& development_pki();

// A PKI of its own, for tests that revoke.
void make_pki(const TemporaryDirectory& directory);

std::shared_ptr<const TrustAnchor> anchor_of(const std::string& party,
                                             const TemporaryDirectory& pki = development_pki());

struct Who {
  std::string party;
  std::string person = {};
};

TlsSettings settings_of(const Who& own, TlsUse use, const std::string& expected_party,
                        const TemporaryDirectory& pki = development_pki());
std::shared_ptr<const TlsContext> context_of(TlsSettings settings);

// One end of a link, and all that its callbacks said.
struct End {
  void start(std::shared_ptr<FramedLink> with_link);

  std::shared_ptr<FramedLink> link;
  std::vector<Bytes> frames;
  std::vector<LinkEnd> ends;
  int writable_calls = 0;
  std::function<void(const Bytes&)> when_frame;
  std::function<void()> when_closed;
};

class TwoEnds : public ::testing::Test {
 protected:
  // Runs the event loop until `done`. The time is a guard against hanging and judges nothing.
  ::testing::AssertionResult run_until(const std::function<bool()>& done);

  // Runs what can run now, and what that makes ready in turn.
  void settle();

  void listen(std::shared_ptr<const TlsContext> context, ListenerCaps caps = {});
  void listen_unix(const std::string& path);
  ListenerCallbacks callbacks();
  void dial_it(std::shared_ptr<const TlsContext> context);

  // North dials south; both ends started.
  void connect();

  boost::asio::io_context io;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<DialAttempt> attempt;
  std::optional<Result<std::shared_ptr<FramedLink>>> dialled;
  std::vector<std::shared_ptr<FramedLink>> accepted;
  std::vector<RefusedCaller> refusals;
  std::vector<Error> troubles;
  End north;
  End south;
};

Bytes pattern(size_t size);

}  // namespace hotline
