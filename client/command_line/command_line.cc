#include "client/command_line/command_line.h"

namespace hotline::client {

Program program_of(const std::vector<Command>& commands) {
  Program program;
  program.name = "hotline";
  program.purpose = "send, read and acknowledge the messages of a channel between two parties.";
  program.usage = "[--context NAME] COMMAND ...";
  program.afterword =
      "A message is named N-000123, N-123, @last, or @flash (the oldest FLASH that waits for an\n"
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
    Invocation invocation{arguments, output, &around};
    return commands[index].run(invocation);
  };
  return run_program(program_of(commands), words, around, perform);
}

}  // namespace hotline::client
