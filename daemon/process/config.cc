#include "daemon/process/config.h"

#include <pwd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>

#include "protocol/base/bytes.h"
#include "protocol/base/nearest.h"
#include "protocol/log/origin.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/quantity.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/toml_file.h"

namespace hotline {
namespace {

// Thrown inside this file only; read_config turns it into an Error.
struct ConfigError {
  Error error;
};

// A table that knows which of its keys were asked for, so that the others can be refused.
class Section {
 public:
  Section(const TomlFile& file, std::string name, const TomlValue& table)
      : file_(file), name_(std::move(name)), table_(table) {}

  [[noreturn]] void fail(const TomlValue& value, const std::string& reason,
                         const std::string& hint = "") const {
    throw ConfigError{file_.error(value.at, reason, hint)};
  }

  std::string text(const std::string& key) {
    const TomlValue& value = require(key);
    if (value.kind != TomlValue::Kind::text || value.text.empty())
      fail(value, full(key) + " must be a text", "write it in double quotes");
    return value.text;
  }
  std::optional<std::string> optional_text(const std::string& key) {
    if (find(key) == nullptr) return std::nullopt;
    return text(key);
  }
  std::string path(const std::string& key) {
    std::filesystem::path path = text(key);
    if (path.is_absolute()) return path;
    return (std::filesystem::absolute(file_.name).parent_path() / path).lexically_normal();
  }
  std::string optional_path(const std::string& key) {
    return find(key) == nullptr ? "" : path(key);
  }
  Endpoint endpoint(const std::string& key) { return parse_endpoint(require(key), text(key)); }
  int64_t duration_ms(const std::string& key) { return parse_duration(require(key), text(key)); }
  void optional_duration_ms(const std::string& key, int64_t& value) {
    if (find(key) != nullptr) value = duration_ms(key);
  }
  void optional_metres(const std::string& key, int64_t& metres) {
    if (find(key) == nullptr) return;
    const auto read = parse_distance_m(text(key));
    if (!read) fail(require(key), full(key) + ": " + read.error().reason, read.error().hint);
    metres = *read;
  }
  void optional_mebibytes(const std::string& key, uint64_t& bytes) {
    const TomlValue* value = find(key);
    if (value == nullptr) return;
    if (value->kind != TomlValue::Kind::integer || value->integer < 0 || value->integer > 1'000'000)
      fail(*value, full(key) + " must be a number of MiB", "for example 64");
    bytes = static_cast<uint64_t>(value->integer) << 20;
  }
  void optional_flag(const std::string& key, bool& flag) {
    const TomlValue* value = find(key);
    if (value == nullptr) return;
    if (value->kind != TomlValue::Kind::boolean)
      fail(*value, full(key) + " must be true or false", "without quotes");
    flag = value->boolean;
  }
  std::vector<std::string> texts(const std::string& key) {
    const TomlValue& list = require(key);
    if (list.kind != TomlValue::Kind::list)
      fail(list, full(key) + " must be a list of texts", "for example [\"one\", \"two\"]");
    std::vector<std::string> values;
    for (const TomlValue& item : list.items) {
      if (item.kind != TomlValue::Kind::text) fail(item, full(key) + " must hold texts only");
      values.push_back(item.text);
    }
    return values;
  }
  std::vector<Endpoint> endpoints(const std::string& key) {
    std::vector<Endpoint> values;
    for (const std::string& text : texts(key)) values.push_back(parse_endpoint(require(key), text));
    return values;
  }
  Section section(const std::string& key) {
    const TomlValue& table = require(key);
    if (table.kind != TomlValue::Kind::table)
      fail(table, full(key) + " must be a section", "[" + full(key) + "]");
    return Section(file_, full(key), table);
  }
  std::optional<Section> optional_section(const std::string& key) {
    if (find(key) == nullptr) return std::nullopt;
    return section(key);
  }
  std::vector<Section> sections(const std::string& key) {
    std::vector<Section> values;
    const TomlValue* list = find(key);
    if (list == nullptr) return values;
    if (list->kind != TomlValue::Kind::list)
      fail(*list, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
    for (const TomlValue& item : list->items) {
      if (item.kind != TomlValue::Kind::table)
        fail(item, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
      values.emplace_back(file_, full(key), item);
    }
    return values;
  }
  const TomlValue& require(const std::string& key) {
    const TomlValue* value = find(key);
    if (value == nullptr) {
      refuse_misspelt(key);
      fail(table_, full(key) + " is missing", "hotlined config example shows it");
    }
    return *value;
  }
  // Call last: whatever was not asked for is a mistake.
  void refuse_others() const {
    const std::vector<std::string> known(known_.begin(), known_.end());
    for (const auto& [key, value] : table_.members) {
      if (known_.contains(key)) continue;
      const std::string guess = did_you_mean(key, known);
      refuse(key, value, guess.empty() ? "hotlined config example lists the keys" : guess);
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& key, const TomlValue& value,
                           const std::string& hint) const {
    throw ConfigError{file_.error(value.named_at, "unknown key " + full(key), hint)};
  }
  // A key is missing: perhaps it is there, written wrongly.
  void refuse_misspelt(const std::string& missing) const {
    for (const auto& [key, value] : table_.members) {
      if (known_.contains(key)) continue;
      const std::string guess = did_you_mean(key, std::array{missing});
      if (!guess.empty()) refuse(key, value, guess);
    }
  }
  std::string full(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }
  const TomlValue* find(const std::string& key) {
    known_.insert(key);
    return table_.find(key);
  }

  Endpoint parse_endpoint(const TomlValue& value, const std::string& text) const {
    size_t colon = text.rfind(':');
    if (colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
        text.size() - colon <= 6) {
      uint32_t port = 0;
      bool digits = true;
      for (char c : text.substr(colon + 1)) {
        digits = digits && c >= '0' && c <= '9';
        port = port * 10 + static_cast<uint32_t>(c - '0');
      }
      std::string host = text.substr(0, colon);
      if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
      if (digits && port <= 65535) return {host, static_cast<uint16_t>(port)};
    }
    fail(value, "\"" + text + "\" is not an address",
         "write host:port, for example \"192.0.2.7:4711\"");
  }

  int64_t parse_duration(const TomlValue& value, const std::string& text) const {
    static const std::vector<std::pair<std::string, int64_t>> kUnits = {
        {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    size_t digits = text.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string::npos && digits <= 9) {
      for (const auto& [unit, ms] : kUnits) {
        if (text.substr(digits) == unit) return std::stoll(text.substr(0, digits)) * ms;
      }
    }
    fail(value, "\"" + text + "\" is not a duration",
         "write a number and ms, s, min, h or d, for example \"30s\"");
  }

  const TomlFile& file_;
  std::string name_;
  const TomlValue& table_;
  std::set<std::string> known_;
};

uint8_t role_of(Section& section, const std::string& word) {
  static const std::vector<std::pair<std::string, wire::Role>> kRoles = {
      {"operator", wire::Role::operator_},
      {"releaser", wire::Role::releaser},
      {"supervisor", wire::Role::supervisor},
      {"monitor", wire::Role::monitor},
      {"auditor", wire::Role::auditor}};
  for (const auto& [name, role] : kRoles) {
    if (name == word) return static_cast<uint8_t>(role);
  }
  section.fail(section.require("roles"), "unknown role \"" + word + "\"",
               "operator, releaser, supervisor, monitor or auditor");
}

CertificateFiles read_pair(Section& keys, const std::string& name) {
  return {keys.path(name + "_certificate"), keys.path(name + "_key")};
}

void read_ladder(Section& section, PrecedencePolicy& policy) {
  section.optional_duration_ms("next_path", policy.next_path_ms);
  section.optional_duration_ms("undelivered_alarm", policy.undelivered_alarm_ms);
  section.optional_duration_ms("alarm_again", policy.alarm_again_ms);
  section.optional_duration_ms("dissemination_due", policy.dissemination_due_ms);
  section.optional_duration_ms("first_answer_due", policy.first_answer_due_ms);
  section.optional_duration_ms("full_answer_due", policy.full_answer_due_ms);
  std::vector<Section> rungs = section.sections("rung");
  if (!rungs.empty()) policy.rungs.clear();
  for (Section& one : rungs) {
    Rung rung;
    rung.name = one.text("name");
    rung.after_ms = one.duration_ms("after");
    rung.proposes_voice = one.optional_text("propose").value_or("") == "voice";
    rung.role = one.optional_text("role").value_or("");
    for (Section& command : one.sections("command")) {
      rung.commands.push_back(command.texts("run"));
      command.refuse_others();
    }
    one.refuse_others();
    policy.rungs.push_back(std::move(rung));
  }
  section.refuse_others();
}

// Without the section, as the field has it: FLASH is released by two.
void read_release(Section& root, TwoPersonRule& rule) {
  auto release = root.optional_section("release");
  if (!release) {
    rule.precedences.front() = true;
    return;
  }
  for (const std::string& name : release->texts("two_person")) {
    const Status added = rule.add(name);
    if (!added) {
      release->fail(release->require("two_person"), added.error().reason, added.error().hint);
    }
  }
  release->optional_flag("one_person_for_life", rule.one_for_life);
  release->refuse_others();
}

void check_prefix(Section& section, const std::string& prefix) {
  if (is_party_prefix(prefix)) return;
  section.fail(section.require("prefix"), "\"" + prefix + "\" cannot begin a serial",
               "one to three capital letters A to Z, the first not X, which marks an exercise");
}

void read_party(Section& root, Config& config) {
  Section party = root.section("party");
  config.party = party.text("id");
  config.prefix = party.text("prefix");
  if (!is_party_id(config.party)) {
    party.fail(party.require("id"), "\"" + config.party + "\" is not a party id",
               "lower-case letters, digits and -");
  }
  check_prefix(party, config.prefix);
  party.refuse_others();
}

void read_peer(Section& root, Config& config) {
  Section peer = root.section("peer");
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

void read_channel(Section& root, Config& config) {
  Section channel = root.section("channel");
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
  channel.refuse_others();
  config.prefix = serial_prefix(config.prefix, config.exercise);
  config.peer_prefix = serial_prefix(config.peer_prefix, config.exercise);
}

void read_keys(Section& root, Config& config) {
  Section keys = root.section("keys");
  config.ca = keys.path("ca");
  config.crl = keys.optional_path("crl");
  config.tls = read_pair(keys, "tls");
  config.log = read_pair(keys, "log");
  config.receipt = read_pair(keys, "receipt");
  config.witness = read_pair(keys, "witness");
  keys.refuse_others();
}

void read_places(Section& root, Config& config) {
  Section listen = root.section("listen");
  config.listen_peer = listen.endpoint("peer");
  config.listen_client = listen.endpoint("client");
  config.client_socket = listen.optional_path("socket");
  config.port_file = listen.optional_path("port_file");
  listen.refuse_others();

  Section store = root.section("store");
  config.store_path = store.path("path");
  store.optional_mebibytes("reserve_mib", config.store_reserve_bytes);
  store.refuse_others();
}

void read_unix_user(Section& person, const std::vector<PersonConfig>& before, PersonConfig& one) {
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

PersonConfig read_person(Section& person, const std::vector<PersonConfig>& before) {
  PersonConfig one;
  one.id = person.text("id");
  for (const PersonConfig& other : before) {
    if (other.id == one.id)
      person.fail(person.require("id"), one.id + " is listed twice",
                  "one [[person]] for each, with all their roles");
  }
  for (const std::string& role : person.texts("roles")) one.roles.push_back(role_of(person, role));
  read_unix_user(person, before, one);
  person.refuse_others();
  return one;
}

void read_policy(Section& root, Policy& policy) {
  policy = default_policy();
  if (auto escalation = root.optional_section("escalation")) {
    for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
      if (auto ladder = escalation->optional_section(precedence_name(p)))
        read_ladder(*ladder, policy.at(p));
    }
    escalation->refuse_others();
  }
  if (auto checks = root.optional_section("checks")) {
    LinkPolicy& link = policy.link;
    checks->optional_duration_ms("test_call_every", link.test_call_interval_ms);
    checks->optional_duration_ms("test_call_acknowledged", link.test_call_acknowledged_ms);
    checks->optional_duration_ms("channel_check_every", link.channel_check_interval_ms);
    checks->refuse_others();
  }
  if (auto separation = root.optional_section("separation")) {
    Separation& apart = policy.separation;
    separation->optional_metres("horizontal", apart.horizontal_m);
    separation->optional_metres("vertical", apart.vertical_m);
    int64_t time_ms = apart.time_s * 1000;
    separation->optional_duration_ms("time", time_ms);
    apart.time_s = time_ms / 1000;
    separation->refuse_others();
  }
  read_release(root, policy.two_person);
}

Config parse(const TomlFile& file) {
  Config config;
  config.path = file.name;
  Section root(file, "", file.root);
  read_party(root, config);
  read_peer(root, config);
  read_channel(root, config);
  read_keys(root, config);
  read_places(root, config);
  for (Section& person : root.sections("person")) {
    config.people.push_back(read_person(person, config.people));
  }
  read_policy(root, config.policy);
  root.refuse_others();
  if (Status status = validate(config.policy); !status) {
    Error error = status.error();
    error.reason = file.name + ": " + error.reason;
    error.code = ErrorCode::configuration;
    throw ConfigError{error};
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
  } catch (const ConfigError& error) {
    return error.error;
  }
}

}  // namespace hotline
