#include <algorithm>
#include <map>

#include "daemon/api/api.h"
#include "daemon/api/checked_notice.h"
#include "daemon/api/waiting_pages.h"
#include "daemon/api/wanted_message.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

struct NamedConflict {
  Conflict conflict;
  std::optional<StoredMessage> peers;  // Without envelope and body.
  // The ANSWERs, as people call them; empty where there is none.
  std::string own_acceptance;
  std::string peers_acceptance;
};

struct ConflictPage {
  std::vector<NamedConflict> rows;
  uint64_t total = 0;
  std::string next;  // Empty: this page is the last.
  bool found = true;
};

struct ConflictsWanted {
  std::optional<WantedMessage> notice;  // Those of this one alone.
  std::optional<ConflictPlace> after;
  size_t limit = 0;
  std::string prefix;
  std::string peer_prefix;
};

std::string name_of(StoreReader& reader, const std::optional<MessageKey>& key,
                    const ConflictsWanted& wanted) {
  const auto message = key ? reader.message(*key) : std::nullopt;
  return message ? message_name(*message, wanted.prefix, wanted.peer_prefix) : "";
}

ConflictPage read_conflicts(StoreReader& reader, const std::vector<Conflict>& all,
                            const ConflictsWanted& wanted) {
  ConflictPage page;
  std::optional<MessageKey> key;
  if (wanted.notice) {
    const auto message = find(reader, *wanted.notice);
    page.found = message.has_value();
    if (!page.found) return page;
    key = message->record.key;
  }
  for (const Conflict& one : all) {
    if (key && one.own != *key && one.peers != *key) continue;
    ++page.total;
    if (wanted.after && place_of(one) <= *wanted.after) continue;
    if (page.rows.size() == wanted.limit) {
      page.next = format_place(place_of(page.rows.back().conflict));
      continue;
    }
    auto peers = reader.stored_message(one.peers);
    if (peers) peers->record.envelope = {}, peers->record.body = {};
    page.rows.push_back({one, std::move(peers), name_of(reader, one.own_acceptance, wanted),
                         name_of(reader, one.peers_acceptance, wanted)});
  }
  return page;
}

// Whoever asks for the conflicts of one notice sees each pair of volumes, of so many conflicts.
void add_other_pairs(const Conflicts& known, std::vector<NamedConflict>& rows, UtcMs now) {
  const size_t count = std::min(rows.size(), limits::kConflictsInFull);
  for (size_t i = 0; i < count; ++i) {
    Conflict& one = rows[i].conflict;
    if (one.own.number != 0) one.others = known.others_of({one.own, one.peers}, now);
  }
}

// Drafts that accept a conflict as it stands.
using AcceptingDrafts = std::map<ConflictPlace, uint64_t>;

AcceptingDrafts accepting_drafts(const Core& core) {
  AcceptingDrafts drafts;
  for (const auto& [number, draft] : core.drafts().open()) {
    if (draft.accepts.empty() || !core.conflicts().check_accepted(draft.accepts)) continue;
    for (const Conflict& one : core.conflicts().accepted_by(draft.accepts)) {
      drafts.emplace(place_of(one), number);
    }
  }
  return drafts;
}

using PairRows = flatbuffers::Vector<flatbuffers::Offset<wire::VolumePairRow>>;

flatbuffers::Offset<PairRows> build_others(flatbuffers::FlatBufferBuilder& b,
                                           const std::vector<VolumePair>& others) {
  std::vector<flatbuffers::Offset<wire::VolumePairRow>> rows;
  for (const auto& [own, peers, nearness] : others) {
    rows.push_back(wire::CreateVolumePairRow(
        b, own, peers, static_cast<uint64_t>(nearness.horizontal_m),
        static_cast<uint64_t>(nearness.vertical_m), static_cast<uint64_t>(nearness.time_s),
        nearness.from, nearness.until));
  }
  return rows.empty() ? 0 : b.CreateVector(rows);
}

flatbuffers::Offset<wire::ConflictRow> build_conflict(flatbuffers::FlatBufferBuilder& b,
                                                      const NamedConflict& named,
                                                      const AcceptingDrafts& drafts,
                                                      const RowContext& context) {
  const Conflict& conflict = named.conflict;
  // One that was only asked about has no name yet; serials begin with 1.
  const bool has_name = conflict.own.number != 0;
  auto own = has_name ? b.CreateString(format_serial(context.prefix, conflict.own.number)) : 0;
  auto peers =
      b.CreateString(named.peers ? message_name(named.peers->record, context)
                                 : format_place(context.peer_prefix, conflict.peers.number));
  const auto correction = [&](const std::string& prefix, uint64_t version) {
    return version != 0 ? b.CreateString(format_serial(prefix, version)) : 0;
  };
  auto own_correction = correction(context.prefix, conflict.own_version);
  auto peers_correction = correction(context.peer_prefix, conflict.peers_version);
  auto own_acceptance = named.own_acceptance.empty() ? 0 : b.CreateString(named.own_acceptance);
  auto peers_acceptance =
      named.peers_acceptance.empty() ? 0 : b.CreateString(named.peers_acceptance);
  flatbuffers::Offset<wire::Distances> before = 0;
  if (conflict.before) {
    before = wire::CreateDistances(b, static_cast<uint64_t>(conflict.before->horizontal_m),
                                   static_cast<uint64_t>(conflict.before->vertical_m),
                                   static_cast<uint64_t>(conflict.before->time_s));
  }
  const auto draft = drafts.find(place_of(conflict));
  const auto others = build_others(b, conflict.others);
  wire::ConflictRowBuilder row(b);
  row.add_own(own);
  row.add_peers(peers);
  row.add_own_volume(conflict.own_volume);
  row.add_peers_volume(conflict.peers_volume);
  row.add_horizontal_m(static_cast<uint64_t>(conflict.nearness.horizontal_m));
  row.add_vertical_m(static_cast<uint64_t>(conflict.nearness.vertical_m));
  row.add_time_s(static_cast<uint64_t>(conflict.nearness.time_s));
  row.add_from(conflict.nearness.from);
  row.add_until(conflict.nearness.until);
  row.add_accepted_by_us(conflict.accepted_by_us);
  row.add_accepted_by_peer(conflict.accepted_by_peer);
  row.add_own_correction(own_correction);
  row.add_peers_correction(peers_correction);
  row.add_own_acceptance(own_acceptance);
  row.add_peers_acceptance(peers_acceptance);
  row.add_before(before);
  row.add_pairs(conflict.pairs);
  row.add_others(others);
  row.add_draft(draft == drafts.end() ? 0 : draft->second);
  return row.Finish();
}

}  // namespace

