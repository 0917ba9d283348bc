#include "daemon/api/sessions.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/process/system_clock.h"
#include "protocol/api/client_api.h"
#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

Error no_hello() {
  return make_error(
      ErrorCode::timed_out,
      "no ClientHello came in " + std::to_string(limits::kClientHelloDeadline_ms / 1000) + " s");
}

// By role and kind of message, which the core knows.
bool is_judged_by_core(wire::RequestBody type) {
  switch (type) {
    case wire::RequestBody::ClientHello:
    case wire::RequestBody::Submit:
    case wire::RequestBody::SaveDraft:
    case wire::RequestBody::DiscardDraft:
    case wire::RequestBody::SubmitDraft:
    case wire::RequestBody::ReturnDraft:
      return true;
    default:
      return false;
  }
}

Error may_not_look(const Actor& actor) {
  return make_error(ErrorCode::not_allowed, actor.name + " has no role here that may read",
                    "ask an operator or a supervisor of this watch");
}

Error no_role(const Actor& actor) {
  return make_error(ErrorCode::not_allowed, actor.name + " has no role on this channel",
                    "add [[person]] with roles to the daemon's configuration");
}

Bytes failure_response(uint32_t request, const Error& error) {
  return make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto reason = b.CreateString(error.reason);
    auto hint = b.CreateString(error.hint);
    return wire::CreateFailure(b, static_cast<uint16_t>(error.code), reason, hint);
  });
}

// The certificate was judged before, and its key with it.
std::optional<StatementVerifier> verifier_of(const LinkPeer& peer) {
  if (!peer.certificate) return std::nullopt;
  auto verifier = StatementVerifier::of_certificate(peer.certificate->der);
  HOTLINE_CHECK(verifier);
  return *std::move(verifier);
}

}  // namespace

ClientSessions::ClientSessions(boost::asio::io_context& io, const Config& config, Store& store,
                               const ConnectionsMax& max, SessionEvents events)
    : io_(io),
      config_(config),
      store_(store),
      events_(std::move(events)),
      caps_{.handshakes = max.handshakes},
      places_(max.clients) {}

ListenerCallbacks ClientSessions::listener_callbacks() {
  ListenerCallbacks callbacks;
  callbacks.on_link = [this](std::shared_ptr<FramedLink> link) { accept(std::move(link)); };
  callbacks.on_refused = [](const RefusedCaller& refusal) {
    spdlog::warn("a client was refused: {} {}", refusal.address, refusal.error.reason);
  };
  callbacks.on_trouble = [](const Error& trouble) {
    spdlog::error("client port: {}", trouble.reason);
  };
  return callbacks;
}

Status ClientSessions::start(std::shared_ptr<const TlsContext> context, const Endpoint& listen) {
  auto listener = Listener::on_tcp(io_, listen.host, listen.port, std::move(context),
                                   listener_callbacks(), caps_);
  if (!listener) return listener.error();
  listener_ = *std::move(listener);
  return ok();
}

Status ClientSessions::start_socket(const std::string& path) {
  auto listener = Listener::on_unix(io_, path, listener_callbacks());
  if (!listener) return listener.error();
  socket_listener_ = *std::move(listener);
  // Rights come with who somebody is, not with being able to open the socket.
  if (chmod(path.c_str(), 0666) != 0) {
    return make_error(ErrorCode::configuration, path + ": " + std::strerror(errno),
                      "check [listen] socket and the directory's permissions");
  }
  return ok();
}

Actor ClientSessions::actor_of(const LinkPeer& peer) const {
  Actor actor;
  if (const auto& certificate = peer.certificate) {
    actor.name = certificate->identity.person;
    actor.certificate = certificate->sha256;
    actor.certificate_der = std::make_shared<const Bytes>(certificate->der);
  }
  if (const auto& uid = peer.unix_uid) {
    actor.name = "user " + std::to_string(*uid) + " of this machine";
    for (const PersonConfig& person : config_.people) {
      if (person.unix_uid != uid) continue;
      actor.name = person.id;
      // In the place of a certificate's, for the counters; keys of their own are the person's.
      actor.certificate = sha256({as_bytes("unix_user "), as_bytes(person.id)});
    }
  }
  for (const PersonConfig& person : config_.people) {
    if (person.id == actor.name) actor.roles = person.roles;
  }
  return actor;
}

