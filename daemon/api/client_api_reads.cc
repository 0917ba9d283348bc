// The client API's part for those who look: lists, one message, the ladder, the state of the
// channel.
#include <algorithm>

#include "daemon/api/client_api.h"
#include "daemon/api/client_response.h"
#include "daemon/api/message_rows.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// Bounds of what one escalation shows of the commands that told people.
constexpr size_t kAttemptsShownMax = 32;
constexpr size_t kAttemptTextMax = 400;
// As what a table counts, so that an answer that fits a frame has no more of them than a verifier
// takes.
constexpr size_t kTableSize = 256;
static_assert(limits::kRowsSizeMax / kTableSize < limits::kFlatbufferTablesMax);

struct Page {
  std::vector<ListedMessage> messages;
  bool more = false;
  uint64_t total = 0;
  std::string next;
};

// One message and who was told of it; bounded like a row.
struct Climbing {
  Climbing(StoredMessage stored, const Facts& facts) : message(std::move(stored)) {
    for (const FactRecord& fact : facts.facts) {
      if (fact.kind == FactKind::rung) decided_at = fact.at;
      if (fact.kind == FactKind::rung && !fact.detail.empty()) told.push_back(fact);
      if (fact.kind == FactKind::attempt)
        attempts.push_back(shortened(fact.detail, kAttemptTextMax));
    }
    if (attempts.size() > kAttemptsShownMax) {
      attempts.erase(attempts.begin(), attempts.end() - kAttemptsShownMax);
    }
  }

  size_t row_size() const {
    size_t size = message.row_size();
    for (const std::string& attempt : attempts) size += attempt.size() + 16;
    for (const FactRecord& fact : told) size += fact.detail.size() + kTableSize;
    return size;
  }

  ListedMessage message;
  UtcMs decided_at = 0;
  std::vector<FactRecord> told;
  std::vector<std::string> attempts;
};

struct Escalating {
  std::vector<Climbing> rows;
  bool more = false;
  uint64_t total = 0;
  std::string next;
};

// Fills an answer with what waits at these places, one more than are wanted, until it is full.
// `make` gives what stands at a place, if it is there.
template <typename Row, typename Make>
void fill(const std::vector<WaitingPlace>& places, size_t limit, std::vector<Row>& rows, bool& more,
          std::string& next, Make make) {
  size_t size = 0;
  for (const WaitingPlace& place : places) {
    more = rows.size() == limit || size >= limits::kRowsSizeMax;
    if (more) return;
    std::optional<Row> row = make(place);
    if (!row) continue;
    more = !rows.empty() && size + row->row_size() > limits::kRowsSizeMax;
    if (more) return;
    size += row->row_size();
    rows.push_back(*std::move(row));
    next = format_cursor(place);
  }
}

Page read_waiting(StoreReader& reader, const std::vector<WaitingPlace>& places, size_t limit,
                  uint64_t total) {
  Page page;
  page.total = total;
  fill(places, limit, page.messages, page.more, page.next,
       [&reader](const WaitingPlace& place) -> std::optional<ListedMessage> {
         auto message = reader.stored_message(place.key);
         if (!message) return std::nullopt;
         return ListedMessage(*std::move(message));
       });
  return page;
}

Page read_list(StoreReader& reader, const ListQuery& query) {
  Page page;
  size_t size = 0;
  page.more = reader.list(query, [&](const StoredMessage& message) {
    ListedMessage row(message);
    size += row.row_size();
    if (!page.messages.empty() && size > limits::kRowsSizeMax) return false;
    page.messages.push_back(std::move(row));
    return true;
  });
  // Own serials begin with 1, the peer's places with 0.
  if (query.box != ListBox::incoming)
    page.total += std::max<uint64_t>(reader.messages_end(false), 1) - 1;
  if (query.box != ListBox::outgoing) page.total += reader.messages_end(true);
  return page;
}

struct NamedMessage {
  bool incoming = false;
  bool by_place = false;
  uint64_t number = 0;
};

// The meaning of a name on this channel: "N-000123" of either party, or "S-?12".
std::optional<NamedMessage> named(const std::string& name, const Config& config) {
  if (const auto place = parse_place(name)) {
    if (place->prefix != config.peer_prefix) return std::nullopt;
    return NamedMessage{true, true, place->number};
  }
  const auto serial = parse_serial(name);
  if (!serial) return std::nullopt;
  if (serial->prefix == config.peer_prefix) return NamedMessage{true, false, serial->number};
  if (serial->prefix == config.prefix) return NamedMessage{false, false, serial->number};
  return std::nullopt;
}

std::optional<StoredMessage> find(StoreReader& reader, const NamedMessage& named) {
  std::optional<MessageKey> key = MessageKey{named.incoming, named.number};
  if (named.incoming && !named.by_place) key = reader.find_incoming(named.number);
  return key ? reader.stored_message(*key) : std::nullopt;
}

Error not_found(const std::string& name) {
  return make_error(ErrorCode::not_found, "there is no message " + shortened(name, 40),
                    "hotline list");
}

