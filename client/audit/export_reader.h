// Reads the files of an export: bounded, whole, regular files only, nothing through a symbolic
// link. It believes nothing that it reads: bundle_check.h, log_check.h and verify.h judge.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// Bytes of one file at a time. Kept from file to file, so that reading allocates seldom.
class FileBuffer {
 public:
  uint8_t* data() { return bytes_.get(); }
  ByteView bytes() const { return {bytes_.get(), size_}; }

 private:
  friend class ExportReader;
  void resize(size_t size);  // Its bytes are lost.

  std::unique_ptr<uint8_t[]> bytes_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

// For whoever looks something up in an export that does not hold together there:
// verification_failed, "the export is damaged: sent/checkpoint is missing".
Error damaged(const std::string& what);

// A file that is missing, too much, or not of its size.
struct FileFault {
  std::string path;
  std::string reason;
};

// Safe to use from several threads.
class ExportReader {
 public:
  // Error: not_found, where there is no such directory.
  static Result<ExportReader> open(const std::string& directory);
  // For whoever only looks something up. Errors: not_found, also where the directory says nowhere
  // that it is an export; configuration, where its format is a newer one. (To a verifier these are
  // faults like any other: nobody signed for the format.)
  static Result<ExportReader> open_export(const std::string& directory);

  ExportReader(ExportReader&& other) noexcept;
  ExportReader& operator=(ExportReader&&) = delete;
  ~ExportReader();

  // The whole file, of at most `size_max` bytes. The reason of an error stands alone: "is missing".
  Status read(const std::string& path, size_t size_max, FileBuffer& buffer) const;
  Result<std::string> read_text(const std::string& path, size_t size_max) const;

  // Its first file says that it is of the format which this program reads: format_line.h.
  Status check_format() const;

  // True: something is there under that name.
  bool has(const std::string& path) const;

  // Every PARTY of a file certificates/PARTY-PURPOSE.crt, sorted.
  std::vector<std::string> parties() const;

  // The first, by path, of: files that are not there and should be, files and directories that are
  // there and should not, tiles of a wrong size. `parties` are the two that have certificates.
  std::optional<FileFault> check_files(const LogSizes& sizes,
                                       const std::vector<std::string>& parties) const;

  // Bytes of all regular files, and their number.
  struct Volume {
    uint64_t files = 0;
    uint64_t bytes = 0;
  };
  Volume volume() const;

  // A file read in order, piece by piece.
  class Stream {
   public:
    // Fails where it cannot be opened.
    static Result<Stream> open(const ExportReader& reader, const std::string& path);
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&&) = delete;
    ~Stream();
    // Appends up to `size` bytes to `bytes`; fewer only at the end.
    Status read(size_t size, Bytes& bytes);

   private:
    explicit Stream(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
  };

 private:
  explicit ExportReader(int descriptor) : descriptor_(descriptor) {}
  int open_file(const std::string& path) const;

  int descriptor_;
};

// The hashes of one level of a log's tiles. The last tile is kept, so ask in rising order.
class TileLevel {
 public:
  TileLevel(const ExportReader& reader, ExportLog log, uint64_t log_size, unsigned level)
      : reader_(reader), log_(log), count_(tile_hash_count(log_size, level)), level_(level) {}

  // Nothing where it cannot be read. `index` is below the number of hashes of this level.
  std::optional<Hash> at(uint64_t index);

 private:
  const ExportReader& reader_;
  const ExportLog log_;
  const uint64_t count_;
  const unsigned level_;
  uint64_t tile_ = UINT64_MAX;  // None.
  FileBuffer file_;
};

}  // namespace hotline::audit
