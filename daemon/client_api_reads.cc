// The client API's part for those who look: lists, one message, the ladder, the state of the
// channel.
#include <algorithm>

#include "daemon/client_api.h"
#include "daemon/client_response.h"
#include "daemon/message_rows.h"
#include "daemon/system_clock.h"
#include "protocol/limits.h"
#include "protocol/serial.h"

namespace hotline {
namespace {

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
        respond(
            client, make_response(request, [&](flatbuffers::FlatBufferBuilder& b) {
              std::vector<flatbuffers::Offset<wire::EscalationRow>> rows;
              for (const Climbing& one : climbing) {
                const MessageRecord& record = one.message.record;
                auto next = core_.ladder().next_rung({record.key.incoming, record.key.number});
                UtcMs decided_at = 0;
                std::vector<std::string> attempts;
                std::vector<flatbuffers::Offset<wire::ToldRung>> told;
                for (const FactRecord& fact : one.facts) {
                  if (fact.kind == FactKind::rung) decided_at = fact.at;
                  if (fact.kind == FactKind::rung && !fact.detail.empty()) {
                    told.push_back(wire::CreateToldRungDirect(b, fact.at, fact.detail.c_str()));
                  }
                  if (fact.kind == FactKind::attempt) attempts.push_back(fact.detail);
                }
                auto row_id = b.CreateString(message_name(record, context));
                auto rung = b.CreateString(one.message.rung);
                auto next_name = b.CreateString(next ? next->name : "");
                auto attempt_texts = b.CreateVectorOfStrings(attempts);
                rows.push_back(wire::CreateEscalationRow(
                    b, row_id, record.key.incoming, record.precedence, rung, decided_at, next_name,
                    next ? next->due - context.now.boot : 0, attempt_texts, b.CreateVector(told)));
              }
              return wire::CreateEscalationRows(b, b.CreateVector(rows));
            }));
      });
}

}  // namespace hotline
