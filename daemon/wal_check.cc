#include "daemon/wal_check.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "daemon/store_failure.h"

namespace hotline {
namespace {

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

// A log that was not read to its end says nothing of what is in it.
Status unreadable(const std::string& path) {
  return describe_refusal("cannot read the write-ahead log " + path, errno,
                          "examine the disk (dmesg), then start hotlined again");
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Status check_write_ahead_log(const std::string& wal_path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(wal_path.c_str(), "rb"));
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
    return damaged(wal_path, 0);
  }

  std::vector<uint8_t> frame(kFrameHeaderSize + page_size);
  uint64_t number = 0;
  uint64_t bad_frame = 0;
  int commits_behind_it = 0;
  while (std::fread(frame.data(), frame.size(), 1, file.get()) == 1) {
    ++number;
    // Frames with other salts are left from before the log started again from its beginning.
    const bool current = std::memcmp(frame.data() + 8, header.data() + 16, 8) == 0;
    if (bad_frame == 0) {
      checksum.add(frame.data(), 8);
      checksum.add(frame.data() + kFrameHeaderSize, page_size);
      if (!current || !checksum.stands_at(frame.data() + 16)) bad_frame = number;
    }
    const bool commit = big_endian(frame.data() + 4) != 0;
    if (bad_frame != 0 && current && commit) ++commits_behind_it;
  }
  if (std::ferror(file.get()) != 0) return unreadable(wal_path);
  if (commits_behind_it > 1) return damaged(wal_path, bad_frame);
  return ok();
}

}  // namespace hotline
