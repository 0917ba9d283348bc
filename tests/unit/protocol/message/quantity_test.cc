#include "protocol/message/quantity.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

template <class T>
void expect_refused(const Result<T>& result, const char* text) {
  ASSERT_FALSE(result) << text;
  EXPECT_EQ(result.error().code, ErrorCode::usage) << text;
  EXPECT_FALSE(result.error().hint.empty()) << text;
}

TEST(Quantity, DistancesHaveUnits) {
  EXPECT_EQ(*parse_distance_m("500m"), 500u);
  EXPECT_EQ(*parse_distance_m("1.5km"), 1500u);
  EXPECT_EQ(*parse_distance_m("3nm"), 5556u);
  EXPECT_EQ(*parse_distance_m("0.001km"), 1u);
  EXPECT_EQ(*parse_distance_m("1.1nm"), 2038u) << "a volume is never smaller than it was typed";
  EXPECT_EQ(*parse_distance_m("0m"), 0u);
  for (const char* text : {"500", "500 m", "-5m", "+5m", "5e3m", "m", "", "5ft", "5mi", "1.2345km",
                           "1.km", ".5km", "nanm", "99999999999999m", "20038km", "5M"}) {
    expect_refused(parse_distance_m(text), text);
  }
}

TEST(Quantity, SpeedsConvertInIntegers) {
  EXPECT_EQ(*parse_speed_cm_s("300kt"), 15'433u);
  EXPECT_EQ(*parse_speed_cm_s("150m/s"), 15'000u);
  EXPECT_EQ(*parse_speed_cm_s("540km/h"), 15'000u);
  EXPECT_EQ(*parse_speed_cm_s("1kt"), 51u);
  for (const char* text :
       {"300", "300 kt", "300mph", "300knots", "-3kt", "mach1", "12000m/s", ""}) {
    expect_refused(parse_speed_cm_s(text), text);
  }
  // Whatever whole number of knots was typed is shown again.
  for (uint32_t knots = 0; knots < 3000; ++knots) {
    auto speed = parse_speed_cm_s(std::to_string(knots) + "kt");
    ASSERT_TRUE(speed);
    ASSERT_EQ(format_speed(*speed, "kt", "m/s").find(std::to_string(knots) + " kt"), 0u);
  }
  EXPECT_EQ(format_speed(15'433, "kt", "m/s"), "300 kt (154.33 m/s)");
}

TEST(Quantity, DirectionsAreDegreesTrue) {
  EXPECT_EQ(*parse_direction_deg10("0deg"), 0);
  EXPECT_EQ(*parse_direction_deg10("270deg"), 2700);
  EXPECT_EQ(*parse_direction_deg10("270.5deg"), 2705);
  EXPECT_EQ(*parse_direction_deg10("360deg"), 0) << "north is spoken as 360";
  for (const char* text : {"270", "361deg", "360.1deg", "-1deg", "N", "", "270°"}) {
    expect_refused(parse_direction_deg10(text), text);
  }
  EXPECT_EQ(format_direction(45), "004.5");
}

TEST(Quantity, AltitudesHaveADatum) {
  EXPECT_EQ(parse_altitude("FL330")->value, 330);
  EXPECT_EQ(parse_altitude("FL330")->datum, wire::AltitudeDatum::flight_level);
  EXPECT_EQ(parse_altitude("9000m amsl")->value, 9000);
  EXPECT_EQ(parse_altitude("9000m amsl")->datum, wire::AltitudeDatum::mean_sea_level);
  EXPECT_EQ(parse_altitude("1000ft agl")->value, 305);
  EXPECT_EQ(parse_altitude("-30m amsl")->value, -30);
  EXPECT_EQ(parse_altitude_to(Rounding::down, "1000ft agl")->value, 304);
  EXPECT_EQ(parse_altitude_to(Rounding::up, "1001ft agl")->value, 306);
  EXPECT_EQ(parse_altitude_to(Rounding::down, "-100ft amsl")->value, -31);
  EXPECT_EQ(parse_altitude_to(Rounding::up, "-100ft amsl")->value, -30);
  EXPECT_EQ(parse_altitude_to(Rounding::up, "9000m hae")->value, 9000);
  EXPECT_EQ(parse_altitude("9000m hae")->datum, wire::AltitudeDatum::ellipsoid);
  EXPECT_EQ(parse_altitude("FL033")->value, 33);
  // V6: FL33 may be FL033, or FL330 with a digit lost.
  for (const char* text : {"9000m", "9000", "9000 amsl", "FL", "FL3", "FL33", "FL1000", "FL33.0",
                           "fl330", "330 fl", "9000m fl", "9000m msl", "9000km amsl", ""}) {
    expect_refused(parse_altitude(text), text);
  }
}

TEST(Quantity, NumbersAreDigitsOnly) {
  EXPECT_EQ(*parse_count("12"), 12u);
  EXPECT_EQ(*parse_count("0"), 0u);
  EXPECT_EQ(*parse_mmsi("211000000"), 211'000'000u);
  EXPECT_EQ(*parse_mmsi("002110000"), 2'110'000u);
  EXPECT_EQ(*parse_icao_address("3C6444"), 0x3c6444u);
  EXPECT_EQ(*parse_icao_address("abcdef"), 0xabcdefu);
  for (const char* text : {"", "-1", "+1", "1.5", "1e3", "12 ", "0x1", "9999999999"}) {
    expect_refused(parse_count(text), text);
  }
  for (const char* text : {"", "21100000", "2110000000", "21100000a", "000000000"}) {
    expect_refused(parse_mmsi(text), text);
  }
  for (const char* text : {"", "3C644", "3C64444", "3C644G", "0x3C64"}) {
    expect_refused(parse_icao_address(text), text);
  }
}

TEST(Quantity, BearingsAndAreas) {
  auto bearing = parse_bearing("135deg 2km 3nm");
  ASSERT_TRUE(bearing);
  EXPECT_EQ(bearing->direction_deg10, 1350);
  EXPECT_EQ(bearing->nearest_m, 2000u);
  EXPECT_EQ(bearing->farthest_m, 5556u);
  for (const char* text : {"", "135deg", "135deg 2km", "135 2km 3km", "135deg 2 3"}) {
    expect_refused(parse_bearing(text), text);
  }
  auto circle = parse_area("54.90N 020.10E 5km");
  ASSERT_TRUE(circle);
  EXPECT_EQ(circle->centre, (Position{5'490'000, 2'010'000}));
  EXPECT_EQ(circle->radius_m, 5000u);
  auto polygon = parse_area("0,0; 0,1; 1,1; 0,0");
  ASSERT_TRUE(polygon);
  EXPECT_EQ(polygon->polygon.size(), 4u);
  for (const char* text :
       {"", "54.90N 020.10E", "5km", "0,0; 0,1; 1,1", "0,0; 1,1; 1,0; 0,1; 0,0", "0,0;;0,0"}) {
    expect_refused(parse_area(text), text);
  }
  std::string many;
  for (int i = 0; i < 300; ++i) many += "0,0;";
  expect_refused(parse_area(many), "300 corners");
}

TEST(Quantity, TheWritingOfAPositionClaimsAnAccuracy) {
  EXPECT_EQ(accuracy_of_writing_m("54N 20E"), 111'320u);
  EXPECT_EQ(accuracy_of_writing_m("54.90N 020.10E"), 1'114u);
  EXPECT_EQ(accuracy_of_writing_m("54.90000N 020.10000E"), 10u);
  EXPECT_EQ(accuracy_of_writing_m("54.9012,20.1"), 11'132u) << "no better than its longitude";
  EXPECT_EQ(accuracy_of_writing_m("54 54N 020 06E"), 1'852u);
  EXPECT_EQ(accuracy_of_writing_m("5454N02006E"), 1'852u);
  EXPECT_EQ(accuracy_of_writing_m("54-54.0N 020-06.0E"), 186u);
  EXPECT_EQ(accuracy_of_writing_m("54 54.00N 020 06.00E"), 19u);
  EXPECT_EQ(accuracy_of_writing_m("54 54.000N 020 06.000E"), 10u);
  EXPECT_EQ(accuracy_of_writing_m("545400N0200600E"), 31u);
  EXPECT_EQ(accuracy_of_writing_m("54 54 00.0N 020 06 00.0E"), 10u);
}

TEST(Quantity, TheWritingOfAnAreaAndOfAGridToo) {
  EXPECT_EQ(accuracy_of_writing_m("54.90N 020.10E 5km"), 1'114u);
  EXPECT_EQ(accuracy_of_writing_m("54 54 00 N 020 06 00 E 5km"), 31u);
  EXPECT_EQ(accuracy_of_writing_m("0.000,0.000; 0.1,1; 1.000,1.000; 0.000,0.000"), 111'320u);
  EXPECT_EQ(accuracy_of_writing_m("34UDF48"), 10'000u);
  EXPECT_EQ(accuracy_of_writing_m("34U DF 412 876"), 100u);
  EXPECT_EQ(accuracy_of_writing_m("34U DF 412 876 5km"), 100u);
  EXPECT_EQ(accuracy_of_writing_m("34U 441234 6083456"), 10u);
}

}  // namespace
}  // namespace hotline
