// Volumes from GeoJSON: what is read, and what is refused with the name of the member.
#include "client/compose/geojson.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "client/compose/typed_volumes.h"
#include "protocol/base/limits.h"
#include "protocol/message/kinds/volumes.h"
#include "protocol/message/typed_form.h"
#include "tests/unit/client/documented.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

constexpr char kRest[] =
    R"("lower": "0m amsl", "upper": "FL200", "start": "2026-11-29T10:00:00Z",
       "end": "2026-11-29T12:00:00Z")";
constexpr char kTypedRest[] =
    " / 0m amsl to FL200 / 2026-11-29T10:00:00.000Z to 2026-11-29T12:00:00.000Z";
constexpr char kBox[] = "[[[20,54],[21,54],[21,55],[20,55],[20,54]]]";
constexpr char kTypedBox[] =
    "54.00000N 020.00000E; 54.00000N 021.00000E; 55.00000N 021.00000E; 55.00000N 020.00000E; "
    "54.00000N 020.00000E";

std::string geometry(const std::string& type, const std::string& coordinates) {
  return R"({"type": ")" + type + R"(", "coordinates": )" + coordinates + "}";
}

std::string feature(const std::string& type, const std::string& coordinates,
                    const std::string& properties = kRest) {
  return R"({"type": "Feature", "properties": {)" + properties + R"(}, "geometry": )" +
         geometry(type, coordinates) + "}";
}

std::string collection(const std::string& features) {
  return R"({"type": "FeatureCollection", "features": [)" + features + "]}";
}

// The words that would be typed for it.
std::string read(const std::string& text, const VolumeDefaults& defaults = {}) {
  const auto volumes = parse_geojson("area.geojson", text, defaults);
  if (!volumes) return volumes.error().reason;
  return typed_form::of_volumes(*volumes);
}

std::string with_width(const char* property) {
  return std::string(property) + ", " + kRest;
}

TEST(Geojson, ReadsEveryShape) {
  EXPECT_EQ(read(feature("Polygon", kBox)), std::string(kTypedBox) + kTypedRest);
  EXPECT_EQ(read(feature("Point", "[20.1, 54.9]", with_width(R"("radius": 5000)"))),
            std::string("54.90000N 020.10000E 5000m") + kTypedRest);
  EXPECT_EQ(read(feature("Point", "[20.1, 54.9]", with_width(R"("radius": "1.5nm")"))),
            std::string("54.90000N 020.10000E 2778m") + kTypedRest);
  const std::string along = "along 54.90000N 020.10000E; 55.00000N 020.30000E 2000m";
  EXPECT_EQ(
      read(feature("LineString", "[[20.1,54.9],[20.3,55]]", with_width(R"("half_width": 1999.5)"))),
      along + kTypedRest);
  EXPECT_EQ(read(feature("MultiLineString", "[[[20.1,54.9],[20.3,55]]]",
                         with_width(R"("half_width": 2000, "radius": null)"))),
            along + kTypedRest);
}

TEST(Geojson, EachPartOfAMultiPolygonIsAVolume) {
  // Cut at the antimeridian, as RFC 7946 has it in 3.1.9.
  EXPECT_EQ(read(feature("MultiPolygon",
                         "[[[[179,54],[180,54],[180,55],[179,54]]],"
                         "[[[-180,54],[-179,54],[-180,55],[-180,54]]]]")),
            std::string("54.00000N 179.00000E; 54.00000N 180.00000E; 55.00000N 180.00000E; "
                        "54.00000N 179.00000E") +
                kTypedRest +
                " | 54.00000N 180.00000W; 54.00000N 179.00000W; 55.00000N 180.00000W; "
                "54.00000N 180.00000W" +
                kTypedRest);
}

TEST(Geojson, ABorderMayRunEitherWay) {
  const auto clockwise =
      parse_geojson("a", feature("Polygon", "[[[20,54],[20,55],[21,55],[21,54],[20,54]]]"));
  ASSERT_TRUE(clockwise) << clockwise.error().reason;
  const auto& border = std::get<Polygon>(clockwise->front().shape).border;
  EXPECT_EQ(border[1], (Position{55'00000, 20'00000}));
}

