#include "protocol/channel/own_transcript.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/policy.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

size_t precedence_slot(uint8_t precedence) {
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  return static_cast<size_t>(precedence - kPrecedenceFirst);
}

}  // namespace

void OwnTranscript::released(const wire::Released& fact) {
  Waiting waiting{to_hash(*fact.leaf_hash()), goes_after(fact), fact.size(), fact.precedence()};
  if (!waiting_.insert(fact.serial(), waiting).second) return;
  ++waiting_counts_[precedence_slot(fact.precedence())];
  by_precedence_[precedence_slot(fact.precedence())].push_back(fact.serial());
  last_serial_ = std::max(last_serial_, fact.serial());
}

// The own message that must have its place first. Changes of one message, and answers to one, go in
// the order in which they were made: the last one counts, at both ends.
uint64_t OwnTranscript::goes_after(const wire::Released& fact) {
  const wire::MessageKey* refers = fact.refers_to();
  if (refers == nullptr) return 0;
  const uint64_t target = refers->incoming() ? 0 : refers->number();
  const Kind& kind = kind_of(fact.type());
  if (!kind.changes_another() && kind.effect != TargetEffect::answers) return target;
  const uint64_t before = std::exchange(last_said_of_[from_wire(refers)], fact.serial());
  return waiting_.contains(before) ? before : target;
}

void OwnTranscript::numbered(const wire::Numbered& fact) {
  HOTLINE_CHECK(fact.first() == frontier_.size());
  for (uint64_t serial : *fact.serials()) {
    const Waiting* found = waiting_.find(serial);
    HOTLINE_CHECK(found != nullptr);
    frontier_.append(found->leaf_hash);
    unreceipted_.push_back({serial, found->size, found->precedence});
    unreceipted_bytes_ += found->size;
    --waiting_counts_[precedence_slot(found->precedence)];
    waiting_.erase(serial);
  }
  for (auto& queue : by_precedence_) {
    while (!queue.empty() && !waiting_.contains(queue.front())) queue.pop_front();
  }
  checkpoint_ = fact.checkpoint()->str();
}

void OwnTranscript::receipt_held(const wire::ReceiptHeld& fact) {
  HOTLINE_CHECK(fact.size() >= receipted_size_ && fact.size() <= frontier_.size());
  while (receipted_size_ < fact.size()) {
    unreceipted_bytes_ -= unreceipted_.front().size;
    unreceipted_.pop_front();
    ++receipted_size_;
  }
  receipt_ = fact.note()->str();
}

std::vector<uint64_t> OwnTranscript::next_to_number(size_t count_max, size_t bytes_max,
                                                    size_t urgent_bytes_max) const {
  std::vector<uint64_t> chosen;
  std::vector<uint64_t> lifted;  // Those chosen that went before their turn.
  std::vector<uint64_t> chain;
  const auto is_in = [](const std::vector<uint64_t>& serials, uint64_t serial) {
    return std::find(serials.begin(), serials.end(), serial) != serials.end();
  };
  size_t bytes = 0;
  for (size_t slot = 0; slot < by_precedence_.size(); ++slot) {
    size_t bound = slot == precedence_slot(kPrecedenceFirst) ? urgent_bytes_max : bytes_max;
    for (uint64_t queued : by_precedence_[slot]) {
      if (is_in(lifted, queued)) continue;
      // The message that it refers to goes first, and what that refers to before it: the chain is
      // followed to its oldest end. Few refer to what waits, so that looking through all chosen is
      // cheap.
      chain.clear();
      for (uint64_t serial = queued; serial != 0;) {
        const Waiting* found = waiting_.find(serial);
        if (found == nullptr || (serial != queued && is_in(chosen, serial))) break;
        chain.push_back(serial);
        serial = found->goes_after;
      }
      for (; !chain.empty(); chain.pop_back()) {
        uint32_t size = waiting_.find(chain.back())->size;
        if (chosen.size() >= count_max || bytes + size > bound) return chosen;
        bytes += size;
        chosen.push_back(chain.back());
        if (chain.size() > 1) lifted.push_back(chain.back());
      }
    }
  }
  return chosen;
}

const Hash& OwnTranscript::waiting_leaf_hash(uint64_t serial) const {
  const Waiting* found = waiting_.find(serial);
  HOTLINE_CHECK(found != nullptr);
  return found->leaf_hash;
}

size_t OwnTranscript::waiting_count(uint8_t precedence) const {
  return waiting_counts_[precedence_slot(precedence)];
}

std::vector<uint64_t> OwnTranscript::unreceipted_below(uint64_t size) const {
  std::vector<uint64_t> serials;
  for (uint64_t i = 0; receipted_size_ + i < size && i < unreceipted_.size(); ++i) {
    serials.push_back(unreceipted_[i].serial);
  }
  return serials;
}

uint8_t OwnTranscript::most_urgent(uint64_t first, uint64_t end) const {
  uint8_t most_urgent = kPrecedenceLast;
  for (uint64_t i = std::max(first, receipted_size_); i < end; ++i) {
    if (i - receipted_size_ >= unreceipted_.size()) break;
    most_urgent = std::min(most_urgent, unreceipted_[i - receipted_size_].precedence);
  }
  return most_urgent;
}

}  // namespace hotline
