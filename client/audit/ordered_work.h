// Work on numbered pieces by several threads, whose results are taken in order.
#pragma once

#include <cstdint>
#include <functional>

namespace hotline::audit {

// Calls work(thread, n, slot) for every n below `count`, on up to `threads` threads (numbered from
// 0; with one, on the caller's), then take(n, slot) for each n in rising order, on whichever thread
// is free, one at a time. `slot` is below slot_count(threads); what work() leaves there take()
// finds there. When take() returns false nothing more is begun, and nothing more is taken.
struct OrderedWork {
  std::function<void(unsigned thread, uint64_t n, unsigned slot)> work;
  std::function<bool(uint64_t n, unsigned slot)> take;
};
unsigned slot_count(unsigned threads);
void run_in_order(uint64_t count, unsigned threads, const OrderedWork& pieces);

}  // namespace hotline::audit
