#include "protocol/channel/journal.h"

#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

template <typename Fact>
EntryMessage message_of(MessageKey key, const Fact& fact) {
  EntryMessage message{key, fact.serial(), fact.type(), fact.role(), {}, fact.mismatch()};
  if (fact.refers_to() != nullptr) message.target = from_wire(fact.refers_to());
  return message;
}

}  // namespace

std::optional<EntryMessage> message_in(const wire::Entry& entry) {
  if (const wire::Released* own = entry.fact_as_Released()) {
    return message_of({false, own->serial()}, *own);
  }
  const wire::Received* peers = entry.fact_as_Received();
  if (peers == nullptr || peers->decline_code() != 0) return std::nullopt;
  return message_of({true, peers->index()}, *peers);
}

std::optional<bool> recovers_from(const wire::Entry& entry) {
  if (entry.fact_as_StoreRestored() != nullptr) return true;
  if (const wire::EvidenceKept* kept = entry.fact_as_EvidenceKept()) {
    if (kept->kind() == wire::EvidenceKind::own_store_old) return true;
  }
  const wire::EpochBegan* began = entry.fact_as_EpochBegan();
  if (began == nullptr || began->incoming() || began->taken_back()) return std::nullopt;
  return false;
}

const wire::Entry& Journal::append(Now at, wire::Fact type, flatbuffers::Offset<void> fact,
                                   std::optional<SaltedText> name) {
  const wire::Digest salt = to_digest(random_.salt());
  builder_.Finish(wire::CreateEntry(builder_, at.utc, &salt, type, fact, at.ahead_ms),
                  kJournalEntryIdentifier);

  const uint64_t index = size();
  JournalRecord& record = gathering_.journal.emplace_back();
  record.index = index;
  record.entry.assign(builder_.GetBufferPointer(),
                      builder_.GetBufferPointer() + builder_.GetSize());
  record.name = std::move(name);
  last_at_ = at.utc;
  return *flatbuffers::GetRoot<wire::Entry>(record.entry.data());
}

Result<Opened<wire::Entry>> open_stored_entry(uint64_t index, ByteView bytes) {
  auto opened = open_flatbuffer<wire::Entry>(bytes, kJournalEntryIdentifier);
  if (opened) return opened;
  return make_error(
      ErrorCode::store_failed,
      "journal entry " + std::to_string(index) + " is damaged: " + opened.error().reason,
      kKeepAsEvidence);
}

Status Journal::replay(uint64_t index, ByteView entry, UtcMs at) {
  if (index != size()) {
    return make_error(ErrorCode::store_failed,
                      "journal entry " + std::to_string(size()) + " is missing", kKeepAsEvidence);
  }
  frontier_.append(leaf_hash(entry));
  last_at_ = at;
  return ok();
}

std::shared_ptr<const Batch> Journal::take() {
  // All entries together cost half as much as one after the other.
  std::vector<ByteView> entries;
  entries.reserve(gathering_.journal.size());
  for (const JournalRecord& record : gathering_.journal) entries.push_back(record.entry);
  std::vector<Hash> hashes(entries.size());
  leaf_hashes(entries, hashes);
  for (size_t i = 0; i < hashes.size(); ++i) {
    gathering_.journal[i].leaf_hash = hashes[i];
    frontier_.append(hashes[i]);
  }
  Batch next;
  next.id = gathering_.id + 1;
  gathering_.journal_root = frontier_.root();
  gathering_.add_subtrees(LogId::journal, frontier_.take_kept());
  return std::make_shared<const Batch>(std::exchange(gathering_, std::move(next)));
}

bool waits_for_acknowledgement(const wire::Received& received) {
  const bool came_before =
      received.serial() != 0 &&
      received.decline_code() == static_cast<uint16_t>(DeclineCode::serial_reused);
  return kind_of(received.type()).waits_for_acknowledgement() && !came_before;
}

}  // namespace hotline
