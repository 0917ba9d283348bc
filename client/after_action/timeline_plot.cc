#include "client/after_action/timeline_plot.h"

#include <algorithm>
#include <vector>

#include "client/drill/play_lines.h"
#include "client/report/drawing.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr double kRow = 14;
constexpr double kMark = 7;
constexpr double kCharacter = 5.2;  // As wide as a letter is, about.
constexpr double kLinkRow = 16;

// A mark with its label, or the time that an expectation has.
struct Drawn {
  double x = 0;
  double width = kMark;
  const char* fill = "#fff";
  std::string label = {};
  std::optional<double> tick = {};  // When it was settled.
  double left = 0;                  // Its part of the row, with its label.
  double right = 0;
  int row = 0;
};

void place_label(Drawn& drawn) {
  const double words = kCharacter * static_cast<double>(column_count(drawn.label)) + 8;
  drawn.left = drawn.x;
  drawn.right = drawn.x + drawn.width + words;
  if (drawn.right <= Drawing::kWidth) return;
  drawn.right = drawn.x + drawn.width;
  drawn.left = std::max(0.0, drawn.x - words);
}

// Each into the first row that has room for it. The number of rows; whatever has none is dropped.
int place_rows(std::vector<Drawn>& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const Drawn& a, const Drawn& b) { return a.left < b.left; });
  std::vector<double> ends;
  for (Drawn& one : all) {
    const auto row =
        std::find_if(ends.begin(), ends.end(), [&](double end) { return end + 3 <= one.left; });
    one.row = static_cast<int>(row - ends.begin());
    if (row == ends.end()) {
      ends.push_back(one.right);
    } else {
      *row = one.right;
    }
  }
  std::erase_if(all, [](const Drawn& one) { return one.row >= kPlotRowsMax; });
  return std::min(static_cast<int>(ends.size()), kPlotRowsMax);
}

std::string elapsed_label(UtcMs at) {
  return "T+" + exercise_time(at);
}

class Timeline {
 public:
  explicit Timeline(const AfterAction& report)
      : report_(report), axis_{0, std::max<int64_t>(report.judged.ends_ms, 1)} {}

  std::string draw() {
    double height = 4;
    for (SideIndex side = 0; side < kSides; ++side) {
      marks_[side] = marks_of(side);
      bars_[side] = bars_of(side);
      rows_[side] = {place_rows(marks_[side]), place_rows(bars_[side])};
      height += kRow * (rows_[side].first + rows_[side].second) + 2 * kRow + kLinkRow;
    }
    Drawing drawing(static_cast<int>(height) + Drawing::kAxis, "The course of the drill");
    double y = 4;
    for (SideIndex side = 0; side < kSides; ++side) y = draw_lane(drawing, side, y);
    axis_.draw(drawing, y, elapsed_label);
    return drawing.take();
  }

 private:
  std::vector<Drawn> marks_of(SideIndex side) const {
    using What = PlayedEvent::What;
    std::vector<Drawn> marks;
    for (const ProvedEvent& one : report_.judged.events) {
      const PlayedEvent& event = one.event;
      if (event.side != side || event.expectation) continue;
      Drawn mark{.x = axis_.x(event.at_ms) - kMark / 2,
                 .label = event_name(report_.scenario, event)};
      if (event.what == What::inject) {
        mark.fill = "#000";
      } else {
        mark.label = event_words(report_.scenario, event) + " " + mark.label;
        if (event.what == What::escalated) mark.fill = "url(#dense)";
        if (!event.rung.empty()) mark.label += " " + event.rung;
      }
      place_label(mark);
      marks.push_back(mark);
    }
    return marks;
  }

  std::vector<Drawn> bars_of(SideIndex side) const {
    std::vector<Drawn> bars;
    for (size_t e = 0; e < report_.scenario.expectations.size(); ++e) {
      const Expectation& expected = report_.scenario.expectations[e];
      const DrillLog::Inject& inject = report_.log.injects[expected.of];
      if (expected.side != side || inject.fate.kind != InjectFate::Kind::played) continue;
      const JudgedExpectation& judged = report_.judged.expectations[e];
      const double from = axis_.x(inject.fate.at_ms);
      const bool is_settled = judged.outcome.kind <= Outcome::Kind::to_judge;
      const int64_t until_ms = std::min(inject.fate.at_ms, INT64_MAX - expected.within_ms);
      Drawn bar{.x = from,
                .width = std::max(axis_.x(until_ms + expected.within_ms) - from, 2.0),
                .fill = judged.outcome.kind == Outcome::Kind::missed ? "#000"
                        : judged.outcome.kind == Outcome::Kind::met  ? "#fff"
                                                                     : "url(#sparse)",
                .label = expected.name};
      if (is_settled) bar.tick = axis_.x(judged.outcome.at_ms);
      place_label(bar);
      bars.push_back(bar);
    }
    return bars;
  }

  static void draw_label(Drawing& drawing, const Drawn& one, double y) {
    const bool is_behind = one.left >= one.x;
    drawing.label(is_behind ? one.x + one.width + 3 : one.x - 3, y, one.label,
                  is_behind ? "start" : "end");
  }

  double draw_lane(Drawing& drawing, SideIndex side, double top) {
    const auto [mark_rows, bar_rows] = rows_[side];
    double y = top + kRow;
    drawing.label(4, y - 3, upper_case(report_.scenario.sides[side]), "start");
    drawing.label(4, y + 9, "what happened", "start");
    for (const Drawn& mark : marks_[side]) {
      const double at = y + kRow * mark.row;
      drawing.box(mark.x, at + 3, kMark, kMark, mark.fill);
      draw_label(drawing, mark, at + 10);
    }
    y += kRow * mark_rows;
    if (bar_rows != 0) drawing.label(4, y + 9, "expected", "start");
    for (const Drawn& bar : bars_[side]) {
      const double at = y + kRow * bar.row;
      drawing.box(bar.x, at + 4, bar.width, kMark - 2, bar.fill);
      if (bar.tick) drawing.line(*bar.tick, at + 1, *bar.tick, at + kMark + 5, true);
      draw_label(drawing, bar, at + 10);
    }
    y += kRow * bar_rows;
    draw_link(drawing, side, y);
    y += kLinkRow + kRow;
    drawing.line(0, y - kRow / 2, Drawing::kWidth, y - kRow / 2);
    return y;
  }

  void draw_link(Drawing& drawing, SideIndex side, double y) const {
    if (!report_.records[side]) return;
    drawing.label(4, y + 10, "link", "start");
    drawing.box(axis_.x(axis_.from), y + 3, axis_.x(axis_.to) - axis_.x(axis_.from), 8, "#fff");
    const UtcMs begin = report_.log.begin;
    const LinkTimeline::Seen seen =
        report_.records[side]->link.within({begin, begin + report_.judged.ends_ms});
    for (const LinkStretch& stretch : seen.stretches) {
      if (stretch.seen == LinkSeen::up) continue;
      const double from = axis_.x(stretch.from - begin);
      const double width = std::max(axis_.x(stretch.to - begin) - from, 1.0);
      drawing.box(from, y + 3, width, 8, stretch.seen == LinkSeen::down ? "#000" : "url(#sparse)");
    }
  }

  const AfterAction& report_;
  const TimeAxis axis_;
  std::vector<Drawn> marks_[kSides];
  std::vector<Drawn> bars_[kSides];
  std::pair<int, int> rows_[kSides];
};

}  // namespace

std::string plot_timeline(const AfterAction& report) {
  return Timeline(report).draw();
}

}  // namespace hotline::client
