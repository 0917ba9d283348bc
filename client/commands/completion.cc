// hotline completion: what the shell needs to complete our words.
#include <set>

#include "client/command_line/command_line.h"
#include "client/commands/commands.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

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

}  // namespace

Command completion_command() {
  return {{"completion",
           "Print what bash needs to complete commands and options",
           "",
           {"source <(hotline completion bash)"},
           {},
           {{"SHELL", "bash"}}},
          completion};
}

}  // namespace hotline::client
