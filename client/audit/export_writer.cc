#include "client/audit/export_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/log/merkle.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0644;
// Exports hold what people said to each other: for their owner alone, until the owner says else.
constexpr mode_t kDirectoryMode = 0700;

Error write_failed(const std::string& path, int error) {
  return make_error(ErrorCode::failed, path + " cannot be written: " + std::strerror(error),
                    error == ENOENT ? "the directory in which it is to be made must be there"
                                    : "free some space, or choose another directory");
}

Status write_all(int descriptor, const std::string& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_failed(path, errno);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return ok();
}

Status write_with(int flags, const std::string& path, ByteView bytes) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kFileMode);
  if (descriptor < 0) return write_failed(path, errno);
  Status status = write_all(descriptor, path, bytes);
  if (close(descriptor) != 0 && status) status = write_failed(path, errno);
  return status;
}

Status make_directories_above(const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  return error ? Status(write_failed(path, error.value())) : ok();
}

std::string path_of(const std::string& directory, const std::string& name) {
  return directory + ".partial/" + name;
}

// Directories are made when the first file needs them.
Status write_file(const std::string& directory, const std::string& name, ByteView bytes) {
  const std::string path = path_of(directory, name);
  Status status = write_with(O_EXCL, path, bytes);
  if (status || access(fs::path(path).parent_path().c_str(), F_OK) == 0) return status;
  if (Status made = make_directories_above(path); !made) return made;
  return write_with(O_EXCL, path, bytes);
}

void append_big_endian(Bytes& bytes, uint64_t number, size_t size) {
  for (size_t i = size; i > 0; --i) {
    bytes.push_back(static_cast<uint8_t>(number >> (8 * (i - 1))));
  }
}

void append_bytes(Bytes& bytes, ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

}  // namespace

// The bundle and the tiles of one log that are not full yet.
class ExportWriter::LogWriter {
 public:
  LogWriter(const std::string& directory, ExportLog log) : directory_(directory), log_(log) {}

  Status append(ByteView entry, const Hash& leaf_hash, const std::optional<SaltedPart>& part) {
    if (entry.size() > kEntrySizeMax) {
      return make_error(ErrorCode::failed,
                        std::string(log_name(log_)) + " entry " + std::to_string(size_) + " has " +
                            std::to_string(entry.size()) + " bytes, more than an export can hold");
    }
    append_big_endian(entries_, entry.size(), kEntryLengthSize);
    append_bytes(entries_, entry);
    if (part && part->bytes.size() + sizeof(Hash) <= kPartSizeMax && named_part(log_, entry)) {
      append_big_endian(parts_, sizeof(Hash) + part->bytes.size(), kPartLengthSize);
      append_bytes(parts_, part->salt);
      append_bytes(parts_, part->bytes);
      ++part_count_;
    } else {
      append_big_endian(parts_, 0, kPartLengthSize);
    }
    ++size_;
    if (size_ % kTileWidth == 0) {
      if (Status status = write_bundle(); !status) return status;
    }
    return append_hash(0, leaf_hash);
  }

  // Writes what is not full.
  Status finish() {
    if (size_ % kTileWidth != 0) {
      if (Status status = write_bundle(); !status) return status;
    }
    for (unsigned level = 0; level < tiles_.size(); ++level) {
      if (tiles_[level].hashes.empty()) continue;
      if (Status status = write_tile(level); !status) return status;
    }
    return ok();
  }

  uint64_t size() const { return size_; }
  uint64_t part_count() const { return part_count_; }

 private:
  struct Tile {
    uint64_t number = 0;
    Bytes hashes;
    Frontier frontier;
  };

  Status write_bundle() {
    const uint64_t bundle = (size_ - 1) / kTileWidth;
    const unsigned width = bundle_width(size_, bundle);
    if (Status status = write_file(directory_, entries_path(log_, bundle, width), entries_);
        !status) {
      return status;
    }
    if (Status status = write_file(directory_, parts_path(log_, bundle, width), parts_); !status) {
      return status;
    }
    entries_.clear();
    parts_.clear();
    return ok();
  }

