#include "protocol/geometry/position.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "protocol/base/check.h"

namespace hotline {
namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Angles by CORDIC (Volder 1959): each step turns a vector by a known angle with shifts and
// additions only. Angles are radians with 40 binary places. 40 steps leave an error below 2^-34
// rad, 0.4 mm on the ground.

constexpr int kTurns = 40;
constexpr int kAngleBits = 40;

// atan(2^-i) for i = 0 to 39.
constexpr std::array<int64_t, kTurns> kStepAngles = {863554413089,
                                                     509785937287,
                                                     269356888665,
                                                     136729762476,
                                                     68630207382,
                                                     34348560106,
                                                     17178471287,
                                                     8589759836,
                                                     4294945451,
                                                     2147480917,
                                                     1073741483,
                                                     536870869,
                                                     268435451,
                                                     134217727,
                                                     67108864,
                                                     33554432,
                                                     16777216,
                                                     8388608,
                                                     4194304,
                                                     2097152,
                                                     1048576,
                                                     524288,
                                                     262144,
                                                     131072,
                                                     65536,
                                                     32768,
                                                     16384,
                                                     8192,
                                                     4096,
                                                     2048,
                                                     1024,
                                                     512,
                                                     256,
                                                     128,
                                                     64,
                                                     32,
                                                     16,
                                                     8,
                                                     4,
                                                     2};

// The product of cos(atan(2^-i)): what a start vector must be shortened by, because each step
// lengthens it.
constexpr int64_t kInverseGain = 667681663043;

// pi / 180e5 with 60 binary places: 1e-5 degrees in radians.
constexpr int64_t kRadiansPerDegree_e5 = 201222762724;

// Mean radius of WGS-84, (2a + b) / 3.
constexpr uint64_t kEarthRadius_m = 6'371'009;

// Sine and cosine with 30 binary places, so that products of two fit 64 bits.
constexpr int kUnitBits = 30;
constexpr int64_t kUnit = int64_t{1} << kUnitBits;

int64_t to_unit_bits(int64_t value) {
  constexpr int drop = kAngleBits - kUnitBits;
  return (value + (int64_t{1} << (drop - 1))) >> drop;
}

int64_t times(int64_t a, int64_t b) {
  return (a * b + kUnit / 2) >> kUnitBits;
}

struct Turn {
  int64_t cosine;
  int64_t sine;
};

// For -90 to 90 degrees, where the steps converge.
Turn turn_quarter(int32_t angle_e5) {
  int64_t left = (angle_e5 * kRadiansPerDegree_e5) >> (60 - kAngleBits);
  int64_t x = kInverseGain;
  int64_t y = 0;
  for (int i = 0; i < kTurns; ++i) {
    int64_t dx = y >> i;
    int64_t dy = x >> i;
    if (left >= 0) {
      x -= dx;
      y += dy;
      left -= kStepAngles[static_cast<size_t>(i)];
    } else {
      x += dx;
      y -= dy;
      left += kStepAngles[static_cast<size_t>(i)];
    }
  }
  return {to_unit_bits(x), to_unit_bits(y)};
}

// For 0 to 180 degrees.
Turn turn_half(int32_t angle_e5) {
  if (angle_e5 <= kLatitudeMax_e5) return turn_quarter(angle_e5);
  Turn turn = turn_quarter(kLongitudeMax_e5 - angle_e5);
  return {-turn.cosine, turn.sine};
}

// The angle of the vector (x, y), both at least zero and below 2^32, with 40 binary places.
uint64_t angle_of(uint64_t x_start, uint64_t y_start) {
  int64_t x = static_cast<int64_t>(x_start << 20);
  int64_t y = static_cast<int64_t>(y_start << 20);
  int64_t angle = 0;
  for (int i = 0; i < kTurns; ++i) {
    int64_t dx = y >> i;
    int64_t dy = x >> i;
    if (y >= 0) {
      x += dx;
      y -= dy;
      angle += kStepAngles[static_cast<size_t>(i)];
    } else {
      x -= dx;
      y += dy;
      angle -= kStepAngles[static_cast<size_t>(i)];
    }
  }
  return angle < 0 ? 0 : static_cast<uint64_t>(angle);
}

uint64_t rounded_down_root(uint64_t value) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    uint64_t tried = root | bit;
    if (tried * tried <= value) root = tried;
  }
  return root;
}

struct Vector3 {
  int64_t x, y, z;
};

uint64_t length(const Vector3& v) {
  return rounded_down_root(static_cast<uint64_t>(v.x * v.x) + static_cast<uint64_t>(v.y * v.y) +
                           static_cast<uint64_t>(v.z * v.z));
}

// ---------------------------------------------------------------------------------------------------------------------
// Polygons, in the plane of longitude and latitude

struct Point {
  int64_t x, y;
  bool operator==(const Point&) const = default;
};

// Longitudes made continuous: each point is within 180 degrees of the one before, so that the
// antimeridian is no edge.
std::vector<Point> unrolled(std::span<const Position> points) {
  std::vector<Point> result;
  int64_t x = 0;
  int32_t previous = points.front().longitude_e5;
  for (const Position& point : points) {
    int64_t step = point.longitude_e5 - previous;
    if (step > kLongitudeMax_e5) step -= 2 * kLongitudeMax_e5;
    if (step < -kLongitudeMax_e5) step += 2 * kLongitudeMax_e5;
    x += step;
    previous = point.longitude_e5;
    result.push_back({x, point.latitude_e5});
  }
  return result;
}

