#include "client/audit/covering_note.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "client/audit/export_reader.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/log/origin.h"

namespace hotline::audit {
namespace {

constexpr size_t kRecordSizeMax = kNoteLengthSize + limits::kNoteSizeMax;
// The rest is read in order: a few dozen notes.
constexpr uint64_t kReadThrough = 8 * 1024;

class NoteFile {
 public:
  NoteFile(std::string path, const std::string& origin)
      : path_(std::move(path)),
        stem_(origin.substr(0, origin.rfind('/') + 1)),
        descriptor_(open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)),
        open_error_(descriptor_ < 0 ? errno : 0) {}
  NoteFile(const NoteFile&) = delete;
  NoteFile& operator=(const NoteFile&) = delete;
  ~NoteFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  // 0 where there is no such file.
  Result<uint64_t> size() const {
    if (open_error_ == ENOENT) return uint64_t{0};
    struct stat there {};
    if (descriptor_ < 0 || fstat(descriptor_, &there) != 0 || !S_ISREG(there.st_mode)) {
      return damaged(path_ + " cannot be read");
    }
    return static_cast<uint64_t>(there.st_size);
  }

  struct Record {
    uint64_t begin = 0;
    uint64_t end = 0;
    uint64_t tree_size = 0;
    std::string note;
  };

  // The record that begins at `offset`.
  Result<Record> at(uint64_t offset) const {
    auto record = parse(read(offset, kRecordSizeMax), offset);
    if (!record) return damaged(path_ + " has no checkpoint at byte " + std::to_string(offset));
    return *record;
  }

  // The first record that begins at `from` or later. It is known by the origin with which every
  // checkpoint begins, up to its epoch, and which stands nowhere else in a note.
  std::optional<Record> at_or_after(uint64_t from) const {
    const std::string bytes = read(from, 2 * kRecordSizeMax);
    for (size_t found = bytes.find(stem_); found != std::string::npos;
         found = bytes.find(stem_, found + 1)) {
      if (found < kNoteLengthSize) continue;
      const size_t begin = found - kNoteLengthSize;
      if (auto record = parse(std::string_view(bytes).substr(begin), from + begin)) return record;
    }
    return std::nullopt;
  }

 private:
  std::string read(uint64_t offset, size_t size) const {
    std::string bytes(size, '\0');
    size_t done = 0;
    while (done < size) {
      const ssize_t got =
          pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  std::optional<Record> parse(std::string_view bytes, uint64_t offset) const {
    if (bytes.size() < kNoteLengthSize) return std::nullopt;
    const size_t length =
        static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 | static_cast<uint8_t>(bytes[1]);
    bytes.remove_prefix(kNoteLengthSize);
    if (length > bytes.size()) return std::nullopt;
    const auto checkpoint = unverified_checkpoint(bytes.substr(0, length));
    if (!checkpoint || !epoch_in(checkpoint->origin, stem_ + "0")) return std::nullopt;
    return Record{offset, offset + kNoteLengthSize + length, checkpoint->size,
                  std::string(bytes.substr(0, length))};
  }

  std::string path_;
  std::string stem_;  // Origins of all epochs begin with it.
  int descriptor_;
  int open_error_;
};

}  // namespace

Result<std::string> find_covering_note(const std::string& directory, ExportLog log,
                                       const std::string& origin, uint64_t entry) {
  const NoteFile file(directory + "/" + cosigned_path(log), origin);
  const auto size = file.size();
  if (!size) return size.error();
  // Records that begin below `low` do not cover the entry; of those that begin at `high` or above,
  // `best` is the first, if there is any.
  uint64_t low = 0;
  uint64_t high = *size;
  std::optional<NoteFile::Record> best;
  while (high - low > kReadThrough) {
    const uint64_t middle = low + (high - low) / 2;
    auto record = file.at_or_after(middle);
    if (!record || record->begin >= high) {
      high = middle;
    } else if (record->tree_size > entry) {
      high = middle;
      best = std::move(record);
    } else {
      low = record->end;
    }
  }
  while (low < high) {
    auto record = file.at(low);
    if (!record) return record.error();
    if (record->tree_size > entry) return std::move(record->note);
    low = record->end;
  }
  if (best) return std::move(best->note);
  return make_error(ErrorCode::incomplete,
                    std::string("no receipt in this export covers ") + log_name(log) + " entry " +
                        std::to_string(entry),
                    "have it exported again once the message was delivered");
}

}  // namespace hotline::audit