Error no_place(const std::string& cursor) {
  return make_error(ErrorCode::usage, shortened(cursor, 40) + " is no place in the list",
                    "begin again without it");
}

ListQuery query_of(const wire::List& list, size_t limit) {
  ListQuery query;
  query.limit = static_cast<uint32_t>(limit);
  query.box = list.box() == wire::Box::incoming   ? ListBox::incoming
              : list.box() == wire::Box::outgoing ? ListBox::outgoing
                                                  : ListBox::all;
  if (list.before_journal_index() != 0) query.before_journal_index = list.before_journal_index();
  return query;
}

size_t rows_wanted(uint32_t limit) {
  return limit == 0 ? limits::kListRowsMax : std::min<size_t>(limit, limits::kListRowsMax);
}

}  // namespace

Result<ClientApi::WaitingWanted> ClientApi::waiting_wanted(WaitingFilter filter, uint32_t limit,
                                                           const std::string& cursor) const {
  std::optional<WaitingPlace> after;
  if (!cursor.empty()) {
    after = parse_cursor(cursor);
    if (!after) return no_place(cursor);
  }
  const Ladder& ladder = core_.ladder();
  const size_t wanted = rows_wanted(limit);
  return WaitingWanted{ladder.waiting(filter, wanted + 1, after), wanted,
                       ladder.waiting_count(filter)};
}

void ClientApi::list(uint64_t id, Client& client, uint32_t request, const wire::List& list) {
  const bool waiting = list.box() == wire::Box::waiting || list.box() == wire::Box::waiting_in;
  std::function<Page(StoreReader&)> read;
  if (waiting) {
    const WaitingFilter filter{
        .own = list.box() == wire::Box::waiting, .incoming = true, .precedence = list.precedence()};
    auto wanted = waiting_wanted(filter, list.limit(), text_of(list.after()));
    if (!wanted) return fail(client, request, wanted.error());
    read = [wanted = *std::move(wanted)](StoreReader& reader) {
      return read_waiting(reader, wanted.places, wanted.limit, wanted.total);
    };
  } else {
    read = [query = query_of(list, rows_wanted(list.limit()))](StoreReader& reader) {
      return read_list(reader, query);
    };
  }
  read_then<Page>(id, request, std::move(read), [this, request](Client& asker, Page page) {
    const RowContext context = row_context();
    const auto count = [this](uint8_t precedence) {
      return static_cast<uint32_t>(
          core_.ladder().waiting_count({.own = false, .incoming = true, .precedence = precedence}));
    };
    respond(asker, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
              std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
              for (const ListedMessage& message : page.messages)
                rows.push_back(build_row(b, message, context));
              auto next = page.next.empty() ? 0 : b.CreateString(page.next);
              return wire::CreateRows(b, b.CreateVector(rows), count(0), page.more, page.total,
                                      count(static_cast<uint8_t>(wire::Precedence::flash)), next);
            }));
  });
}

void ClientApi::show(uint64_t id, Client& client, uint32_t request, const std::string& name) {
  const auto wanted = named(name, config_);
  if (!wanted) return fail(client, request, not_found(name));
  struct Found {
    std::optional<ListedMessage> message;
    Bytes envelope;
    Bytes body;
    std::vector<JournalRecord> entries;
    uint64_t total = 0;
    bool uncounted = false;
    bool cut = false;
  };
  read_then<Found>(
      id, request,
      [wanted = *wanted](StoreReader& reader) {
        Found found;
        std::optional<StoredMessage> message = find(reader, wanted);
        if (!message) return found;
        const MessageKey key = message->record.key;
        found.envelope = std::move(message->record.envelope);
        found.body = message->record.body;
        size_t size = found.envelope.size() + found.body.size();
        const auto add = [&](uint64_t index) {
          if (!found.entries.empty() && found.entries.back().index == index) return;
          auto entry = reader.journal_entry(index);
          if (!entry) return;
          found.cut = found.cut || size + entry->entry.size() > limits::kRowsSizeMax;
          if (found.cut) return;
          size += entry->entry.size() + 128;
          found.entries.push_back(*std::move(entry));
        };
        add(message->record.journal_index);
        const Facts facts = reader.facts_of(key);
        for (const FactRecord& fact : facts.facts) add(fact.journal_index);
        found.total = facts.total;
        found.cut = found.cut || facts.total > facts.facts.size();
        found.uncounted = facts.uncounted;
        message->record.envelope = found.envelope;
        found.message.emplace(*std::move(message));
        return found;
      },
      [this, request, name](Client& asker, Found found) {
        if (!found.message) return fail(asker, request, not_found(name));
        const RowContext context = row_context();
        respond(asker, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
                  auto row = build_row(b, *found.message, context);
                  auto envelope = b.CreateVector(found.envelope);
                  auto body = b.CreateVector(found.body);
                  std::vector<flatbuffers::Offset<wire::JournalRow>> facts;
                  for (const JournalRecord& fact : found.entries)
                    facts.push_back(build_journal_row(b, fact));
                  return wire::CreateDetail(b, row, envelope, body, b.CreateVector(facts),
                                            found.total, found.uncounted, found.cut);
                }));
      });
}

