#include "daemon/commands/machine_check.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "protocol/channel/notifier_command.h"
#include "protocol/message/message_generated.h"

namespace hotline {
namespace {

class MachineCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "hotline-around-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    config_.path = "hotlined.toml";
    config_.policy = default_policy();
    config_.store_path = directory_ + "/store/journal.db";
    config_.store_reserve_bytes = 0;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string faults() {
    std::string all;
    for (const Error& fault : look_at_machine(config_).faults) {
      EXPECT_FALSE(fault.hint.empty()) << fault.reason;
      all += fault.reason + "\n";
    }
    return all;
  }
  std::string notes() {
    std::string all;
    for (const std::string& note : look_at_machine(config_).notes) all += note + "\n";
    return all;
  }
  // The fault of a command of the first rung of FLASH.
  std::string fault_of(const std::vector<std::string>& command) {
    config_.policy.at(kPrecedenceFirst).rungs = {{"watch", 1000, false, "", {command}}};
    return faults();
  }

  std::string directory_;
  Config config_;
};

TEST_F(MachineCheckTest, TheStoreNeedsAPlace) {
  EXPECT_EQ(faults(), "");
  EXPECT_NE(notes().find("hotlined init -c hotlined.toml"), std::string::npos) << notes();
  config_.store_path = directory_ + "/no/such/journal.db";
  EXPECT_NE(faults().find("there is no directory " + directory_ + "/no"), std::string::npos);
}

TEST_F(MachineCheckTest, TheStoreIsAFile) {
  config_.store_path = directory_ + "/";
  EXPECT_EQ(faults(), directory_ + "/ is a directory, and the store is a file\n");
}

TEST_F(MachineCheckTest, TheDiskNeedsItsReserve) {
  config_.store_reserve_bytes = uint64_t{1} << 60;
  EXPECT_NE(faults().find("MiB are free on its disk"), std::string::npos);
}

TEST_F(MachineCheckTest, ALadderThatCallsNobodyIsSaid) {
  const auto says = [this](const std::string& words) {
    return notes().find(words) != std::string::npos;
  };
  EXPECT_TRUE(
      says("FLASH, IMMEDIATE, PRIORITY, ROUTINE that nobody acknowledges: NOBODY IS CALLED"))
      << notes();
  EXPECT_TRUE(says("no [[person]] is a supervisor"));
  EXPECT_TRUE(says("no [[person]] is an operator"));
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    config_.policy.at(p).rungs = {{"supervisor", 1000, false, "", {{"/bin/sh"}}}};
  }
  config_.people = {{"bob", {static_cast<uint8_t>(wire::Role::supervisor)}, {}}};
  EXPECT_FALSE(says("NOBODY IS CALLED") || says("calls nobody") || says("[[person]]")) << notes();
  config_.policy.at(kPrecedenceFirst).rungs.push_back({"duty-director", 2000, true, "", {}});
  EXPECT_TRUE(says("rung duty-director of FLASH calls nobody")) << notes();
}

TEST_F(MachineCheckTest, AWatchWithoutASecondPersonIsSaid) {
  const auto says = [this] {
    return notes().find("nobody can send what two people release (flash)") != std::string::npos;
  };
  EXPECT_FALSE(says()) << "nothing was agreed";
  ASSERT_TRUE(config_.policy.two_person.add("flash"));
  EXPECT_TRUE(says());
  const auto person = [](const char* id, wire::Role role) {
    return PersonConfig{id, {static_cast<uint8_t>(role)}, {}};
  };
  config_.people = {person("bob", wire::Role::supervisor)};
  EXPECT_TRUE(says()) << "who writes it does not release it";
  config_.people.push_back(person("eve", wire::Role::auditor));
  EXPECT_TRUE(says());
  config_.people.push_back(person("ann", wire::Role::operator_));
  EXPECT_FALSE(says());
}

TEST_F(MachineCheckTest, CommandsThatTellPeopleMustBeThere) {
  EXPECT_EQ(fault_of({"/bin/sh", "-c", "true"}), "");
  EXPECT_NE(fault_of({"/no/such/page"}).find("rung watch: its command \"/no/such/page\": No such"),
            std::string::npos);
  EXPECT_NE(fault_of({"sh"}).find("must be a whole path"), std::string::npos);
  EXPECT_NE(fault_of({"/tmp"}).find("cannot be executed"), std::string::npos);
  std::ofstream(directory_ + "/page") << "#!/bin/sh\n";
  EXPECT_NE(fault_of({directory_ + "/page"}).find("cannot be executed"), std::string::npos);
  EXPECT_NE(fault_of({}).find("must be a whole path"), std::string::npos);
}

TEST_F(MachineCheckTest, NotifiersHaveTheirFilesAndARung) {
  NotifierConfig pager;
  pager.name = "pager";
  pager.address = {true, "pager.example", 443, "/"};
  pager.ca = directory_ + "/ca.crt";
  config_.notifiers = {pager};
  EXPECT_EQ(fault_of(notifier_command("pager")),
            pager.ca + ": cannot be opened: No such file or directory\n");
  config_.policy = default_policy();
  EXPECT_NE(notes().find("notifier pager is told nothing"), std::string::npos) << notes();
}

}  // namespace
}  // namespace hotline
