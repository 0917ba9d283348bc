// An interrupt that does not end the program at once, because daemons must be stopped first.
#pragma once

#include <csignal>

namespace hotline::client {

// For as long as one lives, SIGINT and SIGTERM are only noted. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool is_interrupted();

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace hotline::client
