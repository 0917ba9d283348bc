// The line by which an export and an evidence file say of which format they are:
// "hotline-export/v1\n".
#pragma once

#include <string_view>

#include "protocol/base/result.h"

namespace hotline::audit {

// Holds a line against the one that this program writes. Errors: configuration, where it is of a
// newer format, which is named; malformed, where it is no such line.
Status check_format_line(std::string_view line, std::string_view written);

// True: it begins as a line of that kind does, of whatever format.
bool has_format_line(std::string_view text, std::string_view written);

}  // namespace hotline::audit
