// JSON that is read: numbers to their last digit, and texts that are none.
#include "protocol/terminal/json_input.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

constexpr size_t kDepthMax = 8;

std::string refusal(const std::string& text) {
  const auto read = parse_json("a.json", text, kDepthMax);
  EXPECT_FALSE(read) << text;
  if (read) return {};
  EXPECT_EQ(read.error().code, ErrorCode::configuration);
  return read.error().reason;
}

TEST(JsonInput, KeepsEveryKindOfValueInItsOrder) {
  const auto read =
      parse_json("a.json", R"( {"b": [1.50, -0.0, 1e400], "a\u0041": "\"x\n", "c": null,
                                "": true} )",
                 kDepthMax);
  ASSERT_TRUE(read) << read.error().reason;
  const JsonInput::Object& members = *read->object();
  ASSERT_EQ(members.size(), 4u);
  EXPECT_EQ(members[0].first, "b");
  EXPECT_EQ(members[1].first, "aA");
  EXPECT_EQ(*read->find("aA")->text(), "\"x\n");
  EXPECT_TRUE(read->find("c")->is_null());
  EXPECT_EQ(read->find("d"), nullptr);
  std::vector<std::string> digits;
  for (const JsonInput& item : *read->find("b")->array()) digits.push_back(item.number()->digits);
  EXPECT_EQ(digits, (std::vector<std::string>{"1.50", "-0.0", "1e400"}));
}

TEST(JsonInput, LongNumbersKeepTheirDigits) {
  const std::string digits(100'000, '7');
  for (const std::string& number : {digits, "-" + digits, "0." + digits}) {
    const auto read = parse_json("a.json", number, kDepthMax);
    ASSERT_TRUE(read) << read.error().reason;
    EXPECT_EQ(read->number()->digits, number);
  }
}

TEST(JsonInput, RefusesWithTheFileTheLineAndTheColumn) {
  EXPECT_EQ(refusal("[1,\n 01]"), "a.json:2:3: is not JSON: syntax error");
  EXPECT_EQ(refusal("{\"type\": \"Poly"), "a.json:1:15: is cut off: the JSON goes on");
  EXPECT_EQ(refusal("[1] ]"), "a.json:1:5: goes on after the JSON has ended");
  EXPECT_EQ(refusal("[[[[[[[[[[1]]]]]]]]]]"), "a.json:1:9: is nested too deeply");
  EXPECT_NE(refusal("{\"a\": 1, \"b\": 2, \"\\u0061\": 3}").find("the name \"a\""),
            std::string::npos);
  for (const char* text : {"", "NaN", "[NaN]", "[Infinity]", "[+1]", "[.5]", "['a']", "[1,]",
                           "{a: 1}", "// x\n[1]", "\"\x80\"", "\"\xC3", "\xEF\xBB\xBF[1]", "nul"}) {
    refusal(text);
  }
}

TEST(JsonInput, NumbersAreScaledFromTheirDigitsAlone) {
  const auto scaled = [](const char* digits) { return JsonInput::Number{digits}.scaled(5); };
  EXPECT_EQ(scaled("0"), 0);
  EXPECT_EQ(scaled("-0.0"), 0);
  EXPECT_EQ(scaled("54.9"), 54'90000);
  EXPECT_EQ(scaled("-20.10001"), -20'10001);
  EXPECT_EQ(scaled("1.005015"), 1'00502);  // As a double it is less than that.
  EXPECT_EQ(scaled("1.005014999999999999999999999"), 1'00501);
  EXPECT_EQ(scaled("-1.000005"), -1'00001);
  EXPECT_EQ(scaled("0.000005"), 1);
  EXPECT_EQ(scaled("0.00000499999999999999999999"), 0);
  EXPECT_EQ(scaled("0.0000009"), 0);
  EXPECT_EQ(scaled("5.49e1"), 54'90000);
  EXPECT_EQ(scaled("5490E-2"), 54'90000);
  EXPECT_EQ(scaled("0.549e+2"), 54'90000);
  EXPECT_EQ(scaled("1e-400"), 0);
  EXPECT_EQ(scaled("0e99999999999999999999"), 0);
  EXPECT_EQ(scaled("9999999999.99999"), 999'999'999'999'999);
  EXPECT_EQ(scaled("10000000000"), std::nullopt);
  EXPECT_EQ(scaled("1e400"), std::nullopt);
  EXPECT_EQ(scaled("1e99999999999999999999"), std::nullopt);
}

}  // namespace
}  // namespace hotline
