// Real processes, real signals, and no waiting but for what the process itself does: a child proves
// that it runs by writing to a FIFO, and that it is dead by the FIFO's end.
#include "daemon/notify/command_runs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <vector>

namespace hotline {
namespace {

namespace asio = boost::asio;

constexpr int kHung_ms = 60'000;  // Only a failing test waits as long.
constexpr int64_t kNoDeadline_ms = 600'000;

// A FIFO whose writers are the children.
class Fifo {
 public:
  explicit Fifo(const std::string& path) : path_(path) {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    fd_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(fd_, 0);
  }
  ~Fifo() { close(fd_); }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

  // True once nobody holds the other end any more. Somebody must have opened it before.
  bool all_writers_are_gone() {
    char byte;
    while (true) {
      pollfd ready{fd_, POLLIN, 0};
      if (poll(&ready, 1, kHung_ms) != 1) return false;
      const ssize_t count = read(fd_, &byte, 1);
      if (count == 0) return true;
    }
  }

 private:
  std::string path_;
  int fd_ = -1;
};

class CommandRunsTest : public testing::Test {
 protected:
  CommandRunsTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "hotline-commands-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~CommandRunsTest() override { std::filesystem::remove_all(folder_); }

  CommandRuns& commands(int64_t deadline_ms = kNoDeadline_ms) {
    commands_.emplace(
        io_, kept_, [this](const AttemptReport& report) { reports_.push_back(report); },
        deadline_ms);
    return *commands_;
  }

  static Attempt attempt(uint64_t id, Command command) {
    return Attempt{AttemptName{id, true, 1, "supervisor", 0, 1}, std::move(command), {id}, false};
  }
  static AttemptText of(const std::string& message) { return {"north", "south", {message}, true}; }
  static Command shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

  // Runs the loop until there are so many reports.
  bool run_until_reports(size_t count) {
    while (reports_.size() < count) {
      if (io_.run_one_for(std::chrono::milliseconds(kHung_ms)) == 0) return false;
      io_.restart();
    }
    return true;
  }
  // Runs the loop until a child has written to the FIFO. Waits before it reads: a FIFO that nobody
  // opened for writing yet would read as ended.
  void run_until_written(Fifo& fifo) {
    asio::posix::stream_descriptor reader(io_, dup(fifo.fd()));
    bool ready = false;
    reader.async_wait(asio::posix::stream_descriptor::wait_read,
                      [&](boost::system::error_code error) { ready = !error; });
    while (!ready && io_.run_one_for(std::chrono::milliseconds(kHung_ms)) != 0) {
    }
    ASSERT_TRUE(ready);
    char byte;
    ASSERT_EQ(read(fifo.fd(), &byte, 1), 1);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  asio::io_context io_;
  std::filesystem::path folder_;
  std::vector<AttemptReport> reports_;
  KeptDescriptors kept_;
  std::optional<CommandRuns> commands_;
};

TEST_F(CommandRunsTest, ACommandThatSucceedsHasTold) {
  commands().start(attempt(1, shell("echo told")), of("S-000001"));
  EXPECT_TRUE(reports_.empty());  // Never from inside start().
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::done);
  EXPECT_EQ(reports_[0].name, attempt(1, {}).name);
  EXPECT_EQ(reports_[0].output, "told\n");
}

TEST_F(CommandRunsTest, ACommandGetsAFixedEnvironmentAndNoOpenFileOfOurs) {
  setenv("HOTLINE_TEST_SECRET", "not for commands", 1);
  const int open_file = open("/dev/null", O_RDONLY);  // Without O_CLOEXEC, as a library might.
  Attempt repeated = attempt(1, shell("env | sort | grep -v ^PWD=; cat; ls /proc/$$/fd; pwd"));
  repeated.repeated = true;
  commands().start(repeated, of("S-000087"));
  ASSERT_TRUE(run_until_reports(1));
  close(open_file);
  EXPECT_EQ(
      reports_[0].output,
      "HOTLINE_CONTACTS=\nHOTLINE_COUNT=1\nHOTLINE_MESSAGE=S-000087\nHOTLINE_MESSAGES=S-000087\n"
      "HOTLINE_MODE=exercise\n"
      "HOTLINE_PRECEDENCE=flash\nHOTLINE_REPEATED=1\nHOTLINE_RUNG=supervisor\n"
      "HOTLINE_SENDER=south\nHOTLINE_TRIAL=0\nLC_ALL=C.UTF-8\n"
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n0\n1\n2\n/\n");
}

TEST_F(CommandRunsTest, ACommandOfARungThatProposesVoiceGetsTheContacts) {
  AttemptText text = of("S-000087");
  text.contacts = {{"north-duty-officer", "+00 1, in English"}, {"red-line", "$HOME; `id`"}};
  commands().start(attempt(1, shell("printf %s \"$HOTLINE_CONTACTS\"")), text);
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].output, "north-duty-officer +00 1, in English\nred-line $HOME; `id`");
}

TEST_F(CommandRunsTest, ArgumentsPassThroughNoShell) {
  commands().start(attempt(1, {"/bin/echo", "$HOME; `id` *", "two  blanks"}), of("S-000001"));
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].output, "$HOME; `id` * two  blanks\n");
}

