// hotlined config check: reads a configuration all the way through.
#include "daemon/commands/commands.h"
#include "daemon/commands/machine_check.h"
#include "daemon/commands/written_check.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "daemon/process/system_clock.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int config_check(const Arguments& arguments, Output& output) {
  const char* const what = "the configuration is not good";
  const std::string path = *arguments.get("--config");
  const auto config = read_config(path);
  if (!config) return output.fail(what, config.error());
  const auto keys = ChannelKeys::load(*config, arguments.has("--allow-dev-pki"));
  if (!keys) return output.fail(what, keys.error());
  if (Status times = (*keys)->check_times(read_clocks().utc); !times)
    return output.fail(what, times.error());
  for (const std::string& problem : (*keys)->list_problems()) {
    return output.fail(
        what, make_error(ErrorCode::configuration, problem, "get the newest list from the CA"));
  }
  const MachineFindings written = look_at_what_is_written(*config);
  const MachineFindings machine = look_at_machine(*config);
  int code = kExitDone;
  for (const MachineFindings* findings : {&written, &machine}) {
    for (const Error& fault : findings->faults) code = output.fail(what, fault);
  }
  if (code != kExitDone) return code;
  std::vector<std::string> notes = near_ends(**keys, *config, read_clocks().utc);
  for (const MachineFindings* findings : {&written, &machine}) {
    notes.insert(notes.end(), findings->notes.begin(), findings->notes.end());
  }
  for (const std::string& note : notes) output.talk("note: " + note);
  output.answer(path + ": good" + (config->exercise ? ", an EXERCISE. Party " : ". Party ") +
                    config->party + ", peer " + config->peer + " over " +
                    std::to_string(config->peer_addresses.size()) + " paths, " +
                    std::to_string(config->people.size()) + " people, store " + config->store_path +
                    ((*keys)->dev_pki() ? "; DEVELOPMENT CERTIFICATES" : ""),
                json_document()
                    .add("config", path)
                    .add("mode", config->exercise ? "exercise" : "live")
                    .add("party", config->party)
                    .add("peer", config->peer)
                    .add("paths", config->peer_addresses.size())
                    .add("people", config->people.size())
                    .add("store", config->store_path)
                    .add("dev_pki", (*keys)->dev_pki())
                    .add("notes", notes));
  return kExitDone;
}

}  // namespace

ServiceCommand config_check_command() {
  return {{"config check",
           "Read a configuration all the way through",
           "",
           {"hotlined config check -c hotlined.toml"},
           {config_option(), dev_pki_option(), json_option()},
           {}},
          config_check};
}

}  // namespace hotline
