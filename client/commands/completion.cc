// hotline completion: what a shell needs to complete commands, options and values. The shell's part
// is a few lines: it asks this program at each key, so that what is offered is what there is.
#include "client/command_line/completion.h"

#include "client/commands/commands.h"
#include "protocol/message/draft.h"

namespace hotline::client {
namespace {

constexpr uint64_t kRowsOffered = 50;  // More are not read by anybody who pressed a key.

// A daemon that does not answer must not hold the keyboard: timeout ends it.
constexpr char kBashScript[] =
    R"(# For ~/.bashrc: source <(hotline completion bash)
_hotline() {
  mapfile -t COMPREPLY < <(timeout 2 "${COMP_WORDS[0]}" completion values -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _hotline hotline
)";

constexpr char kZshScript[] =
    R"(#compdef hotline
# For ~/.zshrc, below compinit: source <(hotline completion zsh)
_hotline() {
  local -a offered
  offered=("${(@f)$(timeout 2 "${words[1]}" completion values -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  offered=("${(@)offered:#}")
  if (( $#offered )); then compadd -- "${offered[@]}"; else _files; fi
}
compdef _hotline hotline
)";

constexpr char kFishScript[] =
    R"(# For ~/.config/fish/config.fish: hotline completion fish | source
function __hotline_offered
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    timeout 2 $typed[1] completion values -- $typed[2..-1] "$current" 2>/dev/null
end
complete -c hotline -a '(__hotline_offered)'
)";

// From the daemon or the file that the typed words choose. Nothing can be told to whoever presses a
// key: where they cannot be had there are none.
std::vector<std::string> find_values(Invocation& invocation, const Completion& completion) {
  std::vector<std::string> values;
  if (completion.values == Values::none) return values;
  Invocation typed{completion.arguments, invocation.output, invocation.around, invocation.command};
  if (completion.values == Values::contexts) {
    const auto file = read_context_file(
        config_path(typed.arguments.get("--config"), invocation.around->environment));
    if (!file) return values;
    for (const Context& one : file->contexts) values.push_back(one.name);
    return values;
  }
  const auto connection = typed.connect();
  if (!connection) return values;
  if (completion.values == Values::drafts) {
    const auto drafts = (*connection)->drafts(kRowsOffered, 0);
    if (!drafts) return values;
    for (const wire::DraftRow* one : tables((*drafts)->rows())) {
      values.push_back(format_draft_name(one->number()));
    }
    return values;
  }
  const auto messages = (*connection)->list(wire::Box::all, kRowsOffered);
  if (!messages) return values;
  for (const wire::MessageRow* one : tables((*messages)->rows())) {
    values.push_back(text(one->id()));
  }
  return values;
}

int offer_values(Invocation& invocation) {
  const Completion completion =
      complete(program_of(all_commands()), invocation.arguments.all("WORD"));
  for (const std::string& word : completion.words) invocation.output.line(word);
  for (const std::string& value : find_values(invocation, completion)) {
    if (value.starts_with(completion.start)) invocation.output.line(value);
  }
  return kExitDone;
}

int completion(Invocation& invocation) {
  const std::string shell = *invocation.arguments.get("SHELL");
  if (shell == "values") return offer_values(invocation);
  for (const auto& [name, script] : {std::pair{"bash", kBashScript}, std::pair{"zsh", kZshScript},
                                     std::pair{"fish", kFishScript}}) {
    if (shell != name) continue;
    if (invocation.arguments.has("WORD")) {
      return invocation.output.fail(
          "", make_error(ErrorCode::usage, "it takes the name of a shell alone",
                         "hotline completion " + shell));
    }
    invocation.output.text(script);
    return kExitDone;
  }
  return invocation.output.fail(
      "", make_error(ErrorCode::usage, "there is no completion for \"" + shell + "\"",
                     "hotline completion bash    (or zsh, or fish)"));
}

}  // namespace

Command completion_command() {
  return {
      {.name = "completion",
       .summary = "Print what a shell needs to complete commands, options and values",
       .description =
           "Ids of messages and drafts are asked of the daemon of the context, and offered "
           "where it answers within two seconds. The scripts ask `hotline completion values` "
           "with the words that were typed; so can any other program.",
       .examples = {"source <(hotline completion bash)", "source <(hotline completion zsh)",
                    "hotline completion fish | source", "hotline completion values -- template sh"},
       .positionals = {{"SHELL", "bash, zsh or fish"},
                       {"WORD", "with values: those that were typed", false, true}},
       .without = {"--json", "--local"}},
      completion};
}

}  // namespace hotline::client