TEST(Geojson, DecimalsAreReadFromTheirDigitsAndRoundedToTheNearest) {
  const auto circle = [](const std::string& at) {
    return read(feature("Point", at, with_width(R"("radius": 1)")));
  };
  EXPECT_EQ(circle("[20.100005, 54.900004999999999999]").substr(0, 20), "54.90000N 020.10001E");
  EXPECT_EQ(circle("[-1.00500500e0, -0.000001]").substr(0, 20), "00.00000N 001.00501W");
  EXPECT_EQ(circle("[180.000000000003, 90]").substr(0, 20), "90.00000N 180.00000E");
}

TEST(Geojson, DefaultsServeWhatDoesNotSayItItself) {
  VolumeDefaults defaults{Height{100, HeightDatum::mean_sea_level},
                          Height{50, HeightDatum::flight_level}, at("2026-12-01T00:00:00Z"),
                          at("2026-12-02T00:00:00Z")};
  EXPECT_EQ(read(geometry("Polygon", kBox), defaults),
            std::string(kTypedBox) +
                " / 100m amsl to FL050 / 2026-12-01T00:00:00.000Z to 2026-12-02T00:00:00.000Z");
  EXPECT_EQ(read(R"({"type": "Feature", "properties": null, "geometry": )" +
                     geometry("Polygon", kBox) + "}",
                 defaults),
            read(geometry("Polygon", kBox), defaults));
  EXPECT_EQ(read(feature("Polygon", kBox, R"("lower": null, "upper": "200m amsl")"), defaults),
            std::string(kTypedBox) +
                " / 100m amsl to 200m amsl / 2026-12-01T00:00:00.000Z to "
                "2026-12-02T00:00:00.000Z");
  EXPECT_EQ(read(feature("Polygon", kBox), defaults), std::string(kTypedBox) + kTypedRest);
}

TEST(Geojson, OneThirdOrdinateIsTheLowerHeight) {
  const std::string no_lower =
      R"("upper": "FL200", "start": "2026-11-29T10:00:00Z", "end": "2026-11-29T12:00:00Z")";
  const std::string box = "[[[20,54,Z],[21,54,Z],[21,55,Z],[20,54,Z]]]";
  const auto at_height = [&](const std::string& z, const std::string& properties) {
    std::string coordinates = box;
    for (size_t i = coordinates.find('Z'); i != std::string::npos; i = coordinates.find('Z')) {
      coordinates.replace(i, 1, z);
    }
    return read(feature("Polygon", coordinates, properties));
  };
  EXPECT_NE(at_height("300", no_lower).find("/ 300m hae to FL200 /"), std::string::npos);
  EXPECT_NE(at_height("-20.5", no_lower).find("/ -21m hae to FL200 /"), std::string::npos);
  EXPECT_EQ(at_height("0", kRest),
            "area.geojson: properties.lower: is the lower height a second time");
  EXPECT_EQ(at_height("1e9", no_lower),
            "area.geojson: geometry.coordinates[0][0][2]: is not a height in metres");
  EXPECT_EQ(read(feature("Polygon", "[[[20,54,1],[21,54,1],[21,55,2],[20,54,1]]]", no_lower)),
            "area.geojson: geometry.coordinates[0][2]: has another third ordinate than the "
            "positions before it");
  EXPECT_EQ(read(feature("Polygon", "[[[20,54,1],[21,54],[21,55,1],[20,54,1]]]", no_lower)),
            "area.geojson: geometry.coordinates[0][1]: has another third ordinate than the "
            "positions before it");
}

// The member that is named, and a word of the reason.
struct Refusal {
  std::string text;
  std::string place;
  std::string reason;
};

