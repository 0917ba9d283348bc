#include "tests/geometry/true_distance.h"

#include <GeographicLib/Geodesic.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace hotline {
namespace {

struct Degrees {
  double latitude, longitude;
};

// Straight in longitude and latitude.
struct Line {
  Degrees from, to;
  Degrees at(double part) const {
    return {from.latitude + part * (to.latitude - from.latitude),
            from.longitude + part * (to.longitude - from.longitude)};
  }
};

struct Core {
  std::vector<Line> lines;
  bool filled = false;
  double reach_m = 0;
};

void add_lines(Core& core, const std::vector<Position>& points) {
  double longitude = points[0].longitude_e5 / 1e5;
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    double step = (points[i + 1].longitude_e5 - points[i].longitude_e5) / 1e5;
    step = std::remainder(step, 360);
    Degrees from{points[i].latitude_e5 / 1e5, longitude};
    longitude += step;
    core.lines.push_back({from, {points[i + 1].latitude_e5 / 1e5, longitude}});
  }
}

Core core_of(const Shape& shape) {
  Core core;
  if (auto* circle = std::get_if<Circle>(&shape)) {
    Degrees centre{circle->centre.latitude_e5 / 1e5, circle->centre.longitude_e5 / 1e5};
    core.lines.push_back({centre, centre});
    core.reach_m = circle->radius_m;
  } else if (auto* corridor = std::get_if<Corridor>(&shape)) {
    add_lines(core, corridor->route);
    core.reach_m = corridor->half_width_m;
  } else {
    add_lines(core, std::get<Polygon>(shape).border);
    core.filled = true;
  }
  return core;
}

struct Point {
  double x, y, z;
};

Point point(const Degrees& degrees) {
  constexpr double a = 6378137, f = 1 / 298.257223563, e2 = f * (2 - f);
  double latitude = degrees.latitude * M_PI / 180, longitude = degrees.longitude * M_PI / 180;
  double n = a / std::sqrt(1 - e2 * std::sin(latitude) * std::sin(latitude));
  return {n * std::cos(latitude) * std::cos(longitude),
          n * std::cos(latitude) * std::sin(longitude), n * (1 - e2) * std::sin(latitude)};
}

double through(const Point& a, const Point& b) {
  return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) +
                   (a.z - b.z) * (a.z - b.z));
}

double along(const Degrees& a, const Degrees& b) {
  double distance = 0;
  GeographicLib::Geodesic::WGS84().Inverse(a.latitude, a.longitude, b.latitude, b.longitude,
                                           distance);
  return distance;
}

// Samples of a line, and how far the curve goes from a sample before the next one is nearer.
struct Sampled {
  std::vector<Point> points;
  double length_m = 0;
  double half_step_m = 0;
};

