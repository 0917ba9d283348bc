#include "protocol/geometry/position_text.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

void expect_read(const char* text, Position position) {
  const auto read = parse_position(text);
  ASSERT_TRUE(read) << text << ": " << read.error().reason;
  EXPECT_EQ(format_position(*read), format_position(position)) << text;
}

TEST(PositionText, ReadsDecimalDegrees) {
  expect_read("54.90N 020.10E", {5'490'000, 2'010'000});
  expect_read("54.90000,-20.10000", {5'490'000, -2'010'000});
  expect_read("54.90, 20.10", {5'490'000, 2'010'000});
  expect_read("0,0", {0, 0});
  expect_read("90S 180W", {-9'000'000, -18'000'000});
  expect_read("-0.00001,0.1", {-1, 10'000});
  expect_read("5.4N 7E", {540'000, 700'000});
  expect_read("54.90n 020.10e", {5'490'000, 2'010'000});
  expect_read("54.90 N 020.10 E", {5'490'000, 2'010'000});
  expect_read("54.90\u00b0N 020.10\u00b0E", {5'490'000, 2'010'000});
}

TEST(PositionText, ReadsDegreesAndMinutes) {
  for (const char* text :
       {"54 54.0N 020 06.0E", "54-54.0N 020-06.0E", "54\u00b054.0'N 020\u00b006.0'E",
        "54\u00b0 54.0' N 020\u00b0 06.0' E", "54 54N 020 06E", "54 54.0000n 20 06.0000e",
        "54\u00b054.0\u2032N 20\u00b006.0\u2032E", "54-54N020-06E"}) {
    expect_read(text, {5'490'000, 2'010'000});
  }
  expect_read("54 54.5S 020 06.5W", {-5'490'833, -2'010'833});
  expect_read("00 00.1S 000 00.1W", {-167, -167});
}

TEST(PositionText, ReadsDegreesMinutesAndSeconds) {
  for (const char* text :
       {"54\u00b054'00\"N 020\u00b006'00\"E", "54 54 00 N 020 06 00 E", "54 54 00N 020 06 00E",
        "54-54-00N 020-06-00E", "54\u00b0 54' 00\" n 20\u00b0 06' 00\" e",
        "54\u00b054\u203200\u2033N 020\u00b006\u203200\u2033E", "54\u00b054'00''N 20\u00b006'00''E",
        "54 54 00.00N 020 06 00.00E"}) {
    expect_read(text, {5'490'000, 2'010'000});
  }
  expect_read("54 54 36.5S 020 06 36.5W", {-5'491'014, -2'011'014});
  expect_read("89 59 59N 179 59 59E", {8'999'972, 17'999'972});
}

TEST(PositionText, ReadsTheFormsOfIcao) {
  expect_read("5454N02006E", {5'490'000, 2'010'000});
  expect_read("545400N0200600E", {5'490'000, 2'010'000});
  expect_read("5454S02006W", {-5'490'000, -2'010'000});
  expect_read("5454n 02006e", {5'490'000, 2'010'000});
  expect_read("9000N18000E", {9'000'000, 18'000'000});
  expect_read("54N020E", {5'400'000, 2'000'000});
}

TEST(PositionText, SaysWhatIsWrong) {
  const auto reason = [](const char* text) {
    const auto position = parse_position(text);
    return position ? "read" : position.error().reason;
  };
  EXPECT_NE(reason("54 60N 020 06E").find("minutes are 60 or more"), std::string::npos);
  EXPECT_NE(reason("54 54 60N 020 06 00E").find("seconds are 60 or more"), std::string::npos);
  EXPECT_NE(reason("5460N02006E").find("minutes are 60 or more"), std::string::npos);
  EXPECT_NE(reason("54 5N 020 06E").find("minutes have not two digits"), std::string::npos);
  EXPECT_NE(reason("54 54.12345N 020 06E").find("more than 4 decimals"), std::string::npos);
  EXPECT_NE(reason("54 54.0 020 06.0E").find("N or S must follow"), std::string::npos);
  EXPECT_NE(reason("54 54.0N 020 06.0").find("E or W must follow"), std::string::npos);
  EXPECT_NE(reason("54 54.0N 020.10E").find("two forms"), std::string::npos);
  EXPECT_NE(reason("5454N0200600E").find("two forms"), std::string::npos);
  EXPECT_NE(reason("54.9 06N 020 06E").find("a point too early"), std::string::npos);
  EXPECT_NE(reason("90 00.1N 000 00.0E").find("more than 90 degrees"), std::string::npos);
}

TEST(PositionText, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "54.90",
                           "54.90N",
                           "N",
                           "NE",
                           "N E",
                           "54.90N,020.10E",
                           "54.90N  020.10E",
                           " 54.90N 020.10E",
                           "54.90N 020.10E ",
                           "020.10E 54.90N",
                           "N54.90 E020.10",
                           "+54.90,20.10",
                           "54.90,+20.10",
                           "54.90 ,20.10",
                           "5.49e1,20.1",
                           "nan,nan",
                           "NaN,0",
                           "inf,0",
                           "-0,0",
                           "0,-0.00000",
                           "54.900001,20",
                           "54.,20",
                           ".5,20",
                           "90.00001,0",
                           "0,180.00001",
                           "91N 0E",
                           "0N 181E",
                           "0054.9,20",
                           "5454,02006",
                           "54 54,20 06",
                           "54.90,20.10,5",
                           "54,9;20,1",
                           "54,90N 020,10E",
                           "0x10,0",
                           "54.90N 020.10E\n",
                           "99999999999999999999,0",
                           "99999999999999999999N 0E",
                           "-54.90N 020.10E",
                           "-54 54N 020 06E",
                           "54--54N 020-06E",
                           "54-N 020-E",
                           "54 54 54 54N 020 06 06 06E",
                           "54'54N 020'06E",
                           "54 54.N 020 06.E",
                           "545N02006E",
                           "54540N0200600E",
                           "5454.0N02006.0E",
                           "34UDF4123487654",
                           "１,２"}) {
    const auto position = parse_position(text);
    EXPECT_FALSE(position) << text;
    if (!position) {
      EXPECT_EQ(position.error().code, ErrorCode::usage);
      EXPECT_NE(position.error().hint.find("54.90N 020.10E"), std::string::npos);
    }
  }
}