void expect_refused(const Refusal& refusal) {
  const auto volumes = parse_geojson("area.geojson", refusal.text);
  const std::string shown = refusal.text.substr(0, 200);
  ASSERT_FALSE(volumes) << shown;
  EXPECT_EQ(volumes.error().code, ErrorCode::configuration) << shown;
  const std::string& reason = volumes.error().reason;
  EXPECT_TRUE(reason.starts_with("area.geojson: " + refusal.place)) << shown << "\n" << reason;
  EXPECT_NE(reason.find(refusal.reason), std::string::npos) << shown << "\n" << reason;
}

TEST(Geojson, APictureOfAnExerciseIsNotAnnounced) {
  EXPECT_EQ(read(feature("Polygon", kBox, R"("mode": "exercise")")),
            "area.geojson: properties.mode: says that it was drawn of an exercise");
  EXPECT_EQ(read(feature("Polygon", kBox, R"("mode": " Exercise")")),
            "area.geojson: properties.mode: says that it was drawn of an exercise");
  EXPECT_EQ(read(feature("Polygon", kBox, R"("mode": "live", )" + std::string(kRest))),
            std::string(kTypedBox) + kTypedRest);
}

TEST(Geojson, APictureIsKnownByItsChannelAndParty) {
  const auto read_for = [](const char* property, const DrawnFor& channel) {
    const std::string text = feature("Polygon", kBox, property + (", " + std::string(kRest)));
    const auto volumes = parse_geojson("area.geojson", text, {}, channel);
    return volumes ? typed_form::of_volumes(*volumes) : volumes.error().reason;
  };
  const std::string box = std::string(kTypedBox) + kTypedRest;
  EXPECT_EQ(read_for(R"("mode": "exercise")", {"south", true}), box);
  EXPECT_EQ(read_for(R"("mode": "live")", {"south", true}), box) << "a real plan is exercised";
  EXPECT_EQ(read_for(R"("party": "north")", {"south", false}), box);
  EXPECT_EQ(read_for(R"("party": "the brewers")", {"south", false}), box) << "another program's";
  for (const char* theirs : {R"("party": "south")", R"("party": "SOUTH ")"}) {
    EXPECT_EQ(read_for(theirs, {"south", false}),
              "area.geojson: properties.party: says that the other party announced it");
  }
  EXPECT_EQ(read_for(R"("party": "south")", {}), box);
}

TEST(Geojson, OtherKindsAreRefused) {
  const std::string box = feature("Polygon", kBox);
  const Refusal refusals[] = {
      {"[]", "", "is not GeoJSON"},
      {"7", "", "is not GeoJSON"},
      {"{}", "", "is not GeoJSON"},
      {R"({"type": "Topology", "arcs": []})", "type: ", "\"Topology\""},
      {R"({"type": "GeometryCollection", "geometries": []})", "type: ", "no volume"},
      {collection(""), "features: ", "one feature or more"},
      {R"({"type": "FeatureCollection"})", "features: ", "one feature or more"},
      {collection(box + ", 7"), "features[1].type: ", "Feature"},
      {collection(box + ", " + geometry("Polygon", kBox)), "features[1].type: ", "Feature"},
      {collection(box + ", " + collection(box)), "features[1].type: ", "Feature"},
      {collection(box + ", " + feature("MultiPoint", "[[1,2]]")),
       "features[1].geometry.type: ", "\"MultiPoint\""},
      {R"({"type": "Feature", "properties": {}, "geometry": null})", "geometry: ", "is missing"},
      {R"({"type": "Feature", "properties": [], "geometry": {}})", "properties: ", "an object"},
      {R"({"type": "Feature", "properties": {}, "geometry": {}})", "geometry.type: ", "is missing"},
      {R"({"type": "Polygon"})", "coordinates: ", "is missing"},
      {R"({"type": "FeatureCollection", "crs": {}, "features": []})", "crs: ", "coordinate system"},
      {R"({"type": "Polygon", "crs": null, "coordinates": [])"
       "}",
       "crs: ", "coordinate system"},
      {R"({"type": "Feature", "coordinates": [], "geometry": null})", "coordinates: ", "belong"},
      {R"({"type": "Polygon", "properties": {}, "coordinates": []})", "properties: ", "belong"},
  };
  for (const Refusal& refusal : refusals) expect_refused(refusal);
}

