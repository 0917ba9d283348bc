// The floors under everything: what the disk and the wire cost alone.
#pragma once

#include <string>

#include "tests/bench/load.h"

namespace hotline::bench {

// `count` times: append `size` bytes to a file and fdatasync it.
LoadResult fdatasync_appends(const std::string& directory, uint64_t count, size_t size);
// `count` transactions of `rows` records of 512 bytes into a store as the bare pipeline has it. The
// latencies are those of transactions; the rate counts transactions.
LoadResult sqlite_batches(const std::string& directory, uint64_t count, uint64_t rows);

}  // namespace hotline::bench
