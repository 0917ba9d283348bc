// The command line of hotline, and what a command is: its name, its options, its help, and the
// function that does it. The table of all of them is client/commands/commands.h.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "client/connect/context.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/terminal/command_line.h"
#include "protocol/terminal/command_spec.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Everything that a command takes from the operating system, so that a test can be the operating
// system. Borrowed for the length of a run.
struct Surroundings : Screen {
  std::istream* in = nullptr;
  bool in_is_terminal = false;
  std::function<UtcMs()> now;          // The wall clock, for what people read.
  std::function<int64_t()> steady_ms;  // A clock that nobody sets, for how long something takes.
  Connector connect;                   // To a daemon.
  std::function<void(int64_t pause_ms)> pause;
  std::string program_directory;  // Where this executable lies, for `demo` to find hotlined.
};

struct Invocation {
  const Arguments& arguments;
  Output& output;
  const Surroundings* around = nullptr;
  std::string command = {};  // Its name.
  // The chosen context of the configuration file.
  Result<Context> context() const;

  // A connection to its daemon. Says on the screen what must be seen before anything else is: that
  // this is an exercise, that the certificates are for development, that this machine's clock is
  // wrong.
  Result<std::unique_ptr<Connection>> connect();

  // The time that goes into a message: the daemon's counts where this machine's is another.
  UtcMs now() const { return around->now() + daemon_ahead_ms; }
  // Since connect(); 0 where the clocks agree well enough. An exercise's clock may be far ahead.
  int64_t daemon_ahead_ms = 0;
};

// A command could not do something: thrown by need(), so that a command reads as what it does, and
// printed by run_command_line as Output::fail does it.
struct CommandFailed {
  std::string what;
  Error error;
};

// The value; without one the command ends, and says that `what` failed.
template <class T>
T need(Result<T> result, const std::string& what = {}) {
  if (!result) throw CommandFailed{what, result.error()};
  return *std::move(result);
}

struct Command {
  CommandSpec spec;
  // Does it, and says what went wrong. The exit code of the program.
  std::function<int(Invocation&)> run;
};

// Reads `words` (without the program's own name) and runs the command. Returns the exit code.
int run_command_line(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const Surroundings& around);

// These commands as the program that the command line and the help read.
Program program_of(const std::vector<Command>& commands);

}  // namespace hotline::client
