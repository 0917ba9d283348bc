#include "certs/describe.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "certs/dev_pki.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

namespace fs = std::filesystem;

using test::kDay_ms;
using test::kNow;

class DescribeTest : public ::testing::Test {
 protected:
  DescribeTest() {
    std::string pattern = (fs::temp_directory_path() / "hotline-describe-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    auto made = create_dev_pki(directory_ + "/pki", DevPkiOptions{}, kNow);
    EXPECT_TRUE(made) << made.error().reason;
  }
  ~DescribeTest() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/pki/" + name; }

  PkiDescription describe(UtcMs now = kNow) const {
    auto description = describe_party_directory(path("north"), now);
    EXPECT_TRUE(description) << description.error().reason;
    return std::move(*description);
  }

  static const PkiFile& file(const PkiDescription& description, const std::string& name) {
    const auto found =
        std::find_if(description.files.begin(), description.files.end(),
                     [&](const PkiFile& candidate) { return candidate.file == name; });
    EXPECT_NE(found, description.files.end()) << name;
    return *found;
  }

  static void expect_failure(const PkiDescription& description, const std::string& name,
                             const std::string& reason) {
    const PkiFile& found = file(description, name);
    ASSERT_EQ(found.problems.size(), 1u) << describe_text(description);
    EXPECT_TRUE(found.problems[0].is_failure);
    EXPECT_NE(found.problems[0].reason.find(reason), std::string::npos) << found.problems[0].reason;
  }

  std::string directory_;
};

TEST_F(DescribeTest, FindsNothingWrongWithAFreshDirectory) {
  const PkiDescription description = describe();
  EXPECT_EQ(description.party, "north");
  EXPECT_EQ(description.failure_count(), 0u) << describe_text(description);
  EXPECT_EQ(description.warning_count(), 0u) << describe_text(description);
  EXPECT_EQ(description.files.size(), 3u + 8u + 6u);
  EXPECT_EQ(file(description, "log.crt").purpose, "log");
  EXPECT_EQ(file(description, "log.crt").identity, "hotline://north/log");
  EXPECT_EQ(file(description, "people/ann.crt").identity, "hotline://north/person/ann");
  EXPECT_EQ(file(description, "tls.crt").days_left, 7);
  EXPECT_TRUE(file(description, "tls.crt").dev_only);
}

TEST_F(DescribeTest, SaysItAllInATable) {
  const std::string text = describe_text(describe());
  for (const char* expected :
       {"party north", "DEV ONLY", "people/ann.crt  certificate      person",
        "hotline://north/person/ann", "2026-11-29", "0 failures, 0 warnings\n"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << " in\n" << text;
  }
}

TEST_F(DescribeTest, WarnsOfTheLastDayAndFailsAfterIt) {
  const PkiDescription last_day = describe(kNow + 6 * kDay_ms + 1);
  EXPECT_EQ(last_day.failure_count(), 0u);
  EXPECT_EQ(file(last_day, "tls.crt").problems.size(), 1u);
  EXPECT_NE(describe_text(last_day).find("in less than 1 day"), std::string::npos);
  const PkiDescription after = describe(kNow + 8 * kDay_ms);
  EXPECT_EQ(file(after, "tls.crt").days_left, -1);
  EXPECT_NE(describe_text(after).find("has expired at"), std::string::npos);
}

TEST_F(DescribeTest, FindsACertificateInTheWrongPlace) {
  fs::copy_file(path("north/receipt.crt"), path("north/log.crt"),
                fs::copy_options::overwrite_existing);
  const PkiDescription description = describe();
  expect_failure(description, "log.crt", "for receipt and not for log");
  expect_failure(description, "log.key", "is for another key");
}

TEST_F(DescribeTest, FindsTheOtherPartysCertificate) {
  fs::copy_file(path("south/tls.crt"), path("north/tls.crt"), fs::copy_options::overwrite_existing);
  expect_failure(describe(), "tls.crt", "is not signed by the trusted CA");
}

TEST_F(DescribeTest, FindsAKeyThatOthersCanRead) {
  chmod(path("north/log.key").c_str(), 0644);
  expect_failure(describe(), "log.key", "open to others");
}

TEST_F(DescribeTest, FindsWhatIsMissingButNotWhatMayBeElsewhere) {
  fs::remove(path("north/witness.crt"));
  fs::remove(path("north/people/ann.key"));
  fs::remove(path("north/ca.key"));
  const PkiDescription description = describe();
  expect_failure(description, "witness.crt", "No such file");
  EXPECT_EQ(description.failure_count(), 1u) << describe_text(description);
}

TEST_F(DescribeTest, FindsARevokedCertificate) {
  ASSERT_TRUE(revoke_dev_certificate(path("north"), path("north/people/bob.crt"), kNow));
  const PkiDescription description = describe();
  expect_failure(description, "people/bob.crt", "was revoked");
  EXPECT_EQ(file(description, "ca.crl").serial, "02");
  EXPECT_EQ(description.failure_count(), 1u);
}

TEST_F(DescribeTest, FindsAPersonsFileUnderAnotherName) {
  fs::rename(path("north/people/ann.crt"), path("north/people/zoe.crt"));
  fs::rename(path("north/people/ann.key"), path("north/people/zoe.key"));
  const PkiDescription description = describe();
  EXPECT_EQ(description.warning_count(), 1u);
  EXPECT_EQ(file(description, "people/zoe.crt").problems.size(), 1u);
}

TEST_F(DescribeTest, ShowsFilesItDoesNotUse) {
  std::ofstream(path("north/notes.txt")) << "hello\n";
  EXPECT_EQ(file(describe(), "notes.txt").kind, "not used");
}

TEST_F(DescribeTest, SurvivesADirectoryOfGarbage) {
  for (const char* name : {"ca.crt", "ca.crl", "tls.crt", "tls.key", "people/ann.crt"}) {
    std::ofstream(path(std::string("north/") + name)) << "garbage\n";
  }
  const PkiDescription description = describe();
  EXPECT_EQ(description.party, "");
  EXPECT_GE(description.failure_count(), 5u);
}

TEST_F(DescribeTest, SaysWhichDirectoryIsMeantWhenThereIsNone) {
  auto description = describe_party_directory(path("nobody"), kNow);
  ASSERT_FALSE(description);
  EXPECT_EQ(description.error().code, ErrorCode::not_found);
}

TEST(ExpiryThreshold, IsTheShortestReached) {
  const UtcMs from = kNow - 365 * kDay_ms;
  EXPECT_EQ(expiry_threshold_days(from, kNow + 30 * kDay_ms + 1, kNow), std::nullopt);
  EXPECT_EQ(expiry_threshold_days(from, kNow + 30 * kDay_ms, kNow), 30);
  EXPECT_EQ(expiry_threshold_days(from, kNow + 7 * kDay_ms + 1, kNow), 30);
  EXPECT_EQ(expiry_threshold_days(from, kNow + 7 * kDay_ms, kNow), 7);
  EXPECT_EQ(expiry_threshold_days(from, kNow + kDay_ms, kNow), 1);
  EXPECT_EQ(expiry_threshold_days(from, kNow - 999, kNow), 1);
  EXPECT_EQ(expiry_threshold_days(from, kNow - 1000, kNow), 0);
}

TEST(ExpiryThreshold, LeavesOutWhatAShortLifeWouldAlwaysReach) {
  EXPECT_EQ(expiry_threshold_days(kNow, kNow + 7 * kDay_ms, kNow), std::nullopt);
  EXPECT_EQ(expiry_threshold_days(kNow, kNow + 7 * kDay_ms, kNow + 6 * kDay_ms), 1);
}

}  // namespace
}  // namespace hotline
