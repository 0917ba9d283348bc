#include "client/audit/exported_log.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/limits.h"
#include "protocol/log/note.h"

namespace hotline::audit {
namespace {

Error damaged(const std::string& path, const std::string& reason) {
  return make_error(ErrorCode::verification_failed, "the export is damaged: " + path + " " + reason,
                    "hotline audit verify says what else; have it exported again");
}

uint64_t read_big_endian(const uint8_t* bytes, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | bytes[i];
  return number;
}

// A file of items, each behind its length. False when they are not exactly `count`.
bool split(ByteView file, size_t length_size, unsigned count, std::vector<ByteView>& items) {
  items.clear();
  while (file.size() >= length_size && items.size() < count) {
    const uint64_t size = read_big_endian(file.data(), length_size);
    file = file.subspan(length_size);
    if (size > file.size()) return false;
    items.push_back(file.first(static_cast<size_t>(size)));
    file = file.subspan(static_cast<size_t>(size));
  }
  return items.size() == count && file.empty();
}

}  // namespace

Result<ExportedLog> ExportedLog::open(const ExportReader& reader, ExportLog log) {
  ExportedLog exported(reader, log);
  const std::string path = checkpoint_path(log);
  if (!reader.has(path)) return exported;
  const auto text = reader.read_text(path, limits::kNoteSizeMax);
  if (!text) return damaged(path, text.error().reason);
  const auto note = parse_note(*text);
  auto checkpoint = note ? parse_checkpoint_text(note->text) : Result<Checkpoint>(note.error());
  if (!checkpoint) return damaged(path, "is no checkpoint: " + checkpoint.error().reason);
  exported.checkpoint_ = std::move(*checkpoint);
  return exported;
}

Status ExportedLog::load_entries(uint64_t bundle) {
  if (entries_.number == bundle) return ok();
  const unsigned width = bundle_width(size(), bundle);
  const std::string path = entries_path(log_, bundle, width);
  entries_.number = UINT64_MAX;
  if (auto status = reader_->read(path, kEntriesFileSizeMax, entries_.file); !status) {
    return damaged(path, status.error().reason);
  }
  if (!split(entries_.file.bytes(), kEntryLengthSize, width, entries_.items)) {
    return damaged(path, "does not hold its " + std::to_string(width) + " entries");
  }
  entries_.number = bundle;
  return ok();
}

Status ExportedLog::load_parts(uint64_t bundle) {
  if (parts_.number == bundle) return ok();
  const unsigned width = bundle_width(size(), bundle);
  const std::string path = parts_path(log_, bundle, width);
  parts_.number = UINT64_MAX;
  if (auto status = reader_->read(path, kPartsFileSizeMax, parts_.file); !status) {
    return damaged(path, status.error().reason);
  }
  if (!split(parts_.file.bytes(), kPartLengthSize, width, parts_.items)) {
    return damaged(path, "does not hold its " + std::to_string(width) + " parts");
  }
  for (const ByteView part : parts_.items) {
    if (!part.empty() && part.size() < sizeof(Hash)) return damaged(path, "has half a salt");
  }
  parts_.number = bundle;
  return ok();
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
  if (auto status = load_parts(index / kTileWidth); !status) return status.error();
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
    damage_ = damaged(path, status.error().reason);
  } else if (file.bytes().size() != width * sizeof(Hash)) {
    damage_ = damaged(path, "does not hold its " + std::to_string(width) + " hashes");
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
