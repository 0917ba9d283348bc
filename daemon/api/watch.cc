// For those who watch: each entry of the journal once it is durable.
#include <algorithm>
#include <utility>

#include "daemon/api/api.h"
#include "daemon/api/response.h"
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

void ClientApi::watch(ClientSession& session, uint32_t request, const wire::Watch& watch) {
  session.watch.on = true;
  session.watch.request = request;
  session.watch.next = std::min(watch.from(), core_.journal_size());
  session.watch.kinds.reset();
  if (watch.kinds() == nullptr) {
    session.watch.kinds.set();
  } else {
    for (uint8_t kind : *watch.kinds()) session.watch.kinds.set(kind);
  }
  serve_watch(session);
}

// Sends the next entries to one who watches, until nothing newer is durable: from memory those of
// the last few batches, from the store what is older. A slow reader holds up only itself.
void ClientApi::serve_watch(ClientSession& session) {
  if (!session.watch.on) return;
  tell_missed(session);
  if (session.watch.reading) return;
  while (session.watch.next < core_.journal_size() && session.link->writable()) {
    std::span<const JournalRecord> entries = recent_entries(session.watch.next);
    if (entries.empty()) return read_for_watch(session);
    send_entries(session, entries);
  }
}

void ClientApi::read_for_watch(ClientSession& session) {
  session.watch.reading = true;
  uint64_t from = session.watch.next;
  using Page = std::vector<JournalRecord>;
  sessions_.read_then<Page>(
      session, session.watch.request,
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
      [this](ClientSession& watcher, Page page) {
        watcher.watch.reading = false;
        // Another Watch may have come meanwhile; then this page is not what it asked for.
        if (page.empty()) return;
        if (page.front().index == watcher.watch.next) send_entries(watcher, page);
        serve_watch(watcher);
      });
}

// The entries from `from` on in the batch in memory that holds it; empty if none does.
std::span<const JournalRecord> ClientApi::recent_entries(uint64_t from) const {
  for (const auto& batch : recent_) {
    const std::vector<JournalRecord>& entries = batch->journal;
    if (from < entries.front().index || from > entries.back().index) continue;
    return std::span(entries).subspan(from - entries.front().index);
  }
  return {};
}

// Sends those of the entries that it wants, as many as one page has.
void ClientApi::send_entries(ClientSession& watcher, std::span<const JournalRecord> entries) {
  std::vector<const JournalRecord*> page;
  size_t size = 0;
  for (const JournalRecord& record : entries) {
    if (page.size() == kWatchPage || size >= kWatchPageSize) break;
    watcher.watch.next = record.index + 1;
    const auto* entry = flatbuffers::GetRoot<wire::Entry>(record.entry.data());
    if (!watcher.watch.kinds.test(static_cast<size_t>(entry->fact_type()))) continue;
    page.push_back(&record);
    size += record.entry.size();
  }
  if (page.empty()) return;
  sessions_.answer(watcher, watcher.watch.request, [&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::JournalRow>> rows;
    rows.reserve(page.size());
    for (const JournalRecord* record : page) rows.push_back(build_journal_row(b, *record));
    return wire::CreateJournalRows(b, b.CreateVector(rows));
  });
}

void ClientApi::sound(const std::string& id, const std::string& text) {
  sessions_.for_each_watching([&](ClientSession& session) {
    tell_missed(session);
    if (session.link->writable()) {
      send_sound(session, id, text);
    } else {
      ++session.watch.sounds_missed;
    }
  });
}

// A console that does not read in time hears less, and is told so as soon as it reads again.
void ClientApi::tell_missed(ClientSession& watcher) {
  if (watcher.watch.sounds_missed == 0 || !watcher.link->writable()) return;
  const size_t count = std::exchange(watcher.watch.sounds_missed, 0);
  send_sound(
      watcher, "",
      std::to_string(count) + (count == 1 ? " alarm" : " alarms") +
          " sounded while this program did not read: hotline status, hotline list --waiting");
}

void ClientApi::send_sound(ClientSession& watcher, const std::string& id, const std::string& text) {
  sessions_.answer(watcher, watcher.watch.request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto name = b.CreateString(id);
    auto words = b.CreateString(text);
    return wire::CreateAlarmSounded(b, clock_.now().utc, name, words);
  });
}

void ClientApi::journal_grew(std::shared_ptr<const Batch> batch) {
  if (batch->journal.empty()) return;  // A witness's word alone: it stands beside the journal.
  recent_.push_back(std::move(batch));
  if (recent_.size() > kRecentBatchesMax) recent_.pop_front();
  sessions_.for_each_watching([this](ClientSession& session) { serve_watch(session); });
}

}  // namespace hotline
