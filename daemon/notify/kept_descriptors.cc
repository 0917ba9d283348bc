#include "daemon/notify/kept_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

namespace hotline {

void KeptDescriptors::keep() {
  while (kept_.size() < kMax) {
    const int one = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (one < 0) return;
    kept_.push_back(one);
  }
}

void KeptDescriptors::give_up(size_t count) {
  for (; count > 0 && !kept_.empty(); --count) {
    close(kept_.back());
    kept_.pop_back();
  }
}

}  // namespace hotline
