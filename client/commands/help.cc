// hotline help, hotline completion and hotline version: what there is and how it is used, for
// people and for their shell, and which program this is.
#include <set>

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

// The first words of all commands, or the second words after `first`.
std::set<std::string> words_after(const Program& program, const std::string& first) {
  std::set<std::string> words;
  for (const CommandSpec& command : program.commands) {
    const size_t space = command.name.find(' ');
    if (first.empty()) {
      words.insert(command.name.substr(0, space));
    } else if (space != std::string::npos && command.name.substr(0, space) == first) {
      words.insert(command.name.substr(space + 1));
    }
  }
  return words;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string options_of(const Program& program, const CommandSpec& command) {
  std::set<std::string> names;
  for (const OptionSpec& option : program.options) names.insert(option.long_name());
  for (const OptionSpec& option : command.options) names.insert(option.long_name());
  return joined(names);
}

std::string bash_script(const Program& program) {
  std::string script =
      "# For ~/.bashrc: source <(hotline completion bash)\n"
      "_hotline() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" first=\"${COMP_WORDS[1]}\"\n"
      "  local command=\"$first\" words=\"\"\n"
      "  [ \"$COMP_CWORD\" -gt 2 ] && command=\"$first ${COMP_WORDS[2]}\"\n"
      "  case \"$command\" in\n";
  std::set<std::string> groups;
  for (const CommandSpec& command : program.commands) {
    const size_t space = command.name.find(' ');
    if (space != std::string::npos) {
      groups.insert(command.name.substr(0, space));
      script += "    \"" + command.name + "\") words=\"" + options_of(program, command) + "\" ;;\n";
    } else {
      script += "    \"" + command.name + "\" | \"" + command.name + " \"*) words=\"" +
                options_of(program, command) + "\" ;;\n";
    }
  }
  for (const std::string& group : groups) {
    script += "    \"" + group + "\") words=\"" + joined(words_after(program, group)) + "\" ;;\n";
  }
  script += "  esac\n  [ \"$COMP_CWORD\" -eq 1 ] && words=\"" + joined(words_after(program, "")) +
            "\"\n"
            "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
            "}\n"
            "complete -o default -F _hotline hotline\n";
  return script;
}

int completion(Invocation& invocation) {
  const std::string shell = *invocation.arguments.get("SHELL");
  if (shell != "bash") {
    return invocation.output.fail(
        "", make_error(ErrorCode::usage, "there is no completion for \"" + shell + "\"",
                       "hotline completion bash"));
  }
  invocation.output.text(bash_script(program_of(all_commands())));
  return kExitDone;
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

Command completion_command() {
  return {{.name = "completion",
           .summary = "Print what bash needs to complete commands and options",
           .examples = {"source <(hotline completion bash)"},
           .positionals = {{"SHELL", "bash"}},
           .without = {"--json", "--local"}},
          completion};
}

Command version_command() {
  return {{.name = "version",
           .summary = "Print the version",
           .examples = {"hotline version"},
           .without = {"--local"}},
          version};
}

}  // namespace hotline::client
