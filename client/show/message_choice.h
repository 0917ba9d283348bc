// Options that choose some of all messages: what list and search have in common.
#pragma once

#include <string>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

// The names of the options for the first and the last time.
struct TimeOptions {
  const char* from;
  const char* to;
};

OptionSpec type_option();

// Reads --type, --precedence, --incident and the times, where they were typed. Error: usage.
Status read_choice(const Invocation& invocation, const TimeOptions& times, ListWish& wish);

// Something is chosen that a list of what waits does not know.
bool is_chosen(const ListWish& wish);

// The choice as it is typed, but for the words, so that the next page is one of the same list:
// " --type incident --since 2026-11-28T13:41:00Z".
std::string choice_words(const ListWish& wish, const TimeOptions& times);

// In quotes of the shell, where it needs them.
std::string as_typed(const std::string& value);

}  // namespace hotline::client
