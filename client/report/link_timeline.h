// When the link was up, from one party's journal, and the outages between.
//
// Down is what the journal's owner saw: from the end of a link until the next was adopted, and
// while its daemon was stopped. A daemon that ended without a word says nothing of the time until
// its next start: that is unknown, and the outage that follows has no known beginning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/show/measures.h"
#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

enum class LinkSeen : uint8_t { up, down, unknown };

struct LinkStretch {
  LinkSeen seen = LinkSeen::down;
  UtcMs from = 0;
  UtcMs to = 0;
};

struct Outage {
  UtcMs from = 0;
  std::optional<UtcMs> to = {};  // Nothing: it lasts to the end of the record.
  // It began somewhere between these two where the daemon ended without a word; else nothing.
  std::optional<UtcMs> not_before = {};
  bool clock_was_set = false;
  std::string reason;  // As the daemon knew it when the link ended; a peer may have written it.
  // The part within the period. Nothing where it cannot be measured: no known beginning, or the
  // clock was set meanwhile.
  std::optional<int64_t> length_ms = {};
};

class LinkTimeline {
 public:
  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);

  struct Seen {
    std::vector<LinkStretch> stretches;  // Within the period, in order.
    std::vector<Outage> outages;         // Those that reach into it.
    int64_t up_ms = 0;
    int64_t down_ms = 0;
    int64_t unknown_ms = 0;
    std::optional<int64_t> longest_ms;  // Of the outages that are measured.
    uint64_t not_measured = 0;          // Outages.
    uint64_t not_recorded = 0;  // Changes in the period that were recorded as a number alone.
  };
  // As the record stands at its last entry. The ends of the period are the record's where it is
  // open.
  Seen within(const Period& period) const;

 private:
  void begin(LinkSeen seen, UtcMs at);
  void go_down(UtcMs at, const std::string& reason);
  void go_up(UtcMs at);
  void start(UtcMs at);
  void step(const wire::ClockStepped& stepped);

  JournalClock clock_;
  std::vector<LinkStretch> stretches_;  // The last one goes on.
  std::vector<Outage> outages_;         // The last one may go on.
  struct Untold {
    UtcMs at = 0;
    uint64_t changes = 0;
  };
  std::vector<Untold> untold_;
  bool running_ = false;
  UtcMs last_at_ = 0;
};

}  // namespace hotline::client
