#include "client/report/report_plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "client/report/drawing.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr int kLeft = Drawing::kLeft;
constexpr int kRoom = Drawing::kRoom;
constexpr int kAxis = Drawing::kAxis;
constexpr int kLabelRise = Drawing::kLabelRise;
constexpr auto& kFills = Drawing::kFills;

// The latency axis: from 0.1 s to ten days, six bars for each power of ten.
constexpr double kDecadeFirst = 2;  // 100 ms.
constexpr double kDecadeLast = 9;
constexpr int kBarsEachDecade = 6;
constexpr int kBars = static_cast<int>(kDecadeLast - kDecadeFirst) * kBarsEachDecade;

double place_of_time(int64_t time_ms) {
  const double decade = std::log10(static_cast<double>(std::max<int64_t>(time_ms, 1)));
  const double part = (decade - kDecadeFirst) / (kDecadeLast - kDecadeFirst);
  return kLeft + kRoom * std::clamp(part, 0.0, 1.0);
}

void draw_time_scale(Drawing& drawing, double top, double bottom) {
  const std::pair<int64_t, const char*> marks[] = {
      {100, "0.1 s"},           {1000, "1 s"},       {10'000, "10 s"},
      {60'000, "1 min"},        {600'000, "10 min"}, {kOneHour_ms, "1 h"},
      {6 * kOneHour_ms, "6 h"}, {kOneDay_ms, "1 d"}, {7 * kOneDay_ms, "7 d"}};
  for (const auto& [time_ms, words] : marks) {
    const double x = place_of_time(time_ms);
    drawing.line(x, top, x, bottom + 4);
    drawing.label(x, bottom + 4 + kLabelRise, words, "middle");
  }
}

void draw_histogram(Drawing& drawing, const std::vector<int64_t>& times_ms, double bottom,
                    double height) {
  std::array<uint64_t, kBars> bars{};
  for (const int64_t time_ms : times_ms) {
    const double part = (place_of_time(time_ms) - kLeft) / kRoom;
    ++bars[static_cast<size_t>(std::min<double>(part * kBars, kBars - 1))];
  }
  const uint64_t highest = *std::max_element(bars.begin(), bars.end());
  constexpr double kBarWidth = static_cast<double>(kRoom) / kBars;
  for (size_t i = 0; i < bars.size(); ++i) {
    if (bars[i] == 0) continue;
    const double tall = height * static_cast<double>(bars[i]) / static_cast<double>(highest);
    drawing.box(kLeft + kBarWidth * static_cast<double>(i), bottom - tall, kBarWidth, tall, "#bbb");
  }
  double rise = height;
  for (const int percent : {50, 95}) {
    const double x = place_of_time(percentile_ms(times_ms, percent));
    drawing.line(x, bottom - height, x, bottom, true);
    drawing.label(x + 3, bottom - rise + 8, percent == 50 ? "median" : "95 %", "start");
    rise -= kLabelRise;  // They may stand at one place.
  }
}

TimeAxis axis_of(const ObservedTime::Stretch& observed) {
  return {observed.from, std::max(observed.to, observed.from + 1)};
}

// Bars of counts that are stacked by precedence; the key is a stretch of `each_ms`.
using Stacks = std::map<int64_t, std::array<uint64_t, 4>>;

void draw_stacks(Drawing& drawing, const TimeAxis& axis, const Stacks& stacks, int64_t each_ms,
                 double height) {
  uint64_t highest = 1;
  for (const auto& [place, counts] : stacks) {
    uint64_t all = 0;
    for (const uint64_t count : counts) all += count;
    highest = std::max(highest, all);
  }
  for (const auto& [place, counts] : stacks) {
    double bottom = height;
    const double left = axis.x(place * each_ms);
    const double width = std::max(axis.x((place + 1) * each_ms) - left, 1.0);
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      const double tall =
          (height - kLabelRise) * static_cast<double>(counts[i]) / static_cast<double>(highest);
      drawing.box(left, bottom - tall, width, tall, kFills[i]);
      bottom -= tall;
    }
  }
  drawing.label(kLeft - 6, kLabelRise + 4, format_count(highest), "end");
  drawing.label(kLeft - 6, height, "0", "end");
  axis.draw(drawing, height, minute_label);
}

}  // namespace

std::string plot_latencies(const PartyReport& record, bool incoming) {
  constexpr int kRow = 46;
  std::vector<std::pair<uint8_t, const WaitTally*>> rows;
  for (const auto& [precedence, messages] : record.statistics.messages(incoming)) {
    if (!messages.acknowledgement.times_ms.empty()) {
      rows.emplace_back(precedence, &messages.acknowledgement);
    }
  }
  if (rows.empty()) return "<p>No time was measured.</p>\n";
  const double bottom = kRow * static_cast<double>(rows.size());
  Drawing drawing(
      static_cast<int>(bottom) + kAxis,
      "Times until messages of " + upper_case(record.party(incoming)) + " were acknowledged");
  draw_time_scale(drawing, 0, bottom);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double base = kRow * static_cast<double>(i + 1);
    drawing.line(kLeft, base, kLeft + kRoom, base);
    drawing.label(kLeft - 6, base - 18, precedence_label(rows[i].first), "end");
    drawing.label(kLeft - 6, base - 5, format_count(rows[i].second->times_ms.size()), "end");
    draw_histogram(drawing, rows[i].second->times_ms, base, kRow - 8);
  }
  return drawing.take();
}

