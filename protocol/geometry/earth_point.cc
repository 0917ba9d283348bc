#include "protocol/geometry/earth_point.h"

#include <array>

#include "protocol/base/check.h"
#include "protocol/geometry/position.h"

namespace hotline {
namespace {

using Wide = __int128;

// CORDIC (Volder 1959), as in position.cc, with 60 binary places.
constexpr int kSteps = 52;
constexpr int kUnitBits = 60;
constexpr int64_t kUnit = int64_t{1} << kUnitBits;

// atan(2^-i) for i = 0 to 20. From there on it is 2^-i, to the last of 60 places.
constexpr std::array<int64_t, 21> kStepAngles = {
    905502432259640355, 534549298976576474, 282441168888798124, 143371547418228444,
    71963988336308046,  36017075762092179,  18012932708689205,  9007016009513623,
    4503576721087964,   2251796950380271,   1125899548928887,   562949908682076,
    281474971118251,    140737487656277,    70368744090283,     35184372077909,
    17592186043051,     8796093022037,      4398046511083,      2199023255549,
    1099511627776};

int64_t step_angle(int step) {
  return step <= 20 ? kStepAngles[static_cast<size_t>(step)] : kUnit >> step;
}

// The product of cos(atan(2^-i)) over all steps.
constexpr int64_t kInverseGain = 700114967507363238;

// pi / 180e5 with 84 binary places: 1e-5 degrees in radians.
constexpr int64_t kRadiansPerDegree_e5 = 3375957754343412072;

// WGS-84: the equator's radius, and the square of the eccentricity with 60 binary places.
constexpr int64_t kEquatorRadius_cm = 637'813'700;
constexpr int64_t kEccentricitySquared = 7718094650643697;

constexpr FineAngle kTurn = FineAngle{2 * kLongitudeMax_e5} << kFineBits;

// For any angle: brings it between -180 and 180 degrees, then mirrors what is beyond a quarter.
UnitVector turned_by(FineAngle angle) {
  angle %= kTurn;
  if (angle > kTurn / 2) angle -= kTurn;
  if (angle < -kTurn / 2) angle += kTurn;
  bool mirrored = angle > kTurn / 4 || angle < -kTurn / 4;
  if (mirrored) angle = (angle > 0 ? kTurn / 2 : -kTurn / 2) - angle;
  UnitVector turned = unit_vector(angle);
  if (mirrored) turned.cosine = -turned.cosine;
  return turned;
}

int32_t rounded_product_cm(int64_t length, int64_t factor) {
  constexpr int drop = kFineBits + kUnitBits;
  return static_cast<int32_t>((Wide{length} * factor + (Wide{1} << (drop - 1))) >> drop);
}

}  // namespace

UnitVector unit_vector(FineAngle angle) {
  HOTLINE_CHECK(angle >= -kTurn / 4 && angle <= kTurn / 4);
  constexpr int drop = 84 + kFineBits - kUnitBits;
  int64_t left = static_cast<int64_t>((Wide{angle} * kRadiansPerDegree_e5) >> drop);
  int64_t x = kInverseGain;
  int64_t y = 0;
  for (int i = 0; i < kSteps; ++i) {
    // Forward or back: all bits of `back` are set in an angle below zero. Processors guess a branch
    // wrong half of the time here, which takes longer than all the rest.
    int64_t back = left >> 63;
    int64_t dx = ((y >> i) ^ back) - back;
    int64_t dy = ((x >> i) ^ back) - back;
    x -= dx;
    y += dy;
    left -= (step_angle(i) ^ back) - back;
  }
  return {x, y};
}

// With the radius of curvature across the meridian, n = a / sqrt(1 - e^2 sin^2): the point stands
// n cos from the axis and (1 - e^2) n sin above the equator. Lengths have kFineBits binary places.
EarthPoint earth_point(FineAngle latitude, FineAngle longitude) {
  UnitVector up = unit_vector(latitude);
  UnitVector east = turned_by(longitude);
  int64_t sine_squared = static_cast<int64_t>((Wide{up.sine} * up.sine) >> kUnitBits);
  int64_t root_of =
      kUnit - static_cast<int64_t>((Wide{kEccentricitySquared} * sine_squared) >> kUnitBits);
  uint64_t root = square_root(static_cast<unsigned __int128>(root_of) << kUnitBits);
  int64_t across = static_cast<int64_t>((Wide{kEquatorRadius_cm} << (kUnitBits + kFineBits)) /
                                        static_cast<Wide>(root));
  int64_t from_axis = static_cast<int64_t>((Wide{across} * up.cosine) >> kUnitBits);
  int64_t flattened =
      static_cast<int64_t>((Wide{across} * (kUnit - kEccentricitySquared)) >> kUnitBits);
  return {rounded_product_cm(from_axis, east.cosine), rounded_product_cm(from_axis, east.sine),
          rounded_product_cm(flattened, up.sine)};
}

// Newton's method from above: the first step that does not go down has arrived.
uint64_t square_root(unsigned __int128 value) {
  if (value == 0) return 0;
  uint64_t high = static_cast<uint64_t>(value >> 64);
  int bits =
      high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(static_cast<uint64_t>(value));
  HOTLINE_CHECK(bits <= 126);
  uint64_t root = uint64_t{1} << ((bits + 1) / 2);
  while (true) {
    uint64_t next = high != 0 ? (root + static_cast<uint64_t>(value / root)) / 2
                              : (root + static_cast<uint64_t>(value) / root) / 2;
    if (next >= root) return root;
    root = next;
  }
}

}  // namespace hotline
