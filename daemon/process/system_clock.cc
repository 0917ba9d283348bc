#include "daemon/process/system_clock.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <time.h>

#include <algorithm>
#include <stdexcept>

namespace hotline {
namespace {

constexpr int64_t kMillisecond_ns = 1'000'000;
constexpr int64_t kReadAtOnce_ns = 50'000;
constexpr int kTriesMax = 4;

int64_t read_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1000 * kMillisecond_ns + time.tv_nsec;
}

}  // namespace

// Both go at one rate, and are set apart only by a step of the wall clock: that much alone is read
// of it, so that no millisecond comes and goes between them, which would show where the clock of an
// exercise stands still.
Now read_clocks() {
  int64_t boot_ns = 0, apart_ns = 0, lasted_ns = INT64_MAX;
  for (int i = 0; i < kTriesMax && lasted_ns > kReadAtOnce_ns; ++i) {
    boot_ns = read_ns(CLOCK_BOOTTIME);
    apart_ns = read_ns(CLOCK_REALTIME) - boot_ns;
    lasted_ns = read_ns(CLOCK_BOOTTIME) - boot_ns;
  }
  const BootMs boot = boot_ns / kMillisecond_ns;
  return {boot, boot + (apart_ns + kMillisecond_ns / 2) / kMillisecond_ns};
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
