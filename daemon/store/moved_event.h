// When and where an event was, as the report of it stands after its corrections.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/store/store.h"
#include "protocol/message/message_rules.h"

namespace hotline {

struct MovedEvent {
  uint64_t journal_index = 0;  // The report's.
  EventPoint event;
};

// The report that the correction at this place of the journal speaks of, as it stands now. Nothing
// where that entry corrects no report, or does not stand.
std::optional<MovedEvent> event_moved_by(StoreReader& reader, uint64_t journal_index);

}  // namespace hotline
