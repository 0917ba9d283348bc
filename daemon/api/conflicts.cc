#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/checked_notice.h"
#include "daemon/api/waiting_pages.h"
#include "daemon/api/wanted_message.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

struct NamedConflict {
  Conflict conflict;
  std::optional<StoredMessage> peers;  // Without envelope and body.
};

struct ConflictPage {
  std::vector<NamedConflict> rows;
  uint64_t total = 0;
  bool found = true;
};

struct ConflictsWanted {
  std::optional<WantedMessage> notice;  // Those of this one alone.
  size_t skip = 0;
  size_t limit = 0;
};

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
    if (page.total++ < wanted.skip || page.rows.size() == wanted.limit) continue;
    auto peers = reader.stored_message(one.peers);
    if (peers) peers->record.envelope = {}, peers->record.body = {};
    page.rows.push_back({one, std::move(peers)});
  }
  return page;
}

flatbuffers::Offset<wire::ConflictRow> build_conflict(flatbuffers::FlatBufferBuilder& b,
                                                      const NamedConflict& named,
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
  return row.Finish();
}

}  // namespace

void ClientApi::answer_conflicts(ClientSession& session, uint32_t request, Conflicts::Checked all,
                                 uint32_t limit, uint32_t skip, const std::string& name) {
  ConflictsWanted wanted{std::nullopt, skip, rows_wanted(limit)};
  if (!name.empty()) {
    wanted.notice = named(name, config_.prefix, config_.peer_prefix);
    if (!wanted.notice) return sessions_.fail(session, request, not_found(name));
  }
  sessions_.read_then<ConflictPage>(
      session, request,
      [all = std::move(all.conflicts), wanted](StoreReader& reader) {
        return read_conflicts(reader, all, wanted);
      },
      [this, request, name, incomplete = all.incomplete](ClientSession& asker, ConflictPage page) {
        if (!page.found) return sessions_.fail(asker, request, not_found(name));
        const RowContext context = row_context();
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::ConflictRow>> rows;
          for (const NamedConflict& one : page.rows)
            rows.push_back(build_conflict(b, one, context));
          const ConflictComparison compared = core_.conflicts_compared();
          return wire::CreateConflictRows(b, b.CreateVector(rows), page.total, incomplete,
                                          compared.at, !compared.same, compared.is_current);
        });
      });
}

void ClientApi::conflicts(ClientSession& session, uint32_t request, const wire::Conflicts& wanted) {
  const Conflicts& known = core_.conflicts();
  answer_conflicts(session, request, {known.list(), known.overflowed()}, wanted.limit(),
                   wanted.skip(), text_of(wanted.id()));
}

// A correction is held against the rules of the notice that it corrects.
Result<std::vector<Volume>> ClientApi::volumes_to_check(ByteView draft) const {
  const UtcMs now = clock_.now().utc;
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  const bool corrects = opened && kind_of((*opened)->type()).effect == TargetEffect::corrects;
  if (!corrects) return announced_by(draft, config_.exercise, now);
  const auto body = open_body(ByteView((*opened)->body()->data(), (*opened)->body()->size()));
  if (!body) return body.error();
  const auto* references = (*opened)->references();
  const auto serial = references != nullptr && references->size() > 0
                          ? parse_written_serial(text_of(references->Get(0)))
                          : std::nullopt;
  if (!serial || serial->prefix != config_.prefix) {
    return make_error(ErrorCode::refused, "it does not say which message of ours it corrects");
  }
  return core_.conflicts().volumes_after({false, serial->number}, **body, now);
}

void ClientApi::check_notice(ClientSession& session, uint32_t request,
                             const wire::CheckNotice& wanted) {
  const ByteView draft(wanted.draft()->data(), wanted.draft()->size());
  const auto volumes = volumes_to_check(draft);
  if (!volumes) return sessions_.fail(session, request, volumes.error());
  answer_conflicts(session, request, core_.conflicts().check(*volumes), wanted.limit(), 0, {});
}

}  // namespace hotline
