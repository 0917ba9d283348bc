// A command: its name, its options, its help; and the arguments that were typed for it.
//
// A program is a table of commands. protocol/terminal/command_line.h reads what was typed by it.
// A command's work stands beside its CommandSpec, in the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace hotline {

struct OptionSpec {
  std::string names;  // As in the help: "-p,--precedence".
  std::string value;  // The value's name in the help; empty for a switch.
  std::string help;
  bool repeated = false;
  bool required = false;
  // By their long names, a positional by its name. It is used only where one of these two is typed
  // too; empty: always.
  std::vector<std::string> only_with = {};
  // It is not used where one of these is typed too.
  std::vector<std::string> never_with = {};

  // "--precedence" of "-p,--precedence".
  std::string long_name() const { return names.substr(names.find("--")); }
};

struct PositionalSpec {
  std::string name;  // Upper case, as in the help.
  std::string help;
  bool required = true;
  bool repeated = false;
};

struct CommandSpec {
  std::string name;              // "send", or of two words: "template list".
  std::string summary;           // One line, no full stop.
  std::string description = {};  // Whole paragraphs; may be empty.
  std::vector<std::string> examples = {};
  std::vector<OptionSpec> options = {};
  std::vector<PositionalSpec> positionals = {};
  // Options that every command has and this one would not use, by their long names.
  std::vector<std::string> without = {};
};

struct Program {
  std::string name;                   // As it is typed.
  std::string purpose;                // One sentence.
  std::string usage;                  // The words behind its name.
  std::string afterword;              // Ends the overview; whole lines.
  std::vector<OptionSpec> options;    // Every command's, before its name or after it.
  std::vector<CommandSpec> commands;  // In the order of the help.
  // Options that a command which is printed has too, where they were typed.
  std::vector<std::string> kept_options;
  // A service complains in one line, for a log, and names the words before the wrong one. A program
  // for people shows what there is where a command is missing.
  bool is_service = false;
};

// Texts of help are broken into lines of this many columns at most; a longer word has its own.
// Printed by `hotline help`: every command with its summary.
std::string overview(const Program& program, size_t width);
// Printed by `hotline GROUP` and `hotline help GROUP`: the commands whose names begin with that
// word, or the help of the one there is. Empty where there is none.
std::string group_overview(const Program& program, const std::string& group, size_t width);
// Printed by `hotline help NAME` and `hotline NAME --help`.
std::string command_help(const Program& program, const CommandSpec& command, size_t width);
// The command that explains these words: "hotline help send", or "hotlined init --help" of a
// service.
std::string to_ask_for_help(const Program& program, const std::string& words);

// The words that were typed. Options are asked for by their long name with its dashes
// ("--precedence"), positionals by their name ("ID").
class Arguments {
 public:
  bool has(const std::string& name) const { return values_.count(name) != 0; }
  std::optional<std::string> get(const std::string& name) const;
  std::vector<std::string> all(const std::string& name) const;
  // A whole number from `minimum` on; the default when it was not given.
  Result<uint64_t> number(const std::string& name, uint64_t otherwise, uint64_t minimum = 0) const;
  void add(const std::string& name, std::string value) {
    values_[name].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace hotline
