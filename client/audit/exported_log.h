// One log of an export, read in any place without being believed: for those who look something up
// (`audit prove`, `audit log`, `audit stats`). verify.h finds out whether it is true.
//
// Only the files that are needed are read, and of each kind the last one is kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/export_directory.h"
#include "client/audit/export_reader.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"

namespace hotline::audit {

// Views are borrowed from the log, until another bundle is asked for.
struct ExportedEntry {
  ByteView bytes;
  std::optional<SaltedPart> part;  // Nothing where none is held.
};

// Every error of these classes is verification_failed, and names the file: the export is damaged.
class ExportedLog {
 public:
  // Borrows the reader. An empty log is one too: its size is 0.
  static Result<ExportedLog> open(const ExportReader& reader, ExportLog log);

  ExportLog log() const { return log_; }
  uint64_t size() const { return checkpoint_.size; }
  // The newest checkpoint; an empty log has none.
  const Checkpoint& checkpoint() const { return checkpoint_; }

  // index < size().
  Result<ExportedEntry> entry(uint64_t index);
  // Without the part, so that its file is not read.
  Result<ByteView> entry_bytes(uint64_t index);
  // All entries of a bundle, each behind its length.
  Result<ByteView> bundle_bytes(uint64_t bundle);

 private:
  ExportedLog(const ExportReader& reader, ExportLog log) : reader_(&reader), log_(log) {}

  const ExportReader* reader_;
  ExportLog log_;
  Checkpoint checkpoint_;
  struct Bundle {
    uint64_t number = UINT64_MAX;  // None.
    FileBuffer file;
    std::vector<ByteView> items;
  };
  // Entries, or parts.
  struct Kind {
    std::string (*path)(ExportLog log, uint64_t bundle, unsigned width);
    size_t file_size_max;
    size_t length_size;
    size_t item_size_min;  // The least of one that is not empty.
    const char* name;
  };
  Status load(Bundle& kept, uint64_t bundle, const Kind& kind);
  Status load_entries(uint64_t bundle);

  Bundle entries_;
  Bundle parts_;
};

// The hashes of a log, from its tiles. A tile that cannot be read gives a hash of zeros, and
// damage() says which it was.
class TileHashes : public HashSource {
 public:
  TileHashes(const ExportReader& reader, ExportLog log, uint64_t log_size)
      : reader_(reader), log_(log), log_size_(log_size) {}

  Hash subtree(uint8_t level, uint64_t index) const override;
  const std::optional<Error>& damage() const { return damage_; }

 private:
  const std::vector<Hash>& tile(unsigned level, uint64_t number) const;

  const ExportReader& reader_;
  const ExportLog log_;
  const uint64_t log_size_;
  // A proof needs two tiles of each level at most.
  mutable std::map<std::pair<unsigned, uint64_t>, std::vector<Hash>> tiles_;
  mutable std::optional<Error> damage_;
};

}  // namespace hotline::audit
