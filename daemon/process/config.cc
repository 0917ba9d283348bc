#include "daemon/process/config.h"

#include <pwd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>

#include "daemon/process/config_section.h"
#include "protocol/base/bytes.h"
#include "protocol/log/origin.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/serial.h"
#include "protocol/policy_file/policy_file.h"

namespace hotline {
namespace {

uint8_t role_of(TomlSection& section, const std::string& word, bool exercise) {
  static const std::vector<std::pair<std::string, wire::Role>> kRoles = {
      {"operator", wire::Role::operator_},    {"releaser", wire::Role::releaser},
      {"supervisor", wire::Role::supervisor}, {"monitor", wire::Role::monitor},
      {"director", wire::Role::director},     {"auditor", wire::Role::auditor}};
  if (word == "director" && !exercise) {
    section.fail(section.require("roles"), "a live channel has no director of exercises",
                 "leave the role out here; an exercise's daemon has a configuration of its own");
  }
  for (const auto& [name, role] : kRoles) {
    if (name == word) return static_cast<uint8_t>(role);
  }
  section.fail(section.require("roles"), "unknown role \"" + word + "\"",
               exercise ? "operator, releaser, supervisor, monitor, director or auditor"
                        : "operator, releaser, supervisor, monitor or auditor");
}

CertificateFiles read_pair(ConfigSection& keys, const std::string& name) {
  return {keys.path(name + "_certificate"), keys.path(name + "_key")};
}

void check_prefix(TomlSection& section, const std::string& prefix) {
  if (is_party_prefix(prefix)) return;
  section.fail(section.require("prefix"), "\"" + prefix + "\" cannot begin a serial",
               "one to three capital letters A to Z, the first not X, which marks an exercise");
}

void read_party(TomlSection& root, Config& config) {
  TomlSection party = root.section("party");
  config.party = party.text("id");
  config.prefix = party.text("prefix");
  if (!is_party_id(config.party)) {
    party.fail(party.require("id"), "\"" + config.party + "\" is not a party id",
               "lower-case letters, digits and -");
  }
  check_prefix(party, config.prefix);
  party.refuse_others();
}

void read_peer(ConfigSection& root, Config& config) {
  ConfigSection peer(root.section("peer"));
  config.peer = peer.text("id");
  config.peer_prefix = peer.text("prefix");
  if (!is_party_id(config.peer) || config.peer == config.party) {
    peer.fail(peer.require("id"), "\"" + config.peer + "\" cannot be the peer's id",
              "lower-case letters, digits and -, and not the own id");
  }
  check_prefix(peer, config.peer_prefix);
  if (config.prefix == config.peer_prefix) {
    peer.fail(peer.require("prefix"), "both parties have the prefix " + config.prefix,
              "serials would be confused");
  }
  config.peer_addresses = peer.endpoints("addresses");
  peer.optional_duration_ms("path_check", config.path_check_ms);
  if (config.path_check_ms <= 0) {
    peer.fail(peer.require("path_check"), "paths cannot be checked all the time",
              "for example \"60s\"");
  }
  config.peer_ca = peer.path("ca");
  config.peer_crl = peer.optional_path("crl");
  config.peer_log_certificate = peer.path("log_certificate");
  config.peer_receipt_certificate = peer.path("receipt_certificate");
  config.peer_witness_certificate = peer.path("witness_certificate");
  peer.refuse_others();
}

// An exercise may play that this machine's clock is wrong; nothing that is live may.
void read_clock(TomlSection& channel, Config& config) {
  int64_t ahead_ms = 0, slow_ms = 0;
  channel.optional_duration_ms("clock_ahead", ahead_ms);
  channel.optional_duration_ms("clock_slow", slow_ms);
  for (const char* key : {"clock_ahead", "clock_slow"}) {
    if (config.exercise || !channel.has(key)) continue;
    channel.fail(channel.require(key), "a live channel has the right time, and no other",
                 "leave it out: only mode = \"exercise\" may play with a wrong clock");
  }
  config.clock_ahead_ms = ahead_ms - slow_ms;
}

void read_channel(TomlSection& root, Config& config) {
  TomlSection channel = root.section("channel");
  std::string id = channel.text("id");
  auto bytes = from_hex(id);
  if (!bytes || bytes->size() != config.channel.size()) {
    channel.fail(channel.require("id"), "the channel's id must be 32 hex digits",
                 "openssl rand -hex 16");
  }
  std::copy(bytes->begin(), bytes->end(), config.channel.begin());
  std::string mode = channel.text("mode");
  if (mode != "live" && mode != "exercise") {
    channel.fail(channel.require("mode"), "unknown mode \"" + mode + "\"", "live or exercise");
  }
  config.exercise = mode == "exercise";
  read_clock(channel, config);
  channel.refuse_others();
  config.prefix = serial_prefix(config.prefix, config.exercise);
  config.peer_prefix = serial_prefix(config.peer_prefix, config.exercise);
}

void read_keys(ConfigSection& root, Config& config) {
  ConfigSection keys(root.section("keys"));
  config.ca = keys.path("ca");
  config.crl = keys.optional_path("crl");
  config.tls = read_pair(keys, "tls");
  config.log = read_pair(keys, "log");
  config.receipt = read_pair(keys, "receipt");
  config.witness = read_pair(keys, "witness");
  keys.refuse_others();
}

void read_places(ConfigSection& root, Config& config) {
  ConfigSection listen(root.section("listen"));
  config.listen_peer = listen.endpoint("peer");
  config.listen_client = listen.endpoint("client");
  config.client_socket = listen.optional_path("socket");
  config.port_file = listen.optional_path("port_file");
  listen.refuse_others();

  ConfigSection store(root.section("store"));
  config.store_path = store.path("path");
  store.optional_mebibytes("reserve_mib", config.store_reserve_bytes);
  store.refuse_others();
}

void read_unix_user(TomlSection& person, const std::vector<PersonConfig>& before,
                    PersonConfig& one) {
  const auto user = person.optional_text("unix_user");
  if (!user) return;
  const passwd* known = getpwnam(user->c_str());
  if (known == nullptr)
    person.fail(person.require("unix_user"), "no user \"" + *user + "\" on this machine",
                "getent passwd lists them");
  one.unix_uid = known->pw_uid;
  for (const PersonConfig& other : before) {
    if (other.unix_uid == one.unix_uid)
      person.fail(person.require("unix_user"), other.id + " is the user \"" + *user + "\" already",
                  "a user of this machine is one person");
  }
}

PersonConfig read_person(TomlSection& person, const std::vector<PersonConfig>& before,
                         bool exercise) {
  PersonConfig one;
  one.id = person.text("id");
  for (const PersonConfig& other : before) {
    if (other.id == one.id)
      person.fail(person.require("id"), one.id + " is listed twice",
                  "one [[person]] for each, with all their roles");
  }
  for (const std::string& role : person.texts("roles")) {
    one.roles.push_back(role_of(person, role, exercise));
  }
  read_unix_user(person, before, one);
  person.refuse_others();
  return one;
}

Config parse(const TomlFile& file) {
  Config config;
  config.path = file.name;
  ConfigSection root(file, "", file.root);
  read_party(root, config);
  read_peer(root, config);
  read_channel(root, config);
  read_keys(root, config);
  read_places(root, config);
  for (TomlSection& person : root.sections("person")) {
    config.people.push_back(read_person(person, config.people, config.exercise));
  }
  config.notifiers = read_notifiers(root, config.exercise);
  config.policy = read_policy(root);
  root.refuse_others();
  Status status = validate(config.policy);
  if (status) status = check_named_notifiers(config.policy, config.notifiers);
  if (!status) {
    Error error = status.error();
    error.reason = file.name + ": " + error.reason;
    error.code = ErrorCode::configuration;
    throw TomlFault{error};
  }
  return config;
}

}  // namespace

Result<Config> read_config(const std::string& path) {
  const auto file = read_toml_file(path);
  if (!file) {
    const bool is_read = !file.error().reason.starts_with(path + ": ");
    return make_error(
        ErrorCode::configuration, file.error().reason,
        is_read ? "mend the TOML of that line" : "check the path and its permissions");
  }
  try {
    return parse(*file);
  } catch (const TomlFault& fault) {
    return fault.error;
  }
}

}  // namespace hotline