TEST(Geojson, CoordinatesThatAreNoneAreRefused) {
  const std::string in_collection = "features[1].geometry.coordinates";
  const auto second = [](const std::string& type, const std::string& coordinates,
                         const char* width = nullptr) {
    return collection(feature("Polygon", kBox) + ", " +
                      feature(type, coordinates, width ? with_width(width) : kRest));
  };
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "[" + std::to_string(i / 1000.) + ",54],";
  const std::string hole = "[[20.2,54.2],[20.4,54.2],[20.4,54.4],[20.2,54.2]]";
  std::string with_hole = kBox;
  with_hole.insert(with_hole.size() - 1, "," + hole);
  const char* wide = R"("half_width": 100)";
  const char* radius = R"("radius": 100)";
  const Refusal refusals[] = {
      {second("Polygon", "7"), in_collection + ": ", "border"},
      {second("Polygon", "[]"), in_collection + ": ", "border"},
      {second("Polygon", "[7]"), in_collection + "[0]: ", "positions"},
      {second("Polygon", "[[7]]"), in_collection + "[0][0]: ", "longitude"},
      {second("Polygon", "[[[20]]]"), in_collection + "[0][0]: ", "longitude"},
      {second("Polygon", "[[[20,54,1,2]]]"), in_collection + "[0][0]: ", "longitude"},
      {second("Polygon", "[[[20,\"54\"]]]"), in_collection + "[0][0][1]: ", "not a number"},
      {second("Polygon", "[[[20,null]]]"), in_collection + "[0][0][1]: ", "not a number"},
      {second("Polygon", "[[[54,120]]]"), in_collection + "[0][0][1]: ", "latitude"},
      {second("Polygon", "[[[20,90.00001]]]"), in_collection + "[0][0][1]: ", "latitude"},
      {second("Polygon", "[[[-180.00001,54]]]"), in_collection + "[0][0][0]: ", "longitude"},
      {second("Polygon", "[[[1e400,54]]]"), in_collection + "[0][0][0]: ", "longitude"},
      {second("Polygon", "[[[179,1],[-179,1],[-179,2],[179,1]]]"),
       in_collection + "[0][1]: ", "180 degrees of longitude"},
      {second("Polygon", "[[[20,54],[21,54],[20,54]]]"), in_collection + ": ", "three corners"},
      {second("Polygon", "[[[20,54],[21,54],[21,55],[20,55]]]"), in_collection + ": ", ""},
      {second("Polygon", "[[[20,54],[21,55],[21,54],[20,55],[20,54]]]"), in_collection + ": ", ""},
      {second("Polygon", "[[[20,54],[21,54],[22,54],[20,54]]]"), in_collection + ": ", ""},
      {second("Polygon", "[[" + many + "[0,54]]]"), in_collection + ": ", "256 points"},
      {second("Polygon", with_hole), in_collection + "[1]: ", "hole"},
      {second("MultiPolygon", "[]"), in_collection + ": ", "one shape"},
      {second("MultiPolygon", kBox), in_collection + "[0][0][0]: ", "longitude"},
      {second("MultiPolygon", "[" + std::string(kBox) + ", " + with_hole + "]"),
       in_collection + "[1][1]: ", "hole"},
      {second("Point", kBox, radius), in_collection + ": ", "longitude"},
      {second("LineString", "[[20,54]]", wide), in_collection + ": ", "two points"},
      {second("LineString", "[[20,54],[20,54.000001]]", wide), in_collection + ": ", "same point"},
      {second("LineString", "[[20,54],[20,90]]", wide), in_collection + ": ", "pole"},
      {second("LineString", "[[20,54],[110,54],[120,54],[199,54]]", wide),
       in_collection + "[3][0]: ", "longitude"},
      {second("MultiLineString", "[[[20,54],[21,54]],[[20,54]]]", wide),
       in_collection + "[1]: ", "two points"},
  };
  for (const Refusal& refusal : refusals) expect_refused(refusal);
}

