// Preloaded into a daemon: its flushes hang while the file named by HOTLINE_DISK_HANGS is there.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

using Sync = int (*)(int);
constexpr useconds_t kLook_us = 10'000;

int hang_and_sync(const char* name, int file) {
  const char* path = std::getenv("HOTLINE_DISK_HANGS");
  while (path != nullptr && access(path, F_OK) == 0) usleep(kLook_us);
  return reinterpret_cast<Sync>(dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fsync(int file) {
  return hang_and_sync("fsync", file);
}

extern "C" int fdatasync(int file) {
  return hang_and_sync("fdatasync", file);
}
