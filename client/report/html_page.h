// An HTML page that a report is printed from: no script, nothing from outside, and good on A4 in
// black and white. An exercise is marked at its head and end, and by a hatched border on each page.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hotline::client {

class HtmlPage {
 public:
  using Cells = std::vector<std::string>;

  // Whatever is added below is text, and escaped, but for add().
  HtmlPage(const std::string& title, bool is_exercise);

  void heading(const char* level, const std::string& words);
  void paragraph(const std::string& words);
  // The line that says how far it can be relied on: in a double frame where there is a doubt.
  void standing(const std::string& words, bool is_doubtful);
  void figure(const std::string& caption, const std::string& svg);
  // The first `words` columns are words, the rest numbers. Without rows nothing is shown.
  void table(const Cells& titles, size_t words, const std::vector<Cells>& rows);
  void list(const std::vector<std::string>& items);
  // A frame in which people write by hand.
  void blank_box(const std::string& words);
  // As it stands.
  void add(const std::string& html) { html_ += html; }

  // The whole page. Nothing may be called afterwards.
  std::string finish();

 private:
  const bool is_exercise_;
  std::string html_;
};

}  // namespace hotline::client
