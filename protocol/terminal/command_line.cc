#include "protocol/terminal/command_line.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "protocol/base/nearest.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

const OptionSpec kVersion = {"--version", "", "print the version"};

std::string quoted(const std::string& word) {
  return "\"" + word + "\"";
}

bool looks_like_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-';
}

// Takes the words one by one: first those of the command's name, then its positionals, and options
// anywhere.
class Parser {
 public:
  explicit Parser(const Program& program) : program_(program) {}

  Status parse(const std::vector<std::string>& words) {
    const auto mark = std::find(words.begin(), words.end(), "--");
    for (auto at = words.begin(); at != mark;) {
      const std::string& word = *at++;
      if (auto status = looks_like_option(word) ? take_option(word, at, mark) : take_word(word);
          !status) {
        return status;
      }
    }
    for (auto at = mark; at != words.end() && ++at != words.end();)
      if (auto status = take_word(*at); !status) return status;
    return ok();
  }

  // Fails on an option that the command would drop: whoever typed it meant something by it.
  Status check_used() const {
    for (const std::string& name : command_->without) {
      if (arguments_.has(name)) {
        return usage_error(name + " is of no use to " + command_->name);
      }
    }
    for (const OptionSpec& option : command_->options) {
      if (auto status = check_no_clash(option); !status) return status;
    }
    for (const OptionSpec& option : command_->options) {
      if (auto status = check_beside(option); !status) return status;
    }
    return ok();
  }

  // Fails on what must be typed and was not.
  Status check_complete() const {
    for (const OptionSpec& option : command_->options) {
      if (option.required && !arguments_.has(option.long_name()))
        return usage_error(option.long_name() + " is required");
    }
    for (const PositionalSpec& positional : command_->positionals) {
      if (!positional.required || arguments_.has(positional.name)) continue;
      const std::string named = program_.name + " " + command_->name;
      return make_error(ErrorCode::usage, wanted(named, positional.name, positional.help),
                        command_->examples.empty() ? to_ask_for_help(program_, command_->name)
                                                   : command_->examples.front());
    }
    return ok();
  }

  // The command that was named, null when none was.
  const CommandSpec* command() const { return command_; }
  // The words of its name that were typed: "template" of "hotline template".
  const std::string& words() const { return words_; }
  const Arguments& arguments() const { return arguments_; }

 private:
  using Iterator = std::vector<std::string>::const_iterator;

  Error usage_error(const std::string& reason) const {
    return make_error(ErrorCode::usage, reason, to_ask_for_help(program_, words_));
  }

  Status check_no_clash(const OptionSpec& option) const {
    const std::string name = option.long_name();
    if (!arguments_.has(name)) return ok();
    for (const std::string& other : option.never_with) {
      if (arguments_.has(other)) return usage_error(name + " does not go with " + other);
    }
    return ok();
  }

