// Words that may follow the ones typed so far, for the shell that completes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/terminal/command_spec.h"

namespace hotline::client {

// Values that the program does not know by itself.
enum class Values : uint8_t { none, contexts, messages, drafts };

struct Completion {
  std::vector<std::string> words;  // Those that begin as the last word does.
  Values values = Values::none;    // Beside them.
  std::string start;               // The last word as it stands, which the values begin with.
  Arguments arguments;             // The options before it: --context, say.
};

// `typed`: all words after the program's name, the last one unfinished, and perhaps empty. Words
// that make no sense are followed by nothing.
Completion complete(const Program& program, const std::vector<std::string>& typed);

}  // namespace hotline::client
