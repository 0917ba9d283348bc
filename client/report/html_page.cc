#include "client/report/html_page.h"

#include <utility>

#include "client/report/html_text.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

// Black on white; what a printer leaves out says nothing.
constexpr char kStyle[] = R"(
@page { size: A4; margin: 15mm 14mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.35 sans-serif; color: #000; background: #fff; max-width: 190mm;
  margin: 0 auto; padding: 4mm }
h1 { font-size: 17pt; margin: 4mm 0 1mm }
h2 { font-size: 14pt; margin: 9mm 0 2mm; border-bottom: 1.5pt solid #000; break-after: avoid }
h3 { font-size: 11.5pt; margin: 5mm 0 1mm; break-after: avoid }
p { margin: 1mm 0; overflow-wrap: anywhere }
.standing { border: 1.5pt solid #000; padding: 2mm 3mm; font-weight: bold; font-size: 12pt }
.doubt { border-width: 4pt; border-style: double }
.marks { text-align: center; font-weight: bold; letter-spacing: .15em; margin: 2mm 0 }
.exercise { border: 5mm solid #000; padding: 4mm;
  border-image: repeating-linear-gradient(45deg, #000 0 2mm, #fff 2mm 4mm) 19;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
table { border-collapse: collapse; width: 100%; margin: 1mm 0 2mm; font-size: 9pt }
th, td { border-bottom: .5pt solid #888; padding: .6mm 1.2mm; text-align: left;
  vertical-align: top }
th { border-bottom: 1pt solid #000 }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.t, th.t { white-space: nowrap }
td.w { overflow-wrap: anywhere }
tr, figure { break-inside: avoid }
thead { display: table-header-group }
figure { margin: 2mm 0 4mm }
figcaption { font-size: 9pt; font-weight: bold }
svg { width: 100%; height: auto; font: 9.5px sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
.record + .record { break-before: page }
ul { margin: 1mm 0; padding-left: 6mm }
li { overflow-wrap: anywhere }
.blank { border: .5pt solid #000; min-height: 24mm; padding: 1mm 2mm; margin: 1mm 0 3mm; font-size: 9pt; break-inside: avoid }
)";

// Short words and times ("2026-11-29T18:16:18.429Z") stand in one line; what is long may be broken
// anywhere, so that nothing a peer wrote makes the page wider.
const char* words_class(const std::string& text) {
  constexpr size_t kShort = 24;
  return text.size() <= kShort ? " class=\"t\">" : " class=\"w\">";
}

}  // namespace

HtmlPage::HtmlPage(const std::string& title, bool is_exercise) : is_exercise_(is_exercise) {
  html_ =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>" +
      html_text(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n";
  if (is_exercise_) {
    html_ +=
        "<div class=\"exercise\">\n<p class=\"marks\">" + std::string(kExerciseMark) + "</p>\n";
  }
}

void HtmlPage::heading(const char* level, const std::string& words) {
  html_ += std::string("<") + level + ">" + html_text(words) + "</" + level + ">\n";
}

void HtmlPage::paragraph(const std::string& words) {
  html_ += "<p>" + html_text(words) + "</p>\n";
}

void HtmlPage::standing(const std::string& words, bool is_doubtful) {
  html_ += std::string("<p class=\"standing") + (is_doubtful ? " doubt" : "") + "\">" +
           html_text(words) + "</p>\n";
}

void HtmlPage::figure(const std::string& caption, const std::string& svg) {
  html_ += "<figure>" + svg + "<figcaption>" + html_text(caption) + "</figcaption></figure>\n";
}

void HtmlPage::table(const Cells& titles, size_t words, const std::vector<Cells>& rows) {
  if (rows.empty()) return;
  const auto write_row = [&](const Cells& cells, const char* tag) {
    html_ += "<tr>";
    for (size_t i = 0; i < cells.size(); ++i) {
      html_ += std::string("<") + tag + (i < words ? words_class(cells[i]) : " class=\"n\">") +
               html_text(cells[i]) + "</" + tag + ">";
    }
    html_ += "</tr>\n";
  };
  html_ += "<table><thead>";
  write_row(titles, "th");
  html_ += "</thead><tbody>\n";
  for (const Cells& row : rows) write_row(row, "td");
  html_ += "</tbody></table>\n";
}

void HtmlPage::list(const std::vector<std::string>& items) {
  if (items.empty()) return;
  html_ += "<ul>\n";
  for (const std::string& item : items) html_ += "<li>" + html_text(item) + "</li>\n";
  html_ += "</ul>\n";
}

void HtmlPage::blank_box(const std::string& words) {
  html_ += "<div class=\"blank\">" + html_text(words) + "</div>\n";
}

std::string HtmlPage::finish() {
  if (is_exercise_) html_ += "<p class=\"marks\">" + std::string(kExerciseMark) + "</p>\n</div>\n";
  return std::move(html_) + "</body>\n</html>\n";
}

}  // namespace hotline::client