ClientSession* ClientSessions::find(uint64_t id) {
  auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

void ClientSessions::accept(std::shared_ptr<FramedLink> link) {
  const uint64_t id = ++last_session_;
  Actor actor = actor_of(link->peer());
  auto verifier = verifier_of(link->peer());
  ClientPlaces::Admission admission =
      places_.admit(id, actor.name, !actor.roles.empty(), read_clocks().boot);
  if (admission.gives_way) {
    if (ClientSession* oldest = find(*admission.gives_way)) {
      oldest->link->abort();
      sessions_.erase(*admission.gives_way);
    }
  }
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, id](const Bytes& frame) { on_frame(id, frame); };
  callbacks.on_closed = [this, id](const LinkEnd&) { remove(id); };
  callbacks.on_writable = [this, id] {
    if (ClientSession* session = find(id)) events_.writable(*session);
  };
  link->start(std::move(callbacks));
  if (!admission.admitted) {
    return turn_away(*link, client_api::kNoRequest,
                     make_error(ErrorCode::unreachable, admission.why,
                                "end the programs that hold them, then try again"));
  }
  ClientSession& session = sessions_[id];
  session.id = id;
  session.link = std::move(link);
  session.actor = std::move(actor);
  session.verifier = std::move(verifier);
}

void ClientSessions::turn_away(FramedLink& link, uint32_t request, const Error& error) {
  const bool told = places_.may_say_farewell(read_clocks().boot) &&
                    link.send(failure_response(request, error)) == SendOutcome::queued;
  if (told) {
    spdlog::warn("client {} was sent away: {}", link.peer().address, error.reason);
    link.close();
  } else {
    link.abort();
  }
}

void ClientSessions::remove(uint64_t id) {
  sessions_.erase(id);
  places_.leave(id);
}

void ClientSessions::tick(BootMs now) {
  std::vector<uint64_t> ended;
  for (const auto& [id, session] : sessions_) {
    if (!session.link->is_open()) ended.push_back(id);  // It did not read what we sent.
  }
  for (uint64_t id : places_.overdue(now)) {
    ClientSession* const session = find(id);
    if (session == nullptr || !session->link->is_open()) continue;
    turn_away(*session->link, client_api::kNoRequest,
              session->greeted ? no_role(session->actor) : no_hello());
    ended.push_back(id);
  }
  for (uint64_t id : ended) remove(id);
  if (uint64_t held_back = strangers_refused_.take_held_back(now)) {
    Actor others;
    others.name = "several";
    events_.refused(others,
                    make_error(ErrorCode::not_allowed,
                               std::to_string(held_back) +
                                   " more requests of people without a role on this channel"));
  }
}

void ClientSessions::check_again() {
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    if (session->second.link->check_peer_again()) {
      ++session;
    } else {
      session->second.link->abort();
      places_.leave(session->first);
      session = sessions_.erase(session);
    }
  }
}

void ClientSessions::stop() {
  listener_.reset();
  socket_listener_.reset();
  for (auto& [id, session] : sessions_) session.link->close();
  sessions_.clear();
}

