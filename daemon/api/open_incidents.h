// Incidents that are not over, in few words, for who looks at all that is
// open.
#pragma once

#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace hotline {

struct OpenIncident {
  std::string id;  // Names its thread.
  uint8_t precedence = 0;
  UtcMs began_at = 0;
  MessageKey first;     // Its first message,
  std::string subject;  // and the subject of that, as it was sent.
};
struct OpenIncidents {
  std::vector<OpenIncident> first;  // To which something happened last, `limit` at most.
  uint64_t total = 0;
  bool cut = false;  // Not everything could be looked at.
};

// On the reading thread. `as_it_is`: the search index is not taken further; see ask_index.
OpenIncidents read_open_incidents(StoreReader& reader, size_t limit, bool as_it_is);

}  // namespace hotline
