#include "protocol/terminal/command_spec.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "protocol/terminal/printable.h"

namespace hotline {
namespace {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Names and what they are, in two columns.
std::string in_columns(const NamedTexts& rows, size_t width) {
  size_t names_width = 0;
  for (const auto& row : rows) names_width = std::max(names_width, row.first.size());
  const std::string indent(names_width + 4, ' ');
  std::string list;
  for (const auto& [name, text] : rows) {
    std::string row = wrapped(text.empty() ? " " : text, width, indent);
    if (row.size() < indent.size()) row.insert(0, indent);
    row.replace(2, name.size(), name);
    list += row;
  }
  return list;
}

std::string option_list(const std::vector<OptionSpec>& options, size_t width) {
  NamedTexts rows;
  for (const OptionSpec& option : options) {
    std::string name = (option.names[1] == '-' ? "    " : "") + option.names;
    const size_t comma = name.find(',');
    if (comma != std::string::npos) name.replace(comma, 1, ", ");
    if (!option.value.empty()) name += " " + option.value;
    if (option.repeated) name += " ...";
    rows.emplace_back(name, option.help);
  }
  return in_columns(rows, width);
}

std::string command_list(const std::vector<const CommandSpec*>& commands, size_t width) {
  NamedTexts rows;
  for (const CommandSpec* command : commands) rows.emplace_back(command->name, command->summary);
  return in_columns(rows, width);
}

// A command over several lines, as a shell takes it: broken between words, and in no quotation.
std::string example_lines(const std::string& command, size_t width) {
  constexpr std::string_view kMark = " \\";
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : command) {
    if (c == '"') quoted = !quoted;
    if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::string lines;
  std::string line = " ";
  for (const std::string& word : words) {
    const bool fits = column_count(line) + 1 + column_count(word) + kMark.size() <= width;
    if (!fits && line.find_first_not_of(' ') != std::string::npos) {
      lines += line + std::string(kMark) + "\n";
      line = "     ";
    }
    line += " " + word;
  }
  return lines + line + "\n";
}

// Those whose names begin so.
std::vector<const CommandSpec*> commands_from(const Program& program, const std::string& start) {
  std::vector<const CommandSpec*> found;
  for (const CommandSpec& command : program.commands)
    if (command.name.starts_with(start)) found.push_back(&command);
  return found;
}

}  // namespace

std::string to_ask_for_help(const Program& program, const std::string& words) {
  const std::string named = words.empty() ? "" : " " + words;
  return program.name + (program.is_service ? named + " --help" : " help" + named);
}

std::string group_overview(const Program& program, const std::string& group, size_t width) {
  const std::vector<const CommandSpec*> members = commands_from(program, group + " ");
  if (members.empty()) return "";
  if (members.size() == 1) return command_help(program, *members.front(), width);
  return "usage: " + program.name + " " + group + " COMMAND ...\n\ncommands:\n" +
         command_list(members, width) + "\n" +
         wrapped("`" + to_ask_for_help(program, members.front()->name) +
                     "` explains one of them, with examples.",
                 width, "");
}

std::string overview(const Program& program, size_t width) {
  return wrapped(program.name + ": " + program.purpose, width, "") + "\nusage: " + program.name +
         " " + program.usage + "\n\ncommands:\n" + command_list(commands_from(program, ""), width) +
         "\noptions of every command:\n" + option_list(program.options, width) + "\n" +
         wrapped(program.afterword, width, "");
}

std::string command_help(const Program& program, const CommandSpec& command, size_t width) {
  std::string help =
      wrapped(command.summary + ".", width, "") + "\nusage: " + program.name + " " + command.name;
  if (!command.options.empty()) help += " [options]";
  NamedTexts rows;
  for (const PositionalSpec& positional : command.positionals) {
    const std::string name = positional.name + (positional.repeated ? "..." : "");
    help += positional.required ? " " + name : " [" + name + "]";
    rows.emplace_back(positional.name, positional.help);
  }
  help += "\n";
  if (!command.description.empty()) help += "\n" + wrapped(command.description, width, "");
  if (!rows.empty()) help += "\n" + in_columns(rows, width);
  if (!command.options.empty()) help += "\noptions:\n" + option_list(command.options, width);
  help += "\noptions of every command:\n" + option_list(program.options, width);
  if (!command.examples.empty()) help += "\nexamples:\n";
  for (const std::string& example : command.examples) help += example_lines(example, width);
  return help;
}

std::optional<std::string> Arguments::get(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<uint64_t> Arguments::number(const std::string& name, uint64_t otherwise,
                                   uint64_t minimum) const {
  const auto text = get(name);
  if (!text) return otherwise;
  uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < minimum) {
    return make_error(
        ErrorCode::usage,
        name + " " + *text + " is not a whole number from " + std::to_string(minimum) + " on",
        name + " " + std::to_string(std::max<uint64_t>(otherwise, minimum)));
  }
  return number;
}

}  // namespace hotline
