#include "client/report/drawing.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "client/report/html_text.h"

namespace hotline::client {
namespace {

// Each <svg> needs its own names: a page may hold several.
constexpr char kPatterns[] =
    "<defs><pattern id=\"dense\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect width=\"4\" height=\"4\" fill=\"#fff\"/>"
    "<rect width=\"2\" height=\"4\"/></pattern><pattern id=\"sparse\" width=\"7\" height=\"7\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\"><rect width=\"7\" "
    "height=\"7\" fill=\"#fff\"/><rect width=\"1\" height=\"7\"/></pattern></defs>";

// Tenths of a point are finer than a printer.
std::string tenths_of(double value) {
  const auto tenths = static_cast<int64_t>(std::llround(value * 10));
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(std::abs(tenths % 10));
  return text;
}

}  // namespace

Drawing::Drawing(int height, const std::string& title)
    : svg_("<svg viewBox=\"0 0 " + std::to_string(kWidth) + " " + std::to_string(height) +
           "\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\"><title>" + html_text(title) +
           "</title>" + kPatterns) {}

void Drawing::box(double x, double y, double width, double height, const char* fill) {
  svg_ += "<rect x=\"" + tenths_of(x) + "\" y=\"" + tenths_of(y) + "\" width=\"" +
          tenths_of(width) + "\" height=\"" + tenths_of(height) + "\" fill=\"" + fill +
          "\" stroke=\"#000\" stroke-width=\"0.5\"/>";
}

void Drawing::line(double x1, double y1, double x2, double y2, bool is_thick) {
  svg_ += "<path d=\"M" + tenths_of(x1) + " " + tenths_of(y1) + "L" + tenths_of(x2) + " " +
          tenths_of(y2) + "\" stroke=\"#000\" stroke-width=\"" + (is_thick ? "2" : "0.5") + "\"/>";
}

void Drawing::label(double x, double y, const std::string& text, const char* anchor) {
  svg_ += "<text x=\"" + tenths_of(x) + "\" y=\"" + tenths_of(y) + "\" text-anchor=\"" + anchor +
          "\">" + html_text(text) + "</text>";
}

std::string Drawing::take() {
  return std::move(svg_) + "</svg>\n";
}

double TimeAxis::x(UtcMs at) const {
  const double part = static_cast<double>(at - from) / static_cast<double>(to - from);
  return Drawing::kLeft + Drawing::kRoom * std::clamp(part, 0.0, 1.0);
}

void TimeAxis::draw(Drawing& drawing, double y, std::string (*label)(UtcMs at)) const {
  constexpr int kMarks = 4;
  drawing.line(Drawing::kLeft, y, Drawing::kLeft + Drawing::kRoom, y);
  for (int i = 0; i <= kMarks; ++i) {
    const UtcMs at = from + (to - from) / kMarks * i;
    const char* anchor = i == 0 ? "start" : i == kMarks ? "end" : "middle";
    drawing.line(x(at), y, x(at), y + 4);
    drawing.label(x(at), y + 4 + Drawing::kLabelRise, label(at), anchor);
  }
}

std::string minute_label(UtcMs at) {
  return format_rfc3339(at).substr(0, 16) + "Z";
}

}  // namespace hotline::client
