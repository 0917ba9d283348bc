#include "protocol/policy_file/policy_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"
#include "protocol/channel/notifier_command.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

// Roles and commands are a party's own: only its configuration has them.
enum class Whose : bool { party, both };

Command read_command(TomlSection& section) {
  if (section.has("run") && section.has("notifier")) {
    section.fail(section.require("notifier"), "a command runs a program or tells a notifier",
                 "give each a [[...rung.command]] of its own: they are tried in their order");
  }
  Command command =
      section.has("notifier") ? notifier_command(section.text("notifier")) : section.texts("run");
  section.refuse_others();
  return command;
}

Rung read_rung(TomlSection& section, Whose whose) {
  Rung rung;
  rung.name = section.text("name");
  rung.after_ms = section.duration_ms("after");
  const auto proposed = section.optional_text("propose");
  if (proposed && *proposed != "voice") {
    section.fail(section.require("propose"), "a rung proposes voice, or nothing",
                 "propose = \"voice\", or leave it out");
  }
  rung.proposes_voice = proposed.has_value();
  if (whose == Whose::both) {
    for (const char* own : {"role", "command"}) {
      if (section.has(own)) {
        section.fail(section.require(own), std::string(own) + " is each party's own",
                     "leave it out here; hotlined.toml has it");
      }
    }
  }
  rung.role = section.optional_text("role").value_or("");
  for (TomlSection& command : section.sections("command")) {
    rung.commands.push_back(read_command(command));
  }
  section.refuse_others();
  return rung;
}

void read_ladder(TomlSection& section, PrecedencePolicy& policy, Whose whose) {
  section.optional_duration_ms("next_path", policy.next_path_ms);
  section.optional_duration_ms("undelivered_alarm", policy.undelivered_alarm_ms);
  section.optional_duration_ms("alarm_again", policy.alarm_again_ms);
  section.optional_duration_ms("dissemination_due", policy.dissemination_due_ms);
  section.optional_duration_ms("first_answer_due", policy.first_answer_due_ms);
  section.optional_duration_ms("full_answer_due", policy.full_answer_due_ms);
  std::vector<TomlSection> rungs = section.sections("rung");
  if (!rungs.empty()) policy.rungs.clear();
  for (TomlSection& one : rungs) policy.rungs.push_back(read_rung(one, whose));
  section.refuse_others();
}

