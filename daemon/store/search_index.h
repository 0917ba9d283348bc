// Messages by their words and by what they are: for searches, and for lists that leave something
// out. It is made from the store and kept beside it, so that it can be thrown away at any time, and
// is then made again; a copy of the store does not need it. No commit waits for it. It belongs to
// the reading thread of a daemon that runs: the core never asks for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/store.h"
#include "protocol/base/result.h"
#include "protocol/channel/incidents.h"

namespace hotline {

// Which messages; a member that is empty leaves none out.
struct SearchQuery {
  ListQuery list = {};
  // As they were typed: each word finds those that begin with it, in any case, and all of them must
  // be there; what stands between quotes is found as it stands. Never refused.
  std::string words = {};
  uint8_t type = 0;
  std::string code = {};  // The kind within its type: "airspace-crossing".
  uint8_t precedence = 0;
  // A thread: by any message that belongs to it, or by its word.
  std::string incident = {};
  // When they were committed here, both ends included.
  std::optional<UtcMs> since = {};
  std::optional<UtcMs> until = {};
};

// So many of `size` entries of the journal are taken in.
struct IndexProgress {
  uint64_t covered = 0;
  uint64_t size = 0;

  bool is_complete() const { return covered >= size; }
};

struct SearchOutcome {
  uint64_t total = 0;  // Messages on all pages.
  bool more = false;
};

// The newest of either side, limits::kIncidentEventsMax at most.
struct IncidentEvents {
  std::vector<IncidentEvent> events;
  bool cut = false;  // There are older ones.
};

// An error is about the index alone, and harms nothing else; a store that cannot be read throws.
class SearchIndex {
 public:
  virtual ~SearchIndex() = default;

  virtual Result<IndexProgress> progress() = 0;

  // Takes in more of what was committed: a bounded step, milliseconds.
  virtual Result<IndexProgress> catch_up() = 0;

  // As StoreReader::list, among what is taken in.
  virtual Result<SearchOutcome> search(const SearchQuery& query,
                                       const StoreReader::VisitMessage& visit) = 0;

  // The name of the thread that this message belongs to, or that has this word; empty where there
  // is none.
  virtual Result<std::string> thread_name(const std::string& name) = 0;
  // A word that names a thread, and of which this one may be a slip; empty where this one names a
  // thread, or there is none.
  virtual Result<std::string> near_thread(const std::string& word) = 0;
  virtual Result<uint64_t> count_messages(const std::string& thread) = 0;
  // All that begins, changes or ends an incident.
  virtual Result<IncidentEvents> incident_events() = 0;
};

}  // namespace hotline
