// The incidents of a channel, made of what its messages say of them (protocol/message/incidents.h).
// Pure: the search index gives the events, in any order of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/message_key.h"
#include "protocol/message/incidents.h"
#include "protocol/message/message_rules.h"

namespace hotline {

// A message that has an effect on an incident.
struct IncidentEvent {
  std::string thread;      // That stands for all that were joined with its own.
  std::string own_thread;  // As the message names it.
  uint64_t journal_index = 0;
  MessageKey key;
  uint64_t serial = 0;  // In the order in which its sender spoke.
  IncidentEffect effect = IncidentEffect::none;
  uint8_t precedence = 0;
  UtcMs at = 0;               // When it was committed here.
  UtcMs released_at = 0;      // As its sender says.
  EventPoint event = {};      // After its corrections.
  bool joins = false;         // An opening that brings threads together.
  bool cancelled = false;     // Its sender took it back: it does nothing any more.
  uint64_t peer_entries = 0;  // So many messages of the other party its sender held.
  // The place of one that joins in its transcript; nothing while it has none.
  std::optional<uint64_t> place = {};
};

// How a party stands to an incident. A report, a question or an opening after it closed it opens it
// again; so does one of the other party that brings threads together and that it did not know of
// when it closed. Both ends come to the same, in whatever order messages came.
struct IncidentStand {
  size_t reports = 0;
  std::optional<MessageKey> closing;  // By which it is closed.
  UtcMs closed_at = 0;
  bool disputed = false;
};

struct Incident {
  std::string thread;
  std::string name;        // The thread of the first message has it.
  MessageKey first;        // The earliest report, or where there is none, opening.
  uint8_t precedence = 0;  // The highest of what was reported, asked or opened.
  UtcMs began_at = 0;
  UtcMs last_at = 0;
  uint64_t last_index = 0;  // Its place in the journal.
  IncidentStand own = {};
  IncidentStand peers = {};
  std::vector<MessageKey> requests = {};
  bool cancelled = false;  // All with which it began was taken back.

  bool is_over() const { return cancelled || (own.closing && peers.closing); }
};

// Threads in which nobody reported or opened anything are none. Those that are not over first, and
// of these as of the others the last that something happened to.
std::vector<Incident> incidents_of(std::vector<IncidentEvent> events);

// A report of one party that may be of the same event as one of the other: at about the same time
// and place, in another thread.
struct SameEvent {
  IncidentEvent report;
  MessageKey other;  // The report of the thread that was asked about.
  int64_t distance_m = 0;
  int64_t apart_ms = 0;
};
inline constexpr int64_t kSameEventWithin_ms = 30 * 60 * 1000;
inline constexpr int64_t kSameEventWithin_m = 30'000;
// So many reports of the thread, the newest, are held against those of others.
inline constexpr size_t kSameEventReportsMax = 64;

// The nearest first, `limit` at most, each report once; as they stand after their corrections.
std::vector<SameEvent> same_events(const std::vector<IncidentEvent>& events,
                                   const std::string& thread, size_t limit);

}  // namespace hotline
