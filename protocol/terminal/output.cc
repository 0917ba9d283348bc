#include "protocol/terminal/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <span>
#include <sstream>

#include "protocol/base/grouped.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline {
namespace {

const char* escape_sequence(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[1;31m";
    case Style::yellow:
      return "\x1b[1;33m";
    case Style::green:
      return "\x1b[32m";
  }
  return "";
}

constexpr const char* kLocalTimeWithSeconds = " (%H:%M:%S %Z)";

// `form`: as of strftime.
std::string in_local_time(UtcMs time, const char* form) {
  const auto seconds = static_cast<std::time_t>(time / 1000);
  std::tm broken_down{};
  char text[64];
  if (localtime_r(&seconds, &broken_down) == nullptr) return "";
  if (std::strftime(text, sizeof text, form, &broken_down) == 0) return "";
  return text;
}

// The lines of a text after the first are indented to stand under the first.
std::string hanging(const std::string& text, const std::string& indent) {
  std::string shown;
  for (const char c : text) {
    shown += c;
    if (c == '\n') shown += indent;
  }
  return shown;
}

size_t longest_word_of(const std::string& text) {
  std::istringstream words(text);
  size_t longest = 0;
  for (std::string word; words >> word;) longest = std::max(longest, column_count(word));
  return longest;
}

bool ends_a_clause(char c) {
  return c == ':' || c == ';' || c == ',' || c == '.';
}

std::string padded(const std::string& text, size_t width) {
  const size_t columns = column_count(text);
  return columns >= width ? text : text + std::string(width - columns, ' ');
}

}  // namespace

size_t Output::text_width() const {
  constexpr size_t kPiped = 80;
  constexpr size_t kTextMax = 100;
  return options_.terminal ? std::min(options_.columns, kTextMax) : kPiped;
}

void Output::line(const std::string& text) {
  *out_ << (terminal() ? folded(text, options_.columns) : text) << std::endl;
  check_out();
}

void Output::text(const std::string& text) {
  *out_ << text << std::flush;
  check_out();
}

void Output::check_out() const {
  if (!*out_) throw OutputLost{errno};
}

std::string Output::command(const std::string& words) const {
  return "hotline" + options_.daemon_options + " " + words;
}

void Output::offer(const std::string& english) {
  const size_t at = english.find("hotline ");
  if (at == std::string::npos || !is_of_no_use(std::string_view(english).substr(at))) talk(english);
}

bool Output::is_of_no_use(std::string_view text) const {
  constexpr std::string_view kProgram = "hotline";
  if (!text.starts_with(kProgram)) return false;
  text.remove_prefix(kProgram.size());
  if (!options_.daemon_options.empty() && text.starts_with(options_.daemon_options)) {
    text.remove_prefix(options_.daemon_options.size());
  }
  const bool is_others = text.starts_with("  ");
  return text.starts_with(' ') && !is_others && !may_give(std::string(text.substr(1)));
}

std::string Output::words(const std::string& english) const {
  if (options_.json) return english;
  return typed_here(options_.translate ? options_.translate(english) : english);
}

std::string Output::offered(const std::string& english) const {
  std::string all = words(english);
  const size_t at = all.find("hotline ");
  if (at == std::string::npos || !is_of_no_use(std::string_view(all).substr(at))) return all;
  all.resize(at);
  // "…, then hotline recover": the word before the command, in any language, goes with it.
  size_t end = at;
  while (end > 0 && !(all[end] == ' ' && ends_a_clause(all[end - 1]))) --end;
  all.resize(end);
  all.resize(all.find_last_not_of(" :;,") + 1);
  return all;
}

void Output::answer(const std::string& english, const JsonValue& document) {
  line(json() ? to_json(document) : words(english));
}

void Output::say(const std::string& english, Style style) {
  line(styled(style, words(english)));
}

void Output::talk(const std::string& english, Style style) {
  quote(styled(style, words(english)));
}

void Output::quote(const std::string& text) {
  if (!options_.json) *err_ << folded_talk(text) << std::endl;
}

std::string Output::folded_talk(const std::string& text, size_t before) const {
  constexpr size_t kLeastWidth = 20;
  if (!options_.talk_terminal) return text;
  return folded(text, std::max(options_.columns, before + kLeastWidth) - before);
}

