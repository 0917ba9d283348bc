#include "daemon/process/system_clock.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <time.h>

#include <algorithm>
#include <stdexcept>

namespace hotline {
namespace {

int64_t read_ms(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

Now read_clocks() {
  return {read_ms(CLOCK_BOOTTIME), read_ms(CLOCK_REALTIME)};
}

void SystemRandom::fill(std::span<uint8_t> bytes) {
  for (size_t filled = 0; filled < bytes.size();) {
    if (left_ == 0) {
      if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1) {
        throw std::runtime_error("the system gives no random numbers");
      }
      left_ = pool_.size();
    }
    const size_t taken = std::min(left_, bytes.size() - filled);
    uint8_t* const from = pool_.data() + pool_.size() - left_;
    std::copy_n(from, taken, bytes.data() + filled);
    OPENSSL_cleanse(from, taken);
    left_ -= taken;
    filled += taken;
  }
}

}  // namespace hotline