  Status check_beside(const OptionSpec& option) const {
    const std::string name = option.long_name();
    if (!arguments_.has(name)) return ok();
    const auto is_typed = [this](const std::string& other) { return arguments_.has(other); };
    const auto& wanted = option.only_with;
    if (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), is_typed)) return ok();
    if (wanted.size() == 1) return usage_error(name + " goes with " + wanted.front() + " only");
    return usage_error(name + " goes with " + wanted.front() + " or " + wanted.back() + " only");
  }

  // What help says stays English, and so it is not said to people in the middle of a sentence.
  std::string wanted(const std::string& name, const std::string& value,
                     const std::string& help) const {
    return program_.is_service ? name + " wants " + value + ": " + help : name + " wants " + value;
  }

  // Those that may be typed here.
  std::vector<const OptionSpec*> options() const {
    std::vector<const OptionSpec*> options;
    for (const OptionSpec& option : program_.options) options.push_back(&option);
    if (words_.empty()) options.push_back(&kVersion);
    if (command_ == nullptr) return options;
    for (const OptionSpec& option : command_->options) options.push_back(&option);
    return options;
  }

  // As hints have it, "..." and "volume -> ...", to be filled in by whoever follows them.
  static bool stands_for_words(const std::string& value) {
    return value == "..." || value.ends_with(" -> ...") || value.ends_with("=...");
  }

  // `next` is the word after the option; a value that stands there is taken.
  Status take_option(const std::string& typed, Iterator& next, Iterator end) {
    const bool is_long = typed.starts_with("--");
    const std::string name = is_long ? typed.substr(0, typed.find('=')) : typed.substr(0, 2);
    std::optional<std::string> value;
    if (is_long && typed.size() > name.size()) value = typed.substr(name.size() + 1);
    if (!is_long && typed.size() > name.size()) value = typed.substr(name.size());
    for (const OptionSpec* option : options()) {
      const std::string long_name = option->long_name();
      if (name != long_name && (is_long || !option->names.starts_with(name))) continue;
      if (option->value.empty()) {
        arguments_.add(long_name, "");
        if (!value) return ok();
        if (is_long) return usage_error(long_name + " takes no value");
        return take_option("-" + *value, next, end);  // Several in one word: "-fh".
      }
      if (!value && next == end) return usage_error(wanted(long_name, option->value, option->help));
      if (!option->repeated && arguments_.has(long_name))
        return usage_error(long_name + " was given more than once");
      const std::string said = value ? *value : *next++;
      if (stands_for_words(said)) {
        return usage_error(long_name + " " + said + " stands for words of your own");
      }
      arguments_.add(long_name, said);
      return ok();
    }
    return unknown_option(typed.substr(0, typed.find('=')));
  }

  Status take_word(const std::string& word) {
    if (command_ == nullptr) return take_name(word);
    if (next_ == command_->positionals.size())
      return usage_error(quoted(word) + " is one word too many");
    const PositionalSpec& positional = command_->positionals[next_];
    arguments_.add(positional.name, word);
    if (!positional.repeated) ++next_;
    return ok();
  }

  Status take_name(const std::string& word) {
    const std::vector<std::string> known = next_words();
    if (std::find(known.begin(), known.end(), word) == known.end()) return unknown_command(word);
    words_ += (words_.empty() ? "" : " ") + word;
    for (const CommandSpec& command : program_.commands)
      if (command.name == words_) command_ = &command;
    return ok();
  }

  // Each word that can follow those of the name: "show" and "list" after "template".
  std::vector<std::string> next_words() const {
    const std::string start = words_.empty() ? "" : words_ + " ";
    std::vector<std::string> words;
    for (const CommandSpec& command : program_.commands) {
      if (!command.name.starts_with(start)) continue;
      const std::string rest = command.name.substr(start.size());
      const std::string word = rest.substr(0, rest.find(' '));
      if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
    return words;
  }

  std::string typed_so_far() const { return program_.name + (words_.empty() ? "" : " ") + words_; }
  std::string place() const { return program_.is_service ? " after " + typed_so_far() : ""; }

  Error unknown_option(const std::string& name) const {
    std::vector<std::string> known;
    for (const OptionSpec* option : options()) known.push_back(option->long_name());
    Error error = usage_error("unknown option " + quoted(name) + place());
    if (const std::string guess = did_you_mean(name, known); !guess.empty()) error.hint = guess;
    return error;
  }

  Error unknown_command(const std::string& word) const {
    const std::string before = program_.is_service || words_.empty() ? "" : words_ + " ";
    Error error = usage_error("unknown command " + quoted(before + word) + place());
    const std::vector<std::string> known = next_words();
    const std::string start = typed_so_far() + " ";
    if (const auto guess = nearest_word(word, known)) {
      error.hint = start + *guess;
    } else if (!words_.empty()) {
      error.hint.clear();
      for (const std::string& one : known)
        error.hint += (error.hint.empty() ? "" : "\n") + start + one;
    }
    return error;
  }

  const Program& program_;
  const CommandSpec* command_ = nullptr;
  std::string words_;
  size_t next_ = 0;  // The positional that takes the next word.
  Arguments arguments_;
};

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

