// hotline help: what there is, and how one command is used.
#include "protocol/terminal/help.h"

#include "client/command_line/command_line.h"
#include "client/commands/commands.h"
#include "protocol/base/nearest.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

int help(Invocation& invocation) {
  const Program program = program_of(all_commands());
  std::string name;
  for (const std::string& word : invocation.arguments.all("COMMAND")) {
    name += (name.empty() ? "" : " ") + word;
  }
  if (name.empty()) {
    invocation.output.text(overview(program));
    return kExitDone;
  }
  std::vector<std::string> names;
  for (const CommandSpec& command : program.commands) {
    names.push_back(command.name);
    if (command.name != name) continue;
    invocation.output.text(command_help(program, command));
    return kExitDone;
  }
  const std::string group = group_overview(program, name);
  if (!group.empty()) {
    invocation.output.text(group);
    return kExitDone;
  }
  const auto guess = nearest_word(name, names);
  return invocation.output.fail("",
                                make_error(ErrorCode::usage, "there is no command \"" + name + "\"",
                                           guess ? "hotline help " + *guess : "hotline help"));
}

}  // namespace

Command help_command() {
  return {{"help",
           "Explain the commands",
           "",
           {"hotline help", "hotline help send", "hotline help template"},
           {},
           {{"COMMAND", "the command to explain", false, true}}},
          help};
}

}  // namespace hotline::client
