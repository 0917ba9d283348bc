// What a command is: its name, its options, its help, and the function that does it.
//
// One command, one file in client/commands/. The table of all of them is
// client/commands/commands.h; the reading of the command line, and CLI11 with it, is
// client/command_line/command_line.h.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "client/connect/context.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

struct OptionSpec {
  std::string names;  // As in the help: "-p,--precedence".
  std::string value;  // What the value is called in the help; empty for a switch.
  std::string help;
  bool repeated = false;
};

struct PositionalSpec {
  std::string name;  // Upper case, as in the help.
  std::string help;
  bool required = true;
  bool repeated = false;
};

// What was typed. Options are asked for by their long name with its dashes ("--precedence"),
// positionals by their name ("ID").
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

// Everything that a command takes from the operating system, so that a test can be the operating
// system. Borrowed for the length of a run.
struct Surroundings {
  std::istream* in = nullptr;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  size_t out_columns = 80;  // The width of the terminal.
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::function<UtcMs()> now;          // The wall clock, for what people read.
  std::function<int64_t()> steady_ms;  // A clock that nobody sets, for how long something takes.
  SetLastWords set_last_words;
  Connector connect;  // To a daemon.
  std::function<void(int64_t pause_ms)> pause;
  std::string program_directory;  // Where this executable lies, for `demo` to find hotlined.
};

struct Invocation {
  Arguments arguments;
  const Surroundings* around = nullptr;
  Output output;
  // From the options that every command takes.
  std::optional<std::string> context_name;
  std::optional<std::string> config_path;

  // The chosen context of the configuration file.
  Result<Context> context() const;

  // A connection to its daemon. Says on the screen what must be seen before anything else is: that
  // this is an exercise, that the certificates are for development, that this machine's clock is
  // wrong.
  Result<std::unique_ptr<Connection>> connect();

  // The time that goes into a message: the daemon's counts where this machine's is another.
  UtcMs now() const { return around->now() + daemon_ahead_ms; }
  int64_t daemon_ahead_ms = 0;  // Since connect(); 0 where the clocks agree well enough.
};

struct CommandSpec {
  std::string name;         // "send", or of two words: "template list".
  std::string summary;      // One line, no full stop.
  std::string description;  // Whole paragraphs; may be empty.
  std::vector<std::string> examples;
  std::vector<OptionSpec> options;
  std::vector<PositionalSpec> positionals;
  // Does it, and says what went wrong. The exit code of the program.
  std::function<int(Invocation&)> run;
};

}  // namespace hotline::client
