#include "client/connect/context_edit.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hotline::client {
namespace {

class ContextEditTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "hotline-contexts-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    path_ = directory_ + "/config.toml";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& content) { std::ofstream(path_) << content; }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  std::string chosen() const {
    const auto file = read_context_file(path_);
    if (!file) return file.error().reason;
    const auto context =
        choose_context(*file, std::nullopt, [](const std::string&) { return std::nullopt; });
    return context ? context->name : context.error().reason;
  }

  std::string directory_;
  std::string path_;
};

Context on_socket(const std::string& name) {
  Context context;
  context.name = name;
  context.unix_path = "/run/" + name + ".sock";
  return context;
}

TEST_F(ContextEditTest, AddsToAFileAndMakesOneThatIsNotThere) {
  path_ = directory_ + "/hotline/config.toml";
  ASSERT_TRUE(add_context(path_, on_socket("north")));
  EXPECT_EQ(content(), "[contexts.north]\nserver = \"unix:/run/north.sock\"\nlanguage = \"en\"\n");
  EXPECT_EQ(std::filesystem::status(path_).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
  EXPECT_EQ(chosen(), "north");
  ASSERT_TRUE(add_context(path_, on_socket("south")));
  const auto again = add_context(path_, on_socket("north"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(read_context_file(path_)->contexts.size(), 2u);
}

TEST_F(ContextEditTest, ChangesTheDefaultAndNothingElse) {
  const std::string tables =
      "# Ours.\n[contexts.a]\nserver = \"unix:/a\" # near\n[contexts.b]\nserver = \"unix:/b\"\n";
  write(tables);
  ASSERT_TRUE(set_default_context(path_, "b"));
  EXPECT_EQ(content(), "context = \"b\"\n" + tables);
  write("  context='b'  # at night\n" + tables);
  ASSERT_TRUE(set_default_context(path_, "a"));
  EXPECT_EQ(content(), "context = \"a\"  # at night\n" + tables);
  EXPECT_EQ(chosen(), "a");
}

// A file that is shared stays so, and a link to it stays a link.
TEST_F(ContextEditTest, KeepsPermissionsAndLinks) {
  write("[contexts.a]\nserver = \"unix:/a\"\n");
  const auto shared = static_cast<std::filesystem::perms>(0644);
  std::filesystem::permissions(path_, shared);
  const std::string link = directory_ + "/link.toml";
  std::filesystem::create_symlink(path_, link);
  ASSERT_TRUE(set_default_context(link, "a"));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(std::filesystem::status(path_).permissions(), shared);
  EXPECT_EQ(chosen(), "a");
}

TEST_F(ContextEditTest, WhatCannotBeUsedIsRefusedAndChangesNothing) {
  const std::string good = "[contexts.a]\nserver = \"unix:/a\"\n";
  const std::string faulty = good + "[contexts.b]\nsrever = \"unix:/b\"\n";
  write(faulty);
  EXPECT_FALSE(set_default_context(path_, "b"));
  EXPECT_FALSE(set_default_context(path_, "c"));
  Context wrong = on_socket("d");
  wrong.language = "english";
  const auto refused = add_context(path_, wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "\"english\" is no language of these programs");
  EXPECT_EQ(content(), faulty);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".next"));
  write("[contexts.a\n");
  EXPECT_FALSE(add_context(path_, on_socket("d")));
  EXPECT_EQ(content(), "[contexts.a\n");
}

TEST(ContextName, IsAsAKeyOfTomlIsWithoutQuotes) {
  for (const char* good : {"north", "north-ann", "N_1"}) EXPECT_TRUE(is_context_name(good));
  for (const char* bad : {"", "a b", "a.b", "\"", "é"}) EXPECT_FALSE(is_context_name(bad));
}

}  // namespace
}  // namespace hotline::client
