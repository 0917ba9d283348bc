// Every maximum of a scenario. A drill of two weeks with an inject every ten minutes fits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::client::scenario_limits {

inline constexpr size_t kSizeMax = 4u << 20;  // Bytes of the file.
inline constexpr size_t kInjectsMax = 2'000;
inline constexpr size_t kExpectationsMax = 2'000;
inline constexpr size_t kObjectivesMax = 64;
inline constexpr size_t kPlayersMax = 64;
inline constexpr size_t kRepliesMax = 200;  // Of one player; slips likewise.
inline constexpr size_t kNameSizeMax = 48;
inline constexpr size_t kTextSizeMax = 2'000;  // A title, an objective, a note, a comment.
inline constexpr int64_t kTimeMax_ms = 14 * 24 * 60 * 60 * int64_t{1000};
inline constexpr int64_t kPointsMax = 1'000;
inline constexpr int64_t kPathsMax = 16;
inline constexpr size_t kMistakesKept = 100;  // Beyond, they are counted.
inline constexpr size_t kRowsMax = 20'000;    // Of a MSEL.
inline constexpr size_t kCellSizeMax = 8'000;

}  // namespace hotline::client::scenario_limits
