// Pages of what waits for an acknowledgement: which places are wanted, and an answer filled with
// what stands there until a frame is full.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/message_rows.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/channel/ladder.h"

namespace hotline {

// Those that wait, from a place on: one more than are wanted.
struct WaitingWanted {
  std::vector<WaitingPlace> places;
  size_t limit = 0;
  uint64_t total = 0;
};

inline size_t rows_wanted(uint32_t limit) {
  return limit == 0 ? limits::kListRowsMax : std::min<size_t>(limit, limits::kListRowsMax);
}

// The answer to a cursor that means nothing.
Error no_place(const std::string& cursor);

// `cursor`: where the page before ended; empty for the first. Refuses one that is no place.
Result<WaitingWanted> waiting_wanted(const Ladder& ladder, WaitingFilter filter, uint32_t limit,
                                     const std::string& cursor);

// Fills an answer with what waits at these places, one more than are wanted, until it is full.
// `make` gives what stands at a place, if it is there.
template <typename Row, typename Make>
void fill(const std::vector<WaitingPlace>& places, size_t limit, std::vector<Row>& rows, bool& more,
          std::string& next, Make make) {
  size_t size = 0;
  for (const WaitingPlace& place : places) {
    more = rows.size() == limit || size >= limits::kRowsSizeMax;
    if (more) return;
    std::optional<Row> row = make(place);
    if (!row) continue;
    more = !rows.empty() && size + row->row_size() > limits::kRowsSizeMax;
    if (more) return;
    size += row->row_size();
    rows.push_back(*std::move(row));
    next = format_cursor(place);
  }
}

}  // namespace hotline
