#include "protocol/channel/exports.h"

#include <algorithm>
#include <utility>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

// The note as the log's owner signed it, without the cosignature that stands in its last line.
std::string without_cosignature(const std::string& note) {
  if (note.empty()) return note;
  size_t last_line = note.rfind('\n', note.size() - 2);
  return note.substr(0, last_line + 1);
}

}  // namespace

void Exports::record(Now now, uint64_t token, const Actor& actor) {
  if (!noise_.record_export(now, actor)) return recorder_.say(AnswerExport{token, head()});
  gathering_.push_back(token);
}

// The peer is asked to cosign the journal up to there, so that the export is covered to its end if
// it answers soon; who asked does not wait long.
void Exports::committed(Now now, std::optional<LinkId> adopted) {
  if (!sealed_.empty()) witness_.check_channel_soon(now, adopted);
  for (uint64_t token : std::exchange(sealed_, {})) {
    waiting_.push_back({token, head(), now.boot + limits::kExportPatience_ms});
  }
  answer(now, adopted);
}

void Exports::answer(Now now, std::optional<LinkId> adopted) {
  std::erase_if(waiting_, [&](Waiting& waiting) {
    const bool covered = witness_.cosigned_size() >= waiting.head.journal_size;
    if (!covered && adopted && now.boot < waiting.give_up_at) return false;
    recorder_.say(AnswerExport{waiting.token, std::move(waiting.head)});
    return true;
  });
}

BootMs Exports::due() const {
  BootMs next = INT64_MAX;
  for (const Waiting& waiting : waiting_) next = std::min(next, waiting.give_up_at);
  return next;
}

ExportHead Exports::head() {
  const Recorder::State& durable = recorder_.durable();
  ExportHead head;
  head.journal_size = durable.journal_size;
  head.own_size = durable.own_size;
  head.peer_size = durable.peer_size;
  head.journal_checkpoint = witness_.journal_checkpoint();
  head.own_checkpoint = durable.own_checkpoint;
  head.peer_checkpoint = without_cosignature(durable.peer_receipt);
  return head;
}

}  // namespace hotline
