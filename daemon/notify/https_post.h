// One POST of a few kilobytes to an endpoint on the web: https, or http on this machine. Its .cc is
// the only place where Boost.Beast is instantiated, because each such file takes long to compile.
//
// The other end may do as it likes. All of an attempt has one deadline, resolving the name
// included; its answer is read up to limits::kWebAnswerBufferMax bytes; it is never followed to
// another address. A connection is for one POST.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/notify/kept_descriptors.h"
#include "daemon/process/notifier_config.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/transport/resolve.h"

namespace hotline {

// An endpoint with its CA certificates and its token, read once. TLS 1.2 or later; its certificate
// must lead to one of these and name the host of the address; no other trust counts, that of the
// system neither.
class WebEndpoint {
 public:
  struct Tls;

  // Error: configuration, with the file that must be mended.
  static Result<std::shared_ptr<const WebEndpoint>> open(const NotifierConfig& config);
  ~WebEndpoint();

  const NotifierConfig& config() const { return config_; }
  const std::string& token() const { return token_; }  // May be empty.
  Tls* tls() const { return tls_.get(); }              // Null without TLS.

 private:
  explicit WebEndpoint(const NotifierConfig& config);

  NotifierConfig config_;
  std::string token_;
  std::unique_ptr<Tls> tls_;
};

// By name.
using WebEndpoints = std::map<std::string, std::shared_ptr<const WebEndpoint>>;
// Error: as of WebEndpoint::open().
Result<WebEndpoints> open_web_endpoints(const std::vector<NotifierConfig>& notifiers);

struct PostEnd {
  // done: answered with 200 to 299. impossible: with what no repetition helps, such as 404.
  wire::Outcome outcome = wire::Outcome::unset;
  std::string detail;  // One line, safe to print, but for what is in `answer`.
  std::string answer;  // Where it was refused: the beginning of the body, raw.
};

struct PostMeans {
  boost::asio::io_context& io;
  KeptDescriptors& kept;
  Resolve resolve;
  int64_t deadline_ms;
};

class HttpsPost {
 public:
  using Done = std::function<void(PostEnd end)>;

  // Begins at once. `target`: the path. `done` is called once, from the event loop. All that is
  // borrowed outlives this.
  HttpsPost(const PostMeans& means, std::shared_ptr<const WebEndpoint> endpoint,
            const std::string& target, std::string body, Done done);
  // Ends it; `done` is not called any more.
  ~HttpsPost();
  HttpsPost(const HttpsPost&) = delete;
  HttpsPost& operator=(const HttpsPost&) = delete;

  const WebEndpoint& endpoint() const;

 private:
  struct Run;
  std::shared_ptr<Run> run_;
};

}  // namespace hotline
