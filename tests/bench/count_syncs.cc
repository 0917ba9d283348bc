// Preloaded into a process under measurement: counts its fsync and fdatasync calls in a file that
// the bench maps too. Each is one flush that the process asked the disk for.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Sync = int (*)(int);
using Counter = std::atomic<uint64_t>;
static_assert(Counter::is_always_lock_free);

Counter* map_counter() {
  const char* path = std::getenv("HOTLINE_COUNT_SYNCS");
  const int file = path != nullptr ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return nullptr;
  void* mapped = mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return mapped == MAP_FAILED ? nullptr : static_cast<Counter*>(mapped);
}

int counted(const char* name, int file) {
  static Counter* const counter = map_counter();
  if (counter != nullptr) counter->fetch_add(1, std::memory_order_relaxed);
  return reinterpret_cast<Sync>(dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fsync(int file) {
  return counted("fsync", file);
}

extern "C" int fdatasync(int file) {
  return counted("fdatasync", file);
}
