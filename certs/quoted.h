// Text that came from outside, made fit for one line of a terminal or a log: in quotes, with
// everything but printable ASCII as \xNN, and cut where it gets long.
#pragma once

#include <string>
#include <string_view>

namespace hotline {

std::string quoted(std::string_view text);

}  // namespace hotline