std::string Output::styled(Style style, const std::string& text) const {
  if (!options_.color || style == Style::plain) return text;
  return escape_sequence(style) + text + "\x1b[0m";
}

std::string Output::time_of_day(UtcMs time) const {
  return format_time_of_day(time) +
         (options_.local_time ? in_local_time(time, kLocalTimeWithSeconds) : "");
}

std::string Output::date_and_time(UtcMs time) const {
  return format_rfc3339(time) +
         (options_.local_time ? in_local_time(time, kLocalTimeWithSeconds) : "");
}

std::string Output::date_time_group(UtcMs time) const {
  return format_date_time_group(time) +
         (options_.local_time ? in_local_time(time, " (%H:%M %Z)") : "");
}

namespace {

JsonValue sent_in_json(Sent sent) {
  switch (sent) {
    case Sent::no:
      return false;
    case Sent::yes:
      return true;
    case Sent::unknown:
      break;
  }
  return "unknown";
}

}  // namespace

int Output::fail(const std::string& what, const Error& error) {
  err_->clear();  // Where it took no more there may be room again.
  const bool is_of_state = error.code == ErrorCode::refused || error.code == ErrorCode::not_found ||
                           error.code == ErrorCode::conflict;
  const Error& told = not_allowed_ && is_of_state ? *not_allowed_ : error;
  *err_ << error_text(error_code_name(told.code), what, told.reason,
                      is_of_no_use(told.hint) ? "" : told.hint)
        << std::flush;
  return exit_code(told.code);
}

void Output::set_sent(Sent sent, const std::string& id, const std::string& hint) {
  switch (sent) {
    case Sent::no:
      return set_done({"nothing was sent", "", sent, "", {}});
    case Sent::yes:
      return set_done({id + " is sent", "hotline show " + id, sent, id, {}});
    case Sent::unknown:
      return set_done({"it is not known whether the message was sent", hint, sent, "", {}});
  }
}

void Output::set_handed_in(Sent sent, const std::string& draft) {
  set_sent(sent, "", "hotline draft show " + draft);
  done_.draft = draft;
}

void Output::set_acknowledged(uint64_t count) {
  set_done({format_count(count) + (count == 1 ? " message is" : " messages are") +
                " known to be acknowledged",
            "hotline ack --all    says how many still wait", std::nullopt, "", count});
}

void Output::set_done(Done done) {
  done_ = std::move(done);
  if (!options_.set_last_words) return;
  const char* reason = done_.sent == Sent::yes       ? "only the waiting was interrupted"
                       : done_.sent == Sent::unknown ? "interrupted before the daemon answered"
                                                     : "interrupted";
  options_.set_last_words(error_text("interrupted", done_.what, reason, done_.hint));
}

int Output::fail_unprinted(const OutputLost& lost) {
  // Whatever closed a pipe has seen enough, unless something was done.
  if (lost.error == EPIPE && !has_done()) return kExitFailed;
  const std::string why = "the output: " + std::string(lost.error == 0 ? "it takes no more"
                                                                       : std::strerror(lost.error));
  if (!has_done()) {
    return fail("not all could be printed",
                make_error(ErrorCode::failed, why, "df -h, or print it elsewhere"));
  }
  fail(done_.what + ", and that could not be printed",
       make_error(ErrorCode::failed, why, done_.hint));
  return kExitUnprinted;
}

// The commands in a text as they are to be typed here.
std::string Output::typed_here(const std::string& words) const {
  constexpr std::string_view kProgram = "hotline ";
  std::string typed;
  for (size_t at = 0; at < words.size();) {
    const size_t begin = std::min(words.find(kProgram, at), words.size());
    const size_t end = std::min(begin + kProgram.size(), words.size());
    typed += words.substr(at, end - at);
    at = end;
    if (end < words.size() && words[end] == ' ') {  // It is another person's.
      ++at;
      continue;
    }
    const bool begins_a_word = begin == 0 || std::strchr(" \n(`", words[begin - 1]) != nullptr;
    const std::string next = words.substr(end, words.find_first_of(" \n.,;:)`", end) - end);
    const auto& all = options_.commands;
    if (!begins_a_word || std::find(all.begin(), all.end(), next) == all.end()) continue;
    typed.insert(typed.size() - 1, options_.daemon_options);
  }
  return typed;
}