TEST_F(CommandRunsTest, H31_AFailureSaysHow) {
  commands().start(attempt(1, shell("echo starting; printf 'no \\033[2Jcarrier\\n' >&2; exit 3")),
                   of("S-1"));
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::failed);
  EXPECT_EQ(reports_[0].detail, "exited with 3: no ?[2Jcarrier");
  commands_->start(attempt(2, shell("kill -SEGV $$")), of("S-2"));
  ASSERT_TRUE(run_until_reports(2));
  EXPECT_EQ(reports_[1].outcome, wire::Outcome::failed);
  EXPECT_EQ(reports_[1].detail, "ended by signal 11");
}

TEST_F(CommandRunsTest, F8_H31_WhatCannotEverStartIsToldFromWhatCannotStartNow) {
  std::ofstream(path("page")) << "#!/bin/sh\n";
  commands().start(attempt(1, {path("page")}), of("S-000001"));
  commands_->start(attempt(2, {path("absent")}), of("S-000002"));
  ASSERT_TRUE(run_until_reports(2));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::impossible);
  EXPECT_EQ(reports_[0].detail, "cannot start " + path("page") + ": Permission denied");
  EXPECT_EQ(reports_[1].outcome, wire::Outcome::impossible);
  EXPECT_EQ(reports_[1].detail, "cannot start " + path("absent") + ": No such file or directory");
}

TEST_F(CommandRunsTest, F8_NoProgramAndNoInterpreterAreForGood) {
  std::ofstream(path("text")) << "neither a program nor a script\n";
  std::ofstream(path("script")) << "#!/absent/interpreter\n";
  for (const char* name : {"text", "script"}) chmod(path(name).c_str(), 0700);
  commands().start(attempt(1, {path("text")}), of("S-000001"));
  commands_->start(attempt(2, {path("script")}), of("S-000001"));
  commands_->start(attempt(3, {path("")}), of("S-000001"));  // A directory.
  ASSERT_TRUE(run_until_reports(3));
  for (const AttemptReport& report : reports_) {
    EXPECT_EQ(report.outcome, wire::Outcome::impossible) << report.detail;
  }
}

TEST_F(CommandRunsTest, F8_AProgramThatIsBeingWrittenMayStartInAMoment) {
  std::filesystem::copy_file("/bin/true", path("page"));
  const int writer = open(path("page").c_str(), O_WRONLY | O_CLOEXEC);
  commands().start(attempt(1, {path("page")}), of("S-000001"));
  ASSERT_TRUE(run_until_reports(1));
  close(writer);
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::not_started) << reports_[0].detail;
}

