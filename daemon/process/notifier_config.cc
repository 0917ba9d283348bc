#include "daemon/process/notifier_config.h"

#include <algorithm>
#include <utility>

#include "daemon/process/config_section.h"
#include "daemon/process/notifier_limits.h"
#include "protocol/base/nearest.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {
namespace {

bool is_notifier_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= limits::kRungNameSizeMax &&
         std::all_of(name.begin(), name.end(), fits);
}

NotifierKind notifier_kind(TomlSection& notifier) {
  const std::string kind = notifier.text("kind");
  if (kind == "webhook") return NotifierKind::webhook;
  if (kind == "alertmanager") return NotifierKind::alertmanager;
  notifier.fail(notifier.require("kind"), "unknown kind \"" + kind + "\"",
                "webhook or alertmanager");
}

void check_notifier_mode(TomlSection& notifier, const std::string& name, bool exercise) {
  const std::string mode = notifier.text("mode");
  if (mode != "live" && mode != "exercise")
    notifier.fail(notifier.require("mode"), "unknown mode \"" + mode + "\"", "live or exercise");
  if ((mode == "exercise") == exercise) return;
  notifier.fail(notifier.require("mode"),
                exercise ? name + " is told of what is live, and this channel is an exercise"
                         : name + " is told of exercises, and this channel is live",
                "name here only who is to be told of this channel, with its mode");
}

void check_alertmanager(TomlSection& notifier, const WebAddress& address) {
  if (address.target.find('?') == std::string::npos &&
      address.target.find("/api/") == std::string::npos) {
    return;
  }
  notifier.fail(notifier.require("url"), "the address of an Alertmanager is wanted",
                "without /api/v2/alerts, which is added: \"https://alerts.example:9093\"");
}

void read_web_trust(ConfigSection& notifier, NotifierConfig& one) {
  if (one.address.tls) {
    one.ca = notifier.path("ca");
    one.token = notifier.optional_path("token");
    return;
  }
  for (const char* useless : {"ca", "token"}) {
    if (notifier.has(useless))
      notifier.fail(notifier.require(useless), std::string(useless) + " is for https alone",
                    "leave it out, or give an address with https://");
  }
}

NotifierConfig read_notifier(ConfigSection& notifier, bool exercise,
                             const std::vector<NotifierConfig>& before) {
  NotifierConfig one;
  one.name = notifier.text("name");
  if (!is_notifier_name(one.name))
    notifier.fail(notifier.require("name"), "\"" + one.name + "\" cannot be a notifier's name",
                  "1 to 32 of a-z, 0-9 and -, such as pager");
  for (const NotifierConfig& other : before) {
    if (other.name == one.name)
      notifier.fail(notifier.require("name"), one.name + " is listed twice",
                    "each [[notifier]] has a name of its own");
  }
  one.kind = notifier_kind(notifier);
  check_notifier_mode(notifier, one.name, exercise);
  auto address = parse_web_address(notifier.text("url"));
  if (!address)
    notifier.fail(notifier.require("url"), address.error().reason, address.error().hint);
  one.address = *std::move(address);
  if (one.kind == NotifierKind::alertmanager) check_alertmanager(notifier, one.address);
  read_web_trust(notifier, one);
  notifier.refuse_others();
  return one;
}

}  // namespace

std::vector<NotifierConfig> read_notifiers(TomlSection& root, bool exercise) {
  std::vector<NotifierConfig> notifiers;
  for (TomlSection& section : root.sections("notifier")) {
    if (notifiers.size() == limits::kNotifiersMax)
      root.fail(root.require("notifier"),
                "there are more than " + std::to_string(limits::kNotifiersMax) + " notifiers",
                "have one of them tell the others");
    ConfigSection notifier(std::move(section));
    notifiers.push_back(read_notifier(notifier, exercise, notifiers));
  }
  return notifiers;
}

Status check_named_notifiers(const Policy& policy, const std::vector<NotifierConfig>& notifiers) {
  std::vector<std::string> names;
  for (const NotifierConfig& one : notifiers) names.push_back(one.name);
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    for (const Rung& rung : policy.at(p).rungs) {
      for (const Command& command : rung.commands) {
        const std::string name = notifier_of(command);
        if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string slip = did_you_mean(name, names);
        return make_error(ErrorCode::configuration,
                          std::string("escalation.") + precedence_name(p) + ", rung " + rung.name +
                              ": no [[notifier]] is called \"" + name + "\"",
                          slip.empty() ? "hotlined config example shows one" : slip);
      }
    }
  }
  return ok();
}

}  // namespace hotline