TEST(Geojson, PropertiesThatAreWrongAreRefused) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string properties = kRest;
    properties.replace(properties.find(from), from.size(), to);
    return feature("Polygon", kBox, properties);
  };
  const auto circle = [](const char* radius) {
    return feature("Point", "[20,54]", with_width(radius));
  };
  const std::string control = "\\u001b[31m";
  const Refusal refusals[] = {
      {with(R"("lower": "0m amsl",)", ""), "properties.lower: ", "is missing"},
      {with(R"("0m amsl")", "0"), "properties.lower: ", "short text"},
      {with("0m amsl", "0m"), "properties.lower: ", "altitude"},
      {with("0m amsl", control), "properties.lower: ", "short text"},
      {with("0m amsl", std::string(101, '7')), "properties.lower: ", "short text"},
      {with("FL200", "FL20"), "properties.upper: ", "altitude"},
      {with("FL200", "-10m amsl"), "properties.upper: ", "below"},
      {with("2026-11-29T10:00:00Z", "10 o'clock"), "properties.start: ", "time"},
      {with("2026-11-29T12:00:00Z", "2026-11-29T12:00:00+03:00"), "properties.end: ", "time"},
      {with("2026-11-29T12:00:00Z", "2026-11-29T10:00:00Z"), "properties.end: ", "after"},
      {with("\"lower\"", R"("radius": 5000, "lower")"), "properties.radius: ", "Polygon"},
      {with("\"lower\"", R"("half_width": "", "lower")"), "properties.half_width: ", "Polygon"},
      {feature("Point", "[20,54]"), "properties.radius: ", "is missing"},
      {geometry("Point", "[20,54]"), "radius: ", "is missing"},
      {feature("LineString", "[[20,54],[21,54]]"), "properties.half_width: ", "is missing"},
      {circle(R"("radius": 0)"), "properties.radius: ", "zero"},
      {circle(R"("radius": -5)"), "properties.radius: ", "not a distance"},
      {circle(R"("radius": 1e9)"), "properties.radius: ", "not a distance"},
      {circle(R"("radius": 500001)"), "properties.radius: ", "500000"},
      {circle(R"("radius": true)"), "properties.radius: ", "not a distance"},
      {circle(R"("radius": "5000")"), "properties.radius: ", "distance"},
      {circle(R"("half_width": 5, "radius": 5)"), "properties.half_width: ", "Point"},
  };
  for (const Refusal& refusal : refusals) expect_refused(refusal);
}

TEST(Geojson, LimitsHold) {
  std::string features = feature("Polygon", kBox);
  for (size_t i = 1; i < limits::kVolumesMax; ++i) features += ", " + feature("Polygon", kBox);
  EXPECT_TRUE(parse_geojson("a", collection(features)));
  expect_refused({collection(features + ", " + feature("Polygon", kBox)),
                  "features[16].geometry: ", "more than 16 volumes"});
  std::string large = feature("Polygon", kBox);
  large.resize(limits::kGeojsonSizeMax, ' ');
  EXPECT_TRUE(parse_geojson("a", large));
  expect_refused({large + " ", "", "larger than 1024 KiB"});
  const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
  EXPECT_EQ(read(R"({"type": "Polygon", "coordinates": )" + deep + "}"),
            "area.geojson:1:67: is nested too deeply");
}

// Wherever a text is cut off or a byte of it is another, it is read or refused; nothing else.
TEST(Geojson, CutsAndWrongBytesAreReadOrRefused) {
  const std::string whole =
      collection(feature("Point", "[20.1, 54.9]", with_width(R"("radius": 5000)")) + ", " +
                 feature("Polygon", kBox));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_geojson("a", whole.substr(0, size))) << size;
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const char wrong : {'\0', '"', '[', '}', '9', '-', ',', 'e', '\x80'}) {
      std::string changed = whole;
      changed[i] = wrong;
      const auto volumes = parse_geojson("a", changed);
      if (!volumes) continue;
      for (const Volume& volume : *volumes) EXPECT_FALSE(volume_fault(volume)) << changed;
    }
  }
}

