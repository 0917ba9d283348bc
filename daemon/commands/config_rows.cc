#include "daemon/commands/config_rows.h"

#include "protocol/channel/notifier_command.h"
#include "protocol/message/names.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline {
namespace {

std::string joined_words(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text.empty() ? "-" : text;
}

// People called on a rung, and how: a party's own, which no agreement changes.
std::string rung_text(const Rung& rung, CommandWords words) {
  std::string text = rung.name + " after " + duration_as_toml(rung.after_ms);
  if (!rung.role.empty()) text += ", role " + rung.role;
  if (rung.proposes_voice) text += ", voice";
  std::vector<std::string> commands;
  for (const Command& command : rung.commands) commands.push_back(command_text(command, words));
  return text +
         (commands.empty() ? ": nobody is called" : ": " + joined_words(commands, ", else "));
}

}  // namespace

std::string address_text(const Endpoint& one) {
  const bool bare_ipv6 = one.host.find(':') != std::string::npos;
  return (bare_ipv6 ? "[" + one.host + "]" : one.host) + ":" + std::to_string(one.port);
}

std::vector<std::string> role_names(const PersonConfig& person) {
  std::vector<std::string> names;
  for (const uint8_t role : person.roles) names.push_back(role_name(role));
  return names;
}

std::string command_text(const Command& command, CommandWords words) {
  const std::string notifier = notifier_of(command);
  if (!notifier.empty()) return "notifier " + notifier;
  if (words == CommandWords::all) return joined_words(command, " ");
  return command.empty() ? "-" : command.front();
}

std::vector<std::pair<std::string, std::string>> config_rows(const Config& config,
                                                             CommandWords words) {
  std::vector<std::string> addresses, people, notifiers;
  for (const Endpoint& one : config.peer_addresses) addresses.push_back(address_text(one));
  for (const PersonConfig& one : config.people)
    people.push_back(one.id + " (" + joined_words(role_names(one), ", ") + ")");
  for (const NotifierConfig& one : config.notifiers) notifiers.push_back(one.name);
  std::vector<std::pair<std::string, std::string>> rows = {
      {"party", config.party + ", serials " + config.prefix},
      {"peer", config.peer + ", serials " + config.peer_prefix},
      {"mode", config.exercise ? "exercise" : "live"},
      {"paths",
       joined_words(addresses, ", ") + ", checked every " + duration_as_toml(config.path_check_ms)},
      {"listen", "peer " + address_text(config.listen_peer) + ", clients " +
                     address_text(config.listen_client) +
                     (config.client_socket.empty() ? "" : ", " + config.client_socket)},
      {"store", config.store_path + ", reserve " +
                    std::to_string(config.store_reserve_bytes >> 20) + " MiB"},
      {"people", joined_words(people, ", ")},
      {"notifiers", joined_words(notifiers, ", ")}};
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    for (const Rung& rung : config.policy.at(p).rungs)
      rows.emplace_back(precedence_name(p), rung_text(rung, words));
  }
  return rows;
}

}  // namespace hotline
