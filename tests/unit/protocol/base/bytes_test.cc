#include "protocol/base/bytes.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(Bytes, Sha256OfKnownText) {
  EXPECT_EQ(to_hex(sha256({as_bytes("a"), as_bytes("bc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Bytes, HexRefusesOddLengthAndOtherCharacters) {
  EXPECT_EQ(from_hex("00fF"), (Bytes{0, 255}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Bytes, Base64VectorsOfRfc4648) {
  for (auto [text, coded] : {std::pair{"", ""},
                             {"f", "Zg=="},
                             {"fo", "Zm8="},
                             {"foo", "Zm9v"},
                             {"foob", "Zm9vYg=="},
                             {"fooba", "Zm9vYmE="},
                             {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(text)), coded);
    ASSERT_TRUE(from_base64(coded));
    EXPECT_EQ(as_text(*from_base64(coded)), text);
  }
}

TEST(Bytes, Base64HasOneTextForOneByteString) {
  for (auto bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Zm 9", "Zg==Zg==", "====", "Zm9v\n"}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
}

TEST(Bytes, Utf8RefusesOverlongSurrogateTruncatedAndNul) {
  EXPECT_TRUE(is_clean_utf8("Зона \xf0\x9f\x9a\x80 ok"));
  using std::string_view;
  for (auto bad : {string_view("\xc0\x80"), string_view("\xed\xa0\x80"), string_view("\xe2\x82"),
                   string_view("a\0b", 3), string_view("\xf4\x90\x80\x80"), string_view("\x80"),
                   string_view("\xff")}) {
    EXPECT_FALSE(is_clean_utf8(bad));
  }
}

// Text is looked at several characters at a time where that is possible.
TEST(Bytes, Utf8IsCleanOrNotWhereverItStands) {
  for (size_t at = 0; at < 24; ++at) {
    for (const std::string& odd :
         {std::string(1, '\0'), std::string("\x80"), std::string("\xff"), std::string("\xc3")}) {
      std::string text(24, 'a');
      text.replace(at, 1, odd);
      EXPECT_FALSE(is_clean_utf8(text)) << at;
    }
    std::string text(24, '\x01');
    text.replace(at, 1, "\xc3\xa9");
    EXPECT_TRUE(is_clean_utf8(text)) << at;
  }
}

}  // namespace
}  // namespace hotline
