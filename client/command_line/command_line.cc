#include "client/command_line/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <deque>

#include "protocol/base/nearest.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kHelpWidth = 100;

// Taken by every command, before its name or after it.
const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> options = {
      {"--context", "NAME", "the context to use: server, certificate, key, CA, language", false},
      {"-c,--config", "FILE", "the file of contexts (~/.config/hotline/config.toml)", false},
      {"--json", "", "print JSON for programs: one object, or one a line for streams", false},
      {"--color", "WHEN", "always, never, or auto: on a terminal, unless NO_COLOR is set", false},
      {"--local", "", "add local time to UTC", false},
      {"-h,--help", "", "explain the command, with examples", false},
  };
  return options;
}

// "--precedence" of "-p,--precedence".
std::string long_name(const std::string& names) {
  return names.substr(names.find("--"));
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == separator) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// The parser made from our tables. CLI11 finds out what belongs to what; every complaint is ours.
class Parser {
 public:
  explicit Parser(const std::vector<CommandSpec>& commands) {
    root_.set_help_flag();
    prepare(root_, common_options());
    bind_option(root_, version_);
    for (const CommandSpec& command : commands) {
      CLI::App* app = &root_;
      for (const std::string& word : split(command.name, ' ')) {
        if (app != &root_ && std::find(groups_.begin(), groups_.end(), app) == groups_.end()) {
          prepare(*app, common_options());
          groups_.push_back(app);
        }
        app = subcommand(*app, word);
      }
      prepare(*app, common_options());
      for (const OptionSpec& option : command.options) bind_option(*app, option);
      leaves_.emplace_back(app, &command);
    }
  }

  Status parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back.
    try {
      root_.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      return make_error(ErrorCode::usage, error.what(), "hotline help");
    }
    return ok();
  }

  // The command that was named, null when none was. `words` is what was named, whole or not.
  const CommandSpec* command() const {
    for (const auto& [app, command] : leaves_) {
      if (app == deepest()) return command;
    }
    return nullptr;
  }

  // What no option took, in the order of typing.
  std::vector<std::string> left_over() const { return root_.remaining(true); }

  // What can follow the words so far: "show" and "list" after "template".
  std::vector<std::string> next_words() const {
    std::vector<std::string> words;
    for (const CLI::App* app : deepest()->get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(app->get_name());
    }
    return words;
  }

  // "template" of "hotline template".
  std::string words_so_far() const {
    std::string words;
    for (const CLI::App* app = &root_; !app->get_subcommands().empty();) {
      app = app->get_subcommands().front();
      words += (words.empty() ? "" : " ") + app->get_name();
    }
    return words;
  }

  std::vector<std::string> option_names() const {
    std::vector<std::string> names;
    for (const Bound& bound : bound_) {
      if (bound.app != &root_ && bound.app != deepest()) continue;
      names.push_back(bound.name);
    }
    return names;
  }

  // Fails on what was given twice but may be given once.
  Result<Arguments> arguments() const {
    Arguments arguments;
    for (const Bound& bound : bound_) {
      if (bound.option->count() == 0) continue;
      if (bound.is_switch) {
        arguments.add(bound.name, "");
        continue;
      }
      const std::vector<std::string>& values = bound.option->results();
      if (!bound.repeated && (values.size() > 1 || arguments.has(bound.name))) {
        return make_error(ErrorCode::usage, bound.name + " was given more than once");
      }
      for (const std::string& value : values) arguments.add(bound.name, value);
    }
    return arguments;
  }

 private:
  struct Bound {
    const CLI::App* app;
    CLI::Option* option;
    std::string name;
    bool is_switch;
    bool repeated;
  };

  const CLI::App* deepest() const {
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return app;
  }

  static CLI::App* subcommand(CLI::App& app, const std::string& word) {
    for (CLI::App* known : app.get_subcommands([](CLI::App*) { return true; })) {
      if (known->get_name() == word) return known;
    }
    CLI::App* added = app.add_subcommand(word);
    added->allow_extras();
    added->require_subcommand(0, 1);
    return added;
  }

  void prepare(CLI::App& app, const std::vector<OptionSpec>& options) {
    app.allow_extras();
    app.require_subcommand(0, 1);
    for (const OptionSpec& option : options) bind_option(app, option);
  }

  // Values are read back with results(): CLI11's conversions give "{}" and "[...]" meanings of
  // their own, and a message may well contain them.
  static CLI::Option* add(CLI::App& app, const std::string& names) {
    CLI::Option* option = app.add_option(names, [](const CLI::results_t&) { return true; });
    option->type_size(1)->expected(1)->allow_extra_args(false);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return option;
  }

  void bind_option(CLI::App& app, const OptionSpec& spec) {
    const bool is_switch = spec.value.empty();
    CLI::Option* option = is_switch ? app.add_flag(spec.names) : add(app, spec.names);
    bound_.push_back({&app, option, long_name(spec.names), is_switch, spec.repeated});
  }

  CLI::App root_;
  std::vector<std::pair<const CLI::App*, const CommandSpec*>> leaves_;
  std::vector<const CLI::App*> groups_;  // "audit" of "audit log".
  std::vector<Bound> bound_;
  const OptionSpec version_{"--version", "", "print the version", false};
};