Sampled sampled(const Line& line) {
  double length = 0;
  Point last = point(line.from);
  for (int i = 1; i <= 16; ++i) {
    Point next = point(line.at(i / 16.0));
    length += through(last, next);
    last = next;
  }
  Sampled result;
  result.length_m = length;
  int pieces = length == 0 ? 0 : std::clamp(static_cast<int>(length / 5'000), 4, 400);
  for (int i = 0; i <= pieces; ++i) {
    result.points.push_back(point(line.at(pieces == 0 ? 0 : static_cast<double>(i) / pieces)));
  }
  for (int i = 0; i < pieces; ++i) {
    auto at = static_cast<size_t>(i);
    result.half_step_m =
        std::max(result.half_step_m, 0.6 * through(result.points[at], result.points[at + 1]));
  }
  return result;
}

// Two places on two lines, and how near they are.
struct Near {
  double a = 0, b = 0;
  double distance = std::numeric_limits<double>::infinity();
};

// Looks around, ever closer; when the best is at the rim the window moves and does not shrink. The
// window is as wide in metres on both lines, however long they are.
template <typename Distance>
Near refined(Near best, double window_m, double until_m, const Sampled& a, const Sampled& b,
             const Distance& distance) {
  for (int round = 0; window_m > until_m && round < 400; ++round) {
    Near start = best;
    bool at_rim = false;
    for (int i = -2; i <= 2; ++i) {
      for (int j = -2; j <= 2; ++j) {
        double at_a = std::clamp(start.a + i * window_m / 2 / (a.length_m + 1), 0.0, 1.0);
        double at_b = std::clamp(start.b + j * window_m / 2 / (b.length_m + 1), 0.0, 1.0);
        double tried = distance(at_a, at_b);
        if (tried < best.distance) {
          best = {at_a, at_b, tried};
          at_rim = std::abs(i) == 2 || std::abs(j) == 2;
        }
      }
    }
    if (!at_rim) window_m *= 0.5;
  }
  return best;
}

Near nearest_samples(const Sampled& a, const Sampled& b) {
  Near best;
  for (size_t i = 0; i < a.points.size(); ++i) {
    for (size_t j = 0; j < b.points.size(); ++j) {
      double tried = through(a.points[i], b.points[j]);
      if (tried < best.distance) {
        best = {
            static_cast<double>(i) / static_cast<double>(std::max<size_t>(1, a.points.size() - 1)),
            static_cast<double>(j) / static_cast<double>(std::max<size_t>(1, b.points.size() - 1)),
            tried};
      }
    }
  }
  return best;
}

struct LinePair {
  const Line* a;
  const Line* b;
  const Sampled* samples_a;
  const Sampled* samples_b;
  Near near;
  double least;  // The curves come no nearer.
};

double between_lines(const Core& a, const Core& b) {
  std::vector<Sampled> samples_a, samples_b;
  for (const Line& line : a.lines) samples_a.push_back(sampled(line));
  for (const Line& line : b.lines) samples_b.push_back(sampled(line));
  std::vector<LinePair> pairs;
  double best = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < a.lines.size(); ++i) {
    for (size_t j = 0; j < b.lines.size(); ++j) {
      Near near = nearest_samples(samples_a[i], samples_b[j]);
      double least = near.distance - samples_a[i].half_step_m - samples_b[j].half_step_m;
      pairs.push_back({&a.lines[i], &b.lines[j], &samples_a[i], &samples_b[j], near, least});
      best = std::min(best, near.distance);
    }
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const LinePair& left, const LinePair& right) { return left.least < right.least; });
  double shortest = std::numeric_limits<double>::infinity();
  for (LinePair& pair : pairs) {
    if (pair.least > best * 1.02 + 1) break;
    const Sampled& on_a = *pair.samples_a;
    const Sampled& on_b = *pair.samples_b;
    double step_m = on_a.half_step_m + on_b.half_step_m;
    Near near = refined(pair.near, step_m, 1e-3, on_a, on_b, [&](double at_a, double at_b) {
      return through(point(pair.a->at(at_a)), point(pair.b->at(at_b)));
    });
    best = std::min(best, near.distance);
    if (near.distance > best * 1.02 + 1) continue;
    auto geodesic = [&](double at_a, double at_b) {
      return along(pair.a->at(at_a), pair.b->at(at_b));
    };
    near.distance = geodesic(near.a, near.b);
    near = refined(near, std::min(step_m / 10, 1'000.0), 1e-2, on_a, on_b, geodesic);
    shortest = std::min(shortest, near.distance);
  }
  return shortest;
}

// By how often the border winds around the point, seen from the point.
bool holds(const Core& polygon, Degrees degrees) {
  double west = std::numeric_limits<double>::infinity();
  for (const Line& line : polygon.lines) west = std::min(west, line.from.longitude);
  while (degrees.longitude < west) degrees.longitude += 360;
  while (degrees.longitude >= west + 360) degrees.longitude -= 360;
  double turned = 0;
  for (const Line& line : polygon.lines) {
    double x1 = line.from.longitude - degrees.longitude;
    double y1 = line.from.latitude - degrees.latitude;
    double x2 = line.to.longitude - degrees.longitude;
    double y2 = line.to.latitude - degrees.latitude;
    turned += std::atan2(x1 * y2 - x2 * y1, x1 * x2 + y1 * y2);
  }
  return std::abs(turned) > M_PI;
}

}  // namespace

double true_distance_m(const Shape& a, const Shape& b) {
  Core core_a = core_of(a);
  Core core_b = core_of(b);
  if (core_a.filled && holds(core_a, core_b.lines[0].from)) return 0;
  if (core_b.filled && holds(core_b, core_a.lines[0].from)) return 0;
  return std::max(0.0, between_lines(core_a, core_b) - core_a.reach_m - core_b.reach_m);
}

}  // namespace hotline