void ClientApi::answer_conflicts(ClientSession& session, uint32_t request, Conflicts::Checked all,
                                 uint32_t limit, const std::optional<ConflictPlace>& after,
                                 const std::string& name, const std::string& refusal) {
  ConflictsWanted wanted{std::nullopt, after, rows_wanted(limit), config_.prefix,
                         config_.peer_prefix};
  if (!name.empty()) {
    wanted.notice = named(name, config_.prefix, config_.peer_prefix);
    if (!wanted.notice) return sessions_.fail(session, request, not_found(name));
  }
  sessions_.read_then<ConflictPage>(
      session, request,
      [all = std::move(all.conflicts), wanted](StoreReader& reader) {
        return read_conflicts(reader, all, wanted);
      },
      [this, request, name, refusal, incomplete = all.incomplete](ClientSession& asker,
                                                                  ConflictPage page) {
        if (!page.found) return sessions_.fail(asker, request, not_found(name));
        if (!name.empty()) add_other_pairs(core_.conflicts(), page.rows, clock_.now().utc);
        const RowContext context = row_context();
        const AcceptingDrafts drafts = accepting_drafts(core_);
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::ConflictRow>> rows;
          for (const NamedConflict& one : page.rows) {
            rows.push_back(build_conflict(b, one, drafts, context));
          }
          const ConflictComparison compared = core_.conflicts_compared();
          const auto why = refusal.empty() ? 0 : b.CreateString(refusal);
          const auto next = page.next.empty() ? 0 : b.CreateString(page.next);
          return wire::CreateConflictRows(b, b.CreateVector(rows), page.total, incomplete,
                                          compared.at, !compared.same, compared.is_current, why,
                                          next);
        });
      });
}

void ClientApi::conflicts(ClientSession& session, uint32_t request, const wire::Conflicts& wanted) {
  const std::string cursor = text_of(wanted.after());
  const auto after = parse_conflict_place(cursor);
  if (!cursor.empty() && !after) return sessions_.fail(session, request, no_place(cursor));
  const Conflicts& known = core_.conflicts();
  answer_conflicts(session, request, {known.list(wanted.all()), known.overflowed()}, wanted.limit(),
                   after, text_of(wanted.id()));
}

// A correction is held against the rules of the notice that it corrects.
Result<ClientApi::CheckedNotice> ClientApi::check_correction_of_notice(const wire::Draft& draft,
                                                                       const wire::Body& body) {
  const auto* references = draft.references();
  const auto serial = references != nullptr && references->size() > 0
                          ? parse_written_serial(text_of(references->Get(0)))
                          : std::nullopt;
  if (!serial || serial->prefix != config_.prefix) {
    return make_error(ErrorCode::refused, "it does not say which message of ours it corrects");
  }
  const UtcMs now = clock_.now().utc;
  const MessageKey notice{false, serial->number};
  const auto volumes = core_.conflicts().volumes_after(notice, body, now);
  if (!volumes) return volumes.error();
  return CheckedNotice{core_.conflicts().check(*volumes, notice),
                       core_.conflicts().check_moved(notice, body, now)};
}

// An acceptance is held against the conflict as it stands.
ClientApi::CheckedNotice ClientApi::check_acceptance(const wire::Draft& draft) {
  std::vector<std::string> references;
  if (draft.references()) {
    for (const flatbuffers::String* id : *draft.references()) references.push_back(id->str());
  }
  const Conflicts& known = core_.conflicts();
  return {{known.accepted_by(references), known.overflowed()}, known.check_accepted(references)};
}

Result<ClientApi::CheckedNotice> ClientApi::check_as_it_would_stand(ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return make_error(ErrorCode::usage, "this is no draft: " + opened.error().reason);
  const auto body = open_body(ByteView((*opened)->body()->data(), (*opened)->body()->size()));
  if (!body) return body.error();
  if (kind_of((*opened)->type()).effect == TargetEffect::corrects) {
    return check_correction_of_notice(**opened, **body);
  }
  if (accepts_conflict(**body)) return check_acceptance(**opened);
  const auto volumes = announced_by(draft, config_.exercise, clock_.now().utc);
  if (!volumes) return volumes.error();
  return CheckedNotice{core_.conflicts().check(*volumes), core_.conflicts().check_reason(**body)};
}

void ClientApi::check_notice(ClientSession& session, uint32_t request,
                             const wire::CheckNotice& wanted) {
  auto checked = check_as_it_would_stand(ByteView(wanted.draft()->data(), wanted.draft()->size()));
  if (!checked) return sessions_.fail(session, request, checked.error());
  const std::string refusal = checked->allowed ? "" : checked->allowed.error().reason;
  answer_conflicts(session, request, std::move(checked->found), wanted.limit(), std::nullopt, {},
                   refusal);
}

}  // namespace hotline
