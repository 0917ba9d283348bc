// hotlined help: what there is and how it is used, as --help says it.
#include "daemon/commands/commands.h"
#include "protocol/base/nearest.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int service_help(const Arguments& arguments, Output& output) {
  const Program program = service_program();
  const size_t width = output.text_width();
  std::string name;
  for (const std::string& word : arguments.all("COMMAND")) name += (name.empty() ? "" : " ") + word;
  std::vector<std::string> names;
  for (const CommandSpec& command : program.commands) {
    names.push_back(command.name);
    if (command.name == name) {
      output.text(command_help(program, command, width));
      return kExitDone;
    }
  }
  const std::string text =
      name.empty() ? overview(program, width) : group_overview(program, name, width);
  if (text.empty()) {
    const auto guess = nearest_word(name, names);
    return output.fail("", make_error(ErrorCode::usage, "there is no command \"" + name + "\"",
                                      guess ? "hotlined help " + *guess : "hotlined help"));
  }
  output.text(text);
  return kExitDone;
}

}  // namespace

ServiceCommand help_command() {
  return {{"help",
           "Explain the commands",
           "",
           {"hotlined help", "hotlined help config check"},
           {},
           {{"COMMAND", "the command to explain", false, true}}},
          service_help};
}

}  // namespace hotline
