// When a message stood in a watch's inbox, seen as a person's program sees it: by asking for the
// list, again and again.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "client/connect/context.h"
#include "tests/bench/measures.h"

namespace hotline::bench {

class InboxWatch {
 public:
  explicit InboxWatch(const client::Context& context);
  ~InboxWatch();
  InboxWatch(const InboxWatch&) = delete;
  InboxWatch& operator=(const InboxWatch&) = delete;

  // FLASH by serial, when they were first seen with nothing of less precedence before them.
  std::map<std::string, Clock::time_point> seen() const;

 private:
  void run(const client::Context& context);

  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Clock::time_point> seen_;
  std::thread thread_;
};

}  // namespace hotline::bench
