#include "tests/hostile/hostile_person.h"

#include <chrono>
#include <stdexcept>

#include "certs/person_signature.h"
#include "daemon/process/system_clock.h"
#include "protocol/api/client_api.h"

namespace hotline::hostile {
namespace {

constexpr auto kDialAgain = std::chrono::milliseconds(50);
constexpr size_t kKindsOfAnswersMax = 100;

std::shared_ptr<const TlsContext> tls_of(const Words& words) {
  auto anchor = TrustAnchor::load(words.text("ca"), "");
  if (!anchor) throw std::runtime_error(anchor.error().reason);
  TlsSettings settings;
  settings.use = TlsUse::api_person;
  settings.certificate_path = words.text("certificate");
  settings.key_path = words.text("key");
  settings.expected_party = words.text("party");
  settings.trust_anchor = [shared = std::make_shared<const TrustAnchor>(*std::move(anchor))] {
    return shared;
  };
  settings.utc_now = [] { return read_clocks().utc; };
  auto tls = TlsContext::create(std::move(settings));
  if (!tls) throw std::runtime_error(tls.error().reason);
  return *std::move(tls);
}

Bytes hello_request(uint32_t id) {
  flatbuffers::FlatBufferBuilder b;
  const auto hello =
      wire::CreateClientHello(b, client_api::kVersion, b.CreateString("hotline-hostile"));
  b.Finish(wire::CreateRequest(b, id, wire::RequestBody::ClientHello, hello.Union()),
           client_api::kRequestIdentifier);
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

}  // namespace

HostilePerson::HostilePerson(boost::asio::io_context& io, const Words& words)
    : io_(io),
      port_(static_cast<uint16_t>(words.number("server", 0))),
      pipelined_(words.number("pipelined", 16)),
      requests_max_(words.number("requests", UINT64_MAX)),
      tls_(tls_of(words)),
      sign_(statement_signer(words.text("key"))),
      connections_(words.number("connections", 1)),
      timer_(io) {
  for (size_t which = connections_.size(); which > 0; --which) to_dial_.push_back(which - 1);
}

void HostilePerson::ask(MakeRequest make, bool reads) {
  make_ = std::move(make);
  reads_ = reads;
}

Bytes HostilePerson::finish(flatbuffers::FlatBufferBuilder& b, uint32_t id, wire::RequestBody type,
                            flatbuffers::Offset<void> body) const {
  if (const auto finished = client_api::finish_request(b, id, type, body, addressed_, sign_);
      !finished) {
    throw std::runtime_error(finished.error().reason);
  }
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

void HostilePerson::start() {
  dial_next();
}

// One after the other: a listener lets one address begin few handshakes at once.
void HostilePerson::dial_next() {
  if (dialling_ || to_dial_.empty()) return;
  dialling_ = true;
  const size_t which = to_dial_.back();
  to_dial_.pop_back();
  attempt_ = dial(io_, "127.0.0.1", port_, tls_,
                  [this, which](Result<std::shared_ptr<FramedLink>> outcome) {
                    dialling_ = false;
                    if (!outcome) return dial_later(which);
                    take(which, *std::move(outcome));
                    dial_next();
                  });
}

void HostilePerson::dial_later(size_t which) {
  to_dial_.push_back(which);
  timer_.expires_after(kDialAgain);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) dial_next();
  });
}

void HostilePerson::take(size_t which, std::shared_ptr<FramedLink> link) {
  connections_[which] = {};
  connections_[which].link = std::move(link);
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, which](const Bytes& frame) { on_frame(which, frame); };
  callbacks.on_closed = [this, which](const LinkEnd&) {
    ++ended_;
    answered_ += connections_[which].under_way;
    connections_[which] = {};
    dial_later(which);
  };
  callbacks.on_writable = [this, which] { fill(connections_[which]); };
  connections_[which].link->start(std::move(callbacks));
  (void)connections_[which].link->send(hello_request(++last_id_));
}

void HostilePerson::on_frame(size_t which, const Bytes& frame) {
  Connection& connection = connections_[which];
  const auto& response = *flatbuffers::GetRoot<wire::Response>(frame.data());
  if (const auto* hello = response.body_as_ServerHello()) {
    connection.greeted = true;
    addressed_ = {hello->party()->str(), hello->peer()->str(), hello->exercise()};
    counter_ = std::max(counter_, hello->last_counter());
    fill(connection);
    if (!reads_) connection.link->pause_reading();
    return;
  }
  note(response);
  if (response.id() == client_api::kNoRequest) return;
  ++answered_;
  if (connection.under_way > 0) --connection.under_way;
  fill(connection);
  if (answered_ >= requests_max_ && on_done) on_done();
}

void HostilePerson::fill(Connection& connection) {
  if (!connection.greeted || !make_) return;
  while (connection.under_way < pipelined_ && asked_ < requests_max_ &&
         connection.link->writable()) {
    if (connection.link->send(make_(++last_id_)) != SendOutcome::queued) return;
    ++connection.under_way;
    ++asked_;
  }
}

void HostilePerson::note(const wire::Response& response) {
  const auto* failure = response.body_as_Failure();
  std::string what = failure != nullptr ? "Failure: " + failure->reason()->str()
                                        : wire::EnumNameResponseBody(response.body_type());
  if (const auto* rows = response.body_as_Rows()) {
    what += " " + std::to_string(rows->rows() == nullptr ? 0 : rows->rows()->size());
  }
  if (answers_.size() >= kKindsOfAnswersMax && !answers_.contains(what)) what = "others";
  ++answers_[what];
}

std::string HostilePerson::numbers() const {
  return "asked=" + std::to_string(asked_) + " answered=" + std::to_string(answered_) +
         " ended=" + std::to_string(ended_);
}

std::string HostilePerson::told() const {
  std::string told;
  for (const auto& [what, count] : answers_) told += std::to_string(count) + " " + what + "\n";
  return told;
}

}  // namespace hotline::hostile
