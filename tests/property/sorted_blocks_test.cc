// A map in blocks is a map: any sequence of operations gives what std::map gives.
#include "protocol/base/sorted_blocks.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace hotline {
namespace {

void expect_equal(const SortedBlocks<int, int>& blocks, const std::map<int, int>& map) {
  RC_ASSERT(blocks.size() == map.size());
  RC_ASSERT(blocks.empty() == map.empty());
  if (!map.empty()) RC_ASSERT(blocks.first_key() == map.begin()->first);
  auto expected = map.begin();
  blocks.visit_from(-1, [&](int key, int value) {
    RC_ASSERT(expected != map.end() && expected->first == key && expected->second == value);
    ++expected;
    return true;
  });
  RC_ASSERT(expected == map.end());
}

RC_GTEST_PROP(SortedBlocks, is_a_map, ()) {
  SortedBlocks<int, int> blocks;
  std::map<int, int> map;
  const int range = *rc::gen::element(8, 300, 5000);
  const int rounds = *rc::gen::inRange(1, 12);
  for (int round = 0; round < rounds; ++round) {
    const bool adds = *rc::gen::weightedElement<bool>({{3, true}, {2, false}});
    const bool in_order = *rc::gen::arbitrary<bool>();
    const int count = *rc::gen::inRange(0, 400);
    const int seed = *rc::gen::inRange(0, 10'000);
    for (int i = 0; i < count; ++i) {
      const int key = (in_order ? seed + i : (seed + i) * 7919) % range;
      if (adds) {
        const auto [value, is_new] = blocks.insert(key, i);
        RC_ASSERT(is_new == map.emplace(key, i).second);
        RC_ASSERT(*value == map.at(key));
      } else {
        RC_ASSERT(blocks.erase(key) == (map.erase(key) == 1));
      }
      RC_ASSERT(blocks.contains(key) == map.contains(key));
    }
    expect_equal(blocks, map);
  }
}

RC_GTEST_PROP(SortedBlocks, visits_from_any_key, ()) {
  SortedBlocks<int, int> blocks;
  std::map<int, int> map;
  const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000));
  for (int key : keys) {
    blocks.insert(key, key);
    map.emplace(key, key);
  }
  const int from = *rc::gen::inRange(0, 1000);
  auto expected = map.lower_bound(from);
  blocks.visit_from(from, [&](int key, int) {
    RC_ASSERT(expected != map.end() && expected->first == key);
    ++expected;
    return true;
  });
  RC_ASSERT(expected == map.end());
}

}  // namespace
}  // namespace hotline
