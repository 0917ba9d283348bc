#include "daemon/watch/command_watch.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/channel/notifier_command.h"

namespace hotline {

// As the notifier starts it: by its path, from the root directory.
std::string command_fault(const std::string& program) {
  struct stat found {};
  if (!program.starts_with("/")) return "must be a whole path, from / on";
  if (stat(program.c_str(), &found) != 0) return std::strerror(errno);
  if (!S_ISREG(found.st_mode) || access(program.c_str(), X_OK) != 0) return "cannot be executed";
  return "";
}

std::map<std::string, std::string> missing_commands(const Policy& policy) {
  std::map<std::string, std::string> missing;
  for (const PrecedencePolicy& precedence : policy.precedences) {
    for (const Rung& rung : precedence.rungs) {
      for (const Command& command : rung.commands) {
        if (!notifier_of(command).empty()) continue;
        const std::string program = command.empty() ? "" : command.front();
        const std::string fault = command_fault(program);
        if (fault.empty()) continue;
        missing[program] = "the command " + program + " of a rung cannot be started (" + fault +
                           "): it would tell nobody; mend it";
      }
    }
  }
  return missing;
}

}  // namespace hotline
