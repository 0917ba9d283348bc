#include "protocol/terminal/printable.h"

#include <algorithm>
#include <cstdint>

namespace hotline {
namespace {

// Combining marks, and the joiners.
bool has_no_width(uint32_t value) {
  return value == 0x200C || value == 0x200D || (value >= 0x0300 && value <= 0x036F) ||
         (value >= 0x20D0 && value <= 0x20FF) || (value >= 0xFE20 && value <= 0xFE2F);
}

// With sequences that colour it: "\x1b[1m". Text from outside has none.
size_t shown_columns(std::string_view text) {
  size_t columns = column_count(text);
  for (size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at)) {
    const size_t end = text.find('m', at);
    if (end == std::string_view::npos) break;
    columns -= end + 1 - at;
    at = end;
  }
  return columns;
}

// Where the word ends that begins at `at`; a space between quotation marks ends none.
size_t end_of_word(std::string_view line, size_t at) {
  bool quoted = false;
  for (size_t end = at; end < line.size(); ++end) {
    if (line[end] == '"') quoted = !quoted;
    if (line[end] == ' ' && !quoted) return end;
  }
  return quoted ? std::min(line.find(' ', at), line.size()) : line.size();
}

// Where the command ends that begins at `at`.
size_t end_of_command(std::string_view line, size_t at) {
  while (true) {
    const size_t end = end_of_word(line, at);
    const size_t next = std::min(line.find_first_not_of(' ', end), line.size());
    const bool is_last = end == line.size() || next - end >= 4;
    if (is_last || std::string_view(".,;)").find(line[end - 1]) != std::string_view::npos) {
      return end;
    }
    at = next;
  }
}

bool is_command(std::string_view piece) {
  return piece.starts_with("hotline ");
}

// Where what is not broken ends.
size_t end_of_piece(std::string_view line, size_t at, size_t width) {
  if (is_command(line.substr(at))) return end_of_command(line, at);
  const size_t end = end_of_word(line, at);
  const bool fits = shown_columns(line.substr(at, end - at)) <= width;
  return fits ? end : std::min(line.find(' ', at), line.size());
}

// Where the word of a shell ends that begins at `at`.
size_t end_of_shell_word(std::string_view command, size_t at) {
  char quote = 0;
  for (; at < command.size() && (quote != 0 || command[at] != ' '); ++at) {
    const char c = command[at];
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  return at;
}

// A command on several lines, as a shell reads it all the same; the first has so many columns.
std::string continued(std::string_view command, size_t width, const std::string& indent) {
  constexpr std::string_view kGoesOn = " \\";
  std::string shown;
  std::string current;
  for (size_t at = 0; at < command.size();) {
    const size_t end = end_of_shell_word(command, at);
    const std::string_view word = command.substr(at, end - at);
    const size_t room = end == command.size() ? 0 : kGoesOn.size();
    const size_t before = shown.empty() ? indent.size() - 2 : 0;
    const size_t needed = before + column_count(current) + 1 + shown_columns(word) + room;
    const bool has_word = current.find_first_not_of(' ') != std::string::npos;
    if (has_word && needed > width) {
      shown += current + std::string(kGoesOn) + "\n";
      current = indent;
    } else if (has_word) {
      current += ' ';
    }
    current += word;
    at = std::min(command.find_first_not_of(' ', end), command.size());
  }
  return shown + current;
}

std::string folded_line(std::string_view line, size_t width) {
  if (shown_columns(line) <= width) return std::string(line);
  size_t at = std::min(line.find_first_not_of(' '), line.size());
  const std::string indent(at + 2, ' ');
  std::string shown;
  std::string current(line.substr(0, at));
  std::string_view gap;
  bool begun = false;
  while (at < line.size()) {
    const size_t end = end_of_piece(line, at, width - std::min(width, indent.size()));
    const std::string_view piece = line.substr(at, end - at);
    if (begun && shown_columns(current) + gap.size() + shown_columns(piece) > width) {
      shown += current + "\n";
      current = indent;
      gap = {};
    }
    const bool is_too_wide = shown_columns(current) + gap.size() + shown_columns(piece) > width;
    if (is_too_wide && is_command(piece)) {
      shown += current + std::string(gap);
      const std::string lines = continued(piece, width, indent + "  ");
      const size_t last = lines.rfind('\n') + 1;  // 0 where it is one line.
      shown += lines.substr(0, last);
      current = lines.substr(last);
    } else {
      current.append(gap).append(piece);
    }
    begun = true;
    at = std::min(line.find_first_not_of(' ', end), line.size());
    gap = line.substr(end, at - end);
  }
  return shown + current;
}

}  // namespace

size_t column_count(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!has_no_width(character.code)) ++columns;
    text.remove_prefix(character.size);
  }
  return columns;
}

std::string cut_to_columns(std::string_view line, size_t columns) {
  if (column_count(line) <= columns) return std::string(line);
  std::string kept;
  for (size_t taken = 0; taken + 1 < columns;) {
    const Character character = first_character(line);
    if (!has_no_width(character.code)) ++taken;
    kept += line.substr(0, character.size);
    line.remove_prefix(character.size);
  }
  return columns == 0 ? "" : kept + "\u2026";
}

std::string wrapped(std::string_view text, size_t width, const std::string& indent) {
  std::string shown;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    std::string current = indent;
    bool begun = false;
    while (!line.empty()) {
      const size_t space = line.find(' ');
      const std::string_view word = line.substr(0, space);
      line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
      if (begun && column_count(current) + 1 + column_count(word) > width) {
        shown += current + "\n";
        current = indent;
        begun = false;
      }
      if (begun) current += ' ';
      current += word;
      begun = true;
    }
    shown += (begun ? current : "") + "\n";
  }
  return shown;
}

std::string with_broken_words(std::string_view text, size_t width) {
  std::string shown;
  while (!text.empty()) {
    const size_t end = text.find_first_of(" \n");
    std::string_view word = text.substr(0, end);
    const size_t columns = column_count(word);
    const size_t lines = width == 0 ? 1 : (columns + width - 1) / width;
    const size_t in_a_line = lines < 2 ? columns : (columns + lines - 1) / lines;
    for (size_t taken = 0; !word.empty();) {
      const Character character = first_character(word);
      const bool is_wide = !has_no_width(character.code);
      if (is_wide && taken == in_a_line) {
        shown += '\n';
        taken = 0;
      }
      taken += is_wide ? 1 : 0;
      shown += word.substr(0, character.size);
      word.remove_prefix(character.size);
    }
    if (end == std::string_view::npos) break;
    shown += text[end];
    text.remove_prefix(end + 1);
  }
  return shown;
}

std::string folded(std::string_view text, size_t width) {
  std::string shown;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    shown += folded_line(text.substr(at, end - at), width);
    if (end < text.size()) shown += '\n';
    at = end + 1;
  }
  return shown;
}

}  // namespace hotline
