// The texts of a message as people give them: an argument, --text in several languages, standard
// input.
#pragma once

#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"

namespace hotline::client {

// --text, --subject and --language.
std::vector<OptionSpec> text_options();

// The text without what editors put in and nobody sees: a mark of the encoding at its beginning
// (U+FEFF), and a carriage return before each line feed. Whatever else is not seen stays, and is
// refused by its place.
std::string without_editors_marks(const std::string& text);

// --language, else the context's.
std::string typed_language(const Invocation& invocation, const Connection& connection);

// From `--text en=... --text ru=...` (the first is the original, the others are our translations),
// or from the positional argument; "-" there reads standard input. Empty when there is neither.
// Errors: usage, refused (not UTF-8, or too long).
Result<std::vector<TextFields>> read_texts(const Invocation& invocation,
                                           const Connection& connection,
                                           const std::string& positional);

}  // namespace hotline::client
