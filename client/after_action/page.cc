#include "client/after_action/page.h"

#include <algorithm>

#include "client/report/html_page.h"
#include "protocol/base/text.h"
#include "protocol/terminal/output.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kColumns = 80;

// Whatever a peer wrote is text, and no markup.
std::string escaped(const std::string& words) {
  std::string text;
  for (const char c : printable_line(words)) {
    if (std::string_view("\\`*_[]<>|#&").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

// In lines of 80 columns; those after the first stand behind `indent`, and none begins a list.
std::string wrapped(const std::string& text, const std::string& first, const std::string& indent) {
  std::string lines;
  std::string line = first;
  bool is_empty = true;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    if (!is_empty && column_count(line) + 1 + column_count(word) > kColumns) {
      lines += line + "\n";
      line = indent;
      is_empty = true;
      if (word == "-" || word == "+") word = "\\" + word;
    }
    line += (is_empty ? "" : " ") + word;
    is_empty = false;
  }
  return lines + line + "\n";
}

class Markdown {
 public:
  std::string write(const Page& page) {
    if (page.is_exercise) text_ = std::string(kExerciseMark) + "\n";
    for (const PagePart& part : page.parts) {
      std::visit([this](const auto& one) { add(one); }, part);
    }
    if (page.is_exercise) text_ += "\n" + std::string(kExerciseMark) + "\n";
    return std::move(text_);
  }

 private:
  void begin_part() {
    if (!text_.empty()) text_ += "\n";
  }
  void add(const Heading& heading) {
    begin_part();
    text_ +=
        std::string(static_cast<size_t>(heading.level), '#') + " " + escaped(heading.words) + "\n";
  }
  void add(const Paragraph& paragraph) {
    begin_part();
    text_ += wrapped(escaped(paragraph.words), "", "");
  }
  void add(const StandingLine& standing) {
    begin_part();
    text_ += wrapped("**" + escaped(standing.words) + "**", "", "");
  }
  void add(const List& list) {
    if (list.items.empty()) return;
    begin_part();
    for (const std::string& item : list.items) text_ += wrapped(escaped(item), "- ", "  ");
  }
  void add(const Blank& blank) {
    begin_part();
    text_ += wrapped(escaped(blank.words), "", "") + "\n>\n";
  }
  void add(const Figure&) {}

  void add(const PageTable& table) {
    if (table.rows.empty()) return;
    begin_part();
    std::vector<std::vector<std::string>> rows = {table.titles};
    rows.insert(rows.end(), table.rows.begin(), table.rows.end());
    std::vector<size_t> widths(table.titles.size(), 3);
    for (auto& row : rows) {
      for (size_t i = 0; i < row.size(); ++i) {
        row[i] = escaped(row[i]);
        widths[i] = std::max(widths[i], column_count(row[i]));
      }
    }
    size_t width = 1;
    for (const size_t one : widths) width += one + 3;
    width <= kColumns ? add_columns(table, rows, widths) : add_items(rows);
  }

  void add_columns(const PageTable& table, const std::vector<std::vector<std::string>>& rows,
                   const std::vector<size_t>& widths) {
    for (size_t r = 0; r < rows.size(); ++r) {
      text_ += "|";
      for (size_t i = 0; i < widths.size(); ++i) {
        const std::string room(widths[i] - column_count(rows[r][i]), ' ');
        text_ += " " + (i < table.words ? rows[r][i] + room : room + rows[r][i]) + " |";
      }
      text_ += "\n";
      if (r != 0) continue;
      text_ += "|";
      for (size_t i = 0; i < widths.size(); ++i) {
        text_ += i < table.words ? " " + std::string(widths[i], '-') + " |"
                                 : " " + std::string(widths[i] - 1, '-') + ": |";
      }
      text_ += "\n";
    }
  }

  void add_items(const std::vector<std::vector<std::string>>& rows) {
    for (size_t r = 1; r < rows.size(); ++r) {
      std::string joined = "**" + rows[r][0] + "**";
      for (size_t i = 1; i < rows[r].size(); ++i) {
        if (rows[r][i].empty()) continue;
        joined += (i == 1 ? " " : "; ") + rows[0][i] + ": " + rows[r][i];
      }
      if (column_count(joined) <= 2 * kColumns - 4) {
        text_ += wrapped(joined, "- ", "  ");
        continue;
      }
      text_ += wrapped("**" + rows[r][0] + "**", "- ", "  ");
      for (size_t i = 1; i < rows[r].size(); ++i) {
        if (!rows[r][i].empty()) text_ += wrapped(rows[0][i] + ": " + rows[r][i], "  - ", "    ");
      }
    }
  }

  std::string text_;
};

class Html {
 public:
  explicit Html(const Page& page) : page_(page), html_(page.title, page.is_exercise) {}

  std::string write() {
    for (const PagePart& part : page_.parts) {
      std::visit([this](const auto& one) { add(one); }, part);
    }
    return html_.finish();
  }

 private:
  void add(const Heading& heading) {
    html_.heading(heading.level == 1 ? "h1" : heading.level == 2 ? "h2" : "h3", heading.words);
  }
  void add(const Paragraph& paragraph) { html_.paragraph(paragraph.words); }
  void add(const StandingLine& standing) { html_.standing(standing.words, standing.is_doubtful); }
  void add(const List& list) { html_.list(list.items); }
  void add(const PageTable& table) { html_.table(table.titles, table.words, table.rows); }
  void add(const Blank& blank) { html_.blank_box(blank.words); }
  void add(const Figure& figure) { html_.figure(figure.caption, figure.svg); }

  const Page& page_;
  HtmlPage html_;
};

}  // namespace

std::string markdown_page(const Page& page) {
  return Markdown().write(page);
}

std::string html_page(const Page& page) {
  return Html(page).write();
}

}  // namespace hotline::client
