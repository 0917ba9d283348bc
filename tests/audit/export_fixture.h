// Shared by the tests of auditing: a directory that goes away, and exports to read and to copy.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "client/audit/verify.h"
#include "tests/audit/made_exports.h"

namespace hotline::audit {

class TestDirectory {
 public:
  TestDirectory() {
    const std::filesystem::path parent =
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "hotline-audit-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Exports made once for all tests of a program: DIR/north.export, DIR/south.export, DIR/trust.
class MadeExports {
 public:
  explicit MadeExports(const ExportPlan& plan) {
    const Status made = make_exports(directory_.path(), plan);
    if (!made) throw std::runtime_error(made.error().reason);
  }
  std::string north() const { return directory_ / "north.export"; }
  std::string south() const { return directory_ / "south.export"; }
  std::string trust() const { return directory_ / "trust"; }
  std::string pki() const { return directory_ / "pki"; }
  // A fresh copy of north's export under another name.
  std::string copy_of_north(const std::string& name) const {
    const std::string copy = directory_ / name;
    std::filesystem::remove_all(copy);
    std::filesystem::copy(north(), copy, std::filesystem::copy_options::recursive);
    return copy;
  }
  std::string operator/(const std::string& name) const { return directory_ / name; }

 private:
  TestDirectory directory_;
};

// Some 700 journal entries and two bundles of `sent`, in few batches, so that verifying is fast.
inline ExportPlan small_plan() {
  ExportPlan plan;
  plan.messages = 420;
  plan.batch_max = 60;
  plan.north_per_mille = 700;
  plan.seed = 7;
  return plan;
}

inline const MadeExports& small_exports() {
  static const MadeExports exports(small_plan());
  return exports;
}

inline std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_whole(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// The verdict in words: "VERIFIED", "FAILED sent/cosigned", "INCOMPLETE".
inline std::string verdict_on(const std::string& directory, const std::string& trust,
                              unsigned threads = 1) {
  VerifyOptions options;
  options.threads = threads;
  const auto verdict = verify_export(directory, trust, options);
  if (!verdict) return "error: " + verdict.error().reason;
  const std::string word = outcome_word(verdict->outcome);
  return verdict->fault ? word + " " + verdict->fault->name : word;
}

}  // namespace hotline::audit
