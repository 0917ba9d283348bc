#include "client/drill/msel.h"

#include <algorithm>
#include <map>
#include <set>

#include "client/drill/msel_time.h"
#include "client/drill/scenario_limits.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

enum class Column : uint8_t { number, time, event, from, to, expected, objective };
struct ColumnWords {
  Column column;
  std::vector<std::string> titles;  // In small letters, the first as it is printed.
};
const std::vector<ColumnWords>& column_words() {
  static const std::vector<ColumnWords> words = {
      {Column::number,
       {"number", "no", "no.", "nr", "nr.", "#", "id", "serial", "event no", "inject no",
        "inject #"}},
      {Column::time,
       {"time", "dtg", "when", "start", "start time", "time (z)", "time (utc)", "time (local)",
        "exercise time"}},
      {Column::event,
       {"event", "inject", "description", "event description", "inject description", "message",
        "text", "what"}},
      {Column::from, {"from", "sender", "originator", "source"}},
      {Column::to, {"to", "recipient", "receiver", "addressee", "target"}},
      {Column::expected,
       {"expected", "expected action", "expected actions", "expected response", "expected outcome",
        "expected player action"}},
      {Column::objective, {"objective", "objectives", "training objective", "exercise objective"}}};
  return words;
}

std::string small(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// As a name of the file may be: "3.1 (a)" becomes "3-1-a".
std::string as_name(std::string_view text) {
  std::string name;
  for (const char c : small(text)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || is_digit(c);
    if (is_plain) name += c;
    if (!is_plain && !name.empty() && name.back() != '-') name += '-';
  }
  name.resize(std::min(name.size(), scenario_limits::kNameSizeMax - 12));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c == '\t' ? ' ' : c;
    }
  }
  return out + "\"";
}

class Importer {
 public:
  Importer(const std::vector<CsvRow>& rows, const std::string& title,
           const std::array<std::string, kSides>& sides)
      : rows_(rows), sides_(sides) {
    head_ = "title = " + toml_text(title) + "\nsides = [" + toml_text(sides[0]) + ", " +
            toml_text(sides[1]) + "]\n";
  }

  MselImport run() {
    if (rows_.empty()) {
      add({1, 1}, "the table is empty", "",
          "the first row names the columns: number, time, event, "
          "from, to, expected, objective");
      return std::move(import_);
    }
    read_titles();
    if (import_.mistakes.count() > 0) return std::move(import_);
    if (rows_.size() == 1) add(rows_[0][0].at, "the table has no row below its titles", "", "");
    if (rows_.size() - 1 > scenario_limits::kInjectsMax) {
      add(rows_[scenario_limits::kInjectsMax + 1][0].at,
          "more than " + format_count(scenario_limits::kInjectsMax) + " rows", "",
          "make two tables of it");
      return std::move(import_);
    }
    for (size_t i = 1; i < rows_.size(); ++i) read_row(i);
    if (import_.mistakes.count() == 0) import_.toml = head_ + objectives_ + players() + injects_;
    return std::move(import_);
  }

 private:
  void add(const TomlPlace& at, const std::string& what, const std::string& why,
           const std::string& hint) {
    import_.mistakes.add({at, what, why, hint});
  }

  void read_titles() {
    for (size_t i = 0; i < rows_[0].size(); ++i) {
      const CsvCell& cell = rows_[0][i];
      const std::string title = small(cell.text);
      if (title.empty()) continue;
      const auto found =
          std::find_if(column_words().begin(), column_words().end(), [&](const ColumnWords& words) {
            return std::find(words.titles.begin(), words.titles.end(), title) != words.titles.end();
          });
      if (found == column_words().end()) {
        import_.unused.push_back(printable_line(cell.text));
      } else if (!columns_.emplace(found->column, i).second) {
        add(cell.at, "two columns are " + found->titles.front(), "", "leave one of the two out");
      }
    }
    for (const ColumnWords& words : column_words()) {
      const bool is_needed = words.column == Column::time || words.column == Column::event ||
                             words.column == Column::from;
      if (!is_needed || columns_.contains(words.column)) continue;
      add(rows_[0][0].at, "there is no column " + words.titles.front(), "",
          "the first row names the columns: number, time, event, from, to, expected, objective");
    }
  }

