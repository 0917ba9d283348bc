// Numbers with units, as people type them into `--set`. A number without its unit is refused,
// because 300 knots and 300 m/s are two different warnings. Everything is converted in integers,
// rounded to the nearest. Errors: usage, with the forms that are understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/base/time_text.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/body.h"

namespace hotline {

// To which metre a finer value goes. A volume never keeps less than what was typed.
enum class Rounding { nearest, down, up };

Result<uint32_t> parse_distance_m(std::string_view text);       // "500m", "1.5km", "3nm"; up.
Result<uint32_t> parse_speed_cm_s(std::string_view text);       // "300kt", "150m/s", "540km/h".
Result<uint16_t> parse_direction_deg10(std::string_view text);  // "270deg", "270.5deg".
// "FL330", "FL033", "9000m amsl", "500ft agl"; the first to the nearest metre.
Result<AltitudeFields> parse_altitude(std::string_view text);
Result<AltitudeFields> parse_altitude_to(Rounding rounding, std::string_view text);
Result<uint32_t> parse_count(std::string_view text);         // "12".
Result<uint32_t> parse_mmsi(std::string_view text);          // Nine digits.
Result<uint32_t> parse_icao_address(std::string_view text);  // Six hexadecimal digits.
Result<BearingFields> parse_bearing(std::string_view text);  // "135deg 2km 3km".
// "54.90N 020.10E 5km", or corners parted by semicolons, the first again at the end.
Result<AreaFields> parse_area(std::string_view text);
// Points parted by semicolons, two at least.
Result<std::vector<Position>> parse_route(std::string_view text);
Result<bool> parse_yes_no(std::string_view text);

// The accuracy that the writing of a position, an area or a place in a grid claims: one unit of its
// last digit, in metres, not under 10 m; of several the coarsest.
uint32_t accuracy_of_writing_m(std::string_view text);

std::string format_speed(uint32_t speed_cm_s, const char* knots, const char* metres_per_second);
std::string format_direction(uint16_t direction_deg10);

}  // namespace hotline
