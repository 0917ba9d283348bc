#include "client/drill/csv_text.h"

#include <algorithm>

#include "client/drill/scenario_limits.h"
#include "protocol/base/text.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

bool is_end_of_line(char c) {
  return c == '\n' || c == '\r';
}

// Spreadsheets pad with spaces that do not break, too.
std::string_view trimmed(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    text = trim(text);
    if (text.starts_with(kNoBreakSpace)) text.remove_prefix(kNoBreakSpace.size()), again = true;
    if (text.ends_with(kNoBreakSpace)) text.remove_suffix(kNoBreakSpace.size()), again = true;
  }
  return text;
}

class CsvReader {
 public:
  CsvReader(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  Result<std::vector<CsvRow>> read() {
    if (auto status = check_encoding(); !status) return status.error();
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    line_begin_ = at_;
    take_separator();
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      auto row = take_row();
      if (!row) return row.error();
      const bool is_empty = std::all_of(row->begin(), row->end(),
                                        [](const CsvCell& cell) { return cell.text.empty(); });
      if (!is_empty) rows.push_back(*std::move(row));
      if (rows.size() > scenario_limits::kRowsMax) {
        return fault(place(), "more than " + format_count(scenario_limits::kRowsMax) + " rows",
                     "make two tables of it");
      }
    }
    return rows;
  }

 private:
  TomlPlace place() const { return {line_, static_cast<uint32_t>(at_ - line_begin_ + 1)}; }
  Error fault(const TomlPlace& where, const std::string& what, const std::string& hint) const {
    return TomlFile{name_, {}}.error(where, what, hint);
  }

  Status check_encoding() const {
    constexpr char kHint[] = "save it as \"CSV UTF-8\"";
    TomlPlace where{1, 1};
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
      return fault(where, "the text is UTF-16", kHint);
    }
    for (size_t at = 0; at < text_.size();) {
      const Character one = first_character(text_.substr(at));
      if (!one.valid) return fault(where, "a byte that is not UTF-8", kHint);
      at += one.size;
      where = one.code == '\n'
                  ? TomlPlace{where.line + 1, 1}
                  : TomlPlace{where.line, where.column + static_cast<uint32_t>(one.size)};
    }
    return ok();
  }

  // As "sep=;" says, else the one that the first line has most often.
  void take_separator() {
    if (text_.substr(at_).starts_with("sep=") && at_ + 4 < text_.size()) {
      separator_ = text_[at_ + 4];
      at_ += 5;
      take_end_of_line();
      return;
    }
    size_t most = 0;
    for (const char candidate : {',', ';', '\t'}) {
      size_t count = 0;
      bool is_quoted = false;
      for (size_t at = at_; at < text_.size() && (is_quoted || !is_end_of_line(text_[at])); ++at) {
        is_quoted = is_quoted != (text_[at] == '"');
        count += !is_quoted && text_[at] == candidate;
      }
      if (count <= most) continue;
      most = count;
      separator_ = candidate;
    }
  }

  void take_end_of_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
    line_begin_ = at_;
  }

  Result<CsvRow> take_row() {
    CsvRow row;
    while (true) {
      auto cell = take_cell();
      if (!cell) return cell.error();
      row.push_back(*std::move(cell));
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size()) take_end_of_line();
      return row;
    }
  }

  Result<CsvCell> take_cell() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    CsvCell cell{"", place()};
    const bool is_quoted = at_ < text_.size() && text_[at_] == '"';
    if (is_quoted) {
      if (auto status = take_quoted(cell); !status) return status.error();
    }
    // Behind the quotation mark there is nothing, or what somebody added by hand.
    while (at_ < text_.size() && text_[at_] != separator_ && !is_end_of_line(text_[at_])) {
      cell.text += text_[at_++];
    }
    cell.text = trimmed(cell.text);
    if (cell.text.size() > scenario_limits::kCellSizeMax) {
      return fault(cell.at,
                   "a cell of more than " + format_count(scenario_limits::kCellSizeMax) + " bytes",
                   "is a quotation mark missing?");
    }
    return cell;
  }

  Status take_quoted(CsvCell& cell) {
    ++at_;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') return ok();
        cell.text += text_[at_++];
      } else if (is_end_of_line(text_[at_])) {
        cell.text += '\n';
        take_end_of_line();
      } else {
        cell.text += text_[at_++];
      }
    }
    return fault(cell.at, "a quotation mark that is never closed", "close it, or double it: \"\"");
  }

  const std::string& name_;
  std::string_view text_;
  size_t at_ = 0;
  size_t line_begin_ = 0;
  uint32_t line_ = 1;
  char separator_ = ',';
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(const std::string& name, std::string_view content) {
  return CsvReader(name, content).read();
}

}  // namespace hotline::client
