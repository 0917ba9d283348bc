// Where a page of notices or of conflicts ended, as the next page's `after` says it. It is what
// they are ordered by, and no count: nothing is passed over where others end between two pages.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/channel/conflicts.h"

namespace hotline {

struct NoticePlace {
  UtcMs start = 0;
  MessageKey key;
  friend auto operator<=>(const NoticePlace&, const NoticePlace&) = default;
};
inline NoticePlace place_of(const ActiveNotice& notice) {
  return {notice.start, notice.key};
}

struct ConflictPlace {
  UtcMs from = 0;
  uint64_t own = 0;
  uint64_t peers = 0;
  friend auto operator<=>(const ConflictPlace&, const ConflictPlace&) = default;
};
inline ConflictPlace place_of(const Conflict& conflict) {
  return {conflict.nearness.from, conflict.own.number, conflict.peers.number};
}

// "1764669600000.1.17". Nothing for a text that is no place.
std::string format_place(const NoticePlace& place);
std::string format_place(const ConflictPlace& place);
std::optional<NoticePlace> parse_notice_place(std::string_view text);
std::optional<ConflictPlace> parse_conflict_place(std::string_view text);

}  // namespace hotline
