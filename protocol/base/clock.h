// Time as the core sees it: always an argument, never read. Two clocks, because they answer two
// questions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hotline {

// Milliseconds of Coordinated Universal Time since 1970-01-01T00:00:00Z, without leap seconds
// (POSIX). The wall clock's time: written into records and shown to people, never used to order or
// to measure.
using UtcMs = int64_t;

// Milliseconds of a clock that never jumps and goes on while the host sleeps (CLOCK_BOOTTIME).
// Timers follow it.
using BootMs = int64_t;

struct Now {
  BootMs boot = 0;       // The machine's: of links, disks and patience.
  UtcMs utc = 0;         // The channel's: recorded and shown.
  int64_t ahead_ms = 0;  // How far an exercise's clock stands ahead of the machine's; live 0.

  // A channel's deadlines follow this one.
  BootMs timer() const { return boot + ahead_ms; }
  // In what this machine signs for, and in what it tells of its own clock.
  UtcMs machine_utc() const { return utc - ahead_ms; }
};

// A channel's time. A daemon's channel goes by the machine's clocks
// (daemon/process/system_clock.h), which an exercise's may leave behind
// (protocol/channel/exercise_clock.h); a test has one that stands until it is moved. TLS and the
// expiry of certificates go by the machine's, always.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Now now() = 0;
};

// Whole seconds since 1970, as cosignatures carry them; 0 before that. The machine's: by them
// certificates are judged.
inline uint64_t utc_seconds(Now now) {
  return now.machine_utc() > 0 ? static_cast<uint64_t>(now.machine_utc()) / 1000 : 0;
}

// RFC 3339 section 5.6 with `Z`. Printing gives milliseconds ("2026-11-22T14:11:07.913Z"). Parsing
// wants `Z`, allows up to three decimals, and a second of 60 (it becomes the next second); anything
// else is refused.
std::string format_rfc3339(UtcMs time);
std::optional<UtcMs> parse_rfc3339(std::string_view text);

// The date-time group of military messages (ACP 121): "221411Z NOV 26". Minutes; the seconds are
// dropped.
std::string format_date_time_group(UtcMs time);

// "14:12:07.913Z": the time of day alone.
std::string format_time_of_day(UtcMs time);

}  // namespace hotline
