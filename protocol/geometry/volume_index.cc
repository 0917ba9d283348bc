#include "protocol/geometry/volume_index.h"

#include <algorithm>
#include <boost/geometry/algorithms/equals.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/geometry/strategies/cartesian.hpp>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace hotline {
namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

// Space, height and time are five axes of one tree. The tree weighs its splits in floating point,
// so its inside may differ between compilers, but never who meets whom: that compares integers.
using Corner = bg::model::point<int64_t, 5, bg::cs::cartesian>;
using Box = bg::model::box<Corner>;
using Tree = bgi::rtree<std::pair<Box, uint64_t>, bgi::quadratic<16>>;

Corner corner(const EarthPoint& point, int64_t height_cm, UtcMs time) {
  Corner result;
  result.set<0>(point.x_cm);
  result.set<1>(point.y_cm);
  result.set<2>(point.z_cm);
  result.set<3>(height_cm);
  result.set<4>(time);
  return result;
}

Box box(const VolumeBounds& bounds) {
  return {corner(bounds.least, bounds.lowest_cm, bounds.start),
          corner(bounds.greatest, bounds.highest_cm, bounds.end)};
}

void include(VolumeBounds& bounds, const EarthPoint& point) {
  bounds.least.x_cm = std::min(bounds.least.x_cm, point.x_cm);
  bounds.least.y_cm = std::min(bounds.least.y_cm, point.y_cm);
  bounds.least.z_cm = std::min(bounds.least.z_cm, point.z_cm);
  bounds.greatest.x_cm = std::max(bounds.greatest.x_cm, point.x_cm);
  bounds.greatest.y_cm = std::max(bounds.greatest.y_cm, point.y_cm);
  bounds.greatest.z_cm = std::max(bounds.greatest.z_cm, point.z_cm);
}

// No coordinate leaves 32 bits: the Earth's radius, 500 km of reach and 100 km of separation do
// not fill half of them.
void widen(VolumeBounds& bounds, int64_t by_cm) {
  auto by = static_cast<int32_t>(by_cm);
  bounds.least = {bounds.least.x_cm - by, bounds.least.y_cm - by, bounds.least.z_cm - by};
  bounds.greatest = {bounds.greatest.x_cm + by, bounds.greatest.y_cm + by,
                     bounds.greatest.z_cm + by};
}

// Where a rectangle of latitudes and longitudes reaches furthest: at its corners, at the equator,
// and where it crosses a quarter of a turn.
std::vector<int64_t> extremes(int64_t least, int64_t greatest, int64_t every) {
  std::vector<int64_t> result{least, greatest};
  int64_t next = (least / every - 1) * every;
  for (; next < greatest; next += every) {
    if (next > least) result.push_back(next);
    if (result.size() > 6) break;  // All the way around.
  }
  return result;
}

}  // namespace

// A straight line through the Earth is not longer than the way along it, so a box that is wider by
// the reach on every side holds all that is within reach.
VolumeBounds bounds_of(const PreparedVolume& volume) {
  const auto& latitudes = volume.corner_latitudes_e5;
  const auto& longitudes = volume.corner_longitudes_e5;
  auto [south, north] = std::minmax_element(latitudes.begin(), latitudes.end());
  auto [west, east] = std::minmax_element(longitudes.begin(), longitudes.end());
  VolumeBounds bounds;
  bounds.least = bounds.greatest = volume.points[0];
  for (int64_t latitude : extremes(*south, *north, 2 * kLatitudeMax_e5)) {
    for (int64_t longitude : extremes(*west, *east, kLongitudeMax_e5 / 2)) {
      include(bounds, earth_point(latitude << kFineBits, longitude << kFineBits));
    }
  }
  constexpr int64_t kRounding_cm = 2;
  widen(bounds, volume.reach_cm + kRounding_cm);
  bounds.lowest_cm = least_above_sea_cm(volume.lower);
  bounds.highest_cm = greatest_above_sea_cm(volume.upper);
  bounds.start = volume.start;
  bounds.end = volume.end;
  return bounds;
}

// The check compares lines that stray from the cores by their sags, and says a distance that is
// shorter by as much again.
VolumeBounds bounds_of(const PreparedVolume& volume, const Separation& separation) {
  constexpr int64_t kSags_cm = 4 * kSagMax_cm;
  VolumeBounds bounds = bounds_of(volume);
  widen(bounds, separation.horizontal_m * 100 + kSags_cm);
  bounds.lowest_cm -= separation.vertical_m * 100;
  bounds.highest_cm += separation.vertical_m * 100;
  bounds.start -= separation.time_s * 1000;
  bounds.end += separation.time_s * 1000;
  return bounds;
}

struct VolumeIndex::Content {
  Tree tree;
  std::unordered_map<uint64_t, PreparedVolume> volumes;
};

VolumeIndex::VolumeIndex() : content_(std::make_unique<Content>()) {}
VolumeIndex::VolumeIndex(VolumeIndex&&) noexcept = default;
VolumeIndex& VolumeIndex::operator=(VolumeIndex&&) noexcept = default;
VolumeIndex::~VolumeIndex() = default;

bool VolumeIndex::insert(uint64_t number, PreparedVolume volume) {
  auto [place, is_new] = content_->volumes.try_emplace(number, std::move(volume));
  if (is_new) content_->tree.insert({box(bounds_of(place->second)), number});
  return is_new;
}

bool VolumeIndex::erase(uint64_t number) {
  auto place = content_->volumes.find(number);
  if (place == content_->volumes.end()) return false;
  content_->tree.remove({box(bounds_of(place->second)), number});
  content_->volumes.erase(place);
  return true;
}

const PreparedVolume* VolumeIndex::find(uint64_t number) const {
  const auto place = content_->volumes.find(number);
  return place == content_->volumes.end() ? nullptr : &place->second;
}

size_t VolumeIndex::size() const {
  return content_->volumes.size();
}

std::vector<uint64_t> VolumeIndex::candidates(const PreparedVolume& volume,
                                              const Separation& separation) const {
  std::vector<uint64_t> numbers;
  auto meets = bgi::intersects(box(bounds_of(volume, separation)));
  for (auto found = content_->tree.qbegin(meets); found != content_->tree.qend(); ++found) {
    numbers.push_back(found->second);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<NearVolume> VolumeIndex::conflicts_with(const PreparedVolume& volume,
                                                    const Separation& separation) const {
  std::vector<NearVolume> near;
  for (uint64_t number : candidates(volume, separation)) {
    auto nearness = conflict_between(volume, content_->volumes.at(number), separation);
    if (nearness) near.push_back({number, *nearness});
  }
  return near;
}

}  // namespace hotline
