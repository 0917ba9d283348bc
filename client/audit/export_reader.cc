#include "client/audit/export_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

#include "client/audit/format_line.h"

namespace hotline::audit {
namespace {

constexpr unsigned kTileLevelsMax = 8;
constexpr size_t kVersionLineSizeMax = 64;
constexpr uint64_t kGroup = 1000;  // Three digits of a path count so many.

Error file_error(const std::string& reason) {
  return make_error(ErrorCode::verification_failed, reason);
}

Error errno_error() {
  if (errno == ENOENT || errno == ENOTDIR) return file_error("is missing");
  if (errno == ELOOP) return file_error("is a symbolic link");
  return file_error(std::string("cannot be read: ") + std::strerror(errno));
}

class Directory {
 public:
  explicit Directory(int descriptor) : stream_(fdopendir(descriptor)) {
    if (stream_ == nullptr) close(descriptor);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    if (stream_ != nullptr) closedir(stream_);
  }
  // The next name, without . and .., or null.
  const dirent* next() {
    while (stream_ != nullptr) {
      const dirent* entry = readdir(stream_);
      if (entry == nullptr) return nullptr;
      if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
        return entry;
      }
    }
    return nullptr;
  }

 private:
  DIR* stream_;
};

int open_directory(int at, const std::string& path) {
  return openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// The paths that an export with these sizes has.
class Expectation {
 public:
  using Visit = std::function<bool(const std::string& path)>;

  Expectation(const LogSizes& sizes, const std::vector<std::string>& parties) : sizes_(sizes) {
    single_.insert(kVersionFile);
    for (const std::string& party : parties) {
      for (const Purpose purpose : kSigningPurposes) {
        single_.insert(certificate_path(party, purpose));
      }
    }
    for (const ExportLog log : kExportLogs) {
      if (sizes[log] == 0) continue;
      single_.insert(checkpoint_path(log));
      optional_.insert(cosigned_path(log));
    }
    count_ = single_.size();
    for (const ExportLog log : kExportLogs) {
      count_ += 2 * bundle_count(sizes[log]);
      for (unsigned level = 0; tile_hash_count(sizes[log], level) != 0; ++level) {
        count_ += bundle_count(tile_hash_count(sizes[log], level));
      }
    }
  }

  enum class Kind { unexpected, optional, other, tile };
  struct Found {
    Kind kind = Kind::unexpected;
    uint64_t size = 0;  // A tile's, bytes.
  };

  Found find(const std::string& path) const {
    if (single_.contains(path)) return {Kind::other, 0};
    if (optional_.contains(path)) return {Kind::optional, 0};
    for (const ExportLog log : kExportLogs) {
      const std::string name = std::string(log_name(log)) + "/";
      if (path.starts_with(name)) return find_in_log(log, path, path.substr(name.size()));
    }
    return {};
  }

  // Without the optional ones.
  uint64_t count() const { return count_; }

  // True where files of an export lie under that path.
  bool is_folder(const std::string& path) const {
    if (path == kCertificatesDirectory) return true;
    for (const ExportLog log : kExportLogs) {
      if (sizes_[log] == 0) continue;
      const std::string name = log_name(log);
      if (path == name) return true;
      if (path.starts_with(name + "/")) {
        return is_folder_in_log(log, std::string_view(path).substr(name.size() + 1));
      }
    }
    return false;
  }

  // Each in the order of the paths; stops when `visit` returns false. A checkpoint may claim any
  // size: whoever stops at the first path that is not there does work for what is there, and not
  // for what is claimed.
  void for_each(const Visit& visit) const {
    for (const std::string& path : single_) {
      if (path < "journal/" && !visit(path)) return;
    }
    for (const ExportLog log : {ExportLog::journal, ExportLog::received, ExportLog::sent}) {
      if (sizes_[log] != 0 && !for_each_in_log(log, visit)) return;
    }
  }

 private:
  // "x001/x234/067" or "x001/x234/067.p/43" as a number and a width; whether it is the canonical
  // spelling shows when the path is written again.
  static bool read_number(std::string_view text, uint64_t& number, unsigned& width) {
    width = kTileWidth;
    if (const size_t point = text.find(".p/"); point != std::string_view::npos) {
      const std::string_view digits = text.substr(point + 3);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), width);
      if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return false;
      text = text.substr(0, point);
    }
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c >= '0' && c <= '9'; });
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  }

  Found find_in_log(ExportLog log, const std::string& path, std::string_view rest) const {
    uint64_t number = 0;
    unsigned width = 0;
    const auto fits = [&](uint64_t count) {
      return number < bundle_count(count) && width == bundle_width(count, number);
    };
    if (rest.starts_with("parts/")) {
      const bool good = read_number(rest.substr(6), number, width) && fits(sizes_[log]) &&
                        parts_path(log, number, width) == path;
      return {good ? Kind::other : Kind::unexpected, 0};
    }
    if (rest.starts_with("tile/entries/")) {
      const bool good = read_number(rest.substr(13), number, width) && fits(sizes_[log]) &&
                        entries_path(log, number, width) == path;
      return {good ? Kind::other : Kind::unexpected, 0};
    }
    if (!rest.starts_with("tile/") || rest.size() < 7 || rest[6] != '/') return {};
    const unsigned level = static_cast<unsigned>(rest[5] - '0');
    if (level >= kTileLevelsMax) return {};
    const bool good = read_number(rest.substr(7), number, width) &&
                      fits(tile_hash_count(sizes_[log], level)) &&
                      tile_path(log, level, number, width) == path;
    return {good ? Kind::tile : Kind::unexpected, width * sizeof(Hash)};
  }

  bool is_folder_in_log(ExportLog log, std::string_view rest) const {
    if (rest == "parts" || rest == "tile" || rest == "tile/entries") return true;
    if (rest.starts_with("parts/")) return is_folder_of(sizes_[log], rest.substr(6));
    if (rest.starts_with("tile/entries/")) return is_folder_of(sizes_[log], rest.substr(13));
    if (!rest.starts_with("tile/") || rest.size() < 6) return false;
    const unsigned level = static_cast<unsigned>(rest[5] - '0');
    const uint64_t count = level < kTileLevelsMax ? tile_hash_count(sizes_[log], level) : 0;
    if (count == 0) return false;
    return rest.size() == 6 || (rest[6] == '/' && is_folder_of(count, rest.substr(7)));
  }

  // "x001/x234", where numbers below `count` lie under it, or "x001/x234/067.p", where that is the
  // bundle that is not full.
  static bool is_folder_of(uint64_t count, std::string_view text) {
    const uint64_t bundles = bundle_count(count);
    if (text.ends_with(".p")) {
      const uint64_t last = bundles - 1;
      const unsigned width = bundle_width(count, last);
      return width < kTileWidth && number_path(last) == text.substr(0, text.size() - 2);
    }
    uint64_t above = 0;
    while (text.size() >= 4 && text[0] == 'x') {
      const bool is_number = std::all_of(text.begin() + 1, text.begin() + 4,
                                         [](char c) { return c >= '0' && c <= '9'; });
      if (!is_number) return false;
      for (const char digit : text.substr(1, 3)) above = above * 10 + uint64_t(digit - '0');
      // No number begins with three zeros, and none that is there begins so.
      if (above == 0 || above > (bundles - 1) / kGroup) return false;
      text.remove_prefix(4);
      if (text.empty()) return true;
      if (text[0] != '/') return false;
      text.remove_prefix(1);
    }
    return false;
  }

  bool for_each_in_log(ExportLog log, const Visit& visit) const {
    const uint64_t size = sizes_[log];
    if (!visit(checkpoint_path(log))) return false;
    const bool parts = for_each_number(
        size, 0, [&](uint64_t n) { return visit(parts_path(log, n, bundle_width(size, n))); });
    if (!parts) return false;
    for (unsigned level = 0; tile_hash_count(size, level) != 0; ++level) {
      const uint64_t count = tile_hash_count(size, level);
      const bool tiles = for_each_number(count, 0, [&](uint64_t n) {
        return visit(tile_path(log, level, n, bundle_width(count, n)));
      });
      if (!tiles) return false;
    }
    return for_each_number(
        size, 0, [&](uint64_t n) { return visit(entries_path(log, n, bundle_width(size, n))); });
  }

  // The numbers of the bundles that begin with the digits of `above`, in the order of their paths:
  // a group that is the last stands before one with an x.
  static bool for_each_number(uint64_t count, uint64_t above,
                              const std::function<bool(uint64_t)>& visit) {
    const uint64_t last = bundle_count(count) - 1;
    for (uint64_t group = 0; group < kGroup && above * kGroup + group <= last; ++group) {
      if (!visit(above * kGroup + group)) return false;
    }
    for (uint64_t group = 0; group < kGroup && above * kGroup + group <= last / kGroup; ++group) {
      const uint64_t below = above * kGroup + group;
      if (below != 0 && !for_each_number(count, below, visit)) return false;
    }
    return true;
  }

  LogSizes sizes_;
  std::set<std::string> single_;
  std::set<std::string> optional_;
  uint64_t count_ = 0;
};

