// Values as people type them: the other direction of quantity.h. A value written here is read there
// as the same one, so that a correction can name a field's old value and new one.
#pragma once

#include <string>
#include <vector>

#include "protocol/geometry/volume.h"
#include "protocol/message/message_generated.h"

namespace hotline::typed_form {

std::string of_distance(uint32_t metres);
std::string of_speed(uint32_t cm_s);
std::string of_direction(uint16_t deg10);
std::string of_altitude(const Height& height);
std::string of_bearing(const wire::Bearing& bearing);
std::string of_positions(const std::vector<Position>& positions);
std::string of_area(const wire::Area& area);
std::string of_volumes(const std::vector<Volume>& volumes);

// printf's format for one number.
std::string of_number(const char* format, uint32_t value);

}  // namespace hotline::typed_form
