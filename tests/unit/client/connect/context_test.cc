#include "client/connect/context.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hotline::client {
namespace {

class ContextTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "hotline-context-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& content) {
    const std::string path = directory_ + "/config.toml";
    std::ofstream(path) << content;
    return path;
  }
  static std::optional<std::string> nothing(const std::string&) { return std::nullopt; }

  std::string directory_;
};

const char kGood[] =
    "context = \"north\"\n"
    "[contexts.north]\n"
    "server = \"unix:north.sock\"\n"
    "[contexts.far]\n"
    "server = \"[::1]:7411\"\n"
    "certificate = \"/etc/ann.crt\"\n"
    "key = \"ann.key\"\n"
    "ca = \"ca.crt\"\n"
    "crl = \"ca.crl\"\n"
    "language = \"ru\"\n";

TEST_F(ContextTest, ReadsServersAndPathsBesideTheFile) {
  const auto file = read_context_file(write(kGood));
  ASSERT_TRUE(file) << file.error().reason;
  const auto north = choose_context(*file, std::nullopt, nothing);
  ASSERT_TRUE(north);
  EXPECT_EQ(north->unix_path, directory_ + "/north.sock");
  EXPECT_EQ(north->language, "en");
  const auto far = choose_context(*file, "far", nothing);
  ASSERT_TRUE(far);
  EXPECT_EQ(far->host, "::1");
  EXPECT_EQ(far->port, "7411");
  EXPECT_EQ(far->certificate_path, "/etc/ann.crt");
  EXPECT_EQ(far->key_path, directory_ + "/ann.key");
  EXPECT_EQ(far->crl_path, directory_ + "/ca.crl");
  EXPECT_EQ(far->language, "ru");
}

TEST_F(ContextTest, TheOptionWinsOverTheEnvironmentAndThatOverTheFile) {
  const auto file = read_context_file(write(kGood));
  ASSERT_TRUE(file);
  const auto says_far = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOTLINE_CONTEXT") return "far";
    return std::nullopt;
  };
  EXPECT_EQ(choose_context(*file, std::nullopt, says_far)->name, "far");
  EXPECT_EQ(choose_context(*file, "north", says_far)->name, "north");
}

TEST_F(ContextTest, AnUnknownContextSuggestsTheNearest) {
  const auto file = read_context_file(write(kGood));
  const auto wrong = choose_context(*file, "norht", nothing);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::configuration);
  EXPECT_EQ(wrong.error().hint, "did you mean \"north\"?");
}

TEST_F(ContextTest, AnUnknownKeyIsAnErrorWithItsPlaceAndASuggestion) {
  const std::string path = write("[contexts.north]\nserver = \"unix:/n\"\n  langage = \"en\"\n");
  const auto file = read_context_file(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::configuration);
  EXPECT_EQ(file.error().reason, path + ":3:3: unknown key \"langage\"");
  EXPECT_EQ(file.error().hint, "did you mean \"language\"?");
}

TEST_F(ContextTest, EveryOtherMistakeHasItsPlaceToo) {
  const struct {
    const char* content;
    const char* reason;
  } cases[] = {
      {"[contexts.north\n", ":1:"},
      {"[contexts.north]\nserver = 7\n", ":2:1: \"server\" must be a text"},
      {"[contexts.north]\nserver = \"north\"\n", ":2:1: \"north\" is no address of a daemon"},
      {"[contexts.north]\nserver = \"north:0\"\n", ":2:1: \"north:0\" is no address of a daemon"},
      {"[contexts.north]\nserver = \"::1:80\"\n", ":2:1: \"::1:80\" is no address"},
      {"[contexts.north]\nlanguage = \"en\"\n", "context \"north\" has no server"},
      {"[contexts.north]\nserver = \"n:1\"\nkey = \"k\"\n", "needs certificate, key and ca"},
      {"contexts.north = 1\n", "must be a table"},
      {"[contexts.north]\nserver = \"unix:/n\"\nlanguage = \"english\"\n",
       ":3:1: \"english\" is no language of these programs"},
      {"[context.north]\nserver = \"unix:/n\"\n", ":1:2: unknown table [context.north]"},
      {"", "there is no context in it"},
  };
  for (const auto& wrong : cases) {
    const auto file = read_context_file(write(wrong.content));
    ASSERT_FALSE(file) << wrong.content;
    EXPECT_EQ(file.error().code, ErrorCode::configuration);
    EXPECT_NE(file.error().reason.find(wrong.reason), std::string::npos) << file.error().reason;
  }
}

TEST_F(ContextTest, OneWithAMistakeDisablesNoOther) {
  const std::string path = write(std::string(kGood) + "[contexts.near]\nsrever = \"unix:/n\"\n");
  const auto file = read_context_file(path);
  ASSERT_TRUE(file) << file.error().reason;
  EXPECT_EQ(choose_context(*file, std::nullopt, nothing)->name, "north");
  const auto near = choose_context(*file, "near", nothing);
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().reason, path + ":12:1: unknown key \"srever\"");
  ASSERT_EQ(file->faulty.size(), 1u);
  EXPECT_EQ(file->faulty.front().name, "near");
}

// The header of a table that is nearly the right one.
TEST_F(ContextTest, ATableOfAnotherNameSuggestsTheRightOne) {
  const auto file = read_context_file(write("[context.ann]\nserver = \"unix:/n\"\n"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().hint, "did you mean [contexts.ann]?");
}

TEST_F(ContextTest, AMissingFileSaysHowToGoOn) {
  const auto file = read_context_file(directory_ + "/none.toml");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::configuration);
  EXPECT_NE(file.error().hint.find("--config"), std::string::npos);
}

TEST_F(ContextTest, ADirectoryIsNoFile) {
  const auto file = read_context_file(directory_);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().reason.find("directory"), std::string::npos) << file.error().reason;
}

TEST(ConfigPath, IsTheOptionThenTheEnvironmentThenHome) {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOTLINE_CONFIG") return "/e.toml";
    return std::nullopt;
  };
  const auto home = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOME") return "/home/ann";
    return std::nullopt;
  };
  EXPECT_EQ(config_path("/o.toml", environment), "/o.toml");
  EXPECT_EQ(config_path(std::nullopt, environment), "/e.toml");
  EXPECT_EQ(config_path(std::nullopt, home), "/home/ann/.config/hotline/config.toml");
}

}  // namespace
}  // namespace hotline::client