Translate translation_for(const Screen& screen, const Arguments& arguments) {
  return screen.translation ? screen.translation(arguments) : Translate();
}

// Colour and kind of output, also when the words make no sense.
Result<Output> make_output(const Program& program, const Arguments& arguments,
                           const Screen& screen) {
  OutputOptions options;
  options.program = program.name;
  options.json = arguments.has("--json");
  options.terminal = screen.out_is_terminal && !options.json;
  options.talk_terminal = screen.err_is_terminal && !options.json;
  options.local_time = arguments.has("--local");
  options.columns = screen.out_columns;
  for (const std::string& option : program.kept_options) {
    if (const auto typed = arguments.get(option))
      options.daemon_options += " " + option + " " + as_typed(*typed);
  }
  for (const CommandSpec& command : program.commands) {
    options.commands.push_back(command.name.substr(0, command.name.find(' ')));
  }
  options.set_last_words = screen.set_last_words;
  options.translate = translation_for(screen, arguments);
  const std::string when = arguments.get("--color").value_or("auto");
  if (when == "always") {
    options.color = true;
  } else if (when == "auto") {
    options.color = screen.out_is_terminal && screen.err_is_terminal &&
                    screen.environment("NO_COLOR").value_or("").empty();
  } else if (when != "never") {
    return make_error(ErrorCode::usage, "--color " + when + " is unknown",
                      "--color always, never or auto");
  }
  return Output(*screen.out, *screen.err, options);
}

int show_overview(const Program& program, const std::string& words, bool asked_for,
                  Output& output) {
  if (!asked_for && program.is_service) {
    const std::string typed = program.name + (words.empty() ? "" : " ") + words;
    return output.fail("", make_error(ErrorCode::usage, typed + " wants a command",
                                      to_ask_for_help(program, words)));
  }
  const size_t width = output.text_width();
  output.text(words.empty() ? overview(program, width) : group_overview(program, words, width));
  return asked_for ? kExitDone : kExitUsage;
}

// For words that make no sense: only its language is read from what could be.
Output plain_output(const Program& program, const std::vector<std::string>& words,
                    const Screen& screen, const Arguments& arguments) {
  OutputOptions options;
  options.program = program.name;
  options.json = std::find(words.begin(), words.end(), "--json") != words.end();
  options.talk_terminal = screen.err_is_terminal && !options.json;
  options.columns = screen.out_columns;
  options.translate = translation_for(screen, arguments);
  return Output(*screen.out, *screen.err, options);
}

int run_words(const Program& program, const std::vector<std::string>& words, const Screen& screen,
              const Perform& perform) {
  Parser parser(program);
  const Status parsed = parser.parse(words);
  const Arguments& arguments = parser.arguments();
  if (!parsed) return plain_output(program, words, screen, arguments).fail("", parsed.error());
  auto output = make_output(program, arguments, screen);
  if (!output) return plain_output(program, words, screen, arguments).fail("", output.error());
  const CommandSpec* command = parser.command();
  if (command == nullptr && arguments.has("--version")) {
    std::vector<std::string> version = {"version"};
    if (output->json()) version.push_back("--json");
    return run_words(program, version, screen, perform);
  }
  if (command == nullptr)
    return show_overview(program, parser.words(), arguments.has("--help"), *output);
  if (arguments.has("--help")) {
    output->text(command_help(program, *command, output->text_width()));
    return kExitDone;
  }
  if (auto status = parser.check_used(); !status) return output->fail("", status.error());
  if (auto status = parser.check_complete(); !status) return output->fail("", status.error());
  try {
    return perform(static_cast<size_t>(command - program.commands.data()), arguments, *output);
  } catch (const OutputLost& lost) {
    return output->fail_unprinted(lost);
  }
}

}  // namespace

int run_program(const Program& program, const std::vector<std::string>& words, const Screen& screen,
                const Perform& perform) {
  try {
    return run_words(program, words, screen, perform);
  } catch (const OutputLost& lost) {
    return plain_output(program, words, screen, {}).fail_unprinted(lost);
  }
}

}  // namespace hotline
