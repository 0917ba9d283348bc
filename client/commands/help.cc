// hotline help and hotline version: what there is and how it is used, and which program this is.
#include "client/commands/commands.h"
#include "protocol/api/client_api.h"
#include "protocol/base/nearest.h"

namespace hotline::client {
namespace {

int help(Invocation& invocation) {
  const Program program = program_of(all_commands());
  const size_t width = invocation.output.text_width();
  std::string name;
  for (const std::string& word : invocation.arguments.all("COMMAND")) {
    name += (name.empty() ? "" : " ") + word;
  }
  if (name.empty()) {
    invocation.output.text(overview(program, width));
    return kExitDone;
  }
  std::vector<std::string> names;
  for (const CommandSpec& command : program.commands) {
    names.push_back(command.name);
    if (command.name != name) continue;
    invocation.output.text(command_help(program, command, width));
    return kExitDone;
  }
  const std::string group = group_overview(program, name, width);
  if (!group.empty()) {
    invocation.output.text(group);
    return kExitDone;
  }
  const auto guess = nearest_word(name, names);
  return invocation.output.fail("",
                                make_error(ErrorCode::usage, "there is no command \"" + name + "\"",
                                           guess ? "hotline help " + *guess : "hotline help"));
}

int version(Invocation& invocation) {
  invocation.output.answer(
      "hotline " HOTLINE_VERSION " (client API " + std::to_string(client_api::kVersion) + ")",
      json_document()
          .add("program", "hotline")
          .add("version", HOTLINE_VERSION)
          .add("client_api", client_api::kVersion));
  return kExitDone;
}

}  // namespace

Command help_command() {
  return {{.name = "help",
           .summary = "Explain the commands",
           .examples = {"hotline help", "hotline help send", "hotline help template"},
           .positionals = {{"COMMAND", "the command to explain", false, true}},
           .without = {"--json", "--local"}},
          help};
}

Command version_command() {
  return {{.name = "version",
           .summary = "Print the version",
           .examples = {"hotline version"},
           .without = {"--local"}},
          version};
}

}  // namespace hotline::client
