#include "daemon/client_api.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "daemon/client_response.h"
#include "daemon/message_rows.h"
#include "daemon/system_clock.h"
#include "protocol/client_api.h"
#include "protocol/limits.h"
#include "protocol/serial.h"
#include "protocol/strict_flatbuffer.h"

namespace hotline {
namespace {

constexpr size_t kWatchPage = 256;  // Entries in one response, and
// about as many bytes: a Numbered entry alone may have 8 KiB.
constexpr size_t kWatchPageSize = 256 * 1024;
constexpr size_t kRecentBatchesMax = 8;  // Each may hold a few thousand messages.
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

flatbuffers::Offset<wire::JournalRow> build_journal_row(flatbuffers::FlatBufferBuilder& b,
                                                        const JournalRecord& record) {
  auto entry = b.CreateVector(record.entry);
  auto name = record.name ? b.CreateString(record.name->text) : 0;
  return wire::CreateJournalRow(b, record.index, entry, name);
}

// A message that climbed and waits no more, with its history.
std::optional<StoredMessage> settled_escalation(StoreReader& reader, const Serial& serial,
                                                const std::string& peer_prefix) {
  std::optional<MessageKey> key = MessageKey{false, serial.number};
  if (serial.prefix == peer_prefix) key = reader.find_incoming(serial.number);
  if (!key) return std::nullopt;
  auto message = reader.stored_message(*key);
  if (!message || message->rung.empty()) return std::nullopt;
  return message;
}

}  // namespace

ClientApi::ClientApi(boost::asio::io_context& io, const Config& config, Core& core, Store& store,
                     std::function<void()> changed)
    : io_(io), config_(config), core_(core), store_(store), changed_(std::move(changed)) {}

ListenerCallbacks ClientApi::listener_callbacks() {
  ListenerCallbacks callbacks;
  callbacks.on_link = [this](std::shared_ptr<FramedLink> link) { accept(std::move(link)); };
  callbacks.on_refused = [](const Refusal& refusal) {
    spdlog::warn("a client was refused: {} {}", refusal.address, refusal.error.reason);
  };
  callbacks.on_trouble = [](const Error& trouble) {
    spdlog::error("client port: {}", trouble.reason);
  };
  return callbacks;
}

Status ClientApi::start(std::shared_ptr<const TlsContext> context, const Endpoint& listen) {
  auto listener =
      Listener::on_tcp(io_, listen.host, listen.port, std::move(context), listener_callbacks());
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
      // In the place of a certificate's; a person's submissions over TLS count for themselves.
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
    core_.record_refusal(read_clocks(), others,
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
      core_.record_refusal(read_clocks(), client.actor, error);
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
      return list(id, number, *(*request)->body_as_List());
    case wire::RequestBody::Show:
      return show(id, client, number, (*request)->body_as_Show()->id()->str());
    case wire::RequestBody::Watch:
      return watch(id, client, number, (*request)->body_as_Watch()->from());
    case wire::RequestBody::Status:
      return status(client, number);
    case wire::RequestBody::Escalations: {
      const auto* name = (*request)->body_as_Escalations()->id();
      return escalations(id, number, name ? name->str() : "");
    }
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
  respond(client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
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
            hello.add_clock(read_clocks().utc);
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
  core_.submit(read_clocks(), token, client.actor, submit.counter(), draft);
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
  client.link->resume_reading();
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
  }
  let_go(client);
  return {&client, asked.request};
}

void ClientApi::answer(const AnswerSubmission& answer) {
  auto [client, request] = take_asker(answer.token);
  if (client == nullptr) return;
  if (!answer.outcome) return fail(*client, request, answer.outcome.error());
  const Submission& submission = *answer.outcome;
  respond(*client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto name = b.CreateString(format_serial(config_.prefix, submission.serial));
    return wire::CreateSubmitted(b, name, submission.journal_index, submission.committed_at,
                                 submission.repeated);
  }));
}

