// The list of a hand-over: all that the next watch must know, from the same data as the inbox, the
// status and the other lists. It is gathered from the core, and completed with what the store has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/api/open_incidents.h"
#include "daemon/store/store.h"
#include "protocol/channel/core.h"

namespace hotline {

// Messages of one code: the first few, and how many there are.
struct HandoverMessages {
  wire::HandoverCode code = wire::HandoverCode::unset;
  std::vector<MessageKey> first;
  uint64_t total = 0;
};

struct HandoverGathered {
  std::string prefix;
  std::string peer_prefix;
  std::vector<HandoverMessages> messages;
  std::vector<std::pair<MessageKey, MessageKey>> conflicts;  // Our notice, the peer's.
  uint64_t conflicts_total = 0;
  std::vector<std::pair<MessageKey, Pause>> pauses;
  uint64_t pauses_total = 0;
  std::vector<HandoverItem> rest;  // Drafts, conditions, rungs.
  bool index_as_it_is = false;
};

// An item, and the message whose subject is its text.
struct HandoverListed {
  HandoverItem item;
  std::optional<MessageKey> about = {};
};

// On the core's thread.
HandoverGathered gather_handover(Core& core, UtcMs now, const std::string& prefix,
                                 const std::string& peer_prefix);
// On the reading thread. The items in the order in which they are numbered; within
// limits::kHandoverSizeMax, whatever there is.
std::vector<HandoverListed> complete_handover(StoreReader& reader,
                                              const HandoverGathered& gathered);
// On the core's thread: with the subjects of messages as they stand after their corrections.
std::vector<HandoverItem> as_they_stand(Core& core, std::vector<HandoverListed> listed);

}  // namespace hotline
