#include "protocol/journal.h"

namespace hotline {

const wire::Entry& Journal::append(UtcMs at, wire::Fact type, flatbuffers::Offset<void> fact,
                                   std::optional<SaltedText> name) {
  const wire::Digest salt = to_digest(random_.salt());
  builder_.Finish(wire::CreateEntry(builder_, at, &salt, type, fact), kJournalEntryIdentifier);

  JournalRecord& record = gathering_.journal.emplace_back();
  record.index = frontier_.size();
  record.entry.assign(builder_.GetBufferPointer(),
                      builder_.GetBufferPointer() + builder_.GetSize());
  record.leaf_hash = leaf_hash(record.entry);
  record.name = std::move(name);
  frontier_.append(record.leaf_hash);
  last_at_ = at;
  return *flatbuffers::GetRoot<wire::Entry>(record.entry.data());
}

Status Journal::replay(uint64_t index, ByteView entry, UtcMs at) {
  if (index != frontier_.size()) {
    return make_error(ErrorCode::store_failed,
                      "journal entry " + std::to_string(frontier_.size()) + " is missing",
                      "restore the store from a backup; the peer returns what the backup lacks");
  }
  frontier_.append(leaf_hash(entry));
  last_at_ = at;
  return ok();
}

std::shared_ptr<const Batch> Journal::take() {
  gathering_.journal_root = root();
  auto batch = std::make_shared<const Batch>(std::move(gathering_));
  gathering_ = Batch{};
  gathering_.id = batch->id + 1;
  return batch;
}

}  // namespace hotline