TEST(Geojson, AFileIsReadOrItsNameIsSaid) {
  Terminal terminal;
  const std::string path = terminal.write("area.geojson", feature("Polygon", kBox));
  EXPECT_EQ(read_typed_volumes("@" + path, "", std::nullopt, {}).value(),
            std::string(kTypedBox) + kTypedRest);
  const std::string directory = path.substr(0, path.rfind('/'));
  EXPECT_EQ(read_typed_volumes("@area.geojson", directory, std::nullopt, {}).value(),
            std::string(kTypedBox) + kTypedRest);
  const auto nowhere = read_typed_volumes("@nowhere.geojson", directory, std::nullopt, {});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::not_found);
  EXPECT_NE(nowhere.error().reason.find(directory + "/nowhere.geojson"), std::string::npos);
  const auto no_file = read_typed_volumes("@" + directory, "", std::nullopt, {});
  ASSERT_FALSE(no_file);
  EXPECT_EQ(no_file.error().code, ErrorCode::configuration);
  const auto endless = read_typed_volumes("@/dev/zero", "", std::nullopt, {});
  ASSERT_FALSE(endless);
  EXPECT_NE(endless.error().reason.find("larger than"), std::string::npos);
  EXPECT_EQ(read_typed_volumes("@ ", "", std::nullopt, {}).error().code, ErrorCode::usage);
  EXPECT_EQ(read_typed_volumes("54.90N 020.10E 5km", directory, std::nullopt, {}).value(),
            "54.90N 020.10E 5km");
}

TEST(Geojson, HeightsAndTimesMayBeTypedBesideTheFile) {
  Terminal terminal;
  const std::string path = terminal.write("area.geojson", geometry("Polygon", kBox));
  EXPECT_EQ(read_typed_volumes("@" + path +
                                   " / 0m amsl to FL200 / 2026-11-29T10:00:00Z to "
                                   "2026-11-29T12:00:00Z",
                               "", std::nullopt, {})
                .value(),
            std::string(kTypedBox) + kTypedRest);
  for (const char* rest : {" / 0m amsl to FL200", " / / ", " / 0m amsl to FL200 / now to +2h",
                           " / FL200 to FL100 / 2026-11-29T10:00:00Z to 2026-11-29T12:00:00Z"}) {
    const auto volumes = read_typed_volumes("@" + path + rest, "", std::nullopt, {});
    ASSERT_FALSE(volumes) << rest;
    EXPECT_EQ(volumes.error().code, ErrorCode::usage) << rest;
  }
  // Times by the clock, where somebody types them now.
  EXPECT_EQ(read_typed_volumes("@" + path + " / 0m amsl to FL200 / +1h to +3h", "",
                               *parse_rfc3339("2026-11-29T09:00:00Z"), {})
                .value(),
            std::string(kTypedBox) + kTypedRest);
}

TEST(Geojson, TheExampleOfTheDocumentationIsReadAsItSays) {
  const auto volumes = parse_geojson(
      "area.geojson", documented("deconfliction.md", "## Volumes from a file", "json"));
  ASSERT_TRUE(volumes) << volumes.error().reason;
  std::string typed = documented("deconfliction.md", "## Volumes from a file", "text");
  std::replace(typed.begin(), typed.end(), '\n', ' ');
  const auto expected = parse_volumes(typed, std::nullopt);
  ASSERT_TRUE(expected) << expected.error().reason;
  EXPECT_EQ(volumes->size(), 3u);
  EXPECT_EQ(typed_form::of_volumes(*volumes), typed_form::of_volumes(*expected));
}

}  // namespace
}  // namespace hotline::client
