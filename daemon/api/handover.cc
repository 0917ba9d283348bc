// The hand-over of the watch: the list is made here, and signed in the core.
#include "daemon/api/api.h"
#include "daemon/api/handover_list.h"
#include "daemon/api/response.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

// The newest list, and who took it over.
struct ReadHandover {
  std::optional<JournalRecord> started;
  std::optional<JournalRecord> accepted;
};

Error list_changed() {
  return make_error(ErrorCode::refused, "the list changed while it was read",
                    "hotline handover start    shows it as it is now, and signs that");
}

}  // namespace

void ClientApi::list_handover(ClientSession& session, uint32_t request) {
  sessions_.read_then<std::vector<HandoverListed>>(
      session, request,
      [gathered = gather_handover(core_, clock_.now().utc, config_.prefix, config_.peer_prefix)](
          StoreReader& reader) { return complete_handover(reader, gathered); },
      [this, request](ClientSession& asker, const std::vector<HandoverListed>& listed) {
        const std::vector<HandoverItem> items = as_they_stand(core_, listed);
        sessions_.answer(asker, request, [&items](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::HandoverLine>> lines;
          for (const HandoverItem& item : items) {
            lines.push_back(wire::CreateHandoverLineDirect(
                b, static_cast<uint8_t>(item.code), item.subject.c_str(), item.precedence,
                item.since, item.text.c_str(), item.more));
          }
          return wire::CreateHandoverLines(b, b.CreateVector(lines));
        });
      });
}

void ClientApi::start_handover(ClientSession& session, uint32_t request,
                               const wire::StartHandover& wanted) {
  sessions_.read_then<std::vector<HandoverListed>>(
      session, request,
      [gathered = gather_handover(core_, clock_.now().utc, config_.prefix, config_.peer_prefix)](
          StoreReader& reader) { return complete_handover(reader, gathered); },
      [this, request, actor = session.actor, note = text_of(wanted.note()),
       list = to_hash(*wanted.list())](ClientSession& asker,
                                       const std::vector<HandoverListed>& listed) {
        const std::vector<HandoverItem> items = as_they_stand(core_, listed);
        if (handover_hash(items, note) != list) {
          record_refusal(actor, list_changed());
          return sessions_.fail(asker, request, list_changed());
        }
        const uint64_t token = sessions_.wait_for_commit(asker, request, note.size());
        core_.start_handover(clock_.now(), token, actor, items, note);
        changed_();
      });
}

void ClientApi::accept_handover(ClientSession& session, uint32_t request,
                                const wire::AcceptHandover& wanted) {
  std::vector<uint32_t> ticks;
  if (wanted.ticks() != nullptr) ticks.assign(wanted.ticks()->begin(), wanted.ticks()->end());
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.accept_handover(clock_.now(), token, session.actor, wanted.started(),
                        to_hash(*wanted.hash()), ticks);
  changed_();
}

void ClientApi::answer(const AnswerHandover& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  show_handover(*session, request);
}

void ClientApi::show_handover(ClientSession& session, uint32_t request) {
  const auto& started = core_.handover().started();
  const auto& accepted = core_.handover().accepted();
  sessions_.read_then<ReadHandover>(
      session, request,
      [list = started ? std::optional(started->journal_index) : std::nullopt,
       end =
           accepted ? std::optional(accepted->journal_index) : std::nullopt](StoreReader& reader) {
        ReadHandover read;
        if (list) read.started = reader.journal_entry(*list);
        if (end) read.accepted = reader.journal_entry(*end);
        return read;
      },
      [this, request](ClientSession& asker, const ReadHandover& read) {
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          const auto started_row = read.started ? build_journal_row(b, *read.started) : 0;
          const auto accepted_row = read.accepted ? build_journal_row(b, *read.accepted) : 0;
          const UtcMs since = core_.handover().watch_since();
          return wire::CreateHandoverReply(b, started_row, accepted_row, since,
                                           since + limits::kWatchMax_ms);
        });
      });
}

}  // namespace hotline
