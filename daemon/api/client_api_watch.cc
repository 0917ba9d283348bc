// The client API's part for those who watch: each entry of the journal once it is durable.
#include <algorithm>
#include <utility>

#include "daemon/api/client_api.h"
#include "daemon/api/client_response.h"
#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/journal_generated.h"

namespace hotline {
namespace {

constexpr size_t kWatchPage = 256;  // Entries in one response, and
// about as many bytes: a Numbered entry alone may have 8 KiB.
constexpr size_t kWatchPageSize = 256 * 1024;
constexpr size_t kRecentBatchesMax = 8;  // Each may hold a few thousand messages.

}  // namespace

void ClientApi::watch(uint64_t id, Client& client, uint32_t request, const wire::Watch& watch) {
  client.watching = true;
  client.watch_id = request;
  client.watch_next = std::min(watch.from(), core_.journal_size());
  client.watch_kinds.reset();
  if (watch.kinds() == nullptr) {
    client.watch_kinds.set();
  } else {
    for (uint8_t kind : *watch.kinds()) client.watch_kinds.set(kind);
  }
  serve_watch(id);
}

// Sends the next entries to one who watches, until nothing newer is durable: from memory those of
// the last few batches, from the store what is older. A slow reader holds up only itself.
void ClientApi::serve_watch(uint64_t id) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  if (!client.watching) return;
  tell_missed(client);
  if (client.reading_for_watch) return;
  while (client.watch_next < core_.journal_size() && client.link->writable()) {
    std::span<const JournalRecord> entries = recent_entries(client.watch_next);
    if (entries.empty()) return read_for_watch(id, client);
    send_entries(client, entries);
  }
}

void ClientApi::read_for_watch(uint64_t id, Client& client) {
  client.reading_for_watch = true;
  uint64_t from = client.watch_next;
  using Page = std::vector<JournalRecord>;
  read_then<Page>(
      id, client.watch_id,
      [from](StoreReader& reader) {
        Page page;
        page.reserve(kWatchPage);
        size_t size = 0;
        reader.journal_range(from, kWatchPage, [&](const JournalRecord& record) {
          const auto entry = open_flatbuffer<wire::Entry>(record.entry, kJournalEntryIdentifier);
          if (!entry) throw StoreCorrupt("journal", record.index, entry.error().reason);
          page.push_back(record);
          size += record.entry.size();
          return size < kWatchPageSize;
        });
        return page;
      },
      [this, id](Client& watcher, Page page) {
        watcher.reading_for_watch = false;
        // Another Watch may have come meanwhile; then this page is not what it asked for.
        if (page.empty()) return;
        if (page.front().index == watcher.watch_next) send_entries(watcher, page);
        serve_watch(id);
      });
}

// Of the batch in memory that holds the entry `from`, those from it on; empty if none does.
std::span<const JournalRecord> ClientApi::recent_entries(uint64_t from) const {
  for (const auto& batch : recent_) {
    const std::vector<JournalRecord>& entries = batch->journal;
    if (from < entries.front().index || from > entries.back().index) continue;
    return std::span(entries).subspan(from - entries.front().index);
  }
  return {};
}

// Of these entries those that it wants, as many as one page has.
void ClientApi::send_entries(Client& watcher, std::span<const JournalRecord> entries) {
  std::vector<const JournalRecord*> page;
  size_t size = 0;
  for (const JournalRecord& record : entries) {
    if (page.size() == kWatchPage || size >= kWatchPageSize) break;
    watcher.watch_next = record.index + 1;
    const auto* entry = flatbuffers::GetRoot<wire::Entry>(record.entry.data());
    if (!watcher.watch_kinds.test(static_cast<size_t>(entry->fact_type()))) continue;
    page.push_back(&record);
    size += record.entry.size();
  }
  if (page.empty()) return;
  respond(watcher, watcher.watch_id,
          make_response(watcher.watch_id, [&](flatbuffers::FlatBufferBuilder& b) {
            std::vector<flatbuffers::Offset<wire::JournalRow>> rows;
            rows.reserve(page.size());
            for (const JournalRecord* record : page) rows.push_back(build_journal_row(b, *record));
            return wire::CreateJournalRows(b, b.CreateVector(rows));
          }));
}

void ClientApi::sound(const std::string& id, const std::string& text) {
  for (auto& [number, client] : clients_) {
    if (!client.watching) continue;
    tell_missed(client);
    if (client.link->writable()) {
      send_sound(client, id, text);
    } else {
      ++client.sounds_missed;
    }
  }
}

// A console that does not read in time hears less, and is told so as soon as it reads again.
void ClientApi::tell_missed(Client& watcher) {
  if (watcher.sounds_missed == 0 || !watcher.link->writable()) return;
  const size_t count = std::exchange(watcher.sounds_missed, 0);
  send_sound(
      watcher, "",
      std::to_string(count) + (count == 1 ? " alarm" : " alarms") +
          " sounded while this program did not read: hotline status, hotline list --waiting");
}

void ClientApi::send_sound(Client& watcher, const std::string& id, const std::string& text) {
  respond(watcher, watcher.watch_id,
          make_response(watcher.watch_id, [&](flatbuffers::FlatBufferBuilder& b) {
            auto name = b.CreateString(id);
            auto words = b.CreateString(text);
            return wire::CreateAlarmSounded(b, clock_.now().utc, name, words);
          }));
}

void ClientApi::journal_grew(std::shared_ptr<const Batch> batch) {
  if (batch->journal.empty()) return;  // A witness's word alone: it stands beside the journal.
  recent_.push_back(std::move(batch));
  if (recent_.size() > kRecentBatchesMax) recent_.pop_front();
  std::vector<uint64_t> watchers;
  for (const auto& [id, client] : clients_) {
    if (client.watching) watchers.push_back(id);
  }
  for (uint64_t id : watchers) serve_watch(id);
}

}  // namespace hotline