void ClientApi::list(uint64_t id, uint32_t request, const wire::List& list) {
  struct Page {
    std::vector<StoredMessage> messages;
    bool more = false;
  };
  size_t limit = std::clamp<size_t>(list.limit(), 1, limits::kListRowsMax);
  std::function<Page(StoreReader&)> read;
  if (list.box() == wire::Box::waiting) {
    std::vector<LadderKey> keys = core_.ladder().waiting(limit + 1);
    read = [keys, limit](StoreReader& reader) {
      Page page;
      page.more = keys.size() > limit;
      for (const LadderKey& key : keys) {
        if (page.messages.size() == limit) break;
        if (auto message = reader.stored_message({key.incoming, key.serial}))
          page.messages.push_back(*std::move(message));
      }
      return page;
    };
  } else {
    ListQuery query;
    query.limit = static_cast<uint32_t>(limit);
    query.box = list.box() == wire::Box::incoming   ? ListBox::incoming
                : list.box() == wire::Box::outgoing ? ListBox::outgoing
                                                    : ListBox::all;
    if (list.before_journal_index() != 0) query.before_journal_index = list.before_journal_index();
    read = [query](StoreReader& reader) {
      Page page;
      page.more = reader.list(query, [&page](const StoredMessage& message) {
        page.messages.push_back(message);
        return true;
      });
      return page;
    };
  }
  read_then<Page>(id, request, std::move(read), [this, request](Client& client, Page page) {
    RowContext context{config_.prefix, config_.peer_prefix, core_.ladder(), read_clocks()};
    respond(client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
              std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
              for (const StoredMessage& message : page.messages)
                rows.push_back(build_row(b, message, context));
              return wire::CreateRows(b, b.CreateVector(rows),
                                      static_cast<uint32_t>(core_.ladder().waiting_count(true)),
                                      page.more);
            }));
  });
}

void ClientApi::show(uint64_t id, Client& client, uint32_t request, const std::string& name) {
  auto place = parse_place(name);
  auto serial = place ? place : parse_serial(name);
  bool incoming = serial && serial->prefix == config_.peer_prefix;
  if (place && !incoming) serial.reset();
  if (!serial || (!incoming && serial->prefix != config_.prefix)) {
    return fail(client, request,
                make_error(ErrorCode::not_found, "there is no message " + name, "hotline list"));
  }
  struct Found {
    std::optional<StoredMessage> message;
    std::vector<JournalRecord> facts;
  };
  uint64_t number = serial->number;
  read_then<Found>(
      id, request,
      [incoming, number, by_place = place.has_value()](StoreReader& reader) {
        Found found;
        std::optional<MessageKey> key = MessageKey{by_place, number};
        if (incoming && !by_place) key = reader.find_incoming(number);
        if (key) found.message = reader.stored_message(*key);
        if (!found.message) return found;
        if (auto first = reader.journal_entry(found.message->record.journal_index))
          found.facts.push_back(*first);
        for (const FactRecord& fact : reader.facts_of(*key)) {
          bool seen = !found.facts.empty() && found.facts.back().index == fact.journal_index;
          if (seen) continue;
          if (auto entry = reader.journal_entry(fact.journal_index)) found.facts.push_back(*entry);
        }
        return found;
      },
      [this, request, name](Client& asker, Found found) {
        if (!found.message) {
          return fail(
              asker, request,
              make_error(ErrorCode::not_found, "there is no message " + name, "hotline list"));
        }
        RowContext context{config_.prefix, config_.peer_prefix, core_.ladder(), read_clocks()};
        respond(asker, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
                  auto row = build_row(b, *found.message, context);
                  auto envelope = b.CreateVector(found.message->record.envelope);
                  auto body = b.CreateVector(found.message->record.body);
                  std::vector<flatbuffers::Offset<wire::JournalRow>> facts;
                  for (const JournalRecord& fact : found.facts)
                    facts.push_back(build_journal_row(b, fact));
                  return wire::CreateDetail(b, row, envelope, body, b.CreateVector(facts));
                }));
      });
}

void ClientApi::watch(uint64_t id, Client& client, uint32_t request, uint64_t from) {
  client.watching = true;
  client.watch_id = request;
  client.watch_next = std::min(from, core_.journal_size());
  serve_watch(id);
}

// Sends the next entries to one who watches, until nothing newer is durable: from memory those of
// the last few batches, from the store what is older. A slow reader holds up only itself.
void ClientApi::serve_watch(uint64_t id) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  if (!client.watching || client.reading_for_watch) return;
  while (client.watch_next < core_.journal_size() && client.link->writable()) {
    std::span<const JournalRecord> entries = recent_entries(client.watch_next);
    if (entries.empty()) return read_for_watch(id, client);
    send_entries(client, entries);
  }
}

void ClientApi::read_for_watch(uint64_t id, Client& client) {
  client.reading_for_watch = true;
  uint64_t from = client.watch_next;
  using Page = std::vector<JournalRecord>;
  read_then<Page>(
      id, client.watch_id,
      [from](StoreReader& reader) {
        Page page;
        page.reserve(kWatchPage);
        size_t size = 0;
        reader.journal_range(from, kWatchPage, [&](const JournalRecord& record) {
          page.push_back(record);
          size += record.entry.size();
          return size < kWatchPageSize;
        });
        return page;
      },
      [this, id](Client& watcher, Page page) {
        watcher.reading_for_watch = false;
        // Another Watch may have come meanwhile; then this page is not what it asked for.
        if (page.empty()) return;
        if (page.front().index == watcher.watch_next) send_entries(watcher, page);
        serve_watch(id);
      });
}

