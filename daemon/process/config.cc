#include "daemon/process/config.h"

#include <pwd.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "protocol/base/bytes.h"
#include "protocol/log/origin.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// How many letters must be changed to come from one word to the other: for suggestions.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// Thrown inside this file only; read_config turns it into an Error.
struct ConfigError {
  Error error;
};

// A table that knows which of its keys were asked for, so that the others can be refused.
class Section {
 public:
  Section(const std::string& file, std::string name, const toml::table& table)
      : file_(file), name_(std::move(name)), table_(table) {}

  [[noreturn]] void fail(const toml::node& node, const std::string& reason,
                         const std::string& hint = "") const {
    fail_at(node.source(), reason, hint);
  }

  std::string text(const std::string& key) {
    const toml::node& node = require(key);
    auto value = node.value_exact<std::string>();
    if (!value || value->empty())
      fail(node, full(key) + " must be a text", "write it in double quotes");
    return *value;
  }
  std::optional<std::string> optional_text(const std::string& key) {
    if (find(key) == nullptr) return std::nullopt;
    return text(key);
  }
  std::string path(const std::string& key) {
    std::filesystem::path path = text(key);
    if (path.is_absolute()) return path;
    return (std::filesystem::absolute(file_).parent_path() / path).lexically_normal();
  }
  std::string optional_path(const std::string& key) {
    return find(key) == nullptr ? "" : path(key);
  }
  Endpoint endpoint(const std::string& key) { return parse_endpoint(require(key), text(key)); }
  int64_t duration_ms(const std::string& key) { return parse_duration(require(key), text(key)); }
  void optional_duration_ms(const std::string& key, int64_t& value) {
    if (find(key) != nullptr) value = duration_ms(key);
  }
  void optional_mebibytes(const std::string& key, uint64_t& bytes) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    auto value = node->value_exact<int64_t>();
    if (!value || *value < 0 || *value > 1'000'000)
      fail(*node, full(key) + " must be a number of MiB", "for example 64");
    bytes = static_cast<uint64_t>(*value) << 20;
  }
  std::vector<std::string> texts(const std::string& key) {
    const toml::node& node = require(key);
    const toml::array* array = node.as_array();
    if (array == nullptr)
      fail(node, full(key) + " must be a list of texts", "for example [\"one\", \"two\"]");
    std::vector<std::string> values;
    for (const toml::node& item : *array) {
      auto value = item.value_exact<std::string>();
      if (!value) fail(item, full(key) + " must hold texts only");
      values.push_back(*value);
    }
    return values;
  }
  std::vector<Endpoint> endpoints(const std::string& key) {
    std::vector<Endpoint> values;
    for (const std::string& text : texts(key)) values.push_back(parse_endpoint(require(key), text));
    return values;
  }
  Section section(const std::string& key) {
    const toml::node& node = require(key);
    const toml::table* table = node.as_table();
    if (table == nullptr) fail(node, full(key) + " must be a section", "[" + full(key) + "]");
    return Section(file_, full(key), *table);
  }
  std::optional<Section> optional_section(const std::string& key) {
    if (find(key) == nullptr) return std::nullopt;
    return section(key);
  }
  std::vector<Section> sections(const std::string& key) {
    std::vector<Section> values;
    const toml::node* node = find(key);
    if (node == nullptr) return values;
    const toml::array* array = node->as_array();
    if (array == nullptr)
      fail(*node, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
    for (const toml::node& item : *array) {
      if (!item.is_table())
        fail(item, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
      values.emplace_back(file_, full(key), *item.as_table());
    }
    return values;
  }
  const toml::node& require(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      refuse_misspelt(key);
      fail_at(table_.source(), full(key) + " is missing", "hotlined config example shows it");
    }
    return *node;
  }
  // Call last: whatever was not asked for is a mistake.
  void refuse_others() const {
    for (const auto& [key, node] : table_) {
      std::string name(key.str());
      if (known_.contains(name)) continue;
      std::string nearest;
      for (const std::string& known : known_) {
        if (edit_distance(name, known) <= 2 &&
            (nearest.empty() || edit_distance(name, known) < edit_distance(name, nearest))) {
          nearest = known;
        }
      }
      fail_at(key.source(), "unknown key " + full(name),
              nearest.empty() ? "hotlined config example lists the keys"
                              : "did you mean " + nearest + "?");
    }
  }

 private:
  [[noreturn]] void fail_at(const toml::source_region& where, const std::string& reason,
                            const std::string& hint) const {
    throw ConfigError{make_error(ErrorCode::configuration,
                                 file_ + ":" + std::to_string(where.begin.line) + ":" +
                                     std::to_string(where.begin.column) + ": " + reason,
                                 hint)};
  }
  // A key is missing: perhaps it is there, written wrongly. Short words are too much alike to say.
  void refuse_misspelt(const std::string& missing) const {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (known_.contains(name) || 3 * edit_distance(name, missing) > missing.size()) continue;
      fail_at(key.source(), "unknown key " + full(name), "did you mean " + missing + "?");
    }
  }
  std::string full(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }
  const toml::node* find(const std::string& key) {
    known_.insert(key);
    return table_.get(key);
  }

  Endpoint parse_endpoint(const toml::node& node, const std::string& text) const {
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
    fail(node, "\"" + text + "\" is not an address",
         "write host:port, for example \"192.0.2.7:4711\"");
  }

  int64_t parse_duration(const toml::node& node, const std::string& text) const {
    static const std::vector<std::pair<std::string, int64_t>> kUnits = {
        {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    size_t digits = text.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string::npos && digits <= 9) {
      for (const auto& [unit, ms] : kUnits) {
        if (text.substr(digits) == unit) return std::stoll(text.substr(0, digits)) * ms;
      }
    }
    fail(node, "\"" + text + "\" is not a duration",
         "write a number and ms, s, min, h or d, for example \"30s\"");
  }

  const std::string& file_;
  std::string name_;
  const toml::table& table_;
  std::set<std::string> known_;
};

