// The log under readers that are slow, gone or never there. Only a failing test waits long.
#include "daemon/process/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "daemon/process/log_queue.h"
#include "protocol/base/limits.h"
#include "protocol/terminal/standard_files.h"

namespace hotline {
namespace {

constexpr int kLines = 20'000;  // More than may wait, and more than a pipe takes.

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }
  // Everything up to a line that says `last`.
  std::string read_until(const std::string& last) {
    std::string text;
    char buffer[4096];
    while (!text.ends_with(last)) {
      const ssize_t size = read(ends_[0], buffer, sizeof buffer);
      if (size <= 0) break;
      text.append(buffer, static_cast<size_t>(size));
    }
    return text;
  }

 private:
  int ends_[2];
};

std::string wait_for_trouble(const LogQueue& log) {
  for (int i = 0; i < 6'000 && log.trouble().empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return log.trouble();
}

// Those that may wait fill a pipe several times.
std::string line_of(int number) {
  return "line " + std::to_string(number) + std::string(100, '.') + "\n";
}

class LogTest : public testing::Test {
 protected:
  LogTest() { std::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(LogTest, F2_NobodyWaitsForALogThatIsNotReadAndWhatIsDroppedIsCounted) {
  Pipe pipe;
  LogQueue log(pipe.writer());
  for (int i = 0; i < kLines; ++i) log.put(line_of(i));
  EXPECT_EQ(wait_for_trouble(log), "nobody reads it");

  const std::string text = pipe.read_until(line_of(kLines - 1));
  size_t kept = 0;
  size_t dropped = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const size_t told = line.find(" lines of the log were dropped here");
    if (line.starts_with("line ")) {
      ++kept;
    } else if (told != std::string::npos) {
      const size_t number = line.rfind(' ', told - 1) + 1;
      dropped += std::stoul(line.substr(number, told - number));
    } else {
      ADD_FAILURE() << line;
    }
  }
  EXPECT_EQ(kept + dropped, static_cast<size_t>(kLines));
  EXPECT_GE(kept, limits::kLogLinesWaitingMax);
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(log.trouble(), "");
}

TEST_F(LogTest, F2_WhatWaitsIsBoundedInBytesToo) {
  Pipe pipe;
  LogQueue log(pipe.writer());
  const std::string line = std::string(limits::kLogLineSizeMax, 'x') + "\n";
  for (size_t i = 0; i < limits::kLogLinesWaitingMax; ++i) log.put(line);
  log.put("last\n");
  const std::string text = pipe.read_until("last\n");
  EXPECT_LE(text.size(), limits::kLogWaitingSizeMax + 2 * 64 * 1024);
  EXPECT_NE(text.find(" lines of the log were dropped here"), std::string::npos);
}

TEST_F(LogTest, F2_TheEndDoesNotWaitForALogThatIsNotRead) {
  static Pipe pipe;  // The thread that is blocked writes there until this program ends.
  std::optional<LogQueue> log(pipe.writer());
  for (int i = 0; i < kLines; ++i) log->put(line_of(i));
  log.reset();
}

TEST_F(LogTest, TheEndWritesWhatIsLeft) {
  Pipe pipe;
  std::optional<LogQueue> log(pipe.writer());
  for (int i = 0; i < 100; ++i) log->put(line_of(i));
  log.reset();
  EXPECT_NE(pipe.read_until(line_of(99)).find(line_of(0)), std::string::npos);
}

TEST_F(LogTest, F2_LastWordsDoNotWaitEither) {
  Pipe pipe;
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe.writer(), STDERR_FILENO);
    if (take_standard_error() <= STDERR_FILENO) _exit(1);
    for (int i = 0; i < kLines; ++i) std::fprintf(stderr, "check failed\n");
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(fcntl(pipe.writer(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(LogTest, A14_WhatOthersSaidBeginsNoLineAndSteersNoTerminal) {
  Pipe pipe;
  Log log(pipe.writer());
  spdlog::error("ALARM {}",
                "one\n2026-11-28T12:00:00.000Z info two\r\x1b[2Jthree\u202efour\u2028\xff");
  spdlog::info("last");
  const std::string text = pipe.read_until("last\n");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_NE(text.find(" error ALARM one 2026-11-28T12:00:00.000Z info two<U+000D><U+001B>[2Jthree"
                      "<U+202E>four<U+2028><0xFF>\n"),
            std::string::npos)
      << text;
}

TEST_F(LogTest, A14_ALineIsBounded) {
  Pipe pipe;
  Log log(pipe.writer());
  spdlog::error("{}", std::string(1 << 20, '\x01'));
  spdlog::info("last");
  const std::string text = pipe.read_until("last\n");
  EXPECT_LT(text.find('\n'), limits::kLogLineSizeMax + 100);
}

TEST_F(LogTest, F1_AReaderThatIsGoneIsTrouble) {
  Pipe pipe;
  pipe.close_reader();
  LogQueue log(pipe.writer());
  log.put("to nobody\n");
  EXPECT_EQ(wait_for_trouble(log), "Broken pipe");
}

TEST_F(LogTest, F1_AFullDiskIsTrouble) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  LogQueue log(full);
  log.put("nowhere\n");
  EXPECT_EQ(wait_for_trouble(log), "No space left on device");
}

}  // namespace
}  // namespace hotline
