// hotlined config show: a configuration as it is understood, with all that it leaves out.
#include "daemon/commands/commands.h"
#include "daemon/process/config.h"
#include "protocol/channel/notifier_command.h"
#include "protocol/message/names.h"
#include "protocol/policy_file/policy_file.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

std::string address_text(const Endpoint& one) {
  const bool bare_ipv6 = one.host.find(':') != std::string::npos;
  return (bare_ipv6 ? "[" + one.host + "]" : one.host) + ":" + std::to_string(one.port);
}

std::string joined_words(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text.empty() ? "-" : text;
}

std::vector<std::string> role_names(const PersonConfig& person) {
  std::vector<std::string> names;
  for (const uint8_t role : person.roles) names.push_back(role_name(role));
  return names;
}

std::string command_text(const Command& command) {
  const std::string notifier = notifier_of(command);
  return notifier.empty() ? joined_words(command, " ") : "notifier " + notifier;
}

// Who is called on a rung, and how: a party's own, which no agreement changes.
std::string rung_text(const Rung& rung) {
  std::string text = rung.name + " after " + duration_as_toml(rung.after_ms);
  if (!rung.role.empty()) text += ", role " + rung.role;
  if (rung.proposes_voice) text += ", voice";
  std::vector<std::string> commands;
  for (const Command& command : rung.commands) commands.push_back(command_text(command));
  return text +
         (commands.empty() ? ": nobody is called" : ": " + joined_words(commands, ", else "));
}

JsonValue json_rung(const char* precedence, const Rung& rung) {
  JsonValue::Array commands;
  for (const Command& command : rung.commands) commands.push_back(command_text(command));
  return JsonValue()
      .add("precedence", precedence)
      .add("rung", rung.name)
      .add("after_ms", rung.after_ms)
      .add("role", rung.role)
      .add("proposes_voice", rung.proposes_voice)
      .add("commands", std::move(commands));
}

void print_config(Output& output, const Config& config) {
  const auto row = [&output](const std::string& key, const std::string& value) {
    output.line(key + std::string(12 - key.size(), ' ') + value);
  };
  std::vector<std::string> addresses, people, notifiers;
  for (const Endpoint& one : config.peer_addresses) addresses.push_back(address_text(one));
  for (const PersonConfig& one : config.people)
    people.push_back(one.id + " (" + joined_words(role_names(one), ", ") + ")");
  for (const NotifierConfig& one : config.notifiers) notifiers.push_back(one.name);
  row("party", config.party + ", serials " + config.prefix);
  row("peer", config.peer + ", serials " + config.peer_prefix);
  row("mode", config.exercise ? "exercise" : "live");
  row("paths",
      joined_words(addresses, ", ") + ", checked every " + duration_as_toml(config.path_check_ms));
  row("listen", "peer " + address_text(config.listen_peer) + ", clients " +
                    address_text(config.listen_client) +
                    (config.client_socket.empty() ? "" : ", " + config.client_socket));
  row("store",
      config.store_path + ", reserve " + std::to_string(config.store_reserve_bytes >> 20) + " MiB");
  row("people", joined_words(people, ", "));
  row("notifiers", joined_words(notifiers, ", "));
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    for (const Rung& rung : config.policy.at(p).rungs) row(precedence_name(p), rung_text(rung));
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
