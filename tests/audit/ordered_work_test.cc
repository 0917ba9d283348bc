#include "client/audit/ordered_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace hotline::audit {
namespace {

TEST(OrderedWork, is_done_once_each_and_taken_in_order) {
  for (unsigned threads : {1u, 2u, 5u}) {
    for (uint64_t count : {0, 1, 7, 1000}) {
      std::vector<uint64_t> slots(slot_count(threads));
      std::vector<uint64_t> taken;
      std::atomic<uint64_t> worked = 0;
      OrderedWork pieces;
      pieces.work = [&](unsigned thread, uint64_t n, unsigned slot) {
        EXPECT_LT(thread, threads);
        ++worked;
        slots[slot] = n * n;
      };
      pieces.take = [&](uint64_t n, unsigned slot) {
        EXPECT_EQ(slots[slot], n * n);
        taken.push_back(n);
        return true;
      };
      run_in_order(count, threads, pieces);
      EXPECT_EQ(worked, count);
      ASSERT_EQ(taken.size(), count);
      for (uint64_t n = 0; n < count; ++n) EXPECT_EQ(taken[n], n);
    }
  }
}

TEST(OrderedWork, ends_where_it_is_told_to) {
  for (unsigned threads : {1u, 4u}) {
    std::vector<uint64_t> taken;
    OrderedWork pieces;
    pieces.work = [](unsigned, uint64_t, unsigned) {};
    pieces.take = [&](uint64_t n, unsigned) {
      taken.push_back(n);
      return n < 10;
    };
    run_in_order(1000, threads, pieces);
    EXPECT_EQ(taken.size(), 11u);
    EXPECT_EQ(taken.back(), 10u);
  }
}

}  // namespace
}  // namespace hotline::audit
