#include "protocol/terminal/command_spec.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/terminal/printable.h"

namespace hotline {
namespace {

constexpr size_t kHelpWidth = 100;

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

// Names and what they are, in two columns.
std::string columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  std::string list;
  for (const auto& [name, text] : rows)
    list += "  " + name + std::string(width + 2 - name.size(), ' ') + text + "\n";
  return list;
}

std::string command_list(const std::vector<const CommandSpec*>& commands) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const CommandSpec* command : commands) rows.emplace_back(command->name, command->summary);
  return columns(rows);
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

std::string group_overview(const Program& program, const std::string& group) {
  const std::vector<const CommandSpec*> members = commands_from(program, group + " ");
  if (members.empty()) return "";
  if (members.size() == 1) return command_help(program, *members.front());
  return "usage: " + program.name + " " + group + " COMMAND ...\n\ncommands:\n" +
         command_list(members) + "\n`" + to_ask_for_help(program, members.front()->name) +
         "` explains one of them, with examples.\n";
}

std::string overview(const Program& program) {
  std::string help = program.name + ": " + program.purpose + "\n\nusage: " + program.name + " " +
                     program.usage + "\n\ncommands:\n" + command_list(commands_from(program, ""));
  help += "\noptions of every command:\n";
  append_options(help, program.options);
  return help + "\n" + program.afterword;
}

std::string command_help(const Program& program, const CommandSpec& command) {
  std::string help = command.summary + ".\n\nusage: " + program.name + " " + command.name;
  if (!command.options.empty()) help += " [options]";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const PositionalSpec& positional : command.positionals) {
    const std::string name = positional.name + (positional.repeated ? "..." : "");
    help += positional.required ? " " + name : " [" + name + "]";
    rows.emplace_back(positional.name, positional.help);
  }
  help += "\n";
  if (!command.description.empty()) help += "\n" + wrapped(command.description, kHelpWidth, "");
  if (!rows.empty()) help += "\n" + columns(rows);
  if (!command.options.empty()) {
    help += "\noptions:\n";
    append_options(help, command.options);
  }
  help += "\noptions of every command:\n";
  append_options(help, program.options);
  if (!command.examples.empty()) help += "\nexamples:\n";
  for (const std::string& example : command.examples) help += "  " + example + "\n";
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
