// hotline pki csr and import, but for the CA between them (tests/system/test_set_up.py).
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "certs/dev_pki.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

class PkiCommand : public testing::Test {
 protected:
  PkiCommand() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hotline-pki-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~PkiCommand() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string text(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int csr(std::vector<std::string> more) {
    std::vector<std::string> words = {"pki", "csr", path("new"), "--party", "north"};
    words.insert(words.end(), more.begin(), more.end());
    return terminal_.run(words);
  }

  std::string directory_;
  Terminal terminal_;
};

TEST_F(PkiCommand, ARequestComesWithAKeyThatNobodyElseReads) {
  ASSERT_EQ(csr({"--purpose", "tls"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.err().find("hotline://north/tls"), std::string::npos) << terminal_.err();
  EXPECT_TRUE(text("new.csr").starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
  struct stat there {};
  ASSERT_EQ(stat(path("new.key").c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0600u);
  // Neither is written over.
  const std::string key = text("new.key"), request = text("new.csr");
  EXPECT_NE(csr({"--purpose", "log"}), kExitDone);
  std::filesystem::remove(path("new.key"));
  EXPECT_NE(csr({"--purpose", "log"}), kExitDone);
  EXPECT_FALSE(std::filesystem::exists(path("new.key"))) << "left of a pair";
  EXPECT_EQ(text("new.csr"), request);
}

TEST_F(PkiCommand, AsksForWhatIsMissing) {
  EXPECT_EQ(csr({}), kExitUsage);
  EXPECT_EQ(csr({"--purpose", "tls", "--person", "ann"}), kExitUsage);
  EXPECT_EQ(csr({"--purpose", "person"}), kExitUsage);
  EXPECT_EQ(csr({"--person", "Ann"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"pki", "csr", path("new"), "--purpose", "tls"}), kExitUsage);
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(PkiCommand, ACertificateForAnotherKeyOrNameIsNotTaken) {
  ASSERT_TRUE(create_dev_pki(path("pki"), {}, terminal_.utc));
  const std::string ca = path("pki/trust/north-ca.crt");
  ASSERT_EQ(csr({"--purpose", "log"}), kExitDone);
  const auto take = [&](const std::string& file, const std::string& key) {
    std::vector<std::string> words = {"pki",  "import", path("new"), path("pki/north/" + file),
                                      "--ca", ca};
    if (!key.empty()) words.insert(words.end(), {"--key", path("pki/north/" + key)});
    return terminal_.run(words);
  };
  EXPECT_NE(take("log.crt", ""), kExitDone);
  EXPECT_NE(take("tls.crt", "tls.key"), kExitDone);
  EXPECT_NE(take("none.crt", ""), kExitDone);
  EXPECT_FALSE(std::filesystem::exists(path("new.crt")));
  // The key that is there, and the certificate that it has.
  std::filesystem::remove(path("new.csr"));
  std::filesystem::remove(path("new.key"));
  ASSERT_EQ(csr({"--purpose", "log", "--key", path("pki/north/log.key")}), kExitDone);
  EXPECT_FALSE(std::filesystem::exists(path("new.key")));
  ASSERT_EQ(take("log.crt", "log.key"), kExitDone) << terminal_.err();
  EXPECT_EQ(text("new.crt"), text("pki/north/log.crt"));
  EXPECT_NE(take("log.crt", "log.key"), kExitDone) << "it is there";
  EXPECT_EQ(terminal_.run({"pki", "import", path("new"), path("pki/north/log.crt")}), kExitUsage);
}

TEST_F(PkiCommand, AnExercisesCertificateIsNotTakenForALiveRequest) {
  ASSERT_TRUE(create_dev_pki(path("pki"), {.exercise = true}, terminal_.utc));
  ASSERT_EQ(csr({"--purpose", "log", "--key", path("pki/north/log.key")}), kExitDone);
  EXPECT_NE(terminal_.run({"pki", "import", path("new"), path("pki/north/log.crt"), "--ca",
                           path("pki/trust/north-ca.crt"), "--key", path("pki/north/log.key")}),
            kExitDone);
}

}  // namespace
}  // namespace hotline::client
