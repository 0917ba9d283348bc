#include "daemon/system_clock.h"

#include <openssl/rand.h>
#include <time.h>

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
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system gives no random numbers");
  }
}

}  // namespace hotline
