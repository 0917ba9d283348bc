#include "tests/bench/inbox_watch.h"

#include <exception>

#include "tests/bench/hotline_load.h"

namespace hotline::bench {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(20);

}  // namespace

InboxWatch::InboxWatch(const client::Context& context)
    : thread_([this, context] { run(context); }) {}

InboxWatch::~InboxWatch() {
  stopping_ = true;
  thread_.join();
}

std::map<std::string, Clock::time_point> InboxWatch::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

// A connection that is lost is made again: a watch floor would do no other.
void InboxWatch::run(const client::Context& context) {
  while (!stopping_) {
    try {
      HotlineLoad reader(context);
      while (!stopping_) {
        const std::vector<std::string> flash = reader.waiting_flash();
        const auto now = Clock::now();
        {
          const std::lock_guard lock(mutex_);
          for (const std::string& id : flash) seen_.emplace(id, now);
        }
        std::this_thread::sleep_for(kBetweenLooks);
      }
    } catch (const std::exception&) {
      std::this_thread::sleep_for(kBetweenLooks);
    }
  }
}

}  // namespace hotline::bench