uint8_t role_of(Section& section, const std::string& word) {
  static const std::vector<std::pair<std::string, wire::Role>> kRoles = {
      {"operator", wire::Role::operator_},
      {"supervisor", wire::Role::supervisor},
      {"auditor", wire::Role::auditor}};
  for (const auto& [name, role] : kRoles) {
    if (name == word) return static_cast<uint8_t>(role);
  }
  section.fail(section.require("roles"), "unknown role \"" + word + "\"",
               "operator, supervisor or auditor");
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

void check_prefix(Section& section, const std::string& prefix) {
  if (is_party_prefix(prefix)) return;
  section.fail(section.require("prefix"), "\"" + prefix + "\" cannot begin a serial",
               "one to three capital letters A to Z, the first not X, which marks an exercise");
}

Config parse(const std::string& path, const toml::table& table) {
  Config config;
  config.path = path;
  Section root(path, "", table);

  Section party = root.section("party");
  config.party = party.text("id");
  config.prefix = party.text("prefix");
  if (!is_party_id(config.party)) {
    party.fail(party.require("id"), "\"" + config.party + "\" is not a party id",
               "lower-case letters, digits and -");
  }
  check_prefix(party, config.prefix);
  party.refuse_others();

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

  Section keys = root.section("keys");
  config.ca = keys.path("ca");
  config.crl = keys.optional_path("crl");
  config.tls = read_pair(keys, "tls");
  config.log = read_pair(keys, "log");
  config.receipt = read_pair(keys, "receipt");
  config.witness = read_pair(keys, "witness");
  keys.refuse_others();

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

  for (Section& person : root.sections("person")) {
    PersonConfig one;
    one.id = person.text("id");
    for (const PersonConfig& other : config.people) {
      if (other.id == one.id)
        person.fail(person.require("id"), one.id + " is listed twice",
                    "one [[person]] for each, with all their roles");
    }
    for (const std::string& role : person.texts("roles"))
      one.roles.push_back(role_of(person, role));
    if (auto user = person.optional_text("unix_user")) {
      const passwd* known = getpwnam(user->c_str());
      if (known == nullptr)
        person.fail(person.require("unix_user"), "no user \"" + *user + "\" on this machine",
                    "getent passwd lists them");
      one.unix_uid = known->pw_uid;
      for (const PersonConfig& other : config.people) {
        if (other.unix_uid == one.unix_uid)
          person.fail(person.require("unix_user"),
                      other.id + " is the user \"" + *user + "\" already",
                      "a user of this machine is one person");
      }
    }
    person.refuse_others();
    config.people.push_back(std::move(one));
  }

  config.policy = default_policy();
  if (auto escalation = root.optional_section("escalation")) {
    for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
      if (auto ladder = escalation->optional_section(precedence_name(p)))
        read_ladder(*ladder, config.policy.at(p));
    }
    escalation->refuse_others();
  }
  if (auto checks = root.optional_section("checks")) {
    LinkPolicy& link = config.policy.link;
    checks->optional_duration_ms("test_call_every", link.test_call_interval_ms);
    checks->optional_duration_ms("test_call_acknowledged", link.test_call_acknowledged_ms);
    checks->optional_duration_ms("channel_check_every", link.channel_check_interval_ms);
    checks->refuse_others();
  }
  root.refuse_others();
  if (Status status = validate(config.policy); !status) {
    Error error = status.error();
    error.reason = path + ": " + error.reason;
    error.code = ErrorCode::configuration;
    throw ConfigError{error};
  }
  return config;
}

}  // namespace

