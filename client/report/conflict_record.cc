#include "client/report/conflict_record.h"

#include <algorithm>

#include "client/show/measures.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline::client {
namespace {

ConflictFate fate_of(wire::ConflictEnd why) {
  switch (why) {
    case wire::ConflictEnd::cancelled:
      return ConflictFate::cancelled;
    case wire::ConflictEnd::accepted:
      return ConflictFate::accepted;
    case wire::ConflictEnd::changed:
    case wire::ConflictEnd::unset:
      break;
  }
  return ConflictFate::changed;
}

}  // namespace

const char* fate_name(ConflictFate fate) {
  switch (fate) {
    case ConflictFate::open:
      return "open";
    case ConflictFate::changed:
      return "changed";
    case ConflictFate::cancelled:
      return "cancelled";
    case ConflictFate::accepted:
      return "accepted";
    case ConflictFate::time_passed:
      return "time_passed";
  }
  return "open";
}

const char* fate_words(ConflictFate fate) {
  switch (fate) {
    case ConflictFate::open:
      return "still open";
    case ConflictFate::changed:
      return "a notice changed";
    case ConflictFate::cancelled:
      return "a notice cancelled";
    case ConflictFate::accepted:
      return "accepted by both";
    case ConflictFate::time_passed:
      return "its time passed";
  }
  return "still open";
}

std::string ConflictRecord::peers_name(uint64_t place) const {
  const auto known = peers_serials_.find(place);
  return format_peers_name(names_.peer_prefix, known == peers_serials_.end() ? 0 : known->second,
                           place);
}

void ConflictRecord::take(const wire::Entry& entry) {
  last_at_ = on_a_clock(entry.at());
  if (const auto* received = entry.fact_as_Received()) {
    if (kind_of(received->type()).is_notice()) {
      peers_serials_[received->index()] = received->serial();
    }
  } else if (const auto* found = entry.fact_as_ConflictFound()) {
    const Pair pair{found->own()->number(), found->peers()->number()};
    const auto [known, is_new] = open_.try_emplace(pair, conflicts_.size());
    if (is_new) {
      conflicts_.push_back({.own = format_serial(names_.prefix, pair.first),
                            .peers = peers_name(pair.second),
                            .found_at = last_at_});
    }
    RecordedConflict& conflict = conflicts_[known->second];
    conflict.horizontal_m = found->horizontal_m();
    conflict.vertical_m = found->vertical_m();
    conflict.time_s = found->time_s();
    conflict.until = std::max(found->from(), found->until());
  } else if (const auto* ended = entry.fact_as_ConflictEnded()) {
    const auto known = open_.find({ended->own()->number(), ended->peers()->number()});
    if (known == open_.end()) return;
    conflicts_[known->second].ended_at = last_at_;
    conflicts_[known->second].fate = fate_of(ended->why());
    open_.erase(known);
  }
}

std::vector<RecordedConflict> ConflictRecord::within(const Period& period) const {
  std::vector<RecordedConflict> chosen;
  for (RecordedConflict conflict : conflicts_) {
    if (!period.has(conflict.found_at)) continue;
    const bool is_over = conflict.fate == ConflictFate::open && conflict.until < last_at_;
    if (is_over) conflict.fate = ConflictFate::time_passed;
    chosen.push_back(std::move(conflict));
  }
  return chosen;
}

}  // namespace hotline::client