// Takes every descriptor that this process can have, as a crowd of connections would.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    const rlimit small{static_cast<rlim_t>(next) + 8, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &small), 0);
    take_all();
  }
  ~NoDescriptors() {
    for (const int one : taken_) close(one);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  void take_all() {
    for (int one; (one = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(one);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST_F(CommandRunsTest, B3_CommandsStartThoughConnectionsTookEveryOtherDescriptor) {
  commands().start(attempt(1, {"/bin/true"}), of("S-000001"));
  ASSERT_TRUE(run_until_reports(1));  // The event loop has its own now.
  NoDescriptors crowd;
  const size_t count = 2 * limits::kAttemptsReservedForFlash;
  for (uint64_t round = 0; round < 3; ++round) {
    reports_.clear();
    for (size_t i = 0; i < count; ++i) {
      commands_->start(attempt(100 + count * round + i, {"/bin/true"}), of("S-000001"));
      crowd.take_all();
    }
    ASSERT_TRUE(run_until_reports(count));
    crowd.take_all();
    for (const AttemptReport& report : reports_) {
      EXPECT_EQ(report.outcome, wire::Outcome::done) << report.detail;
    }
  }
}

TEST_F(CommandRunsTest, H31_ACommandThatHangsIsKilledWithAllItsChildren) {
  Fifo fifo(path("fifo"));
  // Both ignore TERM; the child would go on after the parent's end.
  const std::string script = "exec 5>" + fifo.path() +
                             "; trap '' TERM; (while :; do sleep 1000; done) & echo ready; "
                             "while :; do sleep 1000; done";
  // A slow machine may need longer than the deadline to come as far as "ready": then once more.
  int64_t deadline_ms = 128;
  do {
    deadline_ms *= 2;
    ASSERT_LT(deadline_ms, kHung_ms);
    reports_.clear();
    commands(deadline_ms).start(attempt(1, shell(script)), of("S-000001"));
    ASSERT_TRUE(run_until_reports(1));
    EXPECT_EQ(reports_[0].outcome, wire::Outcome::timed_out);
  } while (reports_[0].output != "ready\n");
  EXPECT_TRUE(fifo.all_writers_are_gone());
  EXPECT_EQ(reports_[0].detail, "killed after " + std::to_string(deadline_ms) + " ms: ready");
}

TEST_F(CommandRunsTest, WhatACommandLeavesBehindIsKilledAsItEnds) {
  Fifo fifo(path("fifo"));
  commands().start(attempt(1, shell("exec 5>" + fifo.path() + "; sleep 1000 & echo left one")),
                   of("S-000001"));
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::done);
  EXPECT_EQ(reports_[0].output, "left one\n");
  EXPECT_TRUE(fifo.all_writers_are_gone());
}

int64_t memory_peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

TEST_F(CommandRunsTest, H31_AGigabyteOfOutputTakesNoMemoryAndItsEndIsKept) {
  const int64_t before = memory_peak_bytes();
  commands().start(attempt(1, shell("head -c 1073741824 /dev/zero; echo last words")),
                   of("S-000001"));
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].outcome, wire::Outcome::done);
  EXPECT_EQ(reports_[0].output.size(), limits::kAttemptOutputMax);
  EXPECT_TRUE(reports_[0].output.ends_with("last words\n"));
  EXPECT_LT(memory_peak_bytes() - before, 64 * 1024 * 1024);
}

TEST_F(CommandRunsTest, H31_AFloodDelaysNobodyElse) {
  commands().start(attempt(1, {"/usr/bin/yes"}), of("S-000001"));
  commands_->start(attempt(2, {"/bin/true"}), of("S-000002"));
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].name.id, 2u);
  commands_->stop(1);
  ASSERT_TRUE(run_until_reports(2));
  EXPECT_EQ(reports_[1].outcome, wire::Outcome::stopped);
}

TEST_F(CommandRunsTest, A6_OneCommandIsToldOfManyByCountAndTheOldestByName) {
  Attempt flood = attempt(1, shell("echo $HOTLINE_COUNT of $HOTLINE_SENDER: $HOTLINE_MESSAGE, "
                                   "$HOTLINE_MESSAGES"));
  flood.messages = {};
  for (uint64_t number = 0; number < 100'000; ++number) flood.messages.insert(number);
  commands().start(flood, {"north", "south", {"S-000087", "S-000088"}});
  ASSERT_TRUE(run_until_reports(1));
  EXPECT_EQ(reports_[0].output, "100000 of south: S-000087, S-000087 S-000088\n");
}

TEST_F(CommandRunsTest, H33_AStopEndsThatOneOnly) {
  Fifo fifo(path("fifo"));
  const Command hangs = shell("exec 5>" + fifo.path() + "; echo >&5; trap '' TERM; sleep 1000");
  commands().start(attempt(1, hangs), of("S-000001"));
  run_until_written(fifo);
  commands_->start(attempt(2, {"/bin/true"}), of("S-000001"));
  commands_->stop(1);
  commands_->stop(3);  // There is none.
  ASSERT_TRUE(run_until_reports(2));
  std::multiset<std::pair<uint64_t, wire::Outcome>> outcomes;
  for (const AttemptReport& report : reports_) outcomes.emplace(report.name.id, report.outcome);
  EXPECT_EQ(outcomes, (std::multiset<std::pair<uint64_t, wire::Outcome>>{
                          {1, wire::Outcome::stopped}, {2, wire::Outcome::done}}));
  EXPECT_TRUE(fifo.all_writers_are_gone());
}

TEST_F(CommandRunsTest, TheEndOfTheDaemonIsTheEndOfItsCommands) {
  Fifo fifo(path("fifo"));
  commands().start(attempt(1, shell("exec 5>" + fifo.path() + "; echo >&5; sleep 1000")),
                   of("S-000001"));
  run_until_written(fifo);
  commands_.reset();
  EXPECT_TRUE(fifo.all_writers_are_gone());
  io_.restart();
  io_.run();
  EXPECT_TRUE(reports_.empty());
}

}  // namespace
}  // namespace hotline