Result<Config> read_config(const std::string& path) {
  try {
    toml::table table = toml::parse_file(path);
    return parse(path, table);
  } catch (const toml::parse_error& error) {
    const auto& where = error.source().begin;
    if (where.line == 0) {
      return make_error(ErrorCode::configuration, path + ": cannot be read",
                        "check the path and its permissions");
    }
    return make_error(ErrorCode::configuration,
                      path + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) +
                          ": " + std::string(error.description()),
                      "mend the TOML of that line");
  } catch (const ConfigError& error) {
    return error.error;
  }
}

std::string example_config(const std::string& party, const std::string& peer) {
  std::string text =
      R"(# hotlined: one party's side of one channel. Paths that are not absolute start from this file's directory.

[party]
id = "PARTY"                 # As in every certificate of this party: hotline://PARTY/tls
prefix = "OURS"                 # Serials: OURS-000123. One to three capitals, not X first; the peer has it too.

[peer]
id = "PEER"
prefix = "THEIRS"
addresses = ["192.0.2.7:4711", "198.51.100.7:4711"]  # Paths to the peer, tried in order; of a name, each address.
# path_check = "60s"                                 # How often those not in use are proved.
ca = "peer/ca.crt"
crl = "peer/ca.crl"                                  # Reloaded by HUP.
log_certificate = "peer/log.crt"
receipt_certificate = "peer/receipt.crt"
witness_certificate = "peer/witness.crt"

[channel]
id = "00112233445566778899aabbccddeeff"  # The same on both sides: openssl rand -hex 16
mode = "live"                            # live or exercise, never both.

[keys]
ca = "ca.crt"
crl = "ca.crl"
tls_certificate = "tls.crt"
tls_key = "tls.key"
log_certificate = "log.crt"
log_key = "log.key"
receipt_certificate = "receipt.crt"
receipt_key = "receipt.key"
witness_certificate = "witness.crt"
witness_key = "witness.key"

[listen]
peer = "0.0.0.0:4711"
client = "127.0.0.1:4712"
# socket = "/run/hotline/PARTY.sock"  # For people on this machine, known by their unix_user below.
# port_file = "ports"        # With port 0: where to write the ports that were taken.

[store]
path = "store/journal.db"    # Made by: hotlined init
# reserve_mib = 64           # Less free on its disk: FLASH, acknowledgements and their like only. The last half takes nothing of the peer.

[[person]]
id = "ann"                   # hotline://PARTY/person/ann
roles = ["operator"]
# unix_user = "ann"          # On the local socket: this user of the machine.

[[person]]
id = "bob"
roles = ["supervisor"]

[[person]]
id = "eve"
roles = ["auditor"]

# Test calls between people, the parties by turns, and checks between the machines, which also cosign each
# other's journals; the same on both sides.
# [checks]
# test_call_every = "1h"
# test_call_acknowledged = "10min"
# channel_check_every = "20min"

# Deadlines and ladders, the same on both sides; what is left out has the default of the field.
# [escalation.flash]
# undelivered_alarm = "4min"
# alarm_again = "30s"
# [[escalation.flash.rung]]
# name = "supervisor"
# after = "3min"
# role = "supervisor"
# [[escalation.flash.rung.command]]     # Local, not agreed. Tried in this order until one ends with status 0. One
# run = ["/usr/local/bin/page", "supervisor"]   # that fails is tried four times, one that cannot start not again.
)";
  // Their first letters; where these are the same, none, or X, A for the smaller id: so both get
  // the same example.
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z' && c != 'x'; };
  std::string ours = party < peer ? "A" : "B";
  std::string theirs = party < peer ? "B" : "A";
  if (is_letter(party[0]) && is_letter(peer[0]) && party[0] != peer[0]) {
    ours = static_cast<char>(party[0] - 'a' + 'A');
    theirs = static_cast<char>(peer[0] - 'a' + 'A');
  }
  for (const auto& [word, value] : {std::pair<std::string, std::string>{"PARTY", party},
                                    {"PEER", peer},
                                    {"OURS", ours},
                                    {"THEIRS", theirs}}) {
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word)) {
      text.replace(at, word.size(), value);
    }
  }
  return text;
}

}  // namespace hotline