  // Empty where the row is shorter than that.
  CsvCell cell(const CsvRow& row, Column column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end() || found->second >= row.size()) return {"", row[0].at};
    return row[found->second];
  }

  bool is_plain(const CsvCell& cell) {
    const std::string fault = what_is_not_plain(cell.text);
    if (!fault.empty()) add(cell.at, "this cell " + fault, "", "delete that character");
    if (cell.text.size() > scenario_limits::kTextSizeMax) {
      add(cell.at, "a cell of more than " + format_count(scenario_limits::kTextSizeMax) + " bytes",
          "", "make two rows of it");
      return false;
    }
    return fault.empty();
  }

  // The side that is named, alone or with other words: "NORTH watch".
  std::optional<SideIndex> side_of(const std::string& text) const {
    const std::string words = " " + small(as_name(text)) + " ";
    std::optional<SideIndex> found;
    for (SideIndex side = 0; side < kSides; ++side) {
      std::string spaced = words;
      std::replace(spaced.begin(), spaced.end(), '-', ' ');
      std::string wanted = " " + sides_[side] + " ";
      std::replace(wanted.begin(), wanted.end(), '-', ' ');
      if (spaced.find(wanted) == std::string::npos) continue;
      if (found) return std::nullopt;  // Both: somebody else speaks of them.
      found = side;
    }
    return found;
  }

  // The cell names somebody, and neither side.
  bool is_somebody_else(const CsvCell& cell) const {
    std::string words = " " + small(as_name(cell.text)) + " ";
    std::replace(words.begin(), words.end(), '-', ' ');
    return !trim(words).empty() &&
           std::none_of(sides_.begin(), sides_.end(), [&](const std::string& side) {
             std::string wanted = " " + side + " ";
             std::replace(wanted.begin(), wanted.end(), '-', ' ');
             return words.find(wanted) != std::string::npos;
           });
  }

  // The same of a cell. One that names none, and nearly one, is told.
  std::optional<SideIndex> side_in(const CsvCell& cell) {
    const auto side = side_of(cell.text);
    if (side) return side;
    const std::string words = as_name(cell.text);
    for (const std::string_view word : split(words, '-')) {
      const auto near = nearest_word(word, sides_);
      if (!near || word == *near) continue;
      import_.doubts.push_back({cell.at, printable_line(cell.text), *near});
      break;
    }
    return side;
  }

  bool is_told(const CsvCell& cell) const {
    return std::any_of(import_.doubts.begin(), import_.doubts.end(), [&](const auto& one) {
      return one.at.line == cell.at.line && one.at.column == cell.at.column;
    });
  }

  // Seconds since the first row. Nothing where that is a mistake.
  std::optional<int64_t> time_of(const CsvCell& cell) {
    const auto time = parse_msel_time(cell.text);
    if (!time) {
      add(cell.at, time.error().reason, "", time.error().hint);
      return std::nullopt;
    }
    if (!is_alike(cell, *time)) return std::nullopt;
    int64_t second = time->second;
    if (!time->since_start) {
      int64_t day = time->day.value_or(last_day_);
      second += day * kSecondsOfADay - time->offset_s.value_or(0);
      // Over midnight, where the day is not written.
      if (last_ && !time->day && *last_ - second > kSecondsOfADay / 2) {
        second += kSecondsOfADay;
        ++day;
      }
      last_day_ = day;
    }
    if (last_ && second < *last_) {
      add(cell.at, "the times go backwards: " + cell.text + " comes after " + last_text_, "",
          "put the rows in the order of their times, or write the day: D+1 08:30");
      return std::nullopt;
    }
    if (!first_) first_ = time->since_start ? 0 : second;
    if ((second - *first_) * 1000 > scenario_limits::kTimeMax_ms) {
      add(cell.at, cell.text + " is longer than 14 days after the first row", "",
          "a drill lasts 14 days at most");
      return std::nullopt;
    }
    last_ = second;
    last_text_ = cell.text;
    return second - *first_;
  }

  // Times of one kind and one zone can be told apart; of two kinds nobody knows.
  bool is_alike(const CsvCell& cell, const MselTime& time) {
    const std::string kind = time.since_start ? "T+" : time.offset_s ? "Z" : time.zone;
    const bool has_day = time.day && !time.since_start;
    if (!first_) {
      kind_ = kind;
      is_date_ = time.day_is_date;
      return true;
    }
    if (kind != kind_ || (has_day && time.day_is_date != is_date_)) {
      add(cell.at, cell.text + " and " + last_text_ + " are times of two kinds",
          "nobody can say how long after the one the other is",
          "write all of them alike: with the day or without, and all with Z or with +02:00");
      return false;
    }
    return true;
  }

  std::string name_of(const CsvRow& row, size_t i) {
    const std::string number = as_name(cell(row, Column::number).text);
    std::string name = number.empty() ? "row-" + std::to_string(i) : "inject-" + number;
    if (!names_.insert(name).second) {
      name += "-row-" + std::to_string(i);
      names_.insert(name);
    }
    return name;
  }

  std::string objective_of(const CsvCell& cell) {
    if (cell.text.empty() || !is_plain(cell)) return "";
    const auto known = objective_names_.find(cell.text);
    if (known != objective_names_.end()) return known->second;
    std::string name = as_name(cell.text);
    const bool is_taken = std::any_of(objective_names_.begin(), objective_names_.end(),
                                      [&](const auto& one) { return one.second == name; });
    if (name.empty() || is_taken) name = "objective-" + std::to_string(objective_names_.size() + 1);
    if (objective_names_.size() == scenario_limits::kObjectivesMax) {
      add(cell.at, "more than " + std::to_string(scenario_limits::kObjectivesMax) + " objectives",
          "", "use the same words for the same objective");
    }
    objective_names_.emplace(cell.text, name);
    objectives_ +=
        "\n[[objective]]\nname = " + toml_text(name) + "\ntext = " + toml_text(cell.text) + "\n";
    return name;
  }

  void read_row(size_t i) {
    const CsvRow& row = rows_[i];
    const CsvCell event = cell(row, Column::event), expected = cell(row, Column::expected);
    if (event.text.empty()) {
      add(event.at, "a row without an event", "", "write what happens, or delete the row");
      return;
    }
    const auto second = time_of(cell(row, Column::time));
    if (!is_plain(event) || !is_plain(expected) || !second) return;
    const auto from = side_in(cell(row, Column::from));
    const auto to = side_in(cell(row, Column::to));
    const SideIndex side = from.value_or(to.value_or(0));
    const CsvCell whom = cell(row, Column::to);
    const bool leaves_channel = from && (to == from || is_somebody_else(whom));
    if (leaves_channel && !is_plain(whom)) return;
    if (leaves_channel && !is_told(whom)) {
      import_.doubts.push_back({whom.at, printable_line(whom.text), ""});
    }
    const std::string name = name_of(row, i);
    injects_ += "\n[[inject]]\nname = " + toml_text(name) + "\nfrom = " + toml_text(sides_[side]) +
                "\nat = " + toml_text(*second == 0 ? "0s" : duration_as_toml(*second * 1000)) +
                "\n";
    if (from && !leaves_channel) {
      injects_ +=
          "kind = \"message\"\n[inject.message]\ntemplate = \"text\"\nprecedence = "
          "\"routine\"\n[inject.message.texts]\nen = " +
          toml_text(event.text) + "\n";
    } else {
      const std::string to_whom =
          leaves_channel ? upper_case(sides_[*from]) + " to " + whom.text + ": " : "";
      injects_ += "kind = \"note\"\ntext = " + toml_text(to_whom + event.text) + "\n";
    }
    ++import_.injects;
    if (!expected.text.empty()) {
      const SideIndex asked = leaves_channel ? *from : to.value_or(from ? other_side(*from) : side);
      add_expectation(name, asked, expected, objective_of(cell(row, Column::objective)));
    }
  }

  void add_expectation(const std::string& inject, SideIndex side, const CsvCell& expected,
                       const std::string& objective) {
    injects_ += "\n[[expect]]\nname = " + toml_text(inject + "-expected") +
                "\nkind = \"judgement\"\nof = " + toml_text(inject) +
                "\nside = " + toml_text(sides_[side]) +
                "\nwithin = \"1h\"\ncomment = " + toml_text(expected.text) + "\n";
    if (!objective.empty()) injects_ += "objective = " + toml_text(objective) + "\n";
    ++import_.expectations;
  }

  std::string players() const {
    std::string text;
    for (const std::string& side : sides_) {
      text += "\n[[player]]\nname = " + toml_text(side + "-operator") +
              "\nside = " + toml_text(side) + "\nrole = \"operator\"\n";
    }
    return text;
  }

  const std::vector<CsvRow>& rows_;
  const std::array<std::string, kSides>& sides_;
  MselImport import_;
  std::map<Column, size_t> columns_;
  std::set<std::string> names_;
  std::map<std::string, std::string> objective_names_;  // By their words.
  std::string head_, objectives_, injects_;
  std::optional<int64_t> first_, last_;  // Seconds.
  int64_t last_day_ = 0;
  std::string last_text_, kind_;
  bool is_date_ = false;
};

}  // namespace

MselImport import_msel(const std::vector<CsvRow>& rows, const std::string& title,
                       const std::array<std::string, kSides>& sides) {
  return Importer(rows, title, sides).run();
}

}  // namespace hotline::client
