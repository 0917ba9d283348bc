// The rules by which a journal becomes numbers: what lies between two entries, what stands in the
// middle of many times, and from when on a number is too high. docs/report.md says them in words.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"

namespace hotline::client {

// A sender's FLASH may be so much of the messages of a month.
inline constexpr uint64_t kFlashShareMax_permille = 50;
// ISA-18.2: alarms are counted in stretches of ten minutes; more than ten in one are a flood.
inline constexpr int64_t kAlarmStretch_ms = 10 * 60 * 1000;
inline constexpr uint64_t kAlarmsInStretchMax = 10;
// An alarm that stands for longer than this is stale; one that begins three times within a minute
// chatters.
inline constexpr int64_t kStaleAlarm_ms = 24 * 60 * 60 * 1000;
inline constexpr int64_t kChatteringWithin_ms = 60 * 1000;
inline constexpr int kChatteringTimes = 3;

inline constexpr int64_t kOneHour_ms = 60 * 60 * 1000;
inline constexpr int64_t kOneDay_ms = 24 * kOneHour_ms;

// A journal that nobody verified may say anything: a time that no clock shows becomes the nearest
// one that a clock does, so that sums do not overflow.
UtcMs on_a_clock(int64_t time);

// The nearest-rank percentile: one of the times, never interpolated. There must be one.
int64_t percentile_ms(const std::vector<int64_t>& times_ms, int percent);

// Rounded to the nearest, halves up; 0 of nothing.
uint64_t share_permille(uint64_t part, uint64_t whole);

// The time that a record covers: from its earliest entry to its latest, that included.
class ObservedTime {
 public:
  void take(UtcMs at);

  struct Stretch {
    UtcMs from = 0;
    UtcMs to = 0;  // Not in it.
  };
  // The part of it in a period; where there is none, a stretch of no length.
  Stretch within(std::optional<UtcMs> from, std::optional<UtcMs> to) const;

 private:
  std::optional<Stretch> all_;
};

// The time between two entries of one journal, by its owner's clock. A step of the clock that the
// running daemon saw is taken out: it knows both sides of it. One that it found at a start is not:
// nobody knows how long the daemon was down.
class JournalClock {
 public:
  // Every entry from the first on, in order.
  void take(const wire::Entry& entry);

  struct Stamp {
    UtcMs at = 0;  // Of the entry, with the steps before it taken out.
    uint32_t run = 0;
  };
  // Of the entry that was taken last.
  const Stamp& now() const { return now_; }
  // Steps of the clock of either kind.
  uint64_t steps() const { return steps_; }
  bool found_a_step_at_start() const { return found_at_start_; }  // In the last entry.

  // Nothing where it cannot be measured: over a step that a start found, or below zero, because the
  // clock was set back a little.
  static std::optional<int64_t> between(const Stamp& from, const Stamp& to);

 private:
  Stamp now_;
  int64_t stepped_ms_ = 0;  // All steps so far have added so much to the clock.
  uint64_t steps_ = 0;
  bool started_ = false;  // The last entry is a Started.
  bool found_at_start_ = false;
};

}  // namespace hotline::client
