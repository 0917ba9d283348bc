// All that was written, truncated and flushed while a store worked, and the images that a loss of
// power at any moment of it could have left.
//
// A sector that was written and not flushed may hold what it held before, the new bytes, or the
// beginning of them; sectors reach the disk in any order. A size that was changed and not flushed
// may be either. A file that was never flushed may be missing. Flushed bytes stay.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/bytes.h"
#include "tests/unit/daemon/store/sqlite/faulty_vfs.h"

namespace hotline::power_loss {

class RecordedDisk {
 public:
  // The files of `directory` are on the disk as they are now.
  explicit RecordedDisk(const std::string& directory);

  // In the order of the disk; from any thread.
  void done(Io io, const std::string& path, int64_t offset, ByteView data);
  // From now on the store has promised that so many batches are durable.
  void promised(int batches);

  // Moments go from 0, before anything was done, to the end.
  size_t end() const { return events_.size(); }
  int promised_at(size_t moment) const;
  // One of all moments, and as often one right before or after a flush.
  size_t choose_moment(std::mt19937_64& random) const;
  // Writes the files of one image into an empty directory.
  void write_image(size_t moment, std::mt19937_64& random, const std::string& directory) const;

 private:
  struct Event {
    Io io;
    std::string file;
    size_t offset;
    Bytes data;
  };
  struct File {
    Bytes flushed;
    bool exists = false;  // For certain.
    std::vector<const Event*> unflushed;
  };
  std::map<std::string, File> files_at(size_t moment) const;

  std::map<std::string, Bytes> first_;
  std::mutex mutex_;
  std::vector<Event> events_;
  std::vector<size_t> flushes_;                   // Places in events_.
  std::vector<std::pair<size_t, int>> promises_;  // (moment, batches)
};

}  // namespace hotline::power_loss