void ClientSessions::on_frame(uint64_t id, const Bytes& frame) {
  ClientSession* const found = find(id);
  if (found == nullptr) return;
  ClientSession& session = *found;
  count_request(session);
  auto request = open_flatbuffer<wire::Request>(frame, client_api::kRequestIdentifier);
  if (!request) {
    turn_away(*session.link, client_api::kNoRequest, request.error());
    return remove(id);
  }
  uint32_t number = (*request)->id();
  wire::RequestBody type = (*request)->body_type();
  if (!session.greeted && type != wire::RequestBody::ClientHello) {
    turn_away(*session.link, number,
              make_error(ErrorCode::usage, "the first request must be ClientHello"));
    return remove(id);
  }
  if (session.greeted && session.actor.roles.empty()) {
    // Whoever has an account on this machine could fill the journal with these.
    const Error error = no_role(session.actor);
    if (strangers_refused_.admit(read_clocks().boot)) events_.refused(session.actor, error);
    turn_away(*session.link, number, error);
    return remove(id);
  }
  if (session.greeted && !is_judged_by_core(type) && !may(session.actor.roles, Right::look)) {
    const Error error = may_not_look(session.actor);
    // On record it says what was to be read.
    Error recorded = error;
    recorded.reason += " (about " + std::string(wire::EnumNameRequestBody(type)) + ")";
    events_.refused(session.actor, recorded);
    return fail(session, number, error);
  }
  events_.asked(session, **request);
}

void ClientSessions::greet(ClientSession& session) {
  session.greeted = true;
  places_.settle(session.id);
}

void ClientSessions::respond(ClientSession& session, uint32_t request, const Bytes& response) {
  if (!session.link->is_open()) return;
  if (response.size() > limits::kFrameSizeMax) {
    return fail(session, request,
                make_error(ErrorCode::failed,
                           "the answer has " + std::to_string(response.size()) +
                               " bytes, and a frame holds " + std::to_string(limits::kFrameSizeMax),
                           "ask for less at once"));
  }
  // A client that does not read its answers loses the connection, not the daemon its memory.
  if (session.link->send(response) != SendOutcome::queued) return session.link->abort();
  if (session.link->queued_size() > limits::kClientQueueSmall) bound_queues();
}

void ClientSessions::fail(ClientSession& session, uint32_t request, const Error& error) {
  respond(session, request, failure_response(request, error));
}

void ClientSessions::bound_queues() {
  size_t size = 0;
  ClientSession* most = nullptr;
  for (auto& [id, session] : sessions_) {
    if (!session.link->is_open()) continue;
    size += session.link->queued_size();
    if (most == nullptr || session.link->queued_size() > most->link->queued_size()) most = &session;
  }
  if (size <= limits::kClientQueuesSizeMax || most == nullptr) return;
  const Error error = make_error(ErrorCode::unreachable,
                                 most->actor.name + "'s program does not read what it asked for (" +
                                     std::to_string(most->link->queued_size()) + " bytes wait)",
                                 "end the program, then try again");
  // A word costs the memory of all that waits before it, for the time of a goodbye.
  if (most->link->queued_size() <= limits::kFrameSizeMax) {
    return turn_away(*most->link, client_api::kNoRequest, error);
  }
  spdlog::warn("client {} was cut off: {}", most->link->peer().address, error.reason);
  most->link->abort();
}

void ClientSessions::count_request(ClientSession& session) {
  if (!turn_planned_) {
    turn_planned_ = true;
    boost::asio::post(io_, [this] { next_turn(); });
  }
  if (++asked_this_turn_[session.actor.name] < limits::kRequestsPerTurnMax || session.over_turn) {
    return;
  }
  session.over_turn = true;
  over_turn_.push_back(session.id);
  session.link->pause_reading();
}

void ClientSessions::next_turn() {
  turn_planned_ = false;
  asked_this_turn_.clear();
  for (uint64_t id : std::exchange(over_turn_, {})) {
    ClientSession* const session = find(id);
    if (session == nullptr) continue;
    session->over_turn = false;
    if (!session->paused) session->link->resume_reading();
  }
}

// A client with too much under way is not read until half of it is answered.
void ClientSessions::hold_back(ClientSession& session) {
  if (session.paused || (session.submissions < limits::kSubmissionsWaitingMax &&
                         session.submissions_size < limits::kSubmissionsWaitingSizeMax &&
                         session.reads < limits::kReadsWaitingMax)) {
    return;
  }
  session.paused = true;
  session.link->pause_reading();
}

