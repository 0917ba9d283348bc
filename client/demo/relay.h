// The cable between the two daemons of the demo: carries bytes both ways, and can be cut.
#pragma once

#include <cstdint>
#include <memory>

#include "protocol/base/result.h"

namespace hotline::client {

// Listens on a port of its own on 127.0.0.1 and carries what comes to another port there. Runs on a
// thread of its own; every function may be called from any one other thread.
class Relay {
 public:
  // Error: failed.
  static Result<std::unique_ptr<Relay>> start();
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  uint16_t port() const;

  // Where connections are carried to from now on. 0 is nowhere: they are closed.
  void lead_to(uint16_t port);

  // Ends every connection, and closes each new one at once, until mended.
  void cut();
  void mend();

 private:
  struct State;
  explicit Relay(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hotline::client
