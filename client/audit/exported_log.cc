#include "client/audit/exported_log.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/limits.h"

namespace hotline::audit {
Result<ExportedLog> ExportedLog::open(const ExportReader& reader, ExportLog log) {
  ExportedLog exported(reader, log);
  const std::string path = checkpoint_path(log);
  if (!reader.has(path)) return exported;
  const auto text = reader.read_text(path, limits::kNoteSizeMax);
  if (!text) return damaged(path + " " + text.error().reason);
  auto checkpoint = unverified_checkpoint(*text);
  if (!checkpoint) return damaged(path + " is no checkpoint: " + checkpoint.error().reason);
  exported.checkpoint_ = std::move(*checkpoint);
  return exported;
}

Status ExportedLog::load(Bundle& kept, uint64_t bundle, const Kind& kind) {
  if (kept.number == bundle) return ok();
  const unsigned width = bundle_width(size(), bundle);
  const std::string path = kind.path(log_, bundle, width);
  kept.number = UINT64_MAX;
  if (auto status = reader_->read(path, kind.file_size_max, kept.file); !status) {
    return damaged(path + " " + status.error().reason);
  }
  ByteView rest = kept.file.bytes();
  kept.items = take_items(rest, kind.length_size, width);
  if (kept.items.size() != width || !rest.empty()) {
    return damaged(path + " does not hold its " + std::to_string(width) + " " + kind.name);
  }
  for (const ByteView item : kept.items) {
    if (!item.empty() && item.size() < kind.item_size_min)
      return damaged(path + " has half a salt");
  }
  kept.number = bundle;
  return ok();
}

Status ExportedLog::load_entries(uint64_t bundle) {
  return load(entries_, bundle,
              {entries_path, kEntriesFileSizeMax, kEntryLengthSize, 0, "entries"});
}

Result<ByteView> ExportedLog::entry_bytes(uint64_t index) {
  if (auto status = load_entries(index / kTileWidth); !status) return status.error();
  return entries_.items[index % kTileWidth];
}

Result<ByteView> ExportedLog::bundle_bytes(uint64_t bundle) {
  if (auto status = load_entries(bundle); !status) return status.error();
  return entries_.file.bytes();
}

Result<ExportedEntry> ExportedLog::entry(uint64_t index) {
  const auto bytes = entry_bytes(index);
  if (!bytes) return bytes.error();
  const Kind parts{parts_path, kPartsFileSizeMax, kPartLengthSize, sizeof(Hash), "parts"};
  if (auto status = load(parts_, index / kTileWidth, parts); !status) return status.error();
  ExportedEntry entry{*bytes, std::nullopt};
  const ByteView held = parts_.items[index % kTileWidth];
  if (!held.empty()) {
    entry.part.emplace();
    std::copy_n(held.begin(), sizeof(Hash), entry.part->salt.begin());
    entry.part->bytes = held.subspan(sizeof(Hash));
  }
  return entry;
}

const std::vector<Hash>& TileHashes::tile(unsigned level, uint64_t number) const {
  const auto known = tiles_.find({level, number});
  if (known != tiles_.end()) return known->second;
  const unsigned width = bundle_width(tile_hash_count(log_size_, level), number);
  const std::string path = tile_path(log_, level, number, width);
  std::vector<Hash> hashes(width);
  FileBuffer file;
  if (auto status = reader_.read(path, kTileFileSizeMax, file); !status) {
    damage_ = damaged(path + " " + status.error().reason);
  } else if (file.bytes().size() != width * sizeof(Hash)) {
    damage_ = damaged(path + " does not hold its " + std::to_string(width) + " hashes");
  } else {
    std::memcpy(hashes.data(), file.bytes().data(), file.bytes().size());
  }
  return tiles_.emplace(std::pair{level, number}, std::move(hashes)).first->second;
}

// A level of tiles holds every eighth level of the tree; between them the hashes are computed.
Hash TileHashes::subtree(uint8_t level, uint64_t index) const {
  const unsigned tile_level = level / kTileHeight;
  const unsigned above = level % kTileHeight;
  const uint64_t first = index << above;
  const std::vector<Hash>& hashes = tile(tile_level, first / kTileWidth);
  Frontier frontier;
  for (uint64_t i = 0; i < uint64_t{1} << above; ++i) {
    frontier.append(hashes[(first + i) % kTileWidth]);
  }
  return frontier.root();
}

}  // namespace hotline::audit
