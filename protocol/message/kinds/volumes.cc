#include "protocol/message/kinds/volumes.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

constexpr std::string_view kAlong = "along ";

constexpr Wording kVolumeLabel = {"Volume", "Объём", "Об'єм", "Volume"};
constexpr Wording kHeights = {"Heights", "Высоты", "Висоти", "Ketinggian"};
constexpr Wording kVolumeTimes = {"Times", "Время", "Час", "Waktu"};
constexpr Wording kAlongRoute = {"route, half-width", "маршрут, полуширина", "маршрут, півширина",
                                 "rute, setengah lebar"};

std::string ordinal(size_t index) {
  return std::to_string(index + 1);
}

bool has_one_shape(const wire::Volume& volume) {
  return (volume.polygon() != nullptr) + (volume.centre() != nullptr) +
             (volume.route() != nullptr) ==
         1;
}

std::string words_of_shape(const Describer& describer, const wire::Volume& volume) {
  if (volume.centre()) {
    return format_position(to_position(*volume.centre())) + ", " + describer.phrases().radius +
           " " + describer.metres(volume.radius_m());
  }
  if (volume.polygon()) {
    return std::string(describer.phrases().corners) + ": " + describer.words_of(*volume.polygon());
  }
  if (!volume.route()) return {};
  return std::string(kAlongRoute[static_cast<size_t>(describer.language())]) + " " +
         describer.metres(volume.half_width_m()) + ": " + describer.words_of(*volume.route());
}

// ---------------------------------------------------------------------------------------------------------------------
// Typed

Error not_a_volume(std::string_view text) {
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is not a volume",
                    std::string("write it like this: ") + kVolumeForm);
}

Result<Shape> parse_shape(std::string_view text) {
  if (!text.starts_with(kAlong)) {
    auto area = parse_area(text);
    if (!area) return area.error();
    if (area->centre) return Shape(Circle{*area->centre, area->radius_m});
    return Shape(Polygon{std::move(area->polygon)});
  }
  text.remove_prefix(kAlong.size());
  if (parse_route(text)) {
    return make_error(ErrorCode::usage, "the half-width of the route is missing",
                      "2km behind its last point, for a corridor of 2 km to each side");
  }
  const size_t last = text.rfind(' ');
  if (last == std::string_view::npos) return not_a_volume(text);
  auto route = parse_route(text.substr(0, last));
  if (!route) return route.error();
  auto half_width = parse_distance_m(text.substr(last + 1));
  if (!half_width) return half_width.error();
  return Shape(Corridor{std::move(*route), *half_width});
}

// "FROM to UNTIL", each read with its own.
template <class Value>
Result<std::pair<Value, Value>> parse_range(std::string_view text, const auto& parse_from,
                                            const auto& parse_until) {
  const size_t to = text.find(" to ");
  if (to == std::string_view::npos) return not_a_volume(text);
  auto from = parse_from(trim(text.substr(0, to)));
  if (!from) return from.error();
  auto until = parse_until(trim(text.substr(to + 4)));
  if (!until) return until.error();
  return std::pair(*from, *until);
}

Height height_of(const AltitudeFields& altitude) {
  return {altitude.value, static_cast<HeightDatum>(altitude.datum)};
}

Result<Volume> parse_volume(std::string_view text, std::optional<UtcMs> typed_at) {
  const auto pieces = split(text, '/');
  if (pieces.size() != 3) return not_a_volume(text);
  auto shape = parse_shape(trim(pieces[0]));
  if (!shape) return shape.error();
  const auto lower = [](std::string_view height) {
    return parse_altitude_to(Rounding::down, height);
  };
  const auto upper = [](std::string_view height) {
    return parse_altitude_to(Rounding::up, height);
  };
  auto heights = parse_range<AltitudeFields>(pieces[1], lower, upper);
  if (!heights) return heights.error();
  const auto moment = [&](std::string_view time) { return parse_time(time, typed_at); };
  auto times = parse_range<UtcMs>(pieces[2], moment, moment);
  if (!times) return times.error();
  Volume volume{std::move(*shape), height_of(heights->first), height_of(heights->second),
                times->first, times->second};
  if (const auto fault = volume_fault(volume)) {
    return make_error(ErrorCode::usage, "the volume is wrong: " + words_of(*fault),
                      std::string("write it like this: ") + kVolumeForm);
  }
  return volume;
}

}  // namespace

std::string words_of(const VolumeFault& fault) {
  std::string part = fault.field == "polygon" ? "border"
                     : fault.field == "lower" ? "lower height"
                     : fault.field == "upper" ? "upper height"
                                              : fault.field;
  std::replace(part.begin(), part.end(), '_', '-');
  return "the " + part + " " + fault.why;
}

void check_volumes(RuleChecker& checker, std::string_view field, const WireVolumes* volumes) {
  const size_t count = volumes ? volumes->size() : 0;
  if (count == 0) return checker.add(field, "is missing", kVolumeForm);
  if (count > limits::kVolumesMax) {
    return checker.add(field, "is one of more than " + std::to_string(limits::kVolumesMax));
  }
  for (size_t i = 0; i < count; ++i) {
    const wire::Volume& volume = *volumes->Get(static_cast<flatbuffers::uoffset_t>(i));
    if (!has_one_shape(volume)) {
      checker.add(field, ordinal(i) + " needs one shape: a polygon, a circle or a route");
    } else if (const auto fault = volume_fault(to_volume(volume))) {
      checker.add(field, ordinal(i) + ": " + words_of(*fault));
    } else if (volume.end() <= checker.context().released_at) {
      checker.add(field, ordinal(i) + " is over before the message is released");
    }
  }
}

void show_volumes(Describer& describer, const WireVolumes* volumes) {
  for (size_t i = 0; volumes && i < volumes->size(); ++i) {
    const wire::Volume& volume = *volumes->Get(static_cast<flatbuffers::uoffset_t>(i));
    const Volume read = to_volume(volume);
    describer.numbered(kVolumeLabel, ordinal(i), words_of_shape(describer, volume));
    describer.numbered(kHeights, ordinal(i),
                       describer.words_of(read.lower) + " - " + describer.words_of(read.upper));
    describer.numbered(kVolumeTimes, ordinal(i),
                       show_time(read.start) + " - " + show_time(read.end));
  }
}

Result<std::vector<Volume>> parse_volumes(std::string_view text, std::optional<UtcMs> typed_at) {
  std::vector<Volume> volumes;
  for (std::string_view one : split(text, '|')) {
    auto volume = parse_volume(trim(one), typed_at);
    if (!volume && text.find('|') != std::string_view::npos) {
      return make_error(
          volume.error().code,
          "volume " + std::to_string(volumes.size() + 1) + ": " + volume.error().reason,
          volume.error().hint);
    }
    if (!volume) return volume.error();
    volumes.push_back(std::move(*volume));
  }
  return volumes;
}

}  // namespace hotline
