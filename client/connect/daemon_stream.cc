// A FrameStream over the transport of protocol/transport/: one connection, driven by an event loop
// of its own that runs only while the caller waits.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <optional>

#include "certs/check.h"
#include "certs/key_file.h"
#include "certs/person_signature.h"
#include "client/connect/frame_stream.h"
#include "protocol/transport/dial.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/tls_policy.h"

namespace hotline::client {
namespace {

Error to_error(const LinkEnd& end) {
  switch (end.cause) {
    case LinkEndCause::refused_by_peer:
      return make_error(ErrorCode::not_allowed, end.reason,
                        "hotline pki show    says what your certificate is; is it still valid, and "
                        "does the daemon trust its CA?");
    case LinkEndCause::bad_frame:
      return make_error(ErrorCode::malformed, end.reason, "is it a hotlined of the same release?");
    default:
      return make_error(ErrorCode::unreachable, end.reason, "is hotlined running?");
  }
}

class DaemonStream final : public FrameStream {
 public:
  ~DaemonStream() override {
    if (link_ != nullptr) link_->abort();
  }

  Status connect_unix(const std::string& path) {
    Dialling dialling;
    const auto attempt = dial_unix(io_, path, dialling.callback());
    return finish(dialling);
  }

  Status connect_tls(const std::string& host, uint16_t port,
                     std::shared_ptr<const TlsContext> context, bool for_exercise) {
    for_exercise_ = for_exercise;
    Dialling dialling;
    const auto attempt = dial(io_, host, port, std::move(context), dialling.callback());
    const Status status = finish(dialling);
    if (status || status.error().code != ErrorCode::unreachable || !attempt->has_connected()) {
      return status;
    }
    // There it was, and then it was cut: where in the handshake makes no difference to a caller.
    LinkEnd end;
    end.reason = status.error().reason;
    end_ = std::move(end);
    return ok();
  }

  client_api::Sign signer() const override { return sign_; }
  void set_signer(client_api::Sign sign) { sign_ = std::move(sign); }

  Status send(ByteView frame) override {
    if (end_) return end_error();
    switch (link_->send(frame)) {
      case SendOutcome::queued:
        break;
      case SendOutcome::bad_size:
        return make_error(ErrorCode::refused, "the request is larger than a frame may be",
                          "send less at once");
      case SendOutcome::full:
      case SendOutcome::closed:
        return make_error(ErrorCode::unreachable, "the connection takes nothing more");
    }
    return ok();
  }

  Result<Bytes> receive(int64_t timeout_ms) override {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    io_.restart();
    while (frames_.empty() && !end_) {
      if (io_.run_one_until(deadline) == 0 && std::chrono::steady_clock::now() >= deadline) {
        return make_error(ErrorCode::timed_out, "no answer came");
      }
      if (io_.stopped()) io_.restart();
    }
    if (frames_.empty()) return end_error();
    Bytes frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }

 private:
  // Where the outcome of an attempt goes.
  struct Dialling {
    std::optional<Result<std::shared_ptr<FramedLink>>> outcome;
    Dialled callback() {
      return [this](Result<std::shared_ptr<FramedLink>> result) { outcome = std::move(result); };
    }
  };

  // An alert of TLS cannot say it, and both certificates do.
  Error end_error() const {
    const auto& daemon = link_ ? link_->peer().certificate : std::nullopt;
    const bool is_refused = end_->cause == LinkEndCause::refused_by_peer;
    if (!is_refused || !daemon || daemon->exercise == for_exercise_) return to_error(*end_);
    return make_error(ErrorCode::not_allowed,
                      for_exercise_
                          ? "your certificate is for an exercise, and this daemon is live"
                          : "your certificate is for what is live, and this daemon is of an "
                            "exercise",
                      "hotline context list");
  }

  // Runs the loop until the attempt has ended; it has a deadline of its own.
  Status finish(Dialling& dialling) {
    while (!dialling.outcome) {
      if (io_.run_one() == 0) {
        return make_error(ErrorCode::failed, "the attempt to connect ended without an outcome");
      }
    }
    if (!*dialling.outcome) {
      Error error = dialling.outcome->error();
      if (error.hint.empty() && error.code == ErrorCode::unreachable) {
        error.hint = "is hotlined running, and is this its client address? (hotline context list)";
      }
      return error;
    }
    link_ = std::move(**dialling.outcome);
    LinkCallbacks callbacks;
    callbacks.on_frame = [this](Bytes frame) { frames_.push_back(std::move(frame)); };
    callbacks.on_closed = [this](const LinkEnd& end) { end_ = end; };
    link_->start(std::move(callbacks));
    return ok();
  }

  boost::asio::io_context io_;
  std::shared_ptr<FramedLink> link_;
  std::deque<Bytes> frames_;
  std::optional<LinkEnd> end_;
  client_api::Sign sign_;
  bool for_exercise_ = false;  // The own certificate.
};

Result<CheckedCertificate> own_certificate(const Context& context) {
  const auto certificate = load_certificate(context.certificate_path);
  if (!certificate) return certificate.error();
  return read_certificate(certificate->get());
}

// The daemon must be of our own certificate's party.
Result<std::shared_ptr<const TlsContext>> make_tls_context(const Context& context,
                                                           const std::string& party,
                                                           const std::function<UtcMs()>& utc_now) {
  auto anchor = TrustAnchor::load(context.ca_path, context.crl_path);
  if (!anchor) return anchor.error();
  TlsSettings settings;
  settings.use = TlsUse::api_person;
  settings.certificate_path = context.certificate_path;
  settings.key_path = context.key_path;
  settings.expected_party = party;
  settings.trust_anchor = [shared = std::make_shared<const TrustAnchor>(std::move(*anchor))] {
    return shared;
  };
  settings.utc_now = utc_now;
  return TlsContext::create(std::move(settings));
}

}  // namespace

Result<std::unique_ptr<FrameStream>> connect_to_daemon(const Context& context,
                                                       const std::function<UtcMs()>& utc_now) {
  auto stream = std::make_unique<DaemonStream>();
  Status status = ok();
  if (!context.unix_path.empty()) {
    status = stream->connect_unix(context.unix_path);
  } else {
    const auto own = own_certificate(context);
    if (!own) return own.error();
    auto tls = make_tls_context(context, own->identity.party, utc_now);
    if (!tls) return tls.error();
    status = stream->connect_tls(context.host, static_cast<uint16_t>(std::stoi(context.port)),
                                 std::move(*tls), own->exercise);
    stream->set_signer(statement_signer(context.key_path));
  }
  if (!status) return status.error();
  return std::unique_ptr<FrameStream>(std::move(stream));
}

}  // namespace hotline::client