// The words or the JSON of an error, with the line feeds.
std::string Output::error_text(const char* code, const std::string& what, const std::string& reason,
                               const std::string& hint_as_anywhere) const {
  const std::string hint = options_.json ? typed_here(hint_as_anywhere) : words(hint_as_anywhere);
  const std::string& message = what.empty() ? reason : what;
  if (options_.json) {
    JsonValue detail;
    detail.add("code", code).add("message", message);
    if (!what.empty()) detail.add("why", reason);
    if (!hint.empty()) detail.add("hint", hint);
    if (done_.sent) detail.add("sent", sent_in_json(*done_.sent));
    if (!done_.id.empty()) detail.add("id", done_.id);
    if (!done_.draft.empty()) detail.add("draft", done_.draft);
    if (done_.acknowledged) detail.add("acknowledged", *done_.acknowledged);
    return to_json(json_document().add("error", detail)) + "\n";
  }
  const std::string begin = options_.program + ": ";
  const std::string first = folded_talk(printable(words(message)), column_count(begin));
  std::string text = begin + styled(Style::bold, first) + "\n";
  const auto add = [&](const std::string& label, const std::string& said) {
    const std::string start = "  " + words(label) + "  ";
    const size_t width = column_count(start);
    // Reasons and hints may quote the peer.
    text += start + hanging(folded_talk(printable(said), width), std::string(width, ' ')) + "\n";
  };
  if (!what.empty() && !reason.empty()) add("why:", words(reason));
  if (!hint.empty()) add("try:", hint);
  return text;
}

void Table::print(Output& output) const {
  if (!output.terminal()) {
    for (const Row& row : rows_) {
      std::string line;
      for (const std::string& cell : row.cells) {
        if (!line.empty() || &cell != &row.cells.front()) line += '\t';
        line += printable_line(cell);
      }
      output.line(line);
    }
    return;
  }
  if (rows_.empty()) return;
  std::vector<Column> columns = columns_;
  for (Column& column : columns) column.title = output.words(column.title);
  std::vector<Row> rows = rows_;
  for (Row& row : rows) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      row.cells[i] =
          printable_line(columns[i].is_words ? output.words(row.cells[i]) : row.cells[i]);
    }
  }
  const std::vector<Shown> shown = fitted(columns, rows, output.columns());
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(column.title);
  for (const std::string& line : lines_of(titles, columns, shown)) {
    output.line(output.styled(Style::dim, "  " + line));
  }
  for (const Row& row : rows) {
    std::string mark = row.mark;
    for (const std::string& line : lines_of(row.cells, columns, shown)) {
      output.line(output.styled(row.style, padded(mark, 2) + line));
      mark.clear();
    }
  }
  say_left_out(output, columns, shown);
}

// Whatever is cut says so.
void Table::say_left_out(Output& output, const std::vector<Column>& columns,
                         const std::vector<Shown>& shown) {
  std::string titles;
  std::string last;  // Two columns may have one title.
  size_t next = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (next < shown.size() && shown[next].column == i) {
      ++next;
    } else if (columns[i].title != last) {
      last = columns[i].title;
      titles += (titles.empty() ? "" : ", ") + last;
    }
  }
  if (!titles.empty()) {
    output.talk("The terminal is too narrow for " + titles + ": --json has all", Style::dim);
  }
}

std::vector<std::string> Table::lines_of(const std::vector<std::string>& cells,
                                         const std::vector<Column>& columns,
                                         const std::vector<Shown>& shown) {
  std::vector<std::string> lines(1);
  size_t begin = 0;  // Of the column.
  for (const Shown& one : shown) {
    std::string parts = cut_to_columns(cells[one.column], one.width);
    if (columns[one.column].fit == Fit::wrapped) {
      parts = wrapped(with_broken_words(cells[one.column], one.width), one.width, "");
    }
    std::istringstream stream(parts);
    std::string part;
    for (size_t i = 0; std::getline(stream, part); ++i) {
      if (i == lines.size()) lines.emplace_back();
      lines[i] = padded(lines[i], begin) + part;
    }
    begin += one.width + 2;
  }
  for (std::string& one : lines) one.resize(one.find_last_not_of(' ') + 1);
  return lines;
}

