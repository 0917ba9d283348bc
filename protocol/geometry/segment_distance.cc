#include "protocol/geometry/segment_distance.h"

#include <algorithm>
#include <optional>

namespace hotline {
namespace {

using Wide = __int128;

// Between two points of the Earth: at most 1.28e9 cm long, so that a product of two such vectors
// stays below 2^61, and of four below 2^122.
struct Vector {
  int64_t x, y, z;
};

Vector between(const EarthPoint& from, const EarthPoint& to) {
  return {int64_t{to.x_cm} - from.x_cm, int64_t{to.y_cm} - from.y_cm, int64_t{to.z_cm} - from.z_cm};
}

int64_t dot(const Vector& a, const Vector& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

Vector cross(const Vector& a, const Vector& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

// Square centimetres, rounded down.
int64_t squared_distance(const EarthPoint& point, const Segment& segment) {
  Vector along = between(segment.from, segment.to);
  Vector away = between(segment.from, point);
  int64_t progress = dot(along, away);
  int64_t length_squared = dot(along, along);
  if (progress <= 0) return dot(away, away);
  if (progress >= length_squared) {
    Vector past = between(segment.to, point);
    return dot(past, past);
  }
  Wide area_squared = Wide{dot(away, away)} * length_squared - Wide{progress} * progress;
  return static_cast<int64_t>(area_squared / length_squared);
}

// The distance of the two lines, where each comes nearest to the other between its ends.
std::optional<int64_t> distance_between_ends(const Segment& a, const Segment& b) {
  Vector v = between(a.from, a.to);
  Vector w = between(b.from, b.to);
  Vector r = between(b.from, a.from);
  int64_t vv = dot(v, v), vw = dot(v, w), ww = dot(w, w), vr = dot(v, r), wr = dot(w, r);
  Wide whole = Wide{vv} * ww - Wide{vw} * vw;  // The square of |v x w|.
  Wide on_a = Wide{vw} * wr - Wide{ww} * vr;
  Wide on_b = Wide{vv} * wr - Wide{vw} * vr;
  if (on_a <= 0 || on_a >= whole || on_b <= 0 || on_b >= whole) return std::nullopt;
  Vector n = cross(v, w);
  Wide volume = Wide{r.x} * n.x + Wide{r.y} * n.y + Wide{r.z} * n.z;
  if (volume < 0) volume = -volume;
  // A small area gets 32 binary places, so that its root is right to 31 bits.
  int places = whole < (Wide{1} << 62) ? 32 : 0;
  Wide area =
      static_cast<Wide>(square_root(static_cast<unsigned __int128>(whole) << (2 * places))) + 1;
  return static_cast<int64_t>((volume << places) / area);
}

int64_t gap(int32_t a1, int32_t a2, int32_t b1, int32_t b2) {
  int64_t below = int64_t{std::min(b1, b2)} - std::max(a1, a2);
  int64_t above = int64_t{std::min(a1, a2)} - std::max(b1, b2);
  return std::max(below, above);
}

}  // namespace

int64_t distance_cm(const Segment& a, const Segment& b) {
  int64_t squared = std::min({squared_distance(a.from, b), squared_distance(a.to, b),
                              squared_distance(b.from, a), squared_distance(b.to, a)});
  int64_t at_an_end = static_cast<int64_t>(square_root(static_cast<unsigned __int128>(squared)));
  std::optional<int64_t> between_ends = distance_between_ends(a, b);
  return between_ends ? std::min(at_an_end, *between_ends) : at_an_end;
}

int64_t distance_least_cm(const Segment& a, const Segment& b) {
  int64_t along_x = gap(a.from.x_cm, a.to.x_cm, b.from.x_cm, b.to.x_cm);
  int64_t along_y = gap(a.from.y_cm, a.to.y_cm, b.from.y_cm, b.to.y_cm);
  int64_t along_z = gap(a.from.z_cm, a.to.z_cm, b.from.z_cm, b.to.z_cm);
  return std::max({along_x, along_y, along_z, int64_t{0}});
}

}  // namespace hotline
