// hotlined config show: a configuration as it is understood, with all that it leaves out.
#include "daemon/commands/commands.h"
#include "daemon/commands/config_rows.h"
#include "daemon/process/config.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

JsonValue json_rung(const char* precedence, const Rung& rung) {
  JsonValue::Array commands;
  for (const Command& command : rung.commands)
    commands.push_back(command_text(command, CommandWords::all));
  return JsonValue()
      .add("precedence", precedence)
      .add("rung", rung.name)
      .add("after_ms", rung.after_ms)
      .add("role", rung.role)
      .add("proposes_voice", rung.proposes_voice)
      .add("commands", std::move(commands));
}

void print_config(Output& output, const Config& config) {
  for (const auto& [key, value] : config_rows(config, CommandWords::all)) {
    output.line(key + std::string(12 - key.size(), ' ') + value);
  }
  output.line("");
  output.text(policy_as_toml(config.policy));
  output.talk(
      "These numbers are agreement number 1. Once both sides have signed another one, that is in "
      "force instead: hotline agreement show. Roles and commands of rungs stay those above.");
}

JsonValue json_config(const Config& config) {
  JsonValue::Array paths, people, ladder;
  for (const Endpoint& one : config.peer_addresses) paths.push_back(address_text(one));
  for (const PersonConfig& one : config.people)
    people.push_back(JsonValue().add("id", one.id).add("roles", role_names(one)));
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    for (const Rung& rung : config.policy.at(p).rungs)
      ladder.push_back(json_rung(precedence_name(p), rung));
  }
  return json_document()
      .add("config", config.path)
      .add("mode", config.exercise ? "exercise" : "live")
      .add("party", config.party)
      .add("peer", config.peer)
      .add("paths", std::move(paths))
      .add("path_check_ms", config.path_check_ms)
      .add("store", config.store_path)
      .add("store_reserve_bytes", config.store_reserve_bytes)
      .add("people", std::move(people))
      .add("ladder", std::move(ladder))
      .add("agreement_1", policy_as_toml(config.policy));
}

int config_show(const Arguments& arguments, Output& output) {
  const auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail("the configuration is not good", config.error());
  if (output.json()) {
    output.document(json_config(*config));
  } else {
    print_config(output, *config);
  }
  return kExitDone;
}

}  // namespace

ServiceCommand config_show_command() {
  return {{"config show",
           "Show a configuration as it is understood, with the defaults of what it leaves out",
           "Nothing is asked of a running daemon. What it follows, once both sides have signed an "
           "agreement, says hotline agreement show.",
           {"hotlined config show -c hotlined.toml"},
           {config_option(), json_option()},
           {}},
          config_show};
}

}  // namespace hotline
