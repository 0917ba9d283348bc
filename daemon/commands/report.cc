// hotlined report: what somebody who helps from elsewhere must know, in one file to be read before
// it is given away. No key, no message, no contact and no argument of a command is in it.
#include <sys/utsname.h>

#include <filesystem>

#include "daemon/commands/commands.h"
#include "daemon/commands/config_rows.h"
#include "daemon/commands/machine_check.h"
#include "daemon/commands/written_check.h"
#include "daemon/process/keys.h"
#include "daemon/process/system_clock.h"
#include "daemon/watch/disk_watch.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/new_file.h"

namespace hotline {
namespace {

std::string report_row(const std::string& key, const std::string& value) {
  return "  " + key + std::string(key.size() < 14 ? 14 - key.size() : 1, ' ') + value + "\n";
}

std::string report_of_machine() {
  std::string text = "program\n" + report_row("version", "hotlined " HOTLINE_VERSION) +
                     report_row("time", format_rfc3339(read_clocks().utc));
  utsname host{};
  if (uname(&host) != 0) return text;
  return text +
         report_row("system", std::string(host.sysname) + " " + host.release + " " + host.machine);
}

std::string report_of_config(const Config& config) {
  std::string text = "\nconfiguration\n";
  for (const auto& [key, value] : config_rows(config, CommandWords::program_alone))
    text += report_row(key, value);
  Policy shared = config.policy;
  shared.contacts.clear();
  return text + "\n" + policy_as_toml(shared);
}

std::string report_of_keys(const Config& config, bool allow_dev_pki) {
  std::string text = "\ncertificates\n";
  const auto keys = ChannelKeys::load(config, allow_dev_pki);
  if (!keys) return text + report_row("not good", keys.error().reason);
  for (const Validity& one : (*keys)->validities()) {
    text += report_row(format_rfc3339(one.not_before) + " to " + format_rfc3339(one.not_after),
                       one.name);
  }
  for (const std::string& end : near_ends(**keys, config, read_clocks().utc))
    text += report_row("note", end);
  return text;
}

std::string report_of_checks(const Config& config) {
  std::string text = "\nchecks\n";
  for (const MachineFindings& findings :
       {look_at_what_is_written(config), look_at_machine(config)}) {
    for (const Error& fault : findings.faults) text += report_row("fault", fault.reason);
    for (const std::string& note : findings.notes) text += report_row("note", note);
  }
  return text;
}

std::string report_of_store(const Config& config) {
  std::string text = "\nstore\n";
  for (const char* end : {"", "-wal"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(config.store_path + end, missing);
    // A store that was closed in order has none beside it.
    if (missing == std::errc::no_such_file_or_directory && *end != '\0') continue;
    text += report_row(missing ? missing.message() : std::to_string(size) + " bytes",
                       config.store_path + end);
  }
  const auto room = free_bytes_at(std::filesystem::path(config.store_path).parent_path());
  return text +
         report_row("free", room ? std::to_string(*room >> 20) + " MiB" : room.error().reason);
}

int service_report(const Arguments& arguments, Output& output) {
  const std::string path = *arguments.get("--output");
  const std::string what = "the report was not written";
  std::string text = report_of_machine();
  // One that cannot be read is what help is wanted for.
  if (const auto config = read_config(*arguments.get("--config")); config) {
    text += report_of_config(*config) + report_of_keys(*config, arguments.has("--allow-dev-pki")) +
            report_of_checks(*config) + report_of_store(*config);
  } else {
    text += "\nconfiguration\n" + report_row("not good", config.error().reason);
  }
  if (Status written = write_new_file(path, text); !written)
    return output.fail(what, written.error());
  output.answer(path +
                    ": written. Read it before you give it away: it has no secret of a key or "
                    "a message, but addresses, and the ids of people.",
                json_document().add("file", path));
  return kExitDone;
}

}  // namespace

ServiceCommand report_command() {
  return {{"report",
           "Write what support must know into one file, without secrets",
           "Version, system, the configuration as it is understood, certificates and their ends, "
           "what config check finds, and the size of the store. No key, no message, no contact and "
           "no argument of a command. The daemon may run or not; it is not asked.",
           {"hotlined report -c hotlined.toml -o report.txt"},
           {config_option(),
            {"-o,--output", "FILE", "a new file; must be given", false, true},
            dev_pki_option(),
            json_option()},
           {}},
          service_report};
}

}  // namespace hotline
