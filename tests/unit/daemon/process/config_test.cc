// The words for a person who made a mistake in hotlined.toml.
#include "daemon/process/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "protocol/channel/notifier_command.h"
#include "protocol/channel/policy_text.h"

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
            "56:9: unknown role \"auditer\" | operator, releaser, supervisor, monitor or auditor");
  EXPECT_EQ(complaint("id = \"eve\"", "id = \"ann\""),
            "55:6: ann is listed twice | one [[person]] for each, with all their roles");
  EXPECT_EQ(complaint("\"live\"", "\"alive\""), "20:8: unknown mode \"alive\" | live or exercise");
}

// The words after "hotlined.toml" in the complaint about these lines behind the example.
std::string without_path(const std::string& reason) {
  return reason.substr(std::min(reason.size(), reason.find("hotlined.toml") + 13));
}

TEST_F(ConfigTest, AnExerciseAloneMayPlayWithAWrongClock) {
  EXPECT_EQ(complaint("\"live\"", "\"live\"\nclock_ahead = \"45s\""),
            "21:15: a live channel has the right time, and no other | leave it out: only mode = "
            "\"exercise\" may play with a wrong clock");
  std::string text = example_config("north", "south");
  text.replace(text.find("\"live\""), 6, "\"exercise\"\nclock_slow = \"45s\"");
  const auto slow = read(text);
  ASSERT_TRUE(slow) << slow.error().reason;
  EXPECT_EQ(slow->clock_ahead_ms, -45'000);
}

TEST_F(ConfigTest, NotifiersAreNamedByCommands) {
  const std::string pager =
      "[[notifier]]\nname = \"pager\"\nmode = \"live\"\nkind = \"webhook\"\n"
      "url = \"https://pager.example/hook\"\nca = \"pager-ca.crt\"\ntoken = \"pager.token\"\n";
  const std::string alerts =
      "[[notifier]]\nname = \"alerts\"\nmode = \"live\"\nkind = \"alertmanager\"\n"
      "url = \"http://127.0.0.1:9093\"\n";
  const std::string rung =
      "[[escalation.flash.rung]]\nname = \"watch\"\nafter = \"1min\"\n"
      "[[escalation.flash.rung.command]]\nrun = [\"/bin/page\"]\n"
      "[[escalation.flash.rung.command]]\nnotifier = \"pager\"\n";
  const auto config = read(example_config("north", "south") + pager + alerts + rung);
  ASSERT_TRUE(config) << config.error().reason;
  ASSERT_EQ(config->notifiers.size(), 2u);
  EXPECT_EQ(config->notifiers[0].ca, directory_ + "/pager-ca.crt");
  EXPECT_EQ(config->notifiers[0].token, directory_ + "/pager.token");
  EXPECT_EQ(config->notifiers[1].kind, NotifierKind::alertmanager);
  EXPECT_EQ(config->policy.at(1).rungs[0].commands,
            (std::vector<Command>{{"/bin/page"}, notifier_command("pager")}));

  const auto slip = [&](const std::string& from, const std::string& to) {
    std::string text = pager + alerts + rung;
    text.replace(text.find(from), from.size(), to);
    const auto bad = read(example_config("north", "south") + text);
    if (bad) return std::string("taken");
    const std::string reason = without_path(bad.error().reason);
    return reason.substr(reason.find(": ") + 2) + " | " + bad.error().hint;
  };
  EXPECT_EQ(
      slip("notifier = \"pager\"", "notifier = \"pagr\""),
      "escalation.flash, rung watch: no [[notifier]] is called \"pagr\" | did you mean pager?");
  EXPECT_EQ(slip("after = \"1min\"", "after = \"1min\"\npropose = \"voic\""),
            "a rung proposes voice, or nothing | propose = \"voice\", or leave it out");
  EXPECT_EQ(slip("after = \"1min\"", "after = \"1min\"\npropose = \"voice\""), "taken");
  EXPECT_EQ(slip("notifier = \"pager\"", "notifier = \"pager\"\nrun = [\"/bin/page\"]"),
            "a command runs a program or tells a notifier | give each a [[...rung.command]] of its "
            "own: they are tried in their order");
  EXPECT_EQ(slip("mode = \"live\"", "mode = \"exercise\""),
            "pager is told of exercises, and this channel is live | name here only who is to be "
            "told of this channel, with its mode");
  EXPECT_EQ(slip("kind = \"webhook\"", "kind = \"pager\""),
            "unknown kind \"pager\" | webhook or alertmanager");
  EXPECT_EQ(slip("ca = \"pager-ca.crt\"\n", ""),
            "the key notifier.ca is missing | hotlined config example shows it");
  EXPECT_EQ(slip("name = \"alerts\"", "name = \"pager\""),
            "pager is listed twice | each [[notifier]] has a name of its own");
  EXPECT_EQ(slip("name = \"alerts\"", "name = \"Alerts\""),
            "\"Alerts\" cannot be a notifier's name | 1 to 32 of a-z, 0-9 and -, such as pager");
  EXPECT_EQ(slip("127.0.0.1:9093", "127.0.0.1:9093/api/v2/alerts"),
            "the address of an Alertmanager is wanted | without /api/v2/alerts, which is added: "
            "\"https://alerts.example:9093\"");
  EXPECT_EQ(slip(":9093\"\n", ":9093\"\ntoken = \"t\"\n"),
            "token is for https alone | leave it out, or give an address with https://");
  EXPECT_TRUE(slip("https://", "http://").starts_with("\"http://pager.example/hook\" has no TLS"));
}

TEST_F(ConfigTest, E21_NobodyWhoIsToldOfWhatIsLiveIsToldOfAnExercise) {
  std::string text = example_config("north", "south") +
                     "[[notifier]]\nname = \"pager\"\nmode = \"live\"\nkind = \"webhook\"\n"
                     "url = \"https://pager.example/hook\"\nca = \"pager-ca.crt\"\n";
  EXPECT_TRUE(read(text));
  const std::string mode = "mode = \"live\" ";
  text.replace(text.find(mode), mode.size(), "mode = \"exercise\" ");
  const auto copy = read(text);
  ASSERT_FALSE(copy);
  EXPECT_NE(
      copy.error().reason.find("pager is told of what is live, and this channel is an exercise"),
      std::string::npos)
      << copy.error().reason;
}

}  // namespace
}  // namespace hotline