RowContext ClientApi::row_context() const {
  return {config_.prefix, config_.peer_prefix, core_.ladder(), config_.policy, clock_.now()};
}

// At most one for each side and precedence, however many messages wait.
std::vector<flatbuffers::Offset<wire::WaitingSummary>> ClientApi::summarize_waiting(
    flatbuffers::FlatBufferBuilder& builder) const {
  const Ladder& ladder = core_.ladder();
  const BootMs now = clock_.now().boot;
  std::vector<flatbuffers::Offset<wire::WaitingSummary>> summaries;
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    for (const bool incoming : {true, false}) {
      const WaitingFilter filter{!incoming, incoming, precedence};
      const std::vector<WaitingPlace> oldest = ladder.waiting(filter, 1);
      if (oldest.empty()) continue;
      const auto next = ladder.next_rung(oldest.front().key);
      const std::string rung =
          rung_before(config_.policy, precedence, next ? next->name : std::string());
      summaries.push_back(wire::CreateWaitingSummaryDirect(
          builder, incoming, precedence, ladder.waiting_count(filter), now - oldest.front().since,
          rung.c_str(), tells_nobody(config_.policy, precedence, rung)));
    }
  }
  return summaries;
}

void ClientApi::status(Client& client, uint32_t request) {
  CoreStatus state = core_.status();
  respond(client, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
            auto remote = b.CreateString(state.remote);
            auto refusal = b.CreateString(
                state.link == wire::LinkState::up || !last_refusal_ ? "" : last_refusal_());
            auto queued = b.CreateVector(state.queued.data(), state.queued.size());
            auto stopped = b.CreateString(state.numbering_stopped);
            std::vector<std::string> told = own_alarms_;
            told.insert(told.end(), alarms_.begin(), alarms_.end());
            auto alarms = b.CreateVectorOfStrings(told);
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
            auto waiting = b.CreateVector(summarize_waiting(b));
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
            reply.add_clock(clock_.now().utc);
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
            reply.add_waiting(waiting);
            return reply.Finish();
          }));
}

void ClientApi::escalations(uint64_t id, Client& client, uint32_t request,
                            const wire::Escalations& wanted) {
  std::function<Escalating(StoreReader&)> read;
  const std::string name = text_of(wanted.id());
  if (name.empty()) {
    auto waiting = waiting_wanted({}, wanted.limit(), text_of(wanted.after()));
    if (!waiting) return fail(client, request, waiting.error());
    read = [waiting = *std::move(waiting)](StoreReader& reader) {
      Escalating found;
      found.total = waiting.total;
      fill(waiting.places, waiting.limit, found.rows, found.more, found.next,
           [&reader](const WaitingPlace& place) -> std::optional<Climbing> {
             const MessageKey key = place.key;
             auto message = reader.stored_message(key);
             if (!message) return std::nullopt;
             return Climbing(*std::move(message), reader.facts_of(key));
           });
      return found;
    };
  } else {
    const auto one = named(name, config_);
    if (!one) return fail(client, request, not_found(name));
    read = [one = *one](StoreReader& reader) {
      Escalating found;
      if (auto message = find(reader, one)) {
        const MessageKey key = message->record.key;
        found.rows.emplace_back(*std::move(message), reader.facts_of(key));
      }
      return found;
    };
  }
  read_then<Escalating>(
      id, request, std::move(read), [this, request](Client& asker, Escalating all) {
        const RowContext context = row_context();
        respond(asker, request, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
                  std::vector<flatbuffers::Offset<wire::EscalationRow>> rows;
                  for (const Climbing& one : all.rows) {
                    const MessageRecord& record = one.message.stored.record;
                    const MessageKey key = record.key;
                    // One that waits no more has a history if it climbed.
                    if (one.message.stored.rung.empty() && !core_.ladder().waits(key)) continue;
                    auto next = core_.ladder().next_rung(key);
                    std::vector<flatbuffers::Offset<wire::ToldRung>> told;
                    for (const FactRecord& fact : one.told) {
                      told.push_back(wire::CreateToldRungDirect(b, fact.at, fact.detail.c_str()));
                    }
                    auto row_id = b.CreateString(message_name(record, context));
                    auto rung = b.CreateString(one.message.stored.rung);
                    auto next_name = b.CreateString(next ? next->name : "");
                    auto attempts = b.CreateVectorOfStrings(one.attempts);
                    rows.push_back(wire::CreateEscalationRow(
                        b, row_id, record.key.incoming, record.precedence, rung, one.decided_at,
                        next_name, next ? next->due - context.now.boot : 0, attempts,
                        b.CreateVector(told),
                        tells_nobody(context.policy, record.precedence, one.message.stored.rung)));
                  }
                  auto next_page = all.next.empty() ? 0 : b.CreateString(all.next);
                  return wire::CreateEscalationRows(b, b.CreateVector(rows), all.total, all.more,
                                                    next_page);
                }));
      });
}

}  // namespace hotline
