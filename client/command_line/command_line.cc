#include "client/command_line/command_line.h"

#include <cstdlib>

#include "client/command_line/command_rights.h"
#include "client/language/sentences.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

// The daemon's clock minus this machine's; 0 where no one would see the difference.
int64_t clock_difference(const wire::ServerHello& server, UtcMs now) {
  const UtcMs machines = server.clock() - server.exercise_ahead_ms();
  const int64_t difference_ms = server.clock() == 0 ? 0 : machines - now;
  return std::abs(difference_ms) <= limits::kClockSkewWarn_ms ? 0 : difference_ms;
}

Result<Context> context_of(const Arguments& arguments, const Environment& environment) {
  const auto file = read_context_file(config_path(arguments.get("--config"), environment));
  if (!file) return file.error();
  return choose_context(*file, arguments.get("--context"), environment);
}

// The context's, or else the machine's: an error may come before there is a context.
Language reader_language(const Arguments& arguments, const Environment& environment) {
  if (const auto context = context_of(arguments, environment)) {
    return choose_language(context->language);
  }
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto locale = environment(variable);
    // "uk_UA.UTF-8"
    if (locale && !locale->empty()) return choose_language(locale->substr(0, locale->find('_')));
  }
  return Language::en;
}

// A command that says nothing of roles would be refused for another reason first, and a hint that
// is no use to an auditor be printed.
void offer_what_is_allowed(Output& output, const wire::ServerHello& server,
                           const std::string& command) {
  std::vector<uint8_t> roles;
  if (server.roles() != nullptr) roles.assign(server.roles()->begin(), server.roles()->end());
  const auto may = [roles, exercise = server.exercise()](const std::string& words) {
    return may_give(roles, words, exercise);
  };
  output.set_may_give(may);
  if (may(command)) return;
  output.set_not_allowed(make_error(ErrorCode::not_allowed,
                                    text(server.person()) + " has no role here that may do this",
                                    "ask somebody of this watch who has one"));
}

}  // namespace

Result<Context> Invocation::context() const {
  return context_of(arguments, around->environment);
}

Result<std::unique_ptr<Connection>> Invocation::connect() {
  auto chosen = context();
  if (!chosen) return chosen.error();
  auto connection = Connection::open({std::move(*chosen), around->connect, around->pause});
  if (!connection) return connection;
  const wire::ServerHello& server = (*connection)->server();
  offer_what_is_allowed(output, server, command);
  if (server.exercise()) {
    output.talk(std::string(kExerciseMark), Style::yellow);
  }
  if (server.dev_pki()) {
    output.talk("DEVELOPMENT CERTIFICATES: for trying out only", Style::yellow);
  }
  daemon_ahead_ms = clock_difference(server, around->now());
  if (daemon_ahead_ms != 0) {
    output.talk("This machine's clock is " + format_duration(std::abs(daemon_ahead_ms)) +
                    (daemon_ahead_ms < 0 ? " fast" : " slow") +
                    ": the daemon's time is taken. Have the clock set.",
                Style::yellow);
  }
  if (server.exercise_ahead_ms() != 0) {
    output.talk("The clock of the exercise says " + format_rfc3339(server.clock()), Style::yellow);
    const auto clock = (*connection)->exercise_clock();
    if (clock && (*clock)->paused()) output.talk("It is paused.", Style::yellow);
    daemon_ahead_ms += server.exercise_ahead_ms();
  }
  return connection;
}

Program program_of(const std::vector<Command>& commands) {
  Program program;
  program.name = "hotline";
  program.purpose = "send, read and acknowledge the messages of a channel between two parties.";
  program.usage = "[--context NAME] COMMAND ...";
  program.afterword =
      "A message is named N-000123, N-123, @last, or @flash (the oldest FLASH that waits for an "
      "acknowledgement). `hotline help COMMAND` shows examples; `hotline demo` shows it all at "
      "work.\n";
  program.options = {
      {"--context", "NAME", "the context to use: server, certificate, key, CA, language"},
      {"-c,--config", "FILE", "the file of contexts (~/.config/hotline/config.toml)"},
      {"--json", "", "print JSON for programs: one object, or one a line for streams"},
      {"--color", "WHEN", "always, never, or auto: on a terminal, unless NO_COLOR is set"},
      {"--local", "", "add local time to UTC"},
      {"-h,--help", "", "explain the command, with examples"},
  };
  program.kept_options = {"--config", "--context"};
  for (const Command& command : commands) program.commands.push_back(command.spec);
  return program;
}

int run_command_line(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const Surroundings& around) {
  const auto perform = [&](size_t index, const Arguments& arguments, Output& output) {
    Invocation invocation{arguments, output, &around, commands[index].spec.name};
    try {
      return commands[index].run(invocation);
    } catch (const CommandFailed& failed) {
      return output.fail(failed.what, failed.error);
    }
  };
  Screen screen = around;
  screen.translation = [&around](const Arguments& arguments) {
    return translation_into(reader_language(arguments, around.environment));
  };
  return run_program(program_of(commands), words, screen, perform);
}

}  // namespace hotline::client
