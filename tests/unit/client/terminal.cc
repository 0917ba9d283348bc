#include "tests/unit/client/terminal.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <streambuf>

#include "client/command_line/command_line.h"
#include "client/commands/commands.h"

namespace hotline::client {
namespace {

// Takes so many lines into another one, then no more.
class FailingBuffer : public std::streambuf {
 public:
  FailingBuffer(std::streambuf& taken, int lines, int error)
      : taken_(taken), lines_(lines), error_(error) {}

 private:
  int overflow(int c) override {
    if (lines_ <= 0) {
      errno = error_;
      return traits_type::eof();
    }
    if (c == '\n') --lines_;
    return taken_.sputc(static_cast<char>(c));
  }

  std::streambuf& taken_;
  int lines_;
  int error_;
};

}  // namespace

Terminal::Terminal() : Terminal(nullptr) {}

Terminal::Terminal(Connector with_connect)
    : utc(*parse_rfc3339("2026-11-22T14:12:07.913Z")), connect_(std::move(with_connect)) {
  std::string pattern = testing::TempDir() + "hotline-client-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  std::ofstream(directory_ + "/config.toml") << "[contexts.north]\nserver = \"unix:north.sock\"\n";
  environment["HOTLINE_CONFIG"] = directory_ + "/config.toml";
  environment["NO_COLOR"] = "1";
}

Terminal::~Terminal() {
  std::filesystem::remove_all(directory_);
}

std::string Terminal::write(const std::string& name, const std::string& content) {
  const std::string path = directory_ + "/" + name;
  std::ofstream(path) << content;
  return path;
}

int Terminal::run(const std::vector<std::string>& words) {
  Surroundings around;
  around.in = &in;
  FailingBuffer failing(*out_.rdbuf(), out_lines, out_error);
  std::ostream failing_out(&failing);
  around.out = out_error == 0 ? static_cast<std::ostream*>(&out_) : &failing_out;
  around.err = &err_;
  around.in_is_terminal = is_terminal;
  around.out_is_terminal = is_terminal;
  around.out_columns = columns;
  around.err_is_terminal = is_terminal;
  around.environment = [this](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  around.now = [this] { return utc; };
  around.steady_ms = [this] { return steady_ms; };
  around.set_last_words = [this](std::string said) { last_words = std::move(said); };
  around.connect = connect_;
  around.pause = [this](int64_t pause_ms) { paused_ms += pause_ms; };
  last_words.clear();
  out_.str("");
  err_.str("");
  return run_command_line(words, all_commands(), around);
}

}  // namespace hotline::client
