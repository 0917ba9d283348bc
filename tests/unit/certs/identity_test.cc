#include "certs/identity.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(Identity, ReadsAPartyAndAPerson) {
  const auto party = parse_identity_uri("hotline://north");
  ASSERT_TRUE(party);
  EXPECT_EQ(*party, (Identity{"north", ""}));
  const auto person = parse_identity_uri("hotline://south-2/person/ann");
  ASSERT_TRUE(person);
  EXPECT_EQ(*person, (Identity{"south-2", "ann"}));
}

TEST(Identity, WritesWhatItReads) {
  for (const char* uri :
       {"hotline://north", "hotline://north/person/ann", "hotline://n/person/0"}) {
    const auto identity = parse_identity_uri(uri);
    ASSERT_TRUE(identity) << uri;
    EXPECT_EQ(identity_uri(*identity), uri);
  }
}

TEST(Identity, RefusesEverythingElse) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view uri : {
           ""sv,
           "north"sv,
           "hotline:north"sv,
           "HOTLINE://north"sv,
           "https://north"sv,
           "hotline://"sv,
           "hotline:///person/ann"sv,
           "hotline://North"sv,
           "hotline://north/"sv,
           "hotline://north:7001"sv,
           "hotline://ann@north"sv,
           "hotline://north?x"sv,
           "hotline://north#x"sv,
           "hotline://nor%74h"sv,
           "hotline://north/people/ann"sv,
           "hotline://north/person"sv,
           "hotline://north/person/"sv,
           "hotline://north/person/ann/"sv,
           "hotline://north/person/ann/x"sv,
           "hotline://north/person/Ann"sv,
           "hotline://north\0"sv,
           "hotline://north\0.evil"sv,
           " hotline://north"sv,
           "hotline://north "sv,
           "hotline://n\u00f6rth"sv,
           "hotline://123456789012345678901234567890123"sv,
           "hotline://north/person/123456789012345678901234567890123"sv,
       }) {
    const auto identity = parse_identity_uri(uri);
    ASSERT_FALSE(identity) << uri;
    EXPECT_EQ(identity.error().code, ErrorCode::not_allowed);
    EXPECT_NE(identity.error().hint, "");
  }
}

TEST(Identity, SaysThatAWildcardIsAWildcard) {
  const auto identity = parse_identity_uri("hotline://*");
  ASSERT_FALSE(identity);
  EXPECT_NE(identity.error().reason.find("wildcard"), std::string::npos);
}

TEST(Identity, TakesNamesOfThirtyTwoCharacters) {
  EXPECT_TRUE(parse_identity_uri("hotline://12345678901234567890123456789012"));
}

}  // namespace
}  // namespace hotline
