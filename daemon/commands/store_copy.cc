#include "daemon/commands/store_copy.h"

#include <filesystem>
#include <future>
#include <utility>

#include "daemon/process/system_clock.h"
#include "daemon/store/account.h"
#include "daemon/store/failure.h"
#include "daemon/store/kinds.h"
#include "protocol/channel/restored_store.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

Status check_whose(const Config& config, const StoreIdentity& identity) {
  if (identity.party == config.party && identity.peer == config.peer &&
      identity.channel == config.channel && identity.exercise == config.exercise) {
    return ok();
  }
  return make_error(ErrorCode::configuration,
                    "it belongs to " + identity.party + " on its channel with " + identity.peer +
                        (identity.exercise ? " (exercise)" : " (live)"),
                    "check party, peer and channel in " + config.path);
}

Status mark(Store& store) {
  SystemRandom random;
  RestoredStore restored(store.reader(), random);
  Status replayed = ok();
  store.for_each_journal_entry([&](uint64_t index, ByteView entry) {
    if (replayed) replayed = restored.replay(index, entry);
  });
  if (!replayed) return replayed;
  auto batch = restored.mark(read_clocks(), store.reader().head().root);
  if (!batch) return batch.error();
  std::promise<CommitOutcome> written;
  store.submit(*std::move(batch), [&](CommitOutcome one) { written.set_value(std::move(one)); });
  const CommitOutcome outcome = written.get_future().get();
  return outcome.ok() ? ok() : Status(outcome.error);
}

Status read_through(Store& store) {
  const std::vector<std::string> faults = all_faults(store.reader());
  if (faults.empty()) return ok();
  return make_error(ErrorCode::store_failed, "it is damaged: " + faults.front(),
                    "hotlined store check names every fault");
}

}  // namespace

std::string backup_path(const Config& config, const std::string& directory) {
  const auto name = std::filesystem::path(config.store_path).filename();
  return (std::filesystem::path(directory) / name).string();
}

Result<CopiedStore> copy_marked(const Config& config, const std::string& from,
                                const std::string& path) {
  CopiedStore copied;
  const auto finish = [&](Store& store) -> Status {
    if (Status ours = check_whose(config, store.identity()); !ours) return ours;
    try {
      if (Status marked = mark(store); !marked) return marked;
      if (Status whole = read_through(store); !whole) return whole;
      copied.journal = store.reader().head().size;
      copied.sent = store.reader().log_size(LogId::own_transcript);
      copied.received = store.reader().log_size(LogId::peer_transcript);
      return ok();
    } catch (const StoreError& error) {
      return describe_refusal("cannot read the copy", error, path);
    }
  };
  if (Status made = copy_store(kStoreKind, from, path, finish); !made) return made.error();
  return copied;
}

int tell_copied(Output& output, const std::string& path, const CopiedStore& copied,
                const std::string& text) {
  output.answer(text + ": " + std::to_string(copied.journal) + " entries of the journal, " +
                    std::to_string(copied.sent) + " messages sent, " +
                    std::to_string(copied.received) + " received",
                json_document()
                    .add("store", path)
                    .add("journal", copied.journal)
                    .add("sent", copied.sent)
                    .add("received", copied.received));
  return kExitDone;
}

}  // namespace hotline
