#include "certs/identity.h"

#include <gtest/gtest.h>

#include <utility>

namespace hotline {
namespace {

TEST(Identity, V4_ReadsAPartyAPurposeAndAPerson) {
  for (const auto& [word, purpose] :
       {std::pair{"tls", Purpose::tls}, std::pair{"log", Purpose::log},
        std::pair{"receipt", Purpose::receipt}, std::pair{"witness", Purpose::witness}}) {
    const auto party = parse_identity_uri(std::string("hotline://north/") + word);
    ASSERT_TRUE(party) << word;
    EXPECT_EQ(*party, (Identity{"north", purpose, ""}));
  }
  const auto person = parse_identity_uri("hotline://south-2/person/ann");
  ASSERT_TRUE(person);
  EXPECT_EQ(*person, (Identity{"south-2", Purpose::person, "ann"}));
}

TEST(Identity, WritesWhatItReads) {
  for (const char* uri : {"hotline://north/tls", "hotline://north/witness",
                          "hotline://north/person/ann", "hotline://n/person/0"}) {
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
           "HOTLINE://north/tls"sv,
           "https://north/tls"sv,
           "hotline://"sv,
           "hotline://north"sv,
           "hotline:///tls"sv,
           "hotline://north/tls/"sv,
           "hotline://north/tls/ann"sv,
           "hotline://north/tlsx"sv,
           "hotline://north/Tls"sv,
           "hotline://north//tls"sv,
           "hotline://north/personann"sv,
           "hotline://north/log/person/ann"sv,
           "hotline://north/tls\0"sv,
           "hotline://north/tls?x"sv,
           "hotline:///person/ann"sv,
           "hotline://North/tls"sv,
           "hotline://north/"sv,
           "hotline://north:7001/tls"sv,
           "hotline://ann@north/tls"sv,
           "hotline://north?x"sv,
           "hotline://north#x"sv,
           "hotline://nor%74h/tls"sv,
           "hotline://north/people/ann"sv,
           "hotline://north/person"sv,
           "hotline://north/person/"sv,
           "hotline://north/person/ann/"sv,
           "hotline://north/person/ann/x"sv,
           "hotline://north/person/Ann"sv,
           "hotline://north\0"sv,
           "hotline://north\0.evil"sv,
           " hotline://north/tls"sv,
           "hotline://north/tls "sv,
           "hotline://n\u00f6rth/tls"sv,
           "hotline://123456789012345678901234567890123/tls"sv,
           "hotline://north/person/123456789012345678901234567890123"sv,
       }) {
    const auto identity = parse_identity_uri(uri);
    ASSERT_FALSE(identity) << uri;
    EXPECT_EQ(identity.error().code, ErrorCode::not_allowed);
    EXPECT_NE(identity.error().hint, "");
  }
}

TEST(Identity, SaysThatAWildcardIsAWildcard) {
  const auto identity = parse_identity_uri("hotline://*/tls");
  ASSERT_FALSE(identity);
  EXPECT_NE(identity.error().reason.find("wildcard"), std::string::npos);
}

TEST(Identity, TakesNamesOfThirtyTwoCharacters) {
  EXPECT_TRUE(parse_identity_uri("hotline://12345678901234567890123456789012/tls"));
}

}  // namespace
}  // namespace hotline
