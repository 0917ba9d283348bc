// hotline: the program for people. Everything but the operating system is behind run_command_line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "client/command_line/command_line.h"
#include "client/commands/commands.h"
#include "protocol/terminal/last_words.h"
#include "protocol/terminal/standard_files.h"

int main(int argc, char** argv) {
  using namespace hotline::client;
  if (!hotline::open_standard_files()) return errno;
  std::signal(SIGPIPE, SIG_IGN);  // A closed connection is an error to report, not a reason to die.

  Surroundings around;
  around.in = &std::cin;
  around.out = &std::cout;
  around.err = &std::cerr;
  around.in_is_terminal = isatty(STDIN_FILENO) == 1;
  around.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  around.err_is_terminal = isatty(STDERR_FILENO) == 1;
  for (const int file : {STDERR_FILENO, STDOUT_FILENO}) {  // The second where both are terminals.
    winsize size{};
    if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) around.out_columns = size.ws_col;
  }
  around.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  around.now = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  around.steady_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  around.set_last_words = hotline::set_last_words;
  around.connect = [&around](const Context& context) {
    return connect_to_daemon(context, around.now);
  };
  around.pause = [](int64_t pause_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  };
  std::error_code unreadable;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  if (!unreadable) around.program_directory = executable.parent_path().string();

  return run_command_line({argv + 1, argv + argc}, all_commands(), around);
}
