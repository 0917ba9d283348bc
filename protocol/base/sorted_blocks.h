// An ordered map whose elements stand in blocks of neighbours, so that a million messages that wait
// cost little more than their own bytes; a node of std::map costs 48 more each. Made for keys that
// mostly rise: adding at the end, erasing from the beginning and going on near the last place are
// cheap; anywhere else is searched for, and moves up to a block.
//
// Pointers to values live until the next insert() or erase(). Iterating is by visiting. For one
// thread at a time, which includes find(): it remembers its place.
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
  const Key& first_key() const { return blocks_.front()[0].key; }

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
    ++size_;
    Element& added = blocks_[place.block].insert(place.index, {key, std::move(value)});
    return {&added.value, true};
  }

  // False: it was not there.
  bool erase(const Key& key) {
    const Place place = lower_bound(key);
    const Element* element = at(place);
    if (element == nullptr || element->key != key) return false;
    blocks_[place.block].erase(place.index);
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

  // Erasing its first element moves no other: the room before `first_` is used again when the block
  // needs it.
  class Block {
   public:
    Block() { elements_.reserve(kBlockMax); }

    size_t size() const { return elements_.size() - first_; }
    bool is_full() const { return size() == kBlockMax; }
    bool has_room_at_end() const { return elements_.size() < kBlockMax; }
    const Element& operator[](size_t i) const { return elements_[first_ + i]; }
    Element& operator[](size_t i) { return elements_[first_ + i]; }
    const Key& last_key() const { return elements_.back().key; }

    size_t lower_bound(const Key& key) const {
      const auto first = elements_.begin() + static_cast<std::ptrdiff_t>(first_);
      const auto found =
          std::lower_bound(first, elements_.end(), key,
                           [](const Element& one, const Key& k) { return one.key < k; });
      return static_cast<size_t>(found - first);
    }
    Element& insert(size_t i, Element element) {
      if (!has_room_at_end()) drop_erased();
      return *elements_.insert(place(i), std::move(element));
    }
    void erase(size_t i) {
      if (i != 0) {
        elements_.erase(place(i));
      } else {
        elements_[first_++] = {};
      }
    }
    // Takes what stands in `other` from its element `from` on.
    void take(Block& other, size_t from) {
      drop_erased();
      elements_.insert(elements_.end(), other.place(from), other.elements_.end());
      other.elements_.erase(other.place(from), other.elements_.end());
    }

   private:
    auto place(size_t i) { return elements_.begin() + static_cast<std::ptrdiff_t>(first_ + i); }
    void drop_erased() {
      elements_.erase(elements_.begin(), place(0));
      first_ = 0;
    }

    std::vector<Element> elements_;
    size_t first_ = 0;
  };

  struct Place {
    size_t block = 0;
    size_t index = 0;
  };

  // Where `key` stands, or would: behind the last block, if after everything.
  Place lower_bound(const Key& key) const {
    if (blocks_.empty() || blocks_.back().last_key() < key) return {blocks_.size(), 0};
    if (!is_block_of(last_, key) && !is_block_of(++last_, key)) {
      const auto block =
          std::lower_bound(blocks_.begin(), blocks_.end(), key,
                           [](const Block& one, const Key& k) { return one.last_key() < k; });
      last_ = static_cast<size_t>(block - blocks_.begin());
    }
    return {last_, blocks_[last_].lower_bound(key)};
  }

  // True: the first element that is not less than `key` stands in this block.
  bool is_block_of(size_t i, const Key& key) const {
    return i < blocks_.size() && !(blocks_[i].last_key() < key) &&
           (i == 0 || blocks_[i - 1].last_key() < key);
  }

  const Element* at(Place place) const {
    return place.block < blocks_.size() ? &blocks_[place.block][place.index] : nullptr;
  }

  // A place for a new element, where its block is not full.
  Place make_room(Place place) {
    if (place.block == blocks_.size()) {
      if (blocks_.empty() || !blocks_.back().has_room_at_end()) blocks_.emplace_back();
      return {blocks_.size() - 1, blocks_.back().size()};
    }
    if (!blocks_[place.block].is_full()) return place;
    constexpr size_t half = kBlockMax / 2;
    const auto next =
        blocks_.emplace(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1);
    next->take(blocks_[place.block], half);
    return place.index <= half ? place : Place{place.block + 1, place.index - half};
  }

  // Blocks that few are left in join the next one, so that they do not cost more than their
  // elements.
  void shrink(size_t i) {
    const auto block = blocks_.begin() + static_cast<std::ptrdiff_t>(i);
    if (block->size() == 0) {
      blocks_.erase(block);
    } else if (i + 1 < blocks_.size() && block->size() + block[1].size() <= kBlockMax / 2) {
      block->take(block[1], 0);
      blocks_.erase(block + 1);
    }
  }

  std::deque<Block> blocks_;  // None is empty.
  size_t size_ = 0;
  mutable size_t last_ = 0;  // The block where a key was looked for last; it may be gone.
};

}  // namespace hotline
