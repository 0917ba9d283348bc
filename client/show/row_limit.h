// How many rows a list shows, and from where on: the options that all lists have in common, and the
// words about what is not shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "protocol/base/result.h"

namespace hotline::client {

// --limit COUNT. Error: usage.
Result<uint64_t> read_row_limit(const Arguments& arguments, uint64_t otherwise);
OptionSpec row_limit_option(const std::string& otherwise);
// --after PLACE, for lists of what waits.
OptionSpec after_option();

// "1,000 of 1,051 are shown. The next: hotline inbox --after 4.1234.i17". `command` is what was
// typed after the program's name, with the new place; its --limit is added where one was given.
std::string cut_words(const Invocation& invocation, uint64_t shown, uint64_t total,
                      const std::string& command);

}  // namespace hotline::client
