// The conflicts of notices that a party's daemon found, and how each ended, from its journal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/connect/journal_source.h"
#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

// `time_passed`: nobody ended it, and the time at which both are there is over by the end of the
// record.
enum class ConflictFate : uint8_t { open, changed, cancelled, accepted, time_passed };
const char* fate_name(ConflictFate fate);   // For programs: "open", "time_passed".
const char* fate_words(ConflictFate fate);  // For people: "still open", "its time passed".

struct RecordedConflict {
  std::string own;  // The notices' names.
  std::string peers;
  UtcMs found_at = 0;
  std::optional<UtcMs> ended_at = {};  // Of one that somebody ended.
  ConflictFate fate = ConflictFate::open;
  // As it was found last.
  uint32_t horizontal_m = 0;
  uint32_t vertical_m = 0;
  uint32_t time_s = 0;
  UtcMs until = 0;  // From then on the notices are not in each other's way.
};

class ConflictRecord {
 public:
  explicit ConflictRecord(ChannelNames names) : names_(std::move(names)) {}

  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);
  // Those that were found in the period, as they are at the end of the record; in the order in
  // which they were found.
  std::vector<RecordedConflict> within(const Period& period) const;

 private:
  using Pair = std::pair<uint64_t, uint64_t>;  // Our serial, and the place of the peer's.

  std::string peers_name(uint64_t place) const;

  ChannelNames names_;
  std::map<uint64_t, uint64_t> peers_serials_;  // Of notices, by place.
  std::vector<RecordedConflict> conflicts_;
  std::map<Pair, size_t> open_;  // Into `conflicts_`.
  UtcMs last_at_ = 0;
};

}  // namespace hotline::client
