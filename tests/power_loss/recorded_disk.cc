#include "tests/power_loss/recorded_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hotline::power_loss {
namespace {

constexpr size_t kSectorSize = 512;

void write_at(Bytes& content, size_t offset, ByteView data) {
  if (content.size() < offset + data.size()) content.resize(offset + data.size());
  std::copy(data.begin(), data.end(), content.begin() + static_cast<ptrdiff_t>(offset));
}

// How many bytes of one sector's new content reached the disk.
size_t reached(size_t size, unsigned lost_of_8, std::mt19937_64& random) {
  if (random() % 16 == 0) return random() % (size + 1);  // Torn.
  return random() % 8 < lost_of_8 ? 0 : size;
}

}  // namespace

RecordedDisk::RecordedDisk(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    first_[entry.path().filename().string()] =
        Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
}

void RecordedDisk::done(Io io, const std::string& path, int64_t offset, ByteView data) {
  const std::lock_guard lock(mutex_);
  if (io == Io::flush) flushes_.push_back(events_.size());
  events_.push_back({io, std::filesystem::path(path).filename().string(),
                     static_cast<size_t>(offset), to_bytes(data)});
}

void RecordedDisk::promised(int batches) {
  const std::lock_guard lock(mutex_);
  promises_.emplace_back(events_.size(), batches);
}

int RecordedDisk::promised_at(size_t moment) const {
  int batches = 0;
  for (const auto& [at, promise] : promises_) {
    if (at <= moment) batches = promise;
  }
  return batches;
}

size_t RecordedDisk::choose_moment(std::mt19937_64& random) const {
  if (flushes_.empty() || random() % 2 == 0) return random() % (events_.size() + 1);
  return flushes_[random() % flushes_.size()] + random() % 2;
}

std::map<std::string, RecordedDisk::File> RecordedDisk::files_at(size_t moment) const {
  std::map<std::string, File> files;
  for (const auto& [name, content] : first_) files[name] = {content, true, {}};
  for (size_t i = 0; i < moment; ++i) {
    const Event& event = events_[i];
    File& file = files[event.file];
    if (event.io != Io::flush) {
      file.unflushed.push_back(&event);
      continue;
    }
    for (const Event* change : file.unflushed) {
      if (change->io == Io::truncate) file.flushed.resize(change->offset);
      if (change->io == Io::write) write_at(file.flushed, change->offset, change->data);
    }
    file.unflushed.clear();
    file.exists = true;
  }
  return files;
}

void RecordedDisk::write_image(size_t moment, std::mt19937_64& random,
                               const std::string& directory) const {
  // From nothing of what was not flushed to all of it.
  const unsigned lost_of_8 = static_cast<unsigned>(random() % 9);
  for (auto& [name, file] : files_at(moment)) {
    if (!file.exists && random() % 2 == 0) continue;
    Bytes content = std::move(file.flushed);
    for (const Event* change : file.unflushed) {
      if (change->io == Io::truncate) {
        if (random() % 2 == 0) content.resize(change->offset);
        continue;
      }
      for (size_t at = 0; at < change->data.size();) {
        const size_t offset = change->offset + at;
        const size_t size = std::min(kSectorSize - offset % kSectorSize, change->data.size() - at);
        const ByteView sector = ByteView(change->data).subspan(at, size);
        write_at(content, offset, sector.first(reached(size, lost_of_8, random)));
        at += size;
      }
    }
    std::ofstream out(directory + "/" + name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
  }
}

}  // namespace hotline::power_loss
