// A drawing as SVG that stands in an HTML page: black on white, no script, and labels that are
// escaped.
#pragma once

#include <array>
#include <string>

#include "protocol/base/clock.h"

namespace hotline::client {

class Drawing {
 public:
  static constexpr int kWidth = 680;
  static constexpr int kLeft = 90;  // For labels.
  static constexpr int kRight = 10;
  static constexpr int kRoom = kWidth - kLeft - kRight;
  static constexpr int kAxis = 28;  // Below the plot.
  static constexpr int kLabelRise = 12;
  // Told apart in black and white.
  static constexpr std::array<const char*, 4> kFills = {"#000", "url(#dense)", "url(#sparse)",
                                                        "#fff"};

  Drawing(int height, const std::string& title);

  void box(double x, double y, double width, double height, const char* fill);
  void line(double x1, double y1, double x2, double y2, bool is_thick = false);
  // `anchor`: "start", "middle" or "end".
  void label(double x, double y, const std::string& text, const char* anchor);
  std::string take();

 private:
  std::string svg_;
};

// A stretch of time over the width of a drawing.
struct TimeAxis {
  UtcMs from = 0;
  UtcMs to = 1;  // Above `from`.

  double x(UtcMs at) const;
  // With marks, of which each bears what `label` makes of its time.
  void draw(Drawing& drawing, double y, std::string (*label)(UtcMs at)) const;
};

// "2026-11-22T14:12Z"
std::string minute_label(UtcMs at);

}  // namespace hotline::client
