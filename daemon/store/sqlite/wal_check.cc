#include "daemon/store/sqlite/wal_check.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/store/failure.h"

namespace hotline {
namespace {

constexpr std::string_view kSuffix = "-wal";
constexpr size_t kHeaderSize = 32;
constexpr size_t kFrameHeaderSize = 24;
constexpr uint32_t kMagic =
    0x377f0682;  // With the lowest bit set, checksums read big-endian words.

uint32_t big_endian(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

uint32_t little_endian(const uint8_t* at) {
  return uint32_t{at[3]} << 24 | uint32_t{at[2]} << 16 | uint32_t{at[1]} << 8 | at[0];
}

class Checksum {
 public:
  explicit Checksum(bool big) : big_(big) {}
  // Goes on from where one stands.
  Checksum(bool big, const uint8_t* at)
      : big_(big), first_(big_endian(at)), second_(big_endian(at + 4)) {}

  void add(const uint8_t* at, size_t size) {
    for (size_t i = 0; i < size; i += 8) {
      first_ += word(at + i) + second_;
      second_ += word(at + i + 4) + first_;
    }
  }
  bool stands_at(const uint8_t* at) const {
    return big_endian(at) == first_ && big_endian(at + 4) == second_;
  }

 private:
  uint32_t word(const uint8_t* at) const { return big_ ? big_endian(at) : little_endian(at); }

  bool big_;
  uint32_t first_ = 0;
  uint32_t second_ = 0;
};

Error damaged(const std::string& path, uint64_t frame) {
  return make_error(ErrorCode::store_failed,
                    "the write-ahead log " + path + " is damaged at frame " +
                        std::to_string(frame) + ", before commits that were on disk",
                    kKeepAsEvidence);
}

// Where a frame's mark of a commit and its salts lie in two sectors, a torn write can leave the
// mark of an old frame beside the salts of the new one.
bool is_one_sector(uint64_t number, size_t frame_size) {
  constexpr uint64_t kSector = 512;
  const uint64_t at = kHeaderSize + (number - 1) * frame_size;
  return (at + 4) / kSector == (at + 15) / kSector;
}

// A log that was not read to its end says nothing of what is in it.
Status unreadable(const std::string& path) {
  return describe_refusal("cannot read the write-ahead log " + path, errno,
                          "examine the disk (dmesg), then start hotlined again");
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

bool read_at(std::FILE* file, uint64_t offset, uint8_t* at, size_t size) {
  return std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0 &&
         std::fread(at, size, 1, file) == 1;
}

// The page size of a database as its own header has it (SQLite's file format, section 1.3.2).
size_t page_size_of(std::FILE* database) {
  std::array<uint8_t, 2> bytes{};
  if (!read_at(database, 16, bytes.data(), bytes.size())) return 0;
  const size_t size = size_t{bytes[0]} << 8 | bytes[1];
  return size == 1 ? 65536 : size;
}

// A log starts again from its beginning once all of it was copied into the database and flushed
// there; whoever loses power then may leave a header that is half the old one. So it is no loss
// where the database holds every page of the last commits, as they stand behind the bad header.
bool is_all_copied(std::FILE* log, const std::string& database_path) {
  const OpenFile database(std::fopen(database_path.c_str(), "rb"));
  const size_t page_size = database ? page_size_of(database.get()) : 0;
  if (page_size < 512) return false;
  std::vector<uint8_t> frame(kFrameHeaderSize + page_size);
  std::vector<uint8_t> page(page_size);
  std::array<uint8_t, 8> salts{};
  std::map<uint32_t, uint64_t> committed, pending;  // Where the newest frame of each page stands.
  bool ended = false;
  uint64_t at = kHeaderSize;
  for (; read_at(log, at, frame.data(), frame.size()); at += frame.size()) {
    if (at == kHeaderSize) std::memcpy(salts.data(), frame.data() + 8, salts.size());
    const bool current = std::memcmp(frame.data() + 8, salts.data(), salts.size()) == 0;
    if (current && ended) return false;  // The end was none.
    ended = !current;
    if (ended) continue;
    pending[big_endian(frame.data())] = at;
    if (big_endian(frame.data() + 4) == 0) continue;
    for (const auto& [number, place] : pending) committed[number] = place;
    pending.clear();
  }
  if (std::ferror(log) != 0) return false;
  for (const auto& [number, place] : committed) {
    if (number == 0 || !read_at(log, place, frame.data(), frame.size()) ||
        !read_at(database.get(), uint64_t{number - 1} * page_size, page.data(), page_size) ||
        std::memcmp(frame.data() + kFrameHeaderSize, page.data(), page_size) != 0) {
      return false;
    }
  }
  return !committed.empty() || at == kHeaderSize;
}

}  // namespace

Status check_write_ahead_log(const std::string& wal_path) {
  const OpenFile file(std::fopen(wal_path.c_str(), "rb"));
  if (!file) return errno == ENOENT ? ok() : unreadable(wal_path);
  std::array<uint8_t, kHeaderSize> header{};
  if (std::fread(header.data(), header.size(), 1, file.get()) != 1) {
    return std::ferror(file.get()) == 0 ? ok() : unreadable(wal_path);
  }

  const uint32_t magic = big_endian(header.data());
  const uint32_t page_size = big_endian(header.data() + 8);
  Checksum checksum((magic & 1) != 0);
  checksum.add(header.data(), 24);
  const bool page_size_fits =
      page_size >= 512 && page_size <= 65536 && (page_size & (page_size - 1)) == 0;
  // The header is flushed before the first commit is, so that a bad one is not a torn end.
  if ((magic & ~1U) != kMagic || !page_size_fits || !checksum.stands_at(header.data() + 24)) {
    const std::string database_path = wal_path.substr(0, wal_path.size() - kSuffix.size());
    return is_all_copied(file.get(), database_path) ? ok() : damaged(wal_path, 0);
  }

  std::vector<uint8_t> frame(kFrameHeaderSize + page_size);
  Checksum before = checksum;  // As the frame before has it, right or wrong.
  uint64_t number = 0;
  uint64_t bad_frame = 0;
  int commits_behind_it = 0;
  while (std::fread(frame.data(), frame.size(), 1, file.get()) == 1) {
    ++number;
    // Frames with other salts are left from before the log started again from its beginning.
    const bool current = std::memcmp(frame.data() + 8, header.data() + 16, 8) == 0;
    before.add(frame.data(), 8);
    before.add(frame.data() + kFrameHeaderSize, page_size);
    const bool follows = before.stands_at(frame.data() + 16);
    before = Checksum((magic & 1) != 0, frame.data() + 16);
    if (bad_frame == 0) {
      checksum.add(frame.data(), 8);
      checksum.add(frame.data() + kFrameHeaderSize, page_size);
      if (!current || !checksum.stands_at(frame.data() + 16)) bad_frame = number;
    }
    const bool commit = big_endian(frame.data() + 4) != 0;
    if (bad_frame != 0 && current && commit && (is_one_sector(number, frame.size()) || follows)) {
      ++commits_behind_it;
    }
  }
  if (std::ferror(file.get()) != 0) return unreadable(wal_path);
  if (commits_behind_it > 1) return damaged(wal_path, bad_frame);
  return ok();
}

}  // namespace hotline
