#include "daemon/commands/machine_check.h"

#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "daemon/notify/https_post.h"
#include "daemon/watch/command_watch.h"
#include "daemon/watch/disk_watch.h"
#include "protocol/channel/notifier_command.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

bool is_directory(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// `hotlined init` makes the last step of the path.
void look_at_store(const Config& config, MachineFindings& findings) {
  const std::filesystem::path store = config.store_path;
  if (is_directory(config.store_path)) {
    findings.faults.push_back(make_error(
        ErrorCode::configuration, config.store_path + " is a directory, and the store is a file",
        "path = \"" + (store / "journal.db").lexically_normal().string() + "\" in [store]"));
    return;
  }
  std::string directory = store.parent_path();
  if (!is_directory(directory)) directory = store.parent_path().parent_path();
  if (!is_directory(directory)) {
    findings.faults.push_back(make_error(ErrorCode::configuration,
                                         config.store_path + ": there is no directory " + directory,
                                         "mkdir -m 700 -p " + store.parent_path().string()));
    return;
  }
  if (access(directory.c_str(), W_OK | X_OK) != 0) {
    findings.faults.push_back(make_error(
        ErrorCode::configuration, directory + ": " + std::strerror(errno),
        "the store's directory must be writable for the user that runs hotlined: ls -ld " +
            directory));
  }
  if (access(config.store_path.c_str(), F_OK) != 0)
    findings.notes.push_back("there is no store yet: hotlined init -c " + config.path);
  const auto room = free_bytes_at(directory);
  if (room && *room < config.store_reserve_bytes) {
    findings.faults.push_back(
        make_error(ErrorCode::configuration,
                   directory + ": " + std::to_string(*room >> 20) +
                       " MiB are free on its disk, less than the " +
                       std::to_string(config.store_reserve_bytes >> 20) +
                       " MiB kept for what cannot wait: the peer could send FLASH only",
                   "df -h " + directory));
  }
}

void look_at_command(const std::string& rung, const std::vector<std::string>& command,
                     MachineFindings& findings) {
  if (!notifier_of(command).empty()) return;
  const std::string program = command.empty() ? "" : command.front();
  const std::string reason = command_fault(program);
  if (reason.empty()) return;
  findings.faults.push_back(
      make_error(ErrorCode::configuration, rung + ": its command \"" + program + "\": " + reason,
                 "nobody would be told; mend run in its [[...rung.command]]"));
}

bool is_told(const Policy& policy, const std::string& notifier) {
  for (const PrecedencePolicy& precedence : policy.precedences) {
    for (const Rung& rung : precedence.rungs) {
      for (const Command& command : rung.commands) {
        if (notifier_of(command) == notifier) return true;
      }
    }
  }
  return false;
}

void look_at_notifiers(const Config& config, MachineFindings& findings) {
  for (const NotifierConfig& one : config.notifiers) {
    if (is_told(config.policy, one.name)) continue;
    findings.notes.push_back("notifier " + one.name +
                             " is told nothing: no rung has it as notifier = \"" + one.name +
                             "\" in a command");
  }
  if (const auto endpoints = open_web_endpoints(config.notifiers); !endpoints)
    findings.faults.push_back(endpoints.error());
}

// A channel can be set up without any of these, and then tells nobody.
void look_at_people(const Config& config, MachineFindings& findings) {
  std::string silent;
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    const std::vector<Rung>& rungs = config.policy.at(p).rungs;
    const bool calls = std::any_of(rungs.begin(), rungs.end(),
                                   [](const Rung& rung) { return !rung.commands.empty(); });
    if (!calls) {
      silent += (silent.empty() ? "" : ", ") + upper_case(precedence_name(p));
      continue;
    }
    for (const Rung& rung : rungs) {
      if (!rung.commands.empty()) continue;
      findings.notes.push_back("rung " + rung.name + " of " + upper_case(precedence_name(p)) +
                               " calls nobody: no command is configured for it");
    }
  }
  if (!silent.empty()) {
    findings.notes.push_back(
        silent +
        " that nobody acknowledges: NOBODY IS CALLED. No command is configured in "
        "[escalation], and only consoles that watch will sound");
  }
  const auto somebody_may = [&](Right right) {
    return std::any_of(config.people.begin(), config.people.end(),
                       [&](const PersonConfig& one) { return may(one.roles, right); });
  };
  if (!somebody_may(Right::send))
    findings.notes.push_back("nobody can send or acknowledge: no [[person]] is an operator");
  if (!somebody_may(Right::take_flood))
    findings.notes.push_back(
        "nobody can take a flood as one or confirm a recovery: no [[person]] is a "
        "supervisor");
}

// A watch on which nobody is the second of two could not send a FLASH.
void look_at_release(const Config& config, MachineFindings& findings) {
  std::string asked;
  for (const std::string& name : config.policy.two_person.names()) {
    asked += (asked.empty() ? "" : ", ") + name;
  }
  if (asked.empty()) return;
  for (const PersonConfig& writer : config.people) {
    if (!may(writer.roles, Right::draft)) continue;
    for (const PersonConfig& second : config.people) {
      if (second.id != writer.id && may(second.roles, Right::release)) return;
    }
  }
  findings.notes.push_back("nobody can send what two people release (" + asked +
                           "): one [[person]] must be an operator, and another one a releaser or "
                           "a supervisor");
}

void look_at_clock(MachineFindings& findings) {
  timex clock{};
  if (adjtimex(&clock) == TIME_ERROR && (clock.status & STA_UNSYNC) != 0)
    findings.notes.push_back("nothing keeps this host's clock right: timedatectl");
}

}  // namespace

MachineFindings look_at_machine(const Config& config) {
  MachineFindings findings;
  look_at_store(config, findings);
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    for (const Rung& rung : config.policy.at(p).rungs) {
      for (const auto& command : rung.commands) {
        look_at_command(std::string("escalation.") + precedence_name(p) + ", rung " + rung.name,
                        command, findings);
      }
    }
  }
  look_at_notifiers(config, findings);
  look_at_people(config, findings);
  look_at_release(config, findings);
  look_at_clock(findings);
  return findings;
}

}  // namespace hotline
