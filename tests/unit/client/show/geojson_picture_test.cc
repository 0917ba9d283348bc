// The picture as GeoJSON, and read back.
#include "client/show/geojson_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "client/compose/geojson.h"
#include "client/show/antimeridian.h"
#include "protocol/message/typed_form.h"
#include "tests/geometry/made_volumes.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

PictureRow row_of(Shape shape) {
  return {"N-000123",
          "north",
          "active",
          "activity",
          {std::move(shape), Height{0, HeightDatum::mean_sea_level},
           Height{200, HeightDatum::flight_level}, at("2026-11-29T10:00:00Z"),
           at("2026-11-29T12:00:00Z")}};
}

std::vector<Volume> read_back(const std::vector<PictureRow>& rows) {
  const std::string text = to_geojson({.rows = rows});
  const auto volumes = parse_geojson("picture", text);
  EXPECT_TRUE(volumes) << volumes.error().reason << "\n" << text;
  return volumes ? *volumes : std::vector<Volume>{};
}

// Twice the area in squares of 1e-5 degrees, positive where it runs counterclockwise.
int64_t twice_area(const std::vector<Position>& border) {
  const std::vector<int64_t> x = unrolled_longitudes_e5(border);
  int64_t sum = 0;
  for (size_t i = 0; i + 1 < border.size(); ++i) {
    sum += (x[i] - x[0]) * (border[i + 1].latitude_e5 - border[0].latitude_e5) -
           (x[i + 1] - x[0]) * (border[i].latitude_e5 - border[0].latitude_e5);
  }
  return sum;
}

bool lies_flat(const std::vector<Position>& line) {
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    if (std::abs(line[i + 1].longitude_e5 - line[i].longitude_e5) >= kLongitudeMax_e5) return false;
  }
  return true;
}

// Each part is an area that lies on the map as it is, and together they are the whole: exactly so
// but for the rounding of where the border crosses the meridian.
void expect_cut_well(const std::vector<Position>& border) {
  SCOPED_TRACE(typed_form::of_positions(border));
  int64_t sum = 0;
  for (const auto& part : cut_border(border)) {
    EXPECT_EQ(polygon_fault(part), "") << typed_form::of_positions(part);
    EXPECT_TRUE(lies_flat(part)) << typed_form::of_positions(part);
    EXPECT_GT(twice_area(part), 0);
    sum += twice_area(part);
  }
  const std::vector<int64_t> x = unrolled_longitudes_e5(border);
  const auto [west, east] = std::minmax_element(x.begin(), x.end());
  const int64_t rounding = static_cast<int64_t>(border.size()) * (*east - *west);
  EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(std::llabs(twice_area(border))),
              static_cast<double>(rounding));
}

