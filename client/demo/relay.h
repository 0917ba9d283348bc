// The cable between two daemons on this machine: carries bytes both ways, and can be cut, be slow,
// or lead one way only.
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

  // From now on: what whoever dials sends is lost, likewise what the other end sends, and the rest
  // takes so much longer. Connections whose bytes were lost end when nothing is lost any more, for
  // they could not go on.
  struct Impairment {
    bool loses_dialled = false;
    bool loses_answered = false;
    int64_t delay_ms = 0;
    bool operator==(const Impairment&) const = default;
  };
  void impair(const Impairment& impairment);

 private:
  struct State;
  explicit Relay(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hotline::client
