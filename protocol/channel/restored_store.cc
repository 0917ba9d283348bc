#include "protocol/channel/restored_store.h"

#include <string>

#include "protocol/base/strict_flatbuffer.h"

namespace hotline {
namespace {

// A store that is not there yet has none.
class NoRecords : public Records {
 public:
  std::optional<MessageRecord> message(MessageKey) override { return std::nullopt; }
  std::optional<MessageKey> find_incoming(uint64_t) override { return std::nullopt; }
  std::optional<MessageKey> find_submission(const Hash&, uint64_t) override { return std::nullopt; }
  std::optional<uint64_t> serial_at(uint64_t) override { return std::nullopt; }
  std::string person_at(uint64_t) override { return ""; }
  const HashSource& hashes(LogId) override {
    throw RecordsError("a store that is not there has no hashes");
  }
};

void record_mark(Recorder& recorder, Now now) {
  recorder.record(now,
                  [](flatbuffers::FlatBufferBuilder& b) { return wire::CreateStoreRestored(b); });
}

}  // namespace

Status RestoredStore::replay(uint64_t index, ByteView bytes) {
  const auto opened = open_stored_entry(index, bytes);
  if (!opened) return opened.error();
  const wire::Entry& entry = **opened;
  if (Status status = recorder_.replay(index, bytes, entry.at()); !status) return status;
  if (const char* fault = recorder_.fault_in(entry)) {
    return store_altered("journal entry " + std::to_string(index) + " cannot be true: " + fault);
  }
  recorder_.apply(entry);
  ahead_ms_ = entry.ahead_ms();
  return ok();
}

Result<std::shared_ptr<const Batch>> RestoredStore::mark(Now now, const Hash& stored_root) {
  // It may be a backup of a store whose recovery was broken off.
  if (Status whole = recorder_.compare_with_records(stored_root, true); !whole) {
    return whole.error();
  }
  recorder_.go_live();
  now.utc += ahead_ms_;
  now.ahead_ms = ahead_ms_;
  record_mark(recorder_, now);
  return recorder_.seal();
}

std::shared_ptr<const Batch> first_of_restored_store(Now now, const CoreConfig& config,
                                                     Random& random) {
  NoRecords none;
  Recorder recorder(none, random);
  recorder.go_live();
  recorder.record_created(now, config);
  record_mark(recorder, now);
  return recorder.seal();
}

}  // namespace hotline