std::vector<Table::Shown> Table::fitted(const std::vector<Column>& columns,
                                        const std::vector<Row>& rows, size_t width) {
  constexpr size_t kLastMin = 24;  // Less says little,
  constexpr size_t kCutMin = 10;   // and less than this nothing.
  const auto longest_word = [&](size_t column) {
    size_t longest = 0;
    for (const Row& row : rows) longest = std::max(longest, longest_word_of(row.cells[column]));
    return longest;
  };
  std::vector<Shown> shown;
  size_t total = 2;  // The mark.
  for (size_t i = 0; i < columns.size(); ++i) {
    size_t needed = std::max(columns[i].width_min, column_count(columns[i].title));
    for (const Row& row : rows) needed = std::max(needed, column_count(row.cells[i]));
    shown.push_back({i, needed});
    total += needed + (i + 1 < columns.size() ? 2 : 0);
  }
  const auto fit_of = [&](const Shown& one) { return columns[one.column].fit; };
  const auto shorten = [&](Shown& one, size_t at_least) {
    if (fit_of(one) != Fit::cut && fit_of(one) != Fit::wrapped) return;
    const size_t over = total > width ? total - width : 0;
    const size_t kept =
        std::max(std::min(one.width, at_least), one.width - std::min(over, one.width));
    total -= one.width - kept;
    one.width = kept;
  };
  const size_t last_whole = shown.back().width;
  shorten(shown.back(), kLastMin);
  for (size_t i = 0; i + 1 < shown.size() && total > width;) {
    if (fit_of(shown[i]) != Fit::left_out) {
      ++i;
      continue;
    }
    total -= shown[i].width + 2;
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (Shown& one : shown) {
    const bool is_wrapped = fit_of(one) == Fit::wrapped;
    shorten(one, is_wrapped ? std::max(kCutMin, longest_word(one.column)) : kCutMin);
  }
  // Words are broken where they are the longest: a path rather than a state.
  std::vector<Shown*> widest_first;
  for (Shown& one : shown) widest_first.push_back(&one);
  std::stable_sort(widest_first.begin(), widest_first.end(),
                   [](const Shown* a, const Shown* b) { return a->width > b->width; });
  for (Shown* one : widest_first) shorten(*one, kCutMin);
  // What leaving out gave back.
  if (total < width) {
    shown.back().width += std::min(width - total, last_whole - shown.back().width);
  }
  return shown;
}

std::string format_duration(int64_t duration_ms) {
  char text[48];
  const int64_t seconds = duration_ms / 1000;
  if (duration_ms < 0) return "0 s";
  if (duration_ms < 100) {
    std::snprintf(text, sizeof text, "%lld ms", static_cast<long long>(duration_ms));
  } else if (seconds < 10) {
    std::snprintf(text, sizeof text, "%lld.%lld s", static_cast<long long>(seconds),
                  static_cast<long long>(duration_ms % 1000 / 100));
  } else if (seconds < 60) {
    std::snprintf(text, sizeof text, "%lld s", static_cast<long long>(seconds));
  } else if (seconds < 3600) {
    std::snprintf(text, sizeof text, "%lld min %02lld s", static_cast<long long>(seconds / 60),
                  static_cast<long long>(seconds % 60));
  } else {
    std::snprintf(text, sizeof text, "%lld h %02lld min", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds % 3600 / 60));
  }
  return text;
}

std::string format_remaining(int64_t remaining_ms) {
  if (remaining_ms <= 0) return "now";
  const auto seconds = static_cast<long long>(remaining_ms / 1000);
  char text[48];
  if (seconds < 3600) {
    std::snprintf(text, sizeof text, "%02lld:%02lld", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", seconds / 3600, seconds % 3600 / 60,
                  seconds % 60);
  }
  return text;
}

std::string format_count(uint64_t count) {
  return grouped(count);
}

}  // namespace hotline
