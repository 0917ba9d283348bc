#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "certs/dev_pki.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

TEST(ContextCommands, AddShowAndUse) {
  Terminal terminal;
  const std::string key = terminal.write("ann.key", "");
  EXPECT_EQ(terminal.run({"context", "add", "far", "--server", "[::1]:4712", "--certificate", key,
                          "--key", key, "--ca", key, "--language", "uk"}),
            kExitDone)
      << terminal.err();
  EXPECT_EQ(terminal.run({"context", "show", "far"}), kExitDone);
  EXPECT_NE(terminal.out().find("  server       [::1]:4712\n"), std::string::npos)
      << terminal.out();
  EXPECT_NE(terminal.out().find("  key          " + key + "\n"), std::string::npos);
  EXPECT_EQ(terminal.run({"context", "show"}), kExitConfiguration) << "two, and no default";
  EXPECT_EQ(terminal.run({"context", "use", "far"}), kExitDone) << terminal.err();
  EXPECT_EQ(terminal.run({"context", "show"}), kExitDone);
  EXPECT_EQ(terminal.out().rfind("far  ", 0), 0u) << terminal.out();
  EXPECT_EQ(terminal.run({"context", "show", "--json"}), kExitDone);
  EXPECT_NE(terminal.out().find("\"name\":\"far\",\"in_use\":true"), std::string::npos);
}

TEST(ContextCommands, RefuseWhatCannotBe) {
  Terminal terminal;
  const auto added = [&](const std::string& name, const std::string& server) {
    return terminal.run({"context", "add", name, "--server", server});
  };
  EXPECT_EQ(added("north", "unix:x"), kExitRefused) << "it is there";
  EXPECT_EQ(added("a b", "unix:x"), kExitUsage);
  EXPECT_EQ(added("far", "far"), kExitConfiguration);
  EXPECT_EQ(added("far", "far:1"), kExitConfiguration) << "over TLS it needs a certificate";
  EXPECT_EQ(terminal.run({"context", "add", "far"}), kExitUsage);
  EXPECT_EQ(terminal.run({"context", "add", "far", "--server", "unix:x", "--key", "/nowhere"}),
            kExitNotFound);
  EXPECT_EQ(terminal.run({"context", "use", "norht"}), kExitConfiguration);
  EXPECT_NE(terminal.err().find("did you mean \"north\"?"), std::string::npos);
}

TEST(ContextCommands, RefuseAKeyOfAnotherCertificate) {
  Terminal terminal;
  std::string pki = (std::filesystem::temp_directory_path() / "hotline-pair-XXXXXX").string();
  ASSERT_NE(mkdtemp(pki.data()), nullptr);
  const auto made = create_dev_pki(pki, {}, terminal.utc);
  ASSERT_TRUE(made);
  const auto file = [&](const std::string& end) {
    for (const std::string& one : made->files)
      if (one.ends_with(end)) return pki + "/" + one;
    return std::string();
  };
  const auto added = [&](const std::string& name, const std::string& key) {
    return terminal.run({"context", "add", name, "--server", "far:1", "--certificate",
                         file("ann.crt"), "--key", file(key), "--ca", file("ca.crt")});
  };
  EXPECT_EQ(added("eve", "eve.key"), kExitConfiguration);
  EXPECT_NE(terminal.err().find("--key: "), std::string::npos) << terminal.err();
  EXPECT_EQ(added("ann", "ann.key"), kExitDone) << terminal.err();
  std::filesystem::remove_all(pki);
}

}  // namespace
}  // namespace hotline::client
