// A report as parts of a page, the same for Markdown and for HTML.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hotline::client {

struct Heading {
  int level = 2;  // 1 is the title.
  std::string words;
};
struct Paragraph {
  std::string words;
};
// It can be relied on, or not.
struct StandingLine {
  std::string words;
  bool is_doubtful = false;
};
struct List {
  std::vector<std::string> items;
};
// The first `words` columns are words, the rest numbers.
struct PageTable {
  std::vector<std::string> titles;
  size_t words = 0;
  std::vector<std::vector<std::string>> rows;
};
// Room for what people write by hand.
struct Blank {
  std::string words;
};
// In HTML alone: the rows of a table say the same.
struct Figure {
  std::string caption;
  std::string svg;
};

using PagePart = std::variant<Heading, Paragraph, StandingLine, List, PageTable, Blank, Figure>;

struct Page {
  std::string title;
  bool is_exercise = true;
  std::vector<PagePart> parts;
};

// As Markdown of 80 columns, which is good to read as text too. A table that is wider becomes a
// list.
std::string markdown_page(const Page& page);
std::string html_page(const Page& page);

}  // namespace hotline::client
