#include "tests/bench/floors.h"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>

#include "tests/bench/bare_load.h"
#include "tests/bench/bare_store.h"

namespace hotline::bench {
namespace {

LoadResult repeat(uint64_t count, const std::function<void()>& once) {
  LoadResult result;
  const auto begin = Clock::now();
  for (uint64_t i = 0; i < count; ++i) {
    const auto start = Clock::now();
    once();
    result.latencies_ms.push_back(milliseconds_between(start, Clock::now()));
  }
  result.seconds = seconds_since(begin);
  return result;
}

}  // namespace

LoadResult fdatasync_appends(const std::string& directory, uint64_t count, size_t size) {
  const std::string path = directory + "/append";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const Bytes bytes(size, 0x5a);
  LoadResult result = repeat(count, [&] {
    if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        fdatasync(file) != 0) {
      throw std::runtime_error("cannot append to " + path);
    }
  });
  close(file);
  unlink(path.c_str());
  return result;
}

LoadResult sqlite_batches(const std::string& directory, uint64_t count, uint64_t rows) {
  BareStore store(directory);
  BareBatch batch;
  batch.records.assign(rows, Bytes(kRecordSize, 0x5a));
  return repeat(count, [&] { store.commit(batch); });
}

}  // namespace hotline::bench