// Of the batch in memory that holds the entry `from`, those from it on; empty if none does.
std::span<const JournalRecord> ClientApi::recent_entries(uint64_t from) const {
  for (const auto& batch : recent_) {
    const std::vector<JournalRecord>& entries = batch->journal;
    if (from < entries.front().index || from > entries.back().index) continue;
    return std::span(entries).subspan(from - entries.front().index);
  }
  return {};
}

// The first of these entries, as many as one page has.
void ClientApi::send_entries(Client& watcher, std::span<const JournalRecord> entries) {
  size_t count = 0;
  for (size_t size = 0; count < std::min(entries.size(), kWatchPage) && size < kWatchPageSize;) {
    size += entries[count++].entry.size();
  }
  const std::span<const JournalRecord> page = entries.first(count);
  watcher.watch_next = page.back().index + 1;
  respond(watcher, make_response(watcher.watch_id, [&](flatbuffers::FlatBufferBuilder& b) {
            std::vector<flatbuffers::Offset<wire::JournalRow>> rows;
            rows.reserve(page.size());
            for (const JournalRecord& record : page) rows.push_back(build_journal_row(b, record));
            return wire::CreateJournalRows(b, b.CreateVector(rows));
          }));
}

void ClientApi::journal_grew(std::shared_ptr<const Batch> batch) {
  if (batch->journal.empty()) return;  // A witness's word alone: it stands beside the journal.
  recent_.push_back(std::move(batch));
  if (recent_.size() > kRecentBatchesMax) recent_.pop_front();
  std::vector<uint64_t> watchers;
  for (const auto& [id, client] : clients_) {
    if (client.watching) watchers.push_back(id);
  }
  for (uint64_t id : watchers) serve_watch(id);
}

void ClientApi::status(Client& client, uint32_t request) {
  CoreStatus state = core_.status();
  respond(client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
            auto remote = b.CreateString(state.remote);
            auto refusal = b.CreateString(
                state.link == wire::LinkState::up || !last_refusal_ ? "" : last_refusal_());
            auto queued = b.CreateVector(state.queued.data(), state.queued.size());
            auto stopped = b.CreateString(state.numbering_stopped);
            auto alarms = b.CreateVectorOfStrings(alarms_);
            auto own_checkpoint = b.CreateString(state.own_checkpoint);
            auto own_receipt = b.CreateString(state.own_receipt);
            auto peer_receipt = b.CreateString(state.peer_receipt);
            auto peer_checkpoint = b.CreateString(
                state.peer_receipt.substr(0, state.peer_receipt.rfind("\xe2\x80\x94")));
            std::vector<flatbuffers::Offset<wire::PathRow>> path_rows;
            for (const PeerPath& path : paths_ ? paths_() : std::vector<PeerPath>()) {
              auto address = b.CreateString(path.address);
              auto failure = b.CreateString(path.failure);
              path_rows.push_back(wire::CreatePathRow(b, address, path.in_use, path.proved_at,
                                                      path.failed_at, failure));
            }
            auto paths = b.CreateVector(path_rows);
            auto warnings =
                b.CreateVectorOfStrings(warnings_ ? warnings_() : std::vector<std::string>());
            wire::Digest own_root = to_digest(state.own_root);
            wire::Digest peer_root = to_digest(state.peer_root);
            wire::StatusReplyBuilder reply(b);
            reply.add_link(state.link);
            reply.add_link_since(state.link_since);
            reply.add_remote(remote);
            reply.add_last_refusal(refusal);
            reply.add_round_trip_ms(static_cast<int32_t>(state.round_trip_ms));
            reply.add_clock_skew_ms(state.clock_skew_ms);
            reply.add_clock(read_clocks().utc);
            reply.add_journal_size(state.journal_size);
            reply.add_own_size(state.own_size);
            reply.add_own_root(&own_root);
            reply.add_own_receipted(state.own_receipted);
            reply.add_peer_size(state.peer_size);
            reply.add_peer_root(&peer_root);
            reply.add_queued(queued);
            reply.add_unreceipted(state.unreceipted);
            reply.add_waiting_in(static_cast<uint32_t>(core_.ladder().waiting_count(true)));
            reply.add_waiting_out(static_cast<uint32_t>(core_.ladder().waiting_count(false)));
            reply.add_agreement_matches(state.agreement_matches);
            reply.add_numbering_stopped(stopped);
            reply.add_alarms(alarms);
            reply.add_own_checkpoint(own_checkpoint);
            reply.add_own_receipt(own_receipt);
            reply.add_peer_checkpoint(peer_checkpoint);
            reply.add_peer_receipt(peer_receipt);
            reply.add_paths(paths);
            reply.add_disk_low(state.disk_low);
            reply.add_peer_flash_only(state.peer_flash_only);
            reply.add_warnings(warnings);
            return reply.Finish();
          }));
}

