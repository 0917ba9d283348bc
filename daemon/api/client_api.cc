#include "daemon/api/client_api.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "daemon/api/client_response.h"
#include "daemon/process/system_clock.h"
#include "protocol/api/client_api.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

constexpr size_t kAlarmsKept = 8;

Error no_hello() {
  return make_error(
      ErrorCode::timed_out,
      "no ClientHello came in " + std::to_string(limits::kClientHelloDeadline_ms / 1000) + " s");
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

}  // namespace

ClientApi::ClientApi(boost::asio::io_context& io, const Config& config, Core& core, Store& store,
                     Clock& clock, const ConnectionsMax& max, std::function<void()> changed)
    : io_(io),
      config_(config),
      core_(core),
      store_(store),
      clock_(clock),
      changed_(std::move(changed)),
      caps_{.handshakes = max.handshakes},
      places_(max.clients) {}

ListenerCallbacks ClientApi::listener_callbacks() {
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

Status ClientApi::start(std::shared_ptr<const TlsContext> context, const Endpoint& listen) {
  auto listener = Listener::on_tcp(io_, listen.host, listen.port, std::move(context),
                                   listener_callbacks(), caps_);
  if (!listener) return listener.error();
  listener_ = *std::move(listener);
  return ok();
}

Status ClientApi::start_socket(const std::string& path) {
  auto listener = Listener::on_unix(io_, path, listener_callbacks());
  if (!listener) return listener.error();
  socket_listener_ = *std::move(listener);
  // Who may do what is decided by who they are, not by who can open the socket.
  if (chmod(path.c_str(), 0666) != 0) {
    return make_error(ErrorCode::configuration, path + ": " + std::strerror(errno),
                      "check [listen] socket and the directory's permissions");
  }
  return ok();
}

Actor ClientApi::actor_of(const LinkPeer& peer) const {
  Actor actor;
  if (const auto& certificate = peer.certificate) {
    actor.name = certificate->identity.person;
    actor.certificate = certificate->sha256;
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

void ClientApi::accept(std::shared_ptr<FramedLink> link) {
  const uint64_t id = ++last_client_;
  Actor actor = actor_of(link->peer());
  ClientPlaces::Admission admission =
      places_.admit(id, actor.name, may_read(actor), read_clocks().boot);
  if (admission.gives_way) {
    auto oldest = clients_.find(*admission.gives_way);
    if (oldest != clients_.end()) {
      oldest->second.link->abort();
      clients_.erase(oldest);
    }
  }
  LinkCallbacks callbacks;
  callbacks.on_frame = [this, id](const Bytes& frame) { on_frame(id, frame); };
  callbacks.on_closed = [this, id](const LinkEnd&) { remove(id); };
  callbacks.on_writable = [this, id] { serve_watch(id); };
  link->start(std::move(callbacks));
  if (!admission.admitted) {
    return turn_away(*link, client_api::kNoRequest,
                     make_error(ErrorCode::unreachable, admission.why,
                                "end the programs that hold them, then try again"));
  }
  Client& client = clients_[id];
  client.link = std::move(link);
  client.actor = std::move(actor);
}

void ClientApi::turn_away(FramedLink& link, uint32_t request, const Error& error) {
  const bool told = places_.may_say_farewell(read_clocks().boot) &&
                    link.send(failure_response(request, error)) == SendOutcome::queued;
  if (told) {
    spdlog::warn("client {} was sent away: {}", link.peer().address, error.reason);
    link.close();
  } else {
    link.abort();
  }
}

void ClientApi::remove(uint64_t id) {
  clients_.erase(id);
  places_.leave(id);
}

void ClientApi::tick(BootMs now) {
  std::vector<uint64_t> ended;
  for (const auto& [id, client] : clients_) {
    if (!client.link->is_open()) ended.push_back(id);  // It did not read what we sent.
  }
  for (uint64_t id : places_.overdue(now)) {
    auto found = clients_.find(id);
    if (found == clients_.end() || !found->second.link->is_open()) continue;
    turn_away(*found->second.link, client_api::kNoRequest,
              found->second.greeted ? no_role(found->second.actor) : no_hello());
    ended.push_back(id);
  }
  for (uint64_t id : ended) remove(id);
  if (uint64_t held_back = strangers_refused_.take_held_back(now)) {
    Actor others;
    others.name = "several";
    core_.record_refusal(clock_.now(), others,
                         make_error(ErrorCode::not_allowed,
                                    std::to_string(held_back) +
                                        " more requests of people without a role on this channel"));
    changed_();
  }
}

void ClientApi::on_frame(uint64_t id, const Bytes& frame) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  count_request(id, client);
  auto request = open_flatbuffer<wire::Request>(frame, client_api::kRequestIdentifier);
  if (!request) {
    turn_away(*client.link, client_api::kNoRequest, request.error());
    return remove(id);
  }
  uint32_t number = (*request)->id();
  wire::RequestBody type = (*request)->body_type();
  if (!client.greeted && type != wire::RequestBody::ClientHello) {
    turn_away(*client.link, number,
              make_error(ErrorCode::usage, "the first request must be ClientHello"));
    return remove(id);
  }
  if (client.greeted && !may_read(client.actor)) {
    // Whoever has an account on this machine could fill the journal with these.
    const Error error = no_role(client.actor);
    if (strangers_refused_.admit(read_clocks().boot)) {
      core_.record_refusal(clock_.now(), client.actor, error);
      changed_();
    }
    turn_away(*client.link, number, error);
    return remove(id);
  }
  switch (type) {
    case wire::RequestBody::ClientHello:
      return greet(id, client, number);
    case wire::RequestBody::Submit:
      return submit(id, client, number, *(*request)->body_as_Submit());
    case wire::RequestBody::List:
      return list(id, client, number, *(*request)->body_as_List());
    case wire::RequestBody::Show:
      return show(id, client, number, (*request)->body_as_Show()->id()->str());
    case wire::RequestBody::Watch:
      return watch(id, client, number, *(*request)->body_as_Watch());
    case wire::RequestBody::Status:
      return status(client, number);
    case wire::RequestBody::Escalations:
      return escalations(id, client, number, *(*request)->body_as_Escalations());
    case wire::RequestBody::ExportHead:
    case wire::RequestBody::ExportEntries:
    case wire::RequestBody::ExportNotes:
      return export_request(id, client, **request);
    default:
      return fail(client, number,
                  make_error(ErrorCode::usage, "this daemon does not know the request",
                             "install hotline and hotlined of the same release"));
  }
}

void ClientApi::greet(uint64_t id, Client& client, uint32_t request) {
  client.greeted = true;
  places_.settle(id);
  respond(client, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
            auto program = b.CreateString("hotlined " + core_.config().version);
            auto party = b.CreateString(config_.party);
            auto peer = b.CreateString(config_.peer);
            auto prefix = b.CreateString(config_.prefix);
            auto peer_prefix = b.CreateString(config_.peer_prefix);
            auto person = b.CreateString(client.actor.name);
            auto roles = b.CreateVector(client.actor.roles);
            wire::ServerHelloBuilder hello(b);
            hello.add_version(client_api::kVersion);
            hello.add_program(program);
            hello.add_party(party);
            hello.add_peer(peer);
            hello.add_prefix(prefix);
            hello.add_peer_prefix(peer_prefix);
            hello.add_exercise(config_.exercise);
            hello.add_dev_pki(dev_pki_);
            hello.add_person(person);
            hello.add_roles(roles);
            hello.add_last_counter(core_.last_counter(client.actor.certificate));
            hello.add_journal_size(core_.journal_size());
            hello.add_clock(clock_.now().utc);
            return hello.Finish();
          }));
}

