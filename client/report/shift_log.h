// The shift in one page: what one party's journal says of a period, as counts and as the lines that
// a watch remembers.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "client/report/link_timeline.h"
#include "client/show/journal_line.h"
#include "client/show/journal_statistics.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

inline constexpr size_t kShiftLinesMax = 30;  // With the counts above them, a page.

class ShiftLog {
 public:
  explicit ShiftLog(const Period& period) : period_(period), statistics_(period) {}

  // Every entry of the journal from the first on, in order. True: it is one that a watch remembers,
  // and is to be described for keep().
  bool take(const wire::Entry& entry);
  void keep(JournalDescriber::Description description);

  struct Counts {
    // By precedence; `incoming`: the peer's.
    std::map<std::pair<bool, std::string>, uint64_t> rungs;  // Climbed, by name.
    uint64_t conditions_began = 0;
    uint64_t conditions_ended = 0;
    uint64_t lists_signed = 0;
    uint64_t taken_over = 0;
  };
  const Counts& counts() const { return counts_; }
  const JournalStatistics& statistics() const { return statistics_; }
  LinkTimeline::Seen link() const { return link_.within(period_); }
  // The last ones, and how many stood before them.
  const std::deque<JournalDescriber::Description>& lines() const { return lines_; }
  uint64_t left_out() const { return left_out_; }

 private:
  bool count(const wire::Entry& entry);
  bool count_rungs(const wire::StepsDecided& decided);

  const Period period_;
  JournalStatistics statistics_;
  LinkTimeline link_;
  Counts counts_;
  std::deque<JournalDescriber::Description> lines_;
  uint64_t left_out_ = 0;
  // The fact before said, in words of its own, what the alarm behind it sounds.
  bool is_told_ = false;
};

}  // namespace hotline::client
