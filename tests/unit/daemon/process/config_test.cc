// The words for a person who made a mistake in hotlined.toml.
#include "daemon/process/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace hotline {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "hotline-config-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Result<Config> read(const std::string& text) {
    std::ofstream(directory_ + "/hotlined.toml") << text;
    return read_config(directory_ + "/hotlined.toml");
  }

  // The example with one thing written otherwise: "LINE:COLUMN: reason | hint".
  std::string complaint(const std::string& from, const std::string& to) {
    std::string text = example_config("north", "south");
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at == std::string::npos) return "";
    text.replace(at, from.size(), to);
    const auto config = read(text);
    EXPECT_FALSE(config) << to;
    if (config) return "";
    const std::string start = directory_ + "/hotlined.toml:";
    EXPECT_TRUE(config.error().reason.starts_with(start)) << config.error().reason;
    return config.error().reason.substr(start.size()) + " | " + config.error().hint;
  }

  std::string directory_;
};

TEST_F(ConfigTest, TheExampleIsGoodForBothParties) {
  const auto north = read(example_config("north", "south"));
  ASSERT_TRUE(north) << north.error().reason;
  EXPECT_EQ(north->party + north->prefix + north->peer + north->peer_prefix, "northNsouthS");
  const auto south = read(example_config("south", "north"));
  ASSERT_TRUE(south) << south.error().reason;
  EXPECT_EQ(south->party + south->prefix + south->peer + south->peer_prefix, "southSnorthN");
  const auto norway = read(example_config("norway", "north"));
  ASSERT_TRUE(norway) << norway.error().reason;
  EXPECT_EQ(norway->prefix + norway->peer_prefix, "BA") << "one letter is not enough";
  const auto xanadu = read(example_config("xanadu", "north"));
  ASSERT_TRUE(xanadu) << xanadu.error().reason;
}

TEST_F(ConfigTest, TwoPeopleReleaseWhatWasAgreed) {
  const auto config_with = [this](const std::string& release) {
    return read(example_config("north", "south") + release);
  };
  const auto names = [](const Result<Config>& config) {
    return config ? config->policy.two_person.names() : std::vector<std::string>{"refused"};
  };
  const auto by_default = config_with("");
  EXPECT_EQ(names(by_default), std::vector<std::string>{"flash"});
  EXPECT_FALSE(by_default->policy.two_person.one_for_life);
  EXPECT_TRUE(names(config_with("[release]\ntwo_person = []\n")).empty());
  const auto agreed =
      config_with("[release]\ntwo_person = [\"launch\", \"flash\"]\none_person_for_life = true\n");
  EXPECT_EQ(names(agreed), (std::vector<std::string>{"flash", "launch"}));
  EXPECT_TRUE(agreed->policy.two_person.one_for_life);
  EXPECT_NE(digest(agreed->policy), digest(by_default->policy)) << "both sides must have the same";
  for (const char* bad :
       {"two_person = [\"flsh\"]", "two_person = \"flash\"", "",
        "two_person = []\none_person_for_life = \"yes\"", "two_person = []\nmore = 1"}) {
    EXPECT_FALSE(config_with(std::string("[release]\n") + bad + "\n")) << bad;
  }
}

TEST_F(ConfigTest, AMistakeIsNamedWithItsPlaceAndARemedy) {
  EXPECT_EQ(complaint("addresses", "adresses"),
            "10:1: unknown key peer.adresses | did you mean addresses?");
  EXPECT_EQ(complaint("[channel]", "[chanel]"), "18:2: unknown key chanel | did you mean channel?");
  EXPECT_EQ(complaint("# path_check = \"60s\"", "path_chek = \"60s\""),
            "11:1: unknown key peer.path_chek | did you mean path_check?");
  EXPECT_EQ(complaint("crl = \"peer", "cri = \"peer"),
            "13:1: unknown key peer.cri | did you mean crl?");
  EXPECT_EQ(complaint("prefix = \"N\"", ""),
            "3:1: the key party.prefix is missing | hotlined config "
            "example shows it");
  EXPECT_EQ(complaint("prefix = \"S\"", "prefix = \"N\""),
            "9:10: both parties have the prefix N | serials would be confused");
  for (const char* bad : {"n", "N1", "ABCD", "XN"}) {
    EXPECT_EQ(
        complaint("prefix = \"N\"", std::string("prefix = \"") + bad + "\""),
        std::string("5:10: \"") + bad +
            "\" cannot begin a serial | one to three capital letters A to Z, the first not X, "
            "which marks an exercise")
        << "B12";
  }
  EXPECT_TRUE(complaint("prefix = \"S\"", "prefix = \"s\"").starts_with("9:10: \"s\" cannot"));
  EXPECT_EQ(complaint("[\"auditor\"]", "[\"auditer\"]"),
            "55:9: unknown role \"auditer\" | operator, releaser, supervisor, monitor or auditor");
  EXPECT_EQ(complaint("id = \"eve\"", "id = \"ann\""),
            "54:6: ann is listed twice | one [[person]] for each, with all their roles");
  EXPECT_EQ(complaint("\"live\"", "\"alive\""), "20:8: unknown mode \"alive\" | live or exercise");
}

}  // namespace
}  // namespace hotline