void ClientApi::submit(uint64_t id, Client& client, uint32_t request, const wire::Submit& submit) {
  uint64_t token = ++last_token_;
  Bytes draft(submit.draft()->begin(), submit.draft()->end());
  waiting_.insert(token, {id, request, draft.size()});
  ++client.submissions;
  client.submissions_size += draft.size();
  hold_back(client);
  core_.submit(clock_.now(), token, client.actor, submit.counter(), draft,
               submit.key() ? submit.key()->string_view() : std::string_view());
  changed_();
}

// A client with too much under way is not read until half of it is answered.
void ClientApi::hold_back(Client& client) {
  if (client.paused || (client.submissions < limits::kSubmissionsWaitingMax &&
                        client.submissions_size < limits::kSubmissionsWaitingSizeMax &&
                        client.reads < limits::kReadsWaitingMax)) {
    return;
  }
  client.paused = true;
  client.link->pause_reading();
}

void ClientApi::let_go(Client& client) {
  if (!client.paused || client.submissions > limits::kSubmissionsWaitingMax / 2 ||
      client.submissions_size > limits::kSubmissionsWaitingSizeMax / 2 ||
      client.reads > limits::kReadsWaitingMax / 2) {
    return;
  }
  client.paused = false;
  if (!client.over_turn) client.link->resume_reading();
}

