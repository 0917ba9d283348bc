#include "daemon/api/notice_places.h"

#include <array>
#include <charconv>

namespace hotline {
namespace {

using ThreeNumbers = std::array<uint64_t, 3>;

std::optional<ThreeNumbers> parse_three(std::string_view text) {
  ThreeNumbers numbers{};
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (parsed.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
    if (i + 1 == numbers.size()) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? std::optional(numbers) : std::nullopt;
}

std::string format_three(UtcMs time, uint64_t second, uint64_t third) {
  return std::to_string(time) + "." + std::to_string(second) + "." + std::to_string(third);
}

}  // namespace

std::string format_place(const NoticePlace& place) {
  return format_three(place.start, place.key.incoming ? 1 : 0, place.key.number);
}

std::string format_place(const ConflictPlace& place) {
  return format_three(place.from, place.own, place.peers);
}

std::optional<NoticePlace> parse_notice_place(std::string_view text) {
  const auto numbers = parse_three(text);
  if (!numbers || (*numbers)[1] > 1) return std::nullopt;
  return NoticePlace{static_cast<UtcMs>((*numbers)[0]), {(*numbers)[1] == 1, (*numbers)[2]}};
}

std::optional<ConflictPlace> parse_conflict_place(std::string_view text) {
  const auto numbers = parse_three(text);
  if (!numbers) return std::nullopt;
  return ConflictPlace{static_cast<UtcMs>((*numbers)[0]), (*numbers)[1], (*numbers)[2]};
}

}  // namespace hotline