// Without the section, as the field has it: FLASH is released by two.
void read_release(TomlSection& root, TwoPersonRule& rule) {
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

void read_contacts(TomlSection& root, std::vector<Contact>& contacts) {
  auto section = root.optional_section("contacts");
  if (!section) return;
  for (const std::string& name : section->keys()) contacts.push_back({name, section->text(name)});
  std::sort(contacts.begin(), contacts.end(),
            [](const Contact& a, const Contact& b) { return a.name < b.name; });
}

// As in Cases of docs/operator.md.
void read_case(TomlSection& root, CasePolicy& policy) {
  auto section = root.optional_section("case");
  if (!section) return;
  section->optional_duration_ms("first_response", policy.first_response_ms);
  section->optional_duration_ms("repeated_within", policy.repeated_within_ms);
  section->optional_duration_ms("joint_response", policy.joint_response_ms);
  section->optional_count("widespread", limits::kWidespreadMax, policy.widespread);
  if (const auto typed = section->optional_text("decided_by")) {
    const Word* role = vocabulary<wire::Role>().by_key(*typed);
    if (role == nullptr) {
      section->fail(section->require("decided_by"), "case.decided_by must be a role",
                    "operator or supervisor");
    }
    policy.decided_by = static_cast<wire::Role>(role->value);
  }
  if (section->has("guarantors")) {
    policy.guarantors = section->texts("guarantors");
    std::sort(policy.guarantors.begin(), policy.guarantors.end());
  }
  section->refuse_others();
}

// "10 years", "18 months", "for ever": as retention_as_toml() writes it.
std::optional<int64_t> parse_retention(std::string_view text) {
  if (text == "for ever") return 0;
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto count = parse_decimal(text.substr(0, space), limits::kRetentionMonthsMax);
  const std::string_view unit = text.substr(space + 1);
  if (!count || *count == 0) return std::nullopt;
  const bool is_years = unit == "years" || unit == "year";
  if (!is_years && unit != "months" && unit != "month") return std::nullopt;
  const int64_t months = static_cast<int64_t>(*count) * (is_years ? 12 : 1);
  if (months > limits::kRetentionMonthsMax) return std::nullopt;
  return months;
}

void read_retention(TomlSection& root, RetentionPolicy& policy) {
  auto section = root.optional_section("retention");
  if (!section) return;
  for (const RetentionPart& one : kRetentionParts) {
    const auto typed = section->optional_text(one.name);
    if (!typed) continue;
    const auto months = parse_retention(*typed);
    if (!months) {
      section->fail(section->require(one.name),
                    std::string("retention.") + one.name + " must say how long it is kept",
                    "\"10 years\", \"18 months\" or \"for ever\"; 100 years at most");
    }
    policy.*one.months = *months;
  }
  section->refuse_others();
}

Policy read_sections(TomlSection& root, Whose whose) {
  Policy policy = default_policy();
  if (auto escalation = root.optional_section("escalation")) {
    for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
      if (auto ladder = escalation->optional_section(precedence_name(p)))
        read_ladder(*ladder, policy.at(p), whose);
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
  read_contacts(root, policy.contacts);
  read_case(root, policy.case_clock);
  read_retention(root, policy.retention);
  return policy;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string setting(const char* key, const std::string& value) {
  return std::string(key) + " = " + value + "\n";
}

std::string setting_ms(const char* key, int64_t ms) {
  return setting(key, quoted(duration_as_toml(ms)));
}

std::string list_as_toml(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted(name);
  return "[" + list + "]";
}

std::string case_as_toml(const CasePolicy& policy) {
  const Word* role = vocabulary<wire::Role>().by_value(static_cast<uint64_t>(policy.decided_by));
  return "\n[case]\n" + setting_ms("first_response", policy.first_response_ms) +
         setting_ms("repeated_within", policy.repeated_within_ms) +
         setting_ms("joint_response", policy.joint_response_ms) +
         setting("widespread", std::to_string(policy.widespread)) +
         setting("decided_by", quoted(role != nullptr ? role->key : "")) +
         setting("guarantors", list_as_toml(policy.guarantors));
}

std::string retention_section(const RetentionPolicy& policy) {
  std::string text = "\n[retention]\n";
  for (const RetentionPart& one : kRetentionParts)
    text += setting(one.name, quoted(retention_as_toml(policy.*one.months)));
  return text;
}

std::string ladder_as_toml(const char* name, const PrecedencePolicy& policy) {
  std::string text = std::string("\n[escalation.") + name + "]\n";
  text += setting_ms("next_path", policy.next_path_ms);
  text += setting_ms("undelivered_alarm", policy.undelivered_alarm_ms);
  text += setting_ms("alarm_again", policy.alarm_again_ms);
  text += setting_ms("dissemination_due", policy.dissemination_due_ms);
  text += setting_ms("first_answer_due", policy.first_answer_due_ms);
  text += setting_ms("full_answer_due", policy.full_answer_due_ms);
  for (const Rung& rung : policy.rungs) {
    text += std::string("[[escalation.") + name + ".rung]]\n";
    text += setting("name", quoted(rung.name)) + setting_ms("after", rung.after_ms);
    if (rung.proposes_voice) text += setting("propose", quoted("voice"));
  }
  return text;
}

}  // namespace

Policy read_policy(TomlSection& root) {
  return read_sections(root, Whose::party);
}

Result<Policy> read_policy_file(const std::string& path) {
  const auto file = read_toml_file(path);
  if (!file) return file.error();
  try {
    TomlSection root(*file, "", file->root, "hotline agreement show --toml");
    Policy policy = read_sections(root, Whose::both);
    root.refuse_others();
    if (Status usable = validate(policy); !usable) {
      return make_error(ErrorCode::configuration, file->name + ": " + usable.error().reason,
                        usable.error().hint);
    }
    return policy;
  } catch (const TomlFault& fault) {
    return fault.error;
  }
}

std::string duration_as_toml(int64_t ms) {
  constexpr std::pair<const char*, int64_t> kUnits[] = {
      {"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}};
  for (const auto& [unit, size] : kUnits) {
    if (ms >= size && ms % size == 0) return std::to_string(ms / size) + unit;
  }
  return std::to_string(ms) + "ms";
}

std::string retention_as_toml(int64_t months) {
  if (months == 0) return "for ever";
  const int64_t years = months / 12;
  if (months % 12 != 0) return std::to_string(months) + (months == 1 ? " month" : " months");
  return std::to_string(years) + (years == 1 ? " year" : " years");
}

std::string policy_as_toml(const Policy& policy) {
  std::string text =
      "# The numbers that both parties follow. Change them, then: hotline agreement "
      "propose FILE\n";
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    text += ladder_as_toml(precedence_name(p), policy.at(p));
  }
  text += "\n[checks]\n" + setting_ms("test_call_every", policy.link.test_call_interval_ms) +
          setting_ms("test_call_acknowledged", policy.link.test_call_acknowledged_ms) +
          setting_ms("channel_check_every", policy.link.channel_check_interval_ms);
  text += "\n[separation]\n" +
          setting("horizontal", quoted(std::to_string(policy.separation.horizontal_m) + "m")) +
          setting("vertical", quoted(std::to_string(policy.separation.vertical_m) + "m")) +
          setting_ms("time", policy.separation.time_s * 1000);
  text += "\n[release]\n" + setting("two_person", list_as_toml(policy.two_person.names())) +
          setting("one_person_for_life", policy.two_person.one_for_life ? "true" : "false");
  text += case_as_toml(policy.case_clock) + retention_section(policy.retention);
  if (policy.contacts.empty()) return text;
  text += "\n[contacts]\n";
  for (const Contact& one : policy.contacts) text += setting(one.name.c_str(), quoted(one.how));
  return text;
}

}  // namespace hotline