  Status write_tile(unsigned level) {
    const Tile& tile = tiles_[level];
    const auto width = static_cast<unsigned>(tile.hashes.size() / sizeof(Hash));
    return write_file(directory_, tile_path(log_, level, tile.number, width), tile.hashes);
  }

  // A full tile is one hash of the level above.
  Status append_hash(unsigned level, const Hash& hash) {
    if (level == tiles_.size()) tiles_.emplace_back();
    append_bytes(tiles_[level].hashes, hash);
    tiles_[level].frontier.append(hash);
    if (tiles_[level].frontier.size() < kTileWidth) return ok();
    if (Status status = write_tile(level); !status) return status;
    const Hash above = tiles_[level].frontier.root();
    tiles_[level].number += 1;
    tiles_[level].hashes.clear();
    tiles_[level].frontier = Frontier();
    return append_hash(level + 1, above);
  }

  const std::string directory_;
  ExportLog log_;
  uint64_t size_ = 0;
  uint64_t part_count_ = 0;
  Bytes entries_;
  Bytes parts_;
  std::vector<Tile> tiles_;  // By level.
};

Result<ExportWriter> ExportWriter::create(const std::string& directory) {
  const std::string name =
      directory.ends_with('/') ? directory.substr(0, directory.size() - 1) : directory;
  struct stat there {};
  if (name.empty() || lstat(name.c_str(), &there) == 0) {
    return make_error(ErrorCode::conflict, name + " exists already",
                      "an export is never written over another; choose a new name");
  }
  const std::string partial = name + ".partial";
  if (mkdir(partial.c_str(), kDirectoryMode) != 0) {
    if (errno != EEXIST) return write_failed(partial, errno);
    return make_error(ErrorCode::conflict, partial + " exists already",
                      "another export is being written there, or one was interrupted: if none "
                      "runs, remove it");
  }
  ExportWriter writer(name);
  Status status = write_file(name, kVersionFile, as_bytes(kVersionLine));
  if (!status) return status.error();
  return writer;
}

ExportWriter::ExportWriter(std::string directory) : directory_(std::move(directory)) {
  for (const ExportLog log : kExportLogs) {
    logs_[log_number(log)] = std::make_unique<LogWriter>(directory_, log);
  }
}

ExportWriter::ExportWriter(ExportWriter&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), logs_(std::move(other.logs_)) {}

ExportWriter::~ExportWriter() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_ + ".partial", ignored);
}

Status ExportWriter::add_certificate(std::string_view party, Purpose purpose,
                                     std::string_view pem) {
  return write_file(directory_, certificate_path(party, purpose), as_bytes(pem));
}

Status ExportWriter::append(ExportLog log, ByteView entry, const Hash& leaf_hash,
                            const std::optional<SaltedPart>& part) {
  return logs_[log_number(log)]->append(entry, leaf_hash, part);
}

Status ExportWriter::append_cosigned(ExportLog log, std::string_view note) {
  if (note.size() > limits::kNoteSizeMax) {
    return make_error(ErrorCode::malformed, "a note has more bytes than any note may have");
  }
  Bytes bytes;
  append_big_endian(bytes, note.size(), kNoteLengthSize);
  append_bytes(bytes, as_bytes(note));
  const std::string path = path_of(directory_, cosigned_path(log));
  if (Status made = make_directories_above(path); !made) return made;
  return write_with(O_APPEND, path, bytes);
}

Status ExportWriter::set_checkpoint(ExportLog log, std::string_view note) {
  return write_file(directory_, checkpoint_path(log), as_bytes(note));
}

uint64_t ExportWriter::size(ExportLog log) const {
  return logs_[log_number(log)]->size();
}

uint64_t ExportWriter::parts(ExportLog log) const {
  return logs_[log_number(log)]->part_count();
}

Status ExportWriter::finish() {
  for (const auto& log : logs_) {
    if (Status status = log->finish(); !status) return status;
  }
  const std::string partial = directory_ + ".partial";
  if (std::rename(partial.c_str(), directory_.c_str()) != 0) {
    return write_failed(directory_, errno);
  }
  directory_.clear();
  return ok();
}

}  // namespace hotline::audit
