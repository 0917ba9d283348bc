// The client of the bare pipeline, and of its echo.
#pragma once

#include "tests/bench/load.h"
#include "tests/bench/tls_wire.h"

namespace hotline::bench {

inline constexpr size_t kRecordSize = 512;

// Sends `count` records of kRecordSize bytes, at most `in_flight` of them unanswered. An answer is
// the number of the last record that it covers, or the record itself (echo).
LoadResult run_bare_load(uint16_t port, const BareTls& tls, uint64_t count, uint64_t in_flight);

}  // namespace hotline::bench
