// The command line of a program: from argv to the command that was meant, or to a complaint that
// helps.
//
// An option is typed as `--name VALUE`, `--name=VALUE`, `-n VALUE` or `-nVALUE`, before or between
// the other words. Whatever stands after `--` is no option.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "protocol/terminal/command_spec.h"
#include "protocol/terminal/output.h"

namespace hotline {

// The screen of whoever typed it. Borrowed for the length of a run.
struct Screen {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  size_t out_columns = 80;  // The width of the terminal.
  std::function<std::optional<std::string>(const std::string&)> environment;
  SetLastWords set_last_words;
  // How words are translated for whoever typed this, as far as it could be read. May be empty.
  std::function<Translate(const Arguments& arguments)> translation;
};

// Does the command that stands at this place in the program, and returns the exit code.
using Perform = std::function<int(size_t index, const Arguments& arguments, Output& output)>;

// Reads `words` (without the program's own name) and performs the command. Returns the exit code:
// the command's, or 2 when the words make no sense. An unknown command or option suggests the
// nearest.
int run_program(const Program& program, const std::vector<std::string>& words, const Screen& screen,
                const Perform& perform);

}  // namespace hotline