void ClientApi::escalations(uint64_t id, uint32_t request, const std::string& name) {
  struct Climbing {
    StoredMessage message;
    std::vector<FactRecord> facts;
  };
  std::vector<LadderKey> keys = core_.ladder().waiting(limits::kListRowsMax);
  auto wanted = parse_serial(name);
  std::string peer_prefix = config_.peer_prefix;
  read_then<std::vector<Climbing>>(
      id, request,
      [keys, wanted, peer_prefix](StoreReader& reader) {
        std::vector<Climbing> climbing;
        for (const LadderKey& key : keys) {
          auto message = reader.stored_message({key.incoming, key.serial});
          if (!message) continue;
          if (wanted && (wanted->number != message->record.serial ||
                         (wanted->prefix == peer_prefix) != key.incoming)) {
            continue;
          }
          climbing.push_back({*std::move(message), reader.facts_of({key.incoming, key.serial})});
        }
        if (wanted && climbing.empty()) {
          if (auto settled = settled_escalation(reader, *wanted, peer_prefix)) {
            std::vector<FactRecord> facts = reader.facts_of(settled->record.key);
            climbing.push_back({*std::move(settled), std::move(facts)});
          }
        }
        return climbing;
      },
      [this, request](Client& client, std::vector<Climbing> climbing) {
        RowContext context{config_.prefix, config_.peer_prefix, core_.ladder(), read_clocks()};
        respond(client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
                  std::vector<flatbuffers::Offset<wire::EscalationRow>> rows;
                  for (const Climbing& one : climbing) {
                    const MessageRecord& record = one.message.record;
                    auto next = core_.ladder().next_rung({record.key.incoming, record.key.number});
                    UtcMs decided_at = 0;
                    std::vector<std::string> attempts;
                    for (const FactRecord& fact : one.facts) {
                      if (fact.kind == FactKind::rung) decided_at = fact.at;
                      // Of what still climbs only the last rung is of interest.
                      if (fact.kind == FactKind::rung && !next && !fact.detail.empty())
                        attempts.push_back(format_time_of_day(fact.at) + " ESCALATED to " +
                                           fact.detail);
                      if (fact.kind == FactKind::attempt) attempts.push_back(fact.detail);
                    }
                    auto row_id = b.CreateString(message_name(record, context));
                    auto rung = b.CreateString(one.message.rung);
                    auto next_name = b.CreateString(next ? next->name : "");
                    auto attempt_texts = b.CreateVectorOfStrings(attempts);
                    rows.push_back(wire::CreateEscalationRow(
                        b, row_id, record.key.incoming, record.precedence, rung, decided_at,
                        next_name, next ? next->due - context.now.boot : 0, attempt_texts));
                  }
                  return wire::CreateEscalationRows(b, b.CreateVector(rows));
                }));
      });
}

void ClientApi::fail(Client& client, uint32_t request, const Error& error) {
  respond(client, failure_response(request, error));
}

// A refusal that an auditor will want to see.
void ClientApi::refuse(Client& client, uint32_t request, const Error& error) {
  core_.record_refusal(read_clocks(), client.actor, error);
  changed_();
  fail(client, request, error);
}

void ClientApi::respond(Client& client, const Bytes& response) {
  // A client that does not read its answers loses the connection, not the daemon its memory.
  if (client.link->send(response) != SendOutcome::queued) client.link->abort();
}

void ClientApi::note_alarm(const std::string& text) {
  alarms_.push_back(format_time_of_day(read_clocks().utc) + " " + text);
  if (alarms_.size() > kAlarmsKept) alarms_.erase(alarms_.begin());
}

void ClientApi::sound(const std::string& id, const std::string& text) {
  const UtcMs at = read_clocks().utc;
  for (auto& [number, client] : clients_) {
    if (!client.watching || !client.link->writable()) continue;
    respond(client, make_response(client.watch_id, [&](flatbuffers::FlatBufferBuilder& b) {
              auto name = b.CreateString(id);
              auto words = b.CreateString(text);
              return wire::CreateAlarmSounded(b, at, name, words);
            }));
  }
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