std::string quoted(const std::string& word) {
  return "\"" + word + "\"";
}

Error unknown_option(const std::string& typed, const Parser& parser, const std::string& command) {
  const std::string name = typed.substr(0, typed.find('='));
  std::string hint = command.empty() ? "hotline help" : "hotline help " + command;
  if (const auto guess = nearest_word(name, parser.option_names())) {
    hint = "did you mean " + *guess + "?";
  }
  return make_error(ErrorCode::usage, "unknown option " + quoted(name), hint);
}

Error unknown_command(const std::string& typed, const Parser& parser, const std::string& before) {
  const std::string prefix = before.empty() ? "hotline " : "hotline " + before + " ";
  std::string hint;
  if (const auto guess = nearest_word(typed, parser.next_words())) {
    hint = prefix + *guess;
  } else if (before.empty()) {
    hint = "hotline help";
  } else {
    for (const std::string& word : parser.next_words())
      hint += (hint.empty() ? "" : "\n") + prefix + word;
  }
  return make_error(ErrorCode::usage,
                    "unknown command " + quoted((before.empty() ? "" : before + " ") + typed),
                    hint);
}

// The words that are no options, given to the positionals of the command in their order; or the one
// complaint that helps most. `literal` are those after "--", which are no options whatever they
// look like.
Status take_positionals(const Parser& parser, const std::vector<std::string>& literal,
                        Arguments& arguments) {
  const CommandSpec* command = parser.command();
  const std::string words = parser.words_so_far();
  size_t next = 0;
  const auto take = [&](const std::string& word) -> Status {
    if (command == nullptr) return unknown_command(word, parser, words);
    if (next == command->positionals.size()) {
      return make_error(ErrorCode::usage, quoted(word) + " is one word too many",
                        "hotline help " + words);
    }
    arguments.add(command->positionals[next].name, word);
    if (!command->positionals[next].repeated) ++next;
    return ok();
  };
  for (const std::string& word : parser.left_over()) {
    if (word.size() > 1 && word[0] == '-') return unknown_option(word, parser, words);
    if (auto status = take(word); !status) return status;
  }
  for (const std::string& word : literal) {
    if (auto status = take(word); !status) return status;
  }
  return ok();
}

Status check_positionals(const CommandSpec& command, const Arguments& arguments) {
  for (const PositionalSpec& positional : command.positionals) {
    if (positional.required && !arguments.has(positional.name)) {
      return make_error(
          ErrorCode::usage,
          "hotline " + command.name + " wants " + positional.name + ": " + positional.help,
          command.examples.empty() ? "hotline help " + command.name : command.examples.front());
    }
  }
  return ok();
}

// A word for a shell.
std::string as_typed(const std::string& word) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-_./:@+,=").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string typed = "'";
  for (const char c : word) typed += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return typed + "'";
}

// Colour and kind of output, also when the words make no sense.
Result<Output> make_output(const Arguments& arguments, const Surroundings& around) {
  OutputOptions options;
  options.json = arguments.has("--json");
  options.terminal = around.out_is_terminal && !options.json;
  options.local_time = arguments.has("--local");
  options.columns = around.out_columns;
  for (const char* option : {"--config", "--context"}) {
    if (const auto typed = arguments.get(option))
      options.daemon_options += std::string(" ") + option + " " + as_typed(*typed);
  }
  options.set_last_words = around.set_last_words;
  const std::string when = arguments.get("--color").value_or("auto");
  if (when == "always") {
    options.color = true;
  } else if (when == "auto") {
    const auto no_color = around.environment("NO_COLOR");
    options.color =
        around.out_is_terminal && around.err_is_terminal && !(no_color && !no_color->empty());
  } else if (when != "never") {
    return make_error(ErrorCode::usage, "--color " + when + " is unknown",
                      "--color always, never or auto");
  }
  return Output(*around.out, *around.err, options);
}

void append_options(std::string& help, const std::vector<OptionSpec>& options) {
  std::vector<std::pair<std::string, std::string>> lines;
  size_t width = 0;
  for (const OptionSpec& option : options) {
    std::string name = (option.names[1] == '-' ? "    " : "") + option.names;
    const size_t comma = name.find(',');
    if (comma != std::string::npos) name.replace(comma, 1, ", ");
    if (!option.value.empty()) name += " " + option.value;
    if (option.repeated) name += " ...";
    width = std::max(width, name.size());
    lines.emplace_back(name, option.help);
  }
  for (const auto& [name, text] : lines) {
    const std::string indent(width + 4, ' ');
    std::string wrapped_text = wrapped(text, kHelpWidth, indent);
    wrapped_text.replace(2, name.size(), name);
    help += wrapped_text;
  }
}

