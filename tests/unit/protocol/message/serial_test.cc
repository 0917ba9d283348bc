#include "protocol/message/serial.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(Serial, IsWrittenWithSixDigitsAtLeast) {
  EXPECT_EQ(format_serial("N", 123), "N-000123");
  EXPECT_EQ(format_serial("XN", 1), "XN-000001");
  EXPECT_EQ(format_serial("N", 1'234'567), "N-1234567");
  EXPECT_EQ(format_serial(serial_prefix("N", true), 7), "XN-000007");
  EXPECT_EQ(format_serial(serial_prefix("N", false), 7), "N-000007");
}

TEST(Serial, B12_APrefixOfAPartyIsOneToThreeCapitals) {
  for (const char* good : {"N", "AB", "ABC", "NX"}) {
    EXPECT_TRUE(is_party_prefix(good)) << good;
    for (bool exercise : {false, true}) {
      const std::string written = format_serial(serial_prefix(good, exercise), 1);
      EXPECT_TRUE(parse_written_serial(written)) << written;
    }
  }
  for (const char* bad : {"", "n", "N1", "ABCD", "N ", "N-", "Ñ", "X", "XN"}) {
    EXPECT_FALSE(is_party_prefix(bad)) << bad;
  }
}

TEST(Serial, IsReadAsWrittenOrWithoutZeros) {
  EXPECT_EQ(parse_serial("N-000123"), (Serial{"N", 123}));
  EXPECT_EQ(parse_serial("N-123"), (Serial{"N", 123}));
  EXPECT_EQ(parse_serial("XN-000123"), (Serial{"XN", 123}));
  EXPECT_EQ(parse_serial("N-999999999999999999"), (Serial{"N", 999'999'999'999'999'999}));
}

TEST(Serial, IsRefusedOtherwise) {
  for (const char* text :
       {"",       "N",        "N-",     "-123",      "123",    "n-123",  "N123",
        "N-0",    "N-000000", "N-0123", "N-0000123", "N--123", "N-+123", "N-12a",
        "N-123 ", " N-123",   "N -123", "NORTH-1",   "N1-123", "N-1.0",  "N-1234567890123456789",
        "Ñ-123"}) {
    EXPECT_FALSE(parse_serial(text)) << text;
  }
}

TEST(Serial, InAnEnvelopeIsWrittenInFull) {
  EXPECT_TRUE(parse_written_serial("N-000123"));
  EXPECT_TRUE(parse_written_serial("N-1234567"));
  EXPECT_FALSE(parse_written_serial("N-123"));
}

TEST(Serial, AMessageWithoutOneIsNamedByItsPlace) {
  EXPECT_EQ(format_place("S", 12), "S-?12");
  EXPECT_EQ(parse_place("S-?12"), (Serial{"S", 12}));
  EXPECT_EQ(parse_place("XS-?0"), (Serial{"XS", 0}));
  for (const char* text : {"", "S-?", "-?12", "S-12", "S?12", "s-?12", "S-?1a", "S-? 1", "S-?-1",
                           "S-?1234567890123456"}) {
    EXPECT_FALSE(parse_place(text)) << text;
  }
  EXPECT_FALSE(parse_serial("S-?12"));
}

}  // namespace
}  // namespace hotline
