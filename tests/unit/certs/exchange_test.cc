// The file that two parties give each other: it has one spelling, and is judged as by a daemon.
#include "certs/exchange.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "certs/spoken_words.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

using test::issue;
using test::issue_crl;
using test::kDay_ms;
using test::kNow;

class ExchangeTest : public ::testing::Test {
 protected:
  Exchange made(int64_t revoked = 0, UtcMs not_after = kNow + 100 * kDay_ms) const {
    Exchange exchange;
    exchange.party = "north";
    exchange.prefix = "N";
    exchange.channel = "00112233445566778899aabbccddeeff";
    exchange.ca.reset(X509_dup(ca_.get()));
    for (size_t i = 0; i < kExchangedPurposes.size(); ++i) {
      const std::string name = purpose_name(kExchangedPurposes[i]);
      auto issued = issue({.common_name = name,
                           .extensions = test::leaf_extensions("", "URI:hotline://north/" + name),
                           .serial = static_cast<int64_t>(i) + 1,
                           .not_after = not_after},
                          test::ed25519_key(), &ca_);
      exchange.certificates[i] = std::move(issued.certificate);
    }
    exchange.crl = issue_crl({.serials = {revoked}}, ca_, ca_.key.get());
    return exchange;
  }

  static void expect_refused(const Exchange& exchange, const std::string& reason) {
    const auto judged = judge_exchange(exchange, kNow, "the file");
    ASSERT_FALSE(judged);
    EXPECT_NE(judged.error().reason.find(reason), std::string::npos) << judged.error().reason;
  }

  const test::Issued ca_ = issue({.common_name = "north CA", .extensions = test::ca_extensions()},
                                 test::ed25519_key(), nullptr);
};

TEST_F(ExchangeTest, HasOneSpelling) {
  const std::string text = format_exchange(made(77));
  EXPECT_TRUE(
      text.starts_with("hotline exchange 1\nparty north\nprefix N\n"
                       "channel 00112233445566778899aabbccddeeff\nmode live\n"
                       "-----BEGIN CERTIFICATE-----\n"));
  const auto parsed = parse_exchange(text);
  ASSERT_TRUE(parsed) << parsed.error().reason;
  EXPECT_EQ(format_exchange(*parsed), text);
  std::string mailed;
  for (const char c : text) mailed += c == '\n' ? "\r\n" : std::string(1, c);
  ASSERT_TRUE(parse_exchange(mailed));
  for (const std::string& other :
       {text + "\n", " " + text, text + text, std::string(), text.substr(0, text.size() - 1),
        text.substr(0, text.size() / 2)}) {
    EXPECT_FALSE(parse_exchange(other));
  }
}

// As hotline pki exchange export wrote it, with the words that it said.
TEST(Exchange, AFileThatWasGivenIsReadForEver) {
  std::ifstream file(HOTLINE_TEST_DATA "/golden/north.exchange");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto parsed = parse_exchange(text);
  ASSERT_TRUE(parsed) << parsed.error().reason;
  EXPECT_EQ(parsed->party, "north");
  EXPECT_EQ(format_exchange(*parsed), text);
  EXPECT_EQ(*spoken_words(text), "bargain practice say dignity nut idea");
}

TEST_F(ExchangeTest, EachChangedByteIsRefusedOrAnotherText) {
  const std::string text = format_exchange(made(77));
  for (size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto parsed = parse_exchange(changed);
    if (parsed) {
      EXPECT_NE(format_exchange(*parsed), text) << "byte " << at;
    }
  }
}

TEST_F(ExchangeTest, IsJudgedAsByADaemon) {
  const auto judged = judge_exchange(made(77), kNow, "the file");
  ASSERT_TRUE(judged) << judged.error().reason;
  EXPECT_TRUE(judged->anchor.has_crl());
  EXPECT_EQ(judged->certificates[0].identity, (Identity{"north", Purpose::log, ""}));
  expect_refused(made(2), "revoked");
  expect_refused(made(77, kNow - kDay_ms), "expired");
  Exchange exchange = made(77);
  exchange.party = "south";
  expect_refused(exchange, "north");
  exchange = made(77);
  exchange.exercise = true;
  expect_refused(exchange, "exercise");
  exchange = made(77);
  std::swap(exchange.certificates[0], exchange.certificates[1]);
  expect_refused(exchange, "log");
}

}  // namespace
}  // namespace hotline
