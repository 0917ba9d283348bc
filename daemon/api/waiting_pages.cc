#include "daemon/api/waiting_pages.h"

#include "protocol/base/text.h"

namespace hotline {

Error no_place(const std::string& cursor) {
  return make_error(ErrorCode::usage, shortened(cursor, 40) + " is no place in the list",
                    "begin again without it");
}

Result<WaitingWanted> waiting_wanted(const Ladder& ladder, WaitingFilter filter, uint32_t limit,
                                     const std::string& cursor) {
  std::optional<WaitingPlace> after;
  if (!cursor.empty()) {
    after = parse_cursor(cursor);
    if (!after) return no_place(cursor);
  }
  const size_t wanted = rows_wanted(limit);
  return WaitingWanted{ladder.waiting(filter, wanted + 1, after), wanted,
                       ladder.waiting_count(filter)};
}

}  // namespace hotline