std::string plot_messages(const PartyReport& record, bool incoming) {
  constexpr int kHeight = 110;
  constexpr int64_t kDaysMax = 120;
  constexpr int kLegend = 16;
  const TimeAxis axis = axis_of(record.observed);
  const int64_t days = (axis.to - axis.from) / kOneDay_ms + 1;
  const int64_t each = days > kDaysMax ? 7 : 1;
  Stacks stacks;
  for (const auto& [day, counts] : record.statistics.days(incoming)) {
    for (const auto& [precedence, count] : counts) {
      const size_t place = std::clamp<size_t>(precedence, 1, 4) - 1;
      stacks[day / each][place] += count;
    }
  }
  if (stacks.empty()) return "<p>There was none.</p>\n";
  Drawing drawing(kHeight + kAxis + kLegend, std::string("Messages of ") +
                                                 upper_case(record.party(incoming)) +
                                                 (each == 1 ? " a day" : " a week"));
  draw_stacks(drawing, axis, stacks, each * kOneDay_ms, kHeight);
  for (size_t i = 0; i < kFills.size(); ++i) {
    const double x = kLeft + 130.0 * static_cast<double>(i);
    drawing.box(x, kHeight + kAxis, 10, 10, kFills[i]);
    drawing.label(x + 15, kHeight + kAxis + 9, precedence_label(static_cast<uint8_t>(i + 1)),
                  "start");
  }
  return drawing.take();
}

std::string plot_link(const std::vector<PartyReport>& records) {
  constexpr int kRow = 30;
  TimeAxis axis = axis_of(records.front().observed);
  for (const PartyReport& record : records) {
    const TimeAxis other = axis_of(record.observed);
    axis = {std::min(axis.from, other.from), std::max(axis.to, other.to)};
  }
  const int bottom = kRow * static_cast<int>(records.size());
  Drawing drawing(bottom + kAxis, "When the link was up, as each party saw it");
  for (size_t i = 0; i < records.size(); ++i) {
    const double top = kRow * static_cast<double>(i) + 4;
    constexpr double kTall = kRow - 8;
    drawing.label(kLeft - 6, top + kTall - 6, upper_case(records[i].names.party), "end");
    const TimeAxis own = axis_of(records[i].observed);
    drawing.box(axis.x(own.from), top, axis.x(own.to) - axis.x(own.from), kTall, "#fff");
    // At each point what was worst, so that a year of changes draws no more than there are points.
    std::array<LinkSeen, kRoom + 1> points{};
    points.fill(LinkSeen::up);
    for (const LinkStretch& stretch : records[i].link.stretches) {
      if (stretch.seen == LinkSeen::up) continue;
      const auto first = static_cast<size_t>(axis.x(stretch.from) - kLeft);
      const auto last = static_cast<size_t>(axis.x(stretch.to) - kLeft);
      for (size_t at = first; at <= last; ++at) {
        if (points[at] != LinkSeen::down) points[at] = stretch.seen;
      }
    }
    for (size_t at = 0; at < points.size();) {
      size_t end = at;
      while (end < points.size() && points[end] == points[at]) ++end;
      const double x = kLeft + static_cast<double>(at);
      const double width = static_cast<double>(end - at);
      if (points[at] == LinkSeen::down) drawing.box(x, top, width, kTall, "#000");
      if (points[at] == LinkSeen::unknown) drawing.box(x, top, width, kTall, "url(#sparse)");
      at = end;
    }
  }
  axis.draw(drawing, bottom, minute_label);
  return drawing.take();
}

std::string plot_alarms(const PartyReport& record) {
  constexpr int kHeight = 80;
  constexpr int64_t kHoursMax = 400;
  const TimeAxis axis = axis_of(record.observed);
  const int64_t hours = (axis.to - axis.from) / kOneHour_ms + 1;
  const int64_t each = hours > kHoursMax ? 24 : 1;
  Stacks stacks;
  for (const auto& [hour, count] : record.alarms.hours) stacks[hour / each][0] += count;
  if (stacks.empty()) return "<p>There was none.</p>\n";
  Drawing drawing(kHeight + kAxis, "Alarms of " + upper_case(record.names.party) +
                                       (each == 1 ? " an hour" : " a day"));
  draw_stacks(drawing, axis, stacks, each * kOneHour_ms, kHeight);
  return drawing.take();
}

}  // namespace hotline::client