std::string command_list(const std::vector<CommandSpec>& commands) {
  std::string list;
  size_t width = 0;
  for (const CommandSpec& command : commands) width = std::max(width, command.name.size());
  for (const CommandSpec& command : commands) {
    list += "  " + command.name + std::string(width + 2 - command.name.size(), ' ') +
            command.summary + "\n";
  }
  return list;
}

}  // namespace

std::string group_overview(const std::vector<CommandSpec>& commands, const std::string& group) {
  std::vector<CommandSpec> members;
  std::copy_if(
      commands.begin(), commands.end(), std::back_inserter(members),
      [&group](const CommandSpec& command) { return command.name.starts_with(group + " "); });
  if (members.empty()) return "";
  if (members.size() == 1) return command_help(members.front());
  return "usage: hotline " + group + " COMMAND ...\n\ncommands:\n" + command_list(members) +
         "\n`hotline help " + members.front().name + "` explains one of them, with examples.\n";
}

std::string overview(const std::vector<CommandSpec>& commands) {
  std::string help =
      "hotline: send, read and acknowledge the messages of a channel between two parties.\n"
      "\nusage: hotline [--context NAME] COMMAND ...\n\ncommands:\n" +
      command_list(commands);
  help += "\noptions of every command:\n";
  append_options(help, common_options());
  help +=
      "\nA message is named N-000123, N-123, @last, or @flash (the oldest FLASH that waits for an\n"
      "acknowledgement). `hotline help COMMAND` shows examples; `hotline demo` shows it all at "
      "work.\n";
  return help;
}

std::string command_help(const CommandSpec& command) {
  std::string help = command.summary + ".\n\nusage: hotline " + command.name;
  if (!command.options.empty()) help += " [options]";
  for (const PositionalSpec& positional : command.positionals) {
    const std::string name = positional.name + (positional.repeated ? "..." : "");
    help += positional.required ? " " + name : " [" + name + "]";
  }
  help += "\n";
  if (!command.description.empty()) help += "\n" + wrapped(command.description, kHelpWidth, "");
  if (!command.positionals.empty()) help += "\n";
  size_t width = 0;
  for (const PositionalSpec& positional : command.positionals) {
    width = std::max(width, positional.name.size());
  }
  for (const PositionalSpec& positional : command.positionals) {
    const std::string gap(width + 2 - positional.name.size(), ' ');
    help += "  " + positional.name + gap + positional.help + "\n";
  }
  if (!command.options.empty()) {
    help += "\noptions:\n";
    append_options(help, command.options);
  }
  help += "\noptions of every command:\n";
  append_options(help, common_options());
  if (!command.examples.empty()) help += "\nexamples:\n";
  for (const std::string& example : command.examples) help += "  " + example + "\n";
  return help;
}

namespace {

int run_words(const std::vector<std::string>& words, const std::vector<CommandSpec>& commands,
              const Surroundings& around, Output& plain) {
  const bool json = plain.json();
  // CLI11 forgets a "--" that a command without positionals of its own meets.
  const auto mark = std::find(words.begin(), words.end(), "--");
  const std::vector<std::string> literal(mark == words.end() ? mark : mark + 1, words.end());
  Parser parser(commands);
  if (auto status = parser.parse({words.begin(), mark}); !status)
    return plain.fail("", status.error());
  auto arguments = parser.arguments();
  if (!arguments) {
    Error error = arguments.error();
    error.hint = "hotline help " + parser.words_so_far();
    return plain.fail("", error);
  }
  if (auto status = take_positionals(parser, literal, *arguments); !status) {
    return plain.fail("", status.error());
  }
  auto output = make_output(*arguments, around);
  if (!output) return plain.fail("", output.error());

  const CommandSpec* command = parser.command();
  if (command == nullptr && arguments->has("--version")) {
    std::vector<std::string> version = {"version"};
    if (json) version.push_back("--json");
    return run_words(version, commands, around, plain);
  }
  if (command == nullptr) {
    const std::string so_far = parser.words_so_far();
    if (so_far.empty()) {
      output->text(overview(commands));
      return arguments->has("--help") ? kExitDone : kExitUsage;
    }
    output->text(group_overview(commands, so_far));
    return arguments->has("--help") ? kExitDone : kExitUsage;
  }
  if (arguments->has("--help")) {
    output->text(command_help(*command));
    return kExitDone;
  }
  if (auto status = check_positionals(*command, *arguments); !status) {
    return output->fail("", status.error());
  }
  Invocation invocation;
  invocation.context_name = arguments->get("--context");
  invocation.config_path = arguments->get("--config");
  invocation.arguments = std::move(*arguments);
  invocation.around = &around;
  invocation.output = std::move(*output);
  try {
    return command->run(invocation);
  } catch (const OutputLost& lost) {
    return invocation.output.fail_unprinted(lost);
  }
}

}  // namespace

int run_command_line(const std::vector<std::string>& words,
                     const std::vector<CommandSpec>& commands, const Surroundings& around) {
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  Output plain(*around.out, *around.err, {.json = json});
  try {
    return run_words(words, commands, around, plain);
  } catch (const OutputLost& lost) {
    return plain.fail_unprinted(lost);
  }
}

}  // namespace hotline::client