void ClientSessions::let_go(ClientSession& session) {
  if (!session.paused || session.submissions > limits::kSubmissionsWaitingMax / 2 ||
      session.submissions_size > limits::kSubmissionsWaitingSizeMax / 2 ||
      session.reads > limits::kReadsWaitingMax / 2) {
    return;
  }
  session.paused = false;
  if (!session.over_turn) session.link->resume_reading();
}

uint64_t ClientSessions::wait_for_commit(ClientSession& session, uint32_t request,
                                         std::optional<size_t> submitted_size) {
  const uint64_t token = ++last_token_;
  waiting_.insert(token, {session.id, request, submitted_size});
  if (submitted_size) {
    ++session.submissions;
    session.submissions_size += *submitted_size;
  } else {
    ++session.reads;
  }
  hold_back(session);
  return token;
}

ClientSessions::Asker ClientSessions::take_asker(uint64_t token) {
  const Waiting* waiting = waiting_.find(token);
  if (waiting == nullptr) return {};
  const Waiting asked = *waiting;
  waiting_.erase(token);
  ClientSession* const found = find(asked.session);
  if (found == nullptr) return {};
  ClientSession& session = *found;
  if (asked.submitted_size) {
    --session.submissions;
    session.submissions_size -= *asked.submitted_size;
  } else {
    --session.reads;
  }
  let_go(session);
  return {&session, asked.request};
}

void ClientSessions::read_in_turn(ClientSession& session, uint32_t request,
                                  std::function<AfterRead(StoreReader&)> read,
                                  ReadTurns::Rank rank) {
  const uint64_t id = session.id;
  ++session.reads;
  hold_back(session);
  auto start = [this, id, request, read = std::move(read)] {
    if (!sessions_.contains(id)) return;
    start_read(
        [this, id, read](StoreReader& reader) -> AfterOwnRead {
          return [this, id, then = read(reader)] {
            if (ClientSession* asker = take_reader(id)) then(*asker);
          };
        },
        [this, id, request](const std::string& reason) {
          ClientSession* asker = take_reader(id);
          if (asker == nullptr) return;
          fail(*asker, request,
               make_error(ErrorCode::store_failed, reason, "hotlined store check"));
        });
  };
  turns_.add(session.actor.name, rank, std::move(start));
  next_read();
}

void ClientSessions::read_for_itself(std::function<AfterOwnRead(StoreReader&)> read,
                                     AfterOwnRead failed) {
  turns_.add("", ReadTurns::Rank::in_the_back,
             [this, read = std::move(read), failed = std::move(failed)] {
               start_read(read, [failed](const std::string&) { failed(); });
             });
  next_read();
}

void ClientSessions::start_read(std::function<AfterOwnRead(StoreReader&)> read,
                                std::function<void(const std::string& reason)> failed) {
  reading_ = true;
  const auto end = [this](const AfterOwnRead& then) {
    reading_ = false;
    next_read();
    then();
  };
  store_.post_read(
      [this, end, read = std::move(read)](StoreReader& reader) {
        boost::asio::post(io_, [end, then = read(reader)] { end(then); });
      },
      [this, end, failed = std::move(failed)](const StoreError& error) {
        const std::string reason = error.what();
        boost::asio::post(io_, [end, failed, reason] {
          spdlog::error("ALARM the store cannot be read: {}", reason);
          end([&] { failed(reason); });
        });
      });
}

void ClientSessions::next_read() {
  while (!reading_) {
    ReadTurns::Start start = turns_.take();
    if (!start) return;
    start();
  }
}

ClientSession* ClientSessions::take_reader(uint64_t id) {
  ClientSession* const session = find(id);
  if (session == nullptr) return nullptr;
  --session->reads;
  let_go(*session);
  return session;
}

}  // namespace hotline