TEST(GeojsonPicture, LooksAsPromised) {
  Picture picture;
  picture.rows = {row_of(Circle{{54'90000, 20'10001}, 5000}),
                  row_of(Corridor{{{-5, 0}, {10'00000, -10}}, 7})};
  picture.taken_at = at("2026-11-28T09:00:00Z");
  const auto text = to_geojson(picture);
  const std::string rest =
      R"("properties":{"id":"N-000123","volume":1,"party":"north","state":"active",)"
      R"("type":"activity","mode":"live","lower":"0m amsl","upper":"FL200","start":"2026-11-29T10:00:00.000Z",)"
      R"("end":"2026-11-29T12:00:00.000Z","conflicts":0,"conflicts_accepted":0,)";
  EXPECT_EQ(text,
            R"({"type":"FeatureCollection","v":1,"taken_at":"2026-11-28T09:00:00.000Z",)"
            R"("complete":true,"link_down":false,"link_down_since":null,"features":[)"
            R"({"type":"Feature","geometry":{"type":"Point","coordinates":[20.10001,54.9]},)" +
                rest +
                R"("radius":5000}},)"
                R"({"type":"Feature","geometry":{"type":"LineString",)"
                R"("coordinates":[[0,-0.00005],[-0.0001,10]]},)" +
                rest + R"("half_width":7}}]})");
  picture.rows.clear();
  picture.complete = false;
  EXPECT_EQ(to_geojson(picture),
            R"({"type":"FeatureCollection","v":1,"taken_at":"2026-11-28T09:00:00.000Z",)"
            R"("complete":false,"link_down":false,"link_down_since":null,"features":[]})");
}

TEST(GeojsonPicture, WordsCannotBreakOut) {
  PictureRow row = row_of(Circle{{0, 0}, 1});
  row.state = "\"},\x01\n\\";
  EXPECT_EQ(read_back({row}).size(), 1u);
}

TEST(GeojsonPicture, BordersRunCounterclockwise) {
  const std::vector<Position> clockwise = {{54, 20}, {55, 20}, {55, 21}, {54, 21}, {54, 20}};
  std::vector<Position> other(clockwise.rbegin(), clockwise.rend());
  for (const auto& border : {clockwise, other}) {
    EXPECT_EQ(std::get<Polygon>(read_back({row_of(Polygon{border})}).at(0).shape).border, other);
  }
}

TEST(GeojsonPicture, CutsWhatCrossesTheAntimeridian) {
  const auto volumes = read_back(
      {row_of(Polygon{{{0, 179'00000}, {0, -179'00000}, {1'00000, -179'00000}, {0, 179'00000}}}),
       row_of(Corridor{{{10'00000, -179'50000}, {20'00001, 179'50000}}, 5})});
  std::vector<std::string> typed;
  for (const Volume& volume : volumes) {
    const std::string whole = typed_form::of_volumes({volume});
    typed.push_back(whole.substr(0, whole.find(" / ")));
  }
  EXPECT_EQ(typed, (std::vector<std::string>{
                       "00.50000N 180.00000E; 00.00000N 179.00000E; 00.00000N 180.00000E; "
                       "00.50000N 180.00000E",
                       "00.50000N 180.00000W; 00.00000N 180.00000W; 00.00000N 179.00000W; "
                       "01.00000N 179.00000W; 00.50000N 180.00000W",
                       "along 10.00000N 179.50000W; 15.00001N 180.00000W 5m",
                       "along 15.00001N 180.00000E; 20.00001N 179.50000E 5m"}));
}

TEST(GeojsonPicture, WhatOnlyTouchesTheAntimeridianIsOnePart) {
  const std::vector<std::vector<Position>> borders = {
      {{0, 179'00000}, {0, 180'00000}, {1, -180'00000}, {0, 179'00000}},
      {{0, -179'00000}, {2, 180'00000}, {0, -180'00000}, {0, -179'00000}},
      {{0, 180'00000}, {0, -179'00000}, {1, -179'00000}, {0, 180'00000}}};
  for (const auto& border : borders) {
    EXPECT_EQ(cut_border(border).size(), 1u);
    expect_cut_well(border);
  }
  EXPECT_EQ(cut_route({{0, 179'00000}, {0, 180'00000}, {1, -180'00000}, {1, 179'00000}}).size(),
            1u);
  EXPECT_EQ(cut_route({{0, 179'00000}, {0, 180'00000}, {1, -180'00000}, {1, -179'00000}}).size(),
            2u);
  EXPECT_EQ(cut_route({{0, 179'00000}, {0, -179'00000}, {1, 179'00000}}).size(), 3u);
}

// Corners on few lines, so that many lie on the meridian, and edges along it.
TEST(GeojsonPicture, CutsPolygonsOfEveryFormWell) {
  simulation::Seeded seeded(1);
  int drawn = 0;
  while (drawn < 3000) {
    std::vector<Position> border;
    const auto corners = static_cast<int>(seeded.between(3, 9));
    for (int i = 0; i < corners; ++i) {
      const auto x = static_cast<int32_t>(seeded.between(-2, 2));
      const auto y = static_cast<int32_t>(seeded.between(-3, 3));
      const int32_t longitude = (x <= 0 ? 180 + x : x - 180) * 100'000;
      border.push_back({y * 100'000, longitude});
    }
    border.push_back(border.front());
    if (!polygon_fault(border).empty()) continue;
    ++drawn;
    expect_cut_well(border);
  }
}

TEST(GeojsonPicture, MadeVolumesComeBack) {
  simulation::Seeded seeded(2);
  for (int i = 0; i < 1000; ++i) {
    const auto latitude = static_cast<int32_t>(seeded.between(-88'00000, 88'00000));
    const auto west = static_cast<int32_t>(seeded.between(-2'00000, 2'00000));
    const bool far = seeded.chance(300);
    const Position near{latitude, far ? west * 80 : west + (west < 0 ? 1 : -1) * kLongitudeMax_e5};
    PictureRow row = row_of(Circle{});
    row.volume = made_volume(seeded, near, static_cast<double>(seeded.between(100, 1'000'000)));
    if (const auto* polygon = std::get_if<Polygon>(&row.volume.shape)) {
      expect_cut_well(polygon->border);
    }
    const std::vector<Volume> once = read_back({row});
    ASSERT_FALSE(once.empty());
    for (const Volume& volume : once) {
      EXPECT_EQ(volume.lower, row.volume.lower);
      EXPECT_EQ(volume.upper, row.volume.upper);
      EXPECT_EQ(volume.start, row.volume.start);
      EXPECT_EQ(volume.end, row.volume.end);
      PictureRow part = row;
      part.volume = volume;
      const std::vector<Volume> twice = read_back({part});
      ASSERT_EQ(twice.size(), 1u);
      EXPECT_EQ(typed_form::of_volumes(twice), typed_form::of_volumes({volume}));
    }
    if (std::holds_alternative<Circle>(row.volume.shape)) {
      EXPECT_EQ(typed_form::of_volumes(once), typed_form::of_volumes({row.volume}));
    }
  }
}

}  // namespace
}  // namespace hotline::client
