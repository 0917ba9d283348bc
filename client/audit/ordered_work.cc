#include "client/audit/ordered_work.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace hotline::audit {
namespace {

// How far a thread may be ahead of the slowest: enough that a piece that takes longer holds up
// nobody, few enough that what waits to be taken stays small.
constexpr unsigned kSlotsPerThread = 32;

class Crew {
 public:
  Crew(uint64_t count, unsigned threads, const OrderedWork& pieces)
      : count_(count), slots_(slot_count(threads)), pieces_(pieces), ready_(slots_, false) {}

  void work(unsigned thread) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stopped_ || next_ >= count_ || next_ - taken_ < slots_; });
      if (stopped_ || next_ >= count_) return;
      const uint64_t n = next_++;
      const unsigned slot = static_cast<unsigned>(n % slots_);
      lock.unlock();
      pieces_.work(thread, n, slot);
      lock.lock();
      ready_[slot] = true;
      take_what_is_ready(lock);
    }
  }

 private:
  // One thread takes at a time; the others leave what they finish to it.
  void take_what_is_ready(std::unique_lock<std::mutex>& lock) {
    if (taking_) return;
    taking_ = true;
    while (!stopped_ && taken_ < count_ && ready_[taken_ % slots_]) {
      const unsigned slot = static_cast<unsigned>(taken_ % slots_);
      lock.unlock();
      const bool go_on = pieces_.take(taken_, slot);
      lock.lock();
      ready_[slot] = false;
      ++taken_;
      if (!go_on) stopped_ = true;
      changed_.notify_all();
    }
    taking_ = false;
  }

  const uint64_t count_;
  const unsigned slots_;
  const OrderedWork& pieces_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> ready_;
  uint64_t next_ = 0;
  uint64_t taken_ = 0;  // Written under the mutex by the thread that takes, and read by it alone
                        // without.
  bool taking_ = false;
  bool stopped_ = false;
};

}  // namespace

unsigned slot_count(unsigned threads) {
  return threads <= 1 ? 1 : threads * kSlotsPerThread;
}

void run_in_order(uint64_t count, unsigned threads, const OrderedWork& pieces) {
  if (threads <= 1) {
    for (uint64_t n = 0; n < count; ++n) {
      pieces.work(0, n, 0);
      if (!pieces.take(n, 0)) return;
    }
    return;
  }
  Crew crew(count, threads, pieces);
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&crew, i] { crew.work(i); });
  crew.work(0);
  for (std::thread& other : others) other.join();
}

}  // namespace hotline::audit
