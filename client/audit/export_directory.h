// An export on disk: which files it has, what they are called, and the bounds of each
// (docs/protocol.md, "Exports"). Writing one is export_writer.h, reading one export_reader.h.
//
// Sizes, indices and bundles count entries from zero; paths are relative to the export.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/check.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"
#include "protocol/message/message_generated.h"

namespace hotline::audit {

// The three logs of an export, in the order in which a verifier names their faults.
enum class ExportLog : uint8_t { journal = 0, sent = 1, received = 2 };
inline constexpr ExportLog kExportLogs[] = {ExportLog::journal, ExportLog::sent,
                                            ExportLog::received};
inline constexpr size_t kExportLogCount = std::size(kExportLogs);

// "journal", "sent", "received": the name of its directory.
const char* log_name(ExportLog log);
inline size_t log_number(ExportLog log) {
  return static_cast<size_t>(log);
}

// One of each log.
template <class Value>
struct PerLog {
  std::array<Value, kExportLogCount> of{};
  const Value& operator[](ExportLog log) const { return of[log_number(log)]; }
  Value& operator[](ExportLog log) { return of[log_number(log)]; }
};
using LogSizes = PerLog<uint64_t>;  // In entries.

// The channel and the party of a log's origin; nothing where it is not what `origin_of` (of
// protocol/log/origin.h) makes of them in any epoch.
struct OriginNames {
  ChannelName channel;
  std::string party;
  uint64_t epoch = 0;
};
using OriginOf = std::string(const ChannelName& channel, std::string_view party, uint64_t epoch);
std::optional<OriginNames> names_in_origin(const std::string& origin, OriginOf& origin_of);

// The three keys of each party that sign notes.
inline constexpr Purpose kSigningPurposes[] = {Purpose::log, Purpose::receipt, Purpose::witness};

inline constexpr char kVersionFile[] = "hotline-export";
inline constexpr std::string_view kVersionLine = "hotline-export/v1\n";
inline constexpr char kCertificatesDirectory[] = "certificates";

// A tile holds this many hashes, a bundle this many entries, unless it is the last of its level.
inline constexpr uint64_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;  // Levels of the tree below one tile's hashes.

// One entry and one part take so much at most, without the length before them.
inline constexpr size_t kEntrySizeMax = UINT16_MAX;
inline constexpr size_t kEntryLengthSize = 2;
inline constexpr size_t kPartSizeMax = sizeof(Hash) + limits::kBodySizeMax;
inline constexpr size_t kPartLengthSize = 4;
inline constexpr size_t kNoteLengthSize = 2;  // In `cosigned`.
inline constexpr size_t kEntriesFileSizeMax = kTileWidth * (kEntryLengthSize + kEntrySizeMax);
inline constexpr size_t kPartsFileSizeMax = kTileWidth * (kPartLengthSize + kPartSizeMax);
inline constexpr size_t kTileFileSizeMax = kTileWidth * sizeof(Hash);

// How many hashes level `level` of a log of `size` entries has in its tiles.
uint64_t tile_hash_count(uint64_t size, unsigned level);
// How many bundles, and tiles of level 0, a log of `size` entries has.
uint64_t bundle_count(uint64_t size);
// How many entries bundle `bundle` holds: kTileWidth, or fewer in the last one.
unsigned bundle_width(uint64_t size, uint64_t bundle);

// c2sp.org/tlog-tiles: groups of three digits, all but the last with an x before them:
// "x001/x234/067".
std::string number_path(uint64_t number);
// "journal/tile/0/x001/x234/067", "journal/tile/0/x001/x234/067.p/43".
std::string tile_path(ExportLog log, unsigned level, uint64_t tile, unsigned width);
std::string entries_path(ExportLog log, uint64_t bundle, unsigned width);
std::string parts_path(ExportLog log, uint64_t bundle, unsigned width);
std::string checkpoint_path(ExportLog log);
std::string cosigned_path(ExportLog log);
std::string certificate_path(std::string_view party, Purpose purpose);

// A part that is kept beside an entry and can be erased without it. Borrowed.
struct SaltedPart {
  Hash salt{};
  ByteView bytes;
};

// A number of `size` bytes, the highest first, as lengths are written.
size_t read_big_endian(const uint8_t* bytes, size_t size);
// Takes the items off the front of a file, each behind its length, as far as they are there.
std::vector<ByteView> take_items(ByteView& file, size_t length_size, size_t count_max);

// The checkpoint in a note, with nobody's signature checked. Error: malformed.
Result<Checkpoint> unverified_checkpoint(std::string_view note);

// The epoch that a note claims, where `first` signs for the log in its first epoch; and who signs
// in that epoch. 0 where it claims none.
uint64_t claimed_epoch(std::string_view note, const CheckpointTrust& first);
CheckpointTrust in_epoch(const CheckpointTrust& first, uint64_t epoch);

// The hash, and where it is said the size, of the part that an entry speaks of: the name of a
// person for the journal's entries, the body for a transcript's. Nothing for entries that name
// none, and for an envelope that cannot be read (it was kept and declined, and no one can say which
// body was its).
struct NamedPart {
  Hash hash{};
  std::optional<uint32_t> size;
};
std::optional<NamedPart> named_part(ExportLog log, ByteView entry);
std::optional<NamedPart> named_part(const wire::Entry& entry);
std::optional<NamedPart> named_part(const wire::Envelope& envelope);

}  // namespace hotline::audit
