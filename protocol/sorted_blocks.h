// An ordered map whose elements stand in blocks of neighbours, so that a million messages that wait
// cost little more than their own bytes; a node of std::map costs 48 more each. Made for keys that
// mostly rise: adding at the end and erasing from the beginning are cheap, anywhere else moves up
// to a block.
//
// Pointers to values live until the next insert() or erase(). Iterating is by visiting.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace hotline {

template <typename Key, typename Value>
class SortedBlocks {
 public:
  bool empty() const { return blocks_.empty(); }
  size_t size() const { return size_; }
  const Key& first_key() const { return blocks_.front().front().key; }

  const Value* find(const Key& key) const {
    const Place place = lower_bound(key);
    const Element* element = at(place);
    return element != nullptr && element->key == key ? &element->value : nullptr;
  }
  Value* find(const Key& key) { return const_cast<Value*>(std::as_const(*this).find(key)); }
  bool contains(const Key& key) const { return find(key) != nullptr; }

  // The value, and whether it is new; one that was there stays as it is.
  std::pair<Value*, bool> insert(const Key& key, Value value = {}) {
    Place place = lower_bound(key);
    if (const Element* element = at(place); element != nullptr && element->key == key) {
      return {&blocks_[place.block][place.index].value, false};
    }
    place = make_room(place);
    Block& block = blocks_[place.block];
    const auto added = block.insert(block.begin() + static_cast<std::ptrdiff_t>(place.index),
                                    Element{key, std::move(value)});
    ++size_;
    return {&added->value, true};
  }

  // False: it was not there.
  bool erase(const Key& key) {
    const Place place = lower_bound(key);
    const Element* element = at(place);
    if (element == nullptr || element->key != key) return false;
    Block& block = blocks_[place.block];
    block.erase(block.begin() + static_cast<std::ptrdiff_t>(place.index));
    --size_;
    shrink(place.block);
    return true;
  }

  // In ascending order, from the first key that is not less than `from`, until `visit` returns
  // false. It must not change the map.
  template <typename Visit>
  void visit_from(const Key& from, Visit visit) const {
    Place place = lower_bound(from);
    for (; place.block < blocks_.size(); ++place.block, place.index = 0) {
      const Block& block = blocks_[place.block];
      for (; place.index < block.size(); ++place.index) {
        if (!visit(block[place.index].key, block[place.index].value)) return;
      }
    }
  }

 private:
  static constexpr size_t kBlockMax = 64;

  struct Element {
    Key key;
    [[no_unique_address]] Value value;
  };
  using Block = std::vector<Element>;
  struct Place {
    size_t block = 0;
    size_t index = 0;
  };

  // Where `key` stands, or would: behind the last block, if after everything.
  Place lower_bound(const Key& key) const {
    const auto block =
        std::lower_bound(blocks_.begin(), blocks_.end(), key,
                         [](const Block& one, const Key& k) { return one.back().key < k; });
    Place place{static_cast<size_t>(block - blocks_.begin()), 0};
    if (block == blocks_.end()) return place;
    const auto element = std::lower_bound(block->begin(), block->end(), key,
                                          [](const Element& e, const Key& k) { return e.key < k; });
    place.index = static_cast<size_t>(element - block->begin());
    return place;
  }

  const Element* at(Place place) const {
    return place.block < blocks_.size() ? &blocks_[place.block][place.index] : nullptr;
  }

  // A place for a new element, where its block is not full.
  Place make_room(Place place) {
    if (place.block == blocks_.size()) {
      if (blocks_.empty() || blocks_.back().size() == kBlockMax) {
        blocks_.emplace_back().reserve(kBlockMax);
        return {blocks_.size() - 1, 0};
      }
      return {blocks_.size() - 1, blocks_.back().size()};
    }
    if (blocks_[place.block].size() < kBlockMax) return place;
    constexpr size_t half = kBlockMax / 2;
    const auto next =
        blocks_.emplace(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1);
    Block& full = blocks_[place.block];
    next->reserve(kBlockMax);
    next->assign(full.begin() + half, full.end());
    full.erase(full.begin() + half, full.end());
    return place.index <= half ? place : Place{place.block + 1, place.index - half};
  }

  // Blocks that few are left in join the next one, so that they do not cost more than their
  // elements.
  void shrink(size_t i) {
    if (blocks_[i].empty()) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
    if (i + 1 == blocks_.size() || blocks_[i].size() + blocks_[i + 1].size() > kBlockMax / 2)
      return;
    Block& block = blocks_[i];
    block.insert(block.end(), blocks_[i + 1].begin(), blocks_[i + 1].end());
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }

  std::deque<Block> blocks_;  // None is empty.
  size_t size_ = 0;
};

}  // namespace hotline