// Walks an export and keeps the first fault by path.
class FileWalk {
 public:
  FileWalk(int root, const Expectation& expected) : root_(root), expected_(expected) {}

  void run() { visit_directory(dup(root_), ""); }
  uint64_t found() const { return found_; }
  const std::optional<FileFault>& first() const { return first_; }

  void note(const std::string& path, const std::string& reason) {
    if (!first_ || path < first_->path) first_ = FileFault{path, reason};
  }

 private:
  // A directory that does not belong there is named, and its files are not looked at. So this goes
  // no deeper than the paths of an export.
  void visit_directory(int descriptor, const std::string& prefix) {
    if (descriptor < 0) return note(prefix, "cannot be read");
    lseek(descriptor, 0, SEEK_SET);
    Directory directory(descriptor);
    while (const dirent* entry = directory.next()) {
      const std::string path = prefix + entry->d_name;
      struct stat there {};
      unsigned char type = entry->d_type;
      if (type == DT_UNKNOWN && fstatat(root_, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
        type = S_ISDIR(there.st_mode) ? DT_DIR : S_ISREG(there.st_mode) ? DT_REG : DT_UNKNOWN;
      }
      if (type != DT_DIR) {
        visit_file(path, type == DT_REG);
      } else if (expected_.is_folder(path)) {
        visit_directory(open_directory(root_, path), path + "/");
      } else {
        note(path, "does not belong there");
      }
    }
  }

  void visit_file(const std::string& path, bool is_regular) {
    const Expectation::Found found = expected_.find(path);
    if (found.kind == Expectation::Kind::unexpected) return note(path, "does not belong there");
    if (!is_regular) return note(path, "is not a regular file");
    if (found.kind != Expectation::Kind::optional) ++found_;
    if (found.kind == Expectation::Kind::tile) {
      struct stat there {};
      if (fstatat(root_, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 ||
          static_cast<uint64_t>(there.st_size) != found.size) {
        note(path,
             "has " + std::to_string(there.st_size) + " bytes, not " + std::to_string(found.size));
      }
    }
  }

  int root_;
  const Expectation& expected_;
  uint64_t found_ = 0;
  std::optional<FileFault> first_;
};

void add_volume(int root, const std::string& prefix, ExportReader::Volume& volume) {
  Directory directory(open_directory(root, prefix.empty() ? "." : prefix));
  while (const dirent* entry = directory.next()) {
    const std::string path = prefix + entry->d_name;
    struct stat there {};
    if (fstatat(root, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(there.st_mode)) add_volume(root, path + "/", volume);
    if (!S_ISREG(there.st_mode)) continue;
    volume.files += 1;
    volume.bytes += static_cast<uint64_t>(there.st_size);
  }
}

}  // namespace

Error damaged(const std::string& what) {
  return make_error(ErrorCode::verification_failed, "the export is damaged: " + what,
                    "hotline audit verify says what else; have it exported again");
}

void FileBuffer::resize(size_t size) {
  if (size > capacity_) {
    // Some more, so that bundles of slowly growing size do not allocate each time.
    capacity_ = size + size / 4;
    bytes_ = std::make_unique_for_overwrite<uint8_t[]>(capacity_);
  }
  size_ = size;
}

Result<ExportReader> ExportReader::open(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return make_error(ErrorCode::not_found, directory + ": " + std::strerror(errno),
                      "name the directory that `hotline audit export` wrote");
  }
  return ExportReader(descriptor);
}

Result<ExportReader> ExportReader::open_export(const std::string& directory) {
  auto reader = open(directory);
  if (!reader) return reader;
  if (!reader->has(kVersionFile)) {
    return make_error(ErrorCode::not_found, directory + " is no export",
                      "name the directory that `hotline audit export` wrote");
  }
  const Status format = reader->check_format();
  if (!format && format.error().code == ErrorCode::configuration) {
    return make_error(ErrorCode::configuration, directory + ": " + format.error().reason,
                      format.error().hint);
  }
  return reader;
}

ExportReader::ExportReader(ExportReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ExportReader::~ExportReader() {
  if (descriptor_ >= 0) close(descriptor_);
}

int ExportReader::open_file(const std::string& path) const {
  // Not to wait for the other end of a pipe that somebody put there.
  return openat(descriptor_, path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

Status ExportReader::read(const std::string& path, size_t size_max, FileBuffer& buffer) const {
  const int descriptor = open_file(path);
  if (descriptor < 0) return errno_error();
  struct stat there {};
  Status status = ok();
  if (fstat(descriptor, &there) != 0 || !S_ISREG(there.st_mode)) {
    status = file_error("is not a regular file");
  } else if (static_cast<uint64_t>(there.st_size) > size_max) {
    status = file_error("has " + std::to_string(there.st_size) + " bytes, more than it can");
  } else {
    buffer.resize(static_cast<size_t>(there.st_size));
    size_t done = 0;
    while (done < buffer.size_) {
      const ssize_t got = ::read(descriptor, buffer.data() + done, buffer.size_ - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) status = errno_error();
      if (got == 0) status = file_error("became shorter while it was read");
      if (got <= 0) break;
      done += static_cast<size_t>(got);
    }
  }
  close(descriptor);
  return status;
}

Result<std::string> ExportReader::read_text(const std::string& path, size_t size_max) const {
  FileBuffer buffer;
  if (Status status = read(path, size_max, buffer); !status) return status.error();
  return std::string(as_text(buffer.bytes()));
}

Status ExportReader::check_format() const {
  const auto line = read_text(kVersionFile, kVersionLineSizeMax);
  return line ? check_format_line(*line, kVersionLine) : Status(line.error());
}

bool ExportReader::has(const std::string& path) const {
  struct stat there {};
  return fstatat(descriptor_, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
}

std::vector<std::string> ExportReader::parties() const {
  std::set<std::string> parties;
  Directory directory(open_directory(descriptor_, kCertificatesDirectory));
  while (const dirent* entry = directory.next()) {
    const std::string_view name = entry->d_name;
    for (const Purpose purpose : kSigningPurposes) {
      const std::string end = std::string("-") + purpose_name(purpose) + ".crt";
      if (!name.ends_with(end)) continue;
      const std::string party(name.substr(0, name.size() - end.size()));
      if (is_identity_name(party)) parties.insert(party);
    }
  }
  return {parties.begin(), parties.end()};
}

std::optional<FileFault> ExportReader::check_files(const LogSizes& sizes,
                                                   const std::vector<std::string>& parties) const {
  const Expectation expected(sizes, parties);
  FileWalk walk(descriptor_, expected);
  walk.run();
  if (walk.found() < expected.count()) {
    expected.for_each([&](const std::string& path) {
      if (has(path)) return true;
      walk.note(path, "is missing");
      return false;
    });
  }
  return walk.first();
}

std::optional<Hash> TileLevel::at(uint64_t index) {
  const uint64_t tile = index / kTileWidth;
  if (tile != tile_) {
    tile_ = UINT64_MAX;
    const std::string path = tile_path(log_, level_, tile, bundle_width(count_, tile));
    if (!reader_.read(path, kTileFileSizeMax, file_)) return std::nullopt;
    tile_ = tile;
  }
  const size_t place = index % kTileWidth * sizeof(Hash);
  if (place + sizeof(Hash) > file_.bytes().size()) return std::nullopt;
  Hash hash;
  std::memcpy(hash.data(), file_.bytes().data() + place, sizeof(Hash));
  return hash;
}

ExportReader::Volume ExportReader::volume() const {
  Volume volume;
  add_volume(descriptor_, "", volume);
  return volume;
}

Result<ExportReader::Stream> ExportReader::Stream::open(const ExportReader& reader,
                                                        const std::string& path) {
  const int descriptor = reader.open_file(path);
  if (descriptor < 0) return errno_error();
  return Stream(descriptor);
}

ExportReader::Stream::Stream(Stream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ExportReader::Stream::~Stream() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status ExportReader::Stream::read(size_t size, Bytes& bytes) {
  const size_t before = bytes.size();
  bytes.resize(before + size);
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(descriptor_, bytes.data() + before + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      bytes.resize(before);
      return errno_error();
    }
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(before + done);
  return ok();
}

}  // namespace hotline::audit
