// hotlined: the service. Each command is a file beside this one.
#include <cerrno>
#include <exception>
#include <iostream>

#include "daemon/commands/commands.h"
#include "protocol/terminal/command_line.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/standard_files.h"

namespace hotline {
namespace {

int run_main(const std::vector<std::string>& words) {
  const std::vector<ServiceCommand> commands = all_commands();
  const Program program = service_program();
  Screen screen;
  screen.out = &std::cout;
  screen.err = &std::cerr;
  const auto perform = [&](size_t index, const Arguments& arguments, Output& output) {
    const int code = commands[index].run(arguments, output);
    // 8 and more are answers about messages and records; whatever starts a service knows them not.
    return code < kExitRefused ? code : kExitFailed;
  };
  return run_program(program, words, screen, perform);
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  if (!hotline::open_standard_files()) return errno;
  try {
    return hotline::run_main({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "hotlined: " << error.what() << "\n";
    return hotline::kExitFailed;
  }
}