// Positive if c lies left of the line from a to b, negative if right, zero if on it.
int side(const Point& a, const Point& b, const Point& c) {
  int64_t product = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  return product > 0 ? 1 : product < 0 ? -1 : 0;
}

bool within_box(const Point& a, const Point& b, const Point& c) {
  return std::min(a.x, b.x) <= c.x && c.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= c.y &&
         c.y <= std::max(a.y, b.y);
}

// True: the closed segments ab and cd share a point.
bool meet(const Point& a, const Point& b, const Point& c, const Point& d) {
  int c_side = side(a, b, c);
  int d_side = side(a, b, d);
  int a_side = side(c, d, a);
  int b_side = side(c, d, b);
  if (c_side * d_side < 0 && a_side * b_side < 0) return true;
  return (c_side == 0 && within_box(a, b, c)) || (d_side == 0 && within_box(a, b, d)) ||
         (a_side == 0 && within_box(c, d, a)) || (b_side == 0 && within_box(c, d, b));
}

// True: the border turns back on itself at b.
bool folds_back(const Point& a, const Point& b, const Point& c) {
  if (side(a, b, c) != 0) return false;
  return (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) < 0;
}

}  // namespace

bool is_on_earth(const Position& position) {
  return position.latitude_e5 >= -kLatitudeMax_e5 && position.latitude_e5 <= kLatitudeMax_e5 &&
         position.longitude_e5 >= -kLongitudeMax_e5 && position.longitude_e5 <= kLongitudeMax_e5;
}

std::string format_position(const Position& position) {
  int64_t latitude = std::llabs(position.latitude_e5);
  int64_t longitude = std::llabs(position.longitude_e5);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%02lld.%05lld%c %03lld.%05lld%c",
                static_cast<long long>(latitude / 100'000),
                static_cast<long long>(latitude % 100'000), position.latitude_e5 < 0 ? 'S' : 'N',
                static_cast<long long>(longitude / 100'000),
                static_cast<long long>(longitude % 100'000), position.longitude_e5 < 0 ? 'W' : 'E');
  return buffer;
}

// The angle between two unit vectors a and b is 2 atan(|a - b| / |a + b|), which is exact to the
// last bits both for neighbours and for antipodes.
int64_t distance_m(const Position& a, const Position& b) {
  HOTLINE_CHECK(is_on_earth(a) && is_on_earth(b));
  int32_t turned_e5 = std::abs(a.longitude_e5 - b.longitude_e5);
  if (turned_e5 > kLongitudeMax_e5) turned_e5 = 2 * kLongitudeMax_e5 - turned_e5;
  // In a fixed order, so that rounding cannot make the way there longer than the way back.
  Turn from = turn_quarter(std::min(a.latitude_e5, b.latitude_e5));
  Turn to = turn_quarter(std::max(a.latitude_e5, b.latitude_e5));
  Turn across = turn_half(turned_e5);
  Vector3 start{from.cosine, 0, from.sine};
  Vector3 end{times(to.cosine, across.cosine), times(to.cosine, across.sine), to.sine};
  uint64_t apart = length({start.x - end.x, start.y - end.y, start.z - end.z});
  uint64_t along = length({start.x + end.x, start.y + end.y, start.z + end.z});
  uint64_t half_angle = angle_of(along, apart);
  constexpr int shift = kAngleBits - 1;
  return static_cast<int64_t>((half_angle * kEarthRadius_m + (uint64_t{1} << (shift - 1))) >>
                              shift);
}

std::string polygon_fault(std::span<const Position> points) {
  if (points.size() < 4) return "needs at least three corners and the first one again";
  for (const Position& point : points) {
    if (!is_on_earth(point)) return "has a corner that is not on Earth";
  }
  if (points.front() != points.back()) return "is not closed: its last point is not its first";
  std::vector<Point> corners = unrolled(points);
  if (corners.front() != corners.back()) return "goes around a pole: give a centre and a radius";
  size_t edges = corners.size() - 1;
  for (size_t i = 0; i < edges; ++i) {
    if (corners[i] == corners[i + 1]) return "has the same corner twice in a row";
    if (folds_back(corners[i], corners[i + 1], corners[(i + 1) % edges + 1])) {
      return "turns back on itself";
    }
  }
  for (size_t i = 0; i < edges; ++i) {
    for (size_t j = i + 2; j < edges; ++j) {
      bool neighbours = i == 0 && j == edges - 1;
      if (!neighbours && meet(corners[i], corners[i + 1], corners[j], corners[j + 1])) {
        return "crosses or touches itself";
      }
    }
  }
  return {};
}

ReadBackDifference compare_read_back(const Position& sent, const Position& read_back) {
  ReadBackDifference difference;
  difference.metres = distance_m(sent, read_back);
  difference.mismatch = difference.metres > kReadBackMax_m;
  return difference;
}

ReadBackDifference compare_read_back(UtcMs sent, UtcMs read_back) {
  // In unsigned arithmetic, because a peer may read back any 64 bits.
  uint64_t apart_ms = sent > read_back
                          ? static_cast<uint64_t>(sent) - static_cast<uint64_t>(read_back)
                          : static_cast<uint64_t>(read_back) - static_cast<uint64_t>(sent);
  ReadBackDifference difference;
  difference.seconds = static_cast<int64_t>(apart_ms / 1000 + (apart_ms % 1000 != 0 ? 1 : 0));
  difference.mismatch = difference.seconds > kReadBackMax_s;
  return difference;
}

ReadBackDifference combine(const ReadBackDifference& a, const ReadBackDifference& b) {
  return {std::max(a.metres, b.metres), std::max(a.seconds, b.seconds), a.mismatch || b.mismatch};
}

}  // namespace hotline