void ClientApi::count_request(uint64_t id, Client& client) {
  if (!turn_planned_) {
    turn_planned_ = true;
    boost::asio::post(io_, [this] { next_turn(); });
  }
  if (++asked_this_turn_[client.actor.name] < limits::kRequestsPerTurnMax || client.over_turn) {
    return;
  }
  client.over_turn = true;
  over_turn_.push_back(id);
  client.link->pause_reading();
}

void ClientApi::next_turn() {
  turn_planned_ = false;
  asked_this_turn_.clear();
  for (uint64_t id : std::exchange(over_turn_, {})) {
    auto found = clients_.find(id);
    if (found == clients_.end()) continue;
    found->second.over_turn = false;
    if (!found->second.paused) found->second.link->resume_reading();
  }
}

void ClientApi::next_read() {
  while (!reading_) {
    ReadTurns::Start start = turns_.take();
    if (!start) return;
    start();
  }
}

ClientApi::Client* ClientApi::end_read(uint64_t id) {
  reading_ = false;
  next_read();
  auto found = clients_.find(id);
  if (found == clients_.end()) return nullptr;
  --found->second.reads;
  let_go(found->second);
  return &found->second;
}

// Who waits for the commit of what it asked under this token, if it is still there.
ClientApi::Asker ClientApi::take_asker(uint64_t token) {
  const Waiting* waiting = waiting_.find(token);
  if (waiting == nullptr) return {};
  const Waiting asked = *waiting;
  waiting_.erase(token);
  auto found = clients_.find(asked.client);
  if (found == clients_.end()) return {};
  Client& client = found->second;
  if (asked.submitted_size) {
    --client.submissions;
    client.submissions_size -= *asked.submitted_size;
  } else {
    --client.reads;
  }
  let_go(client);
  return {&client, asked.request};
}

void ClientApi::answer(const AnswerSubmission& answer) {
  auto [client, request] = take_asker(answer.token);
  if (client == nullptr) return;
  if (!answer.outcome) return fail(*client, request, answer.outcome.error());
  const Submission& submission = *answer.outcome;
  respond(*client, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto name = b.CreateString(format_serial(config_.prefix, submission.serial));
    return wire::CreateSubmitted(b, name, submission.journal_index, submission.committed_at,
                                 submission.repeated);
  }));
}

void ClientApi::fail(Client& client, uint32_t request, const Error& error) {
  respond(client, request, failure_response(request, error));
}

// A refusal that an auditor will want to see.
void ClientApi::refuse(Client& client, uint32_t request, const Error& error) {
  core_.record_refusal(clock_.now(), client.actor, error);
  changed_();
  fail(client, request, error);
}

void ClientApi::respond(Client& client, uint32_t request, const Bytes& response) {
  if (!client.link->is_open()) return;
  if (response.size() > limits::kFrameSizeMax) {
    return fail(client, request,
                make_error(ErrorCode::failed,
                           "the answer has " + std::to_string(response.size()) +
                               " bytes, and a frame holds " + std::to_string(limits::kFrameSizeMax),
                           "ask for less at once"));
  }
  // A client that does not read its answers loses the connection, not the daemon its memory.
  if (client.link->send(response) != SendOutcome::queued) return client.link->abort();
  if (client.link->queued_size() > limits::kClientQueueSmall) bound_queues();
}

void ClientApi::bound_queues() {
  size_t size = 0;
  Client* most = nullptr;
  for (auto& [id, client] : clients_) {
    if (!client.link->is_open()) continue;
    size += client.link->queued_size();
    if (most == nullptr || client.link->queued_size() > most->link->queued_size()) most = &client;
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

void ClientApi::note_alarm(const std::string& text, bool about_own) {
  std::vector<std::string>& alarms = about_own ? own_alarms_ : alarms_;
  alarms.push_back(format_time_of_day(clock_.now().utc) + " " + text);
  if (alarms.size() > kAlarmsKept) alarms.erase(alarms.begin());
}

void ClientApi::check_again() {
  for (auto client = clients_.begin(); client != clients_.end();) {
    if (client->second.link->check_peer_again()) {
      ++client;
    } else {
      client->second.link->abort();
      places_.leave(client->first);
      client = clients_.erase(client);
    }
  }
}

void ClientApi::stop() {
  listener_.reset();
  socket_listener_.reset();
  for (auto& [id, client] : clients_) client.link->close();
  clients_.clear();
}

}  // namespace hotline