TEST(PositionText, KnowsTheFormThatIsPrinted) {
  EXPECT_TRUE(read_position("54.90N 020.10E")->canonical);
  EXPECT_TRUE(read_position(format_position({1, -1}))->canonical);
  for (const char* text : {"54.90n 020.10e", "54.90,20.10", "54N 20E", "54 54.0N 020 06.0E",
                           "5454N02006E", "54.90N020.10E", "54.90\u00b0N 020.10\u00b0E"}) {
    EXPECT_FALSE(read_position(text)->canonical) << text;
  }
}

TEST(PositionText, ClaimsNoMoreThanIsKnownAndLosesNothing) {
  const Position place{5'490'000, -2'010'000};
  EXPECT_EQ(position_in_words({5'400'000, 2'000'000}, 111'320), "54N 020E");
  EXPECT_EQ(position_in_words({0, 0}, 500'000), "00N 000E");
  EXPECT_EQ(position_in_words({-9'000'000, -18'000'000}, 11'132), "90.0S 180.0W");
  EXPECT_EQ(position_in_words(place, 111'320), "54.9N 020.1W");
  EXPECT_EQ(position_in_words(place, 1'114), "54.90N 020.10W");
  EXPECT_EQ(position_in_words(place, 1'113), "54.900N 020.100W");
  EXPECT_EQ(position_in_words(place, 10), "54.90000N 020.10000W");
  EXPECT_EQ(position_in_words(place, 0), "54.90000N 020.10000W") << "not known";
  EXPECT_EQ(position_in_words({5'491'667, 7}, 1'852), "54.91667N 000.00007E");
  for (const uint32_t accuracy : {0u, 1u, 12u, 113u, 1'852u, 20'000u, 4'000'000'000u}) {
    for (const Position& one : {Position{5'490'001, -10}, Position{-100'000, 17'999'999},
                                Position{-1, -1}, Position{1'000, -1'200'000}}) {
      const auto read = parse_position(position_in_words(one, accuracy));
      ASSERT_TRUE(read) << position_in_words(one, accuracy);
      EXPECT_EQ(*read, one);
    }
  }
}

}  // namespace
}  // namespace hotline
