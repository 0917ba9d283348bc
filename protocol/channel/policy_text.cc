#include "protocol/channel/policy_text.h"

#include <algorithm>
#include <optional>

#include "protocol/base/text.h"
#include "protocol/base/text_lines.h"
#include "protocol/message/roles.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

// The words before the last one, and the number that is the last.
struct NumberedLine {
  std::string_view name;
  int64_t value = 0;
};

std::optional<NumberedLine> numbered_line(std::string_view line) {
  const size_t space = line.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto value = parse_decimal(line.substr(space + 1), INT64_MAX);
  if (!value) return std::nullopt;
  return NumberedLine{line.substr(0, space), static_cast<int64_t>(*value)};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_ladder_line(std::string_view name, int64_t value, PrecedencePolicy& policy) {
  if (take_prefix(name, "rung ")) {
    Rung rung;
    rung.proposes_voice = name.ends_with(" voice");
    if (rung.proposes_voice) name.remove_suffix(std::string_view(" voice").size());
    rung.name = name;
    rung.after_ms = value;
    policy.rungs.push_back(std::move(rung));
    return true;
  }
  struct {
    std::string_view name;
    int64_t* value;
  } const places[] = {{"next-path", &policy.next_path_ms},
                      {"undelivered-alarm", &policy.undelivered_alarm_ms},
                      {"alarm-again", &policy.alarm_again_ms},
                      {"dissemination-due", &policy.dissemination_due_ms},
                      {"first-answer-due", &policy.first_answer_due_ms},
                      {"full-answer-due", &policy.full_answer_due_ms}};
  for (const auto& place : places) {
    if (place.name != name) continue;
    *place.value = value;
    return true;
  }
  return false;
}

bool take_two_person_line(std::string_view name, TwoPersonRule& rule) {
  if (name == "one-for-life") {
    rule.one_for_life = true;
    return true;
  }
  return static_cast<bool>(rule.add(std::string(name)));
}

bool take_contact_line(std::string_view line, std::vector<Contact>& contacts) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  contacts.push_back({std::string(line.substr(0, space)), std::string(line.substr(space + 1))});
  return true;
}

struct CaseNumber {
  const char* name;
  int64_t CasePolicy::*value;
};
constexpr CaseNumber kCaseNumbers[] = {{"first-response", &CasePolicy::first_response_ms},
                                       {"repeated-within", &CasePolicy::repeated_within_ms},
                                       {"joint-response", &CasePolicy::joint_response_ms},
                                       {"widespread", &CasePolicy::widespread}};

bool take_case_line(std::string_view line, CasePolicy& policy) {
  if (take_prefix(line, "guarantor ")) {
    policy.guarantors.emplace_back(line);
    return true;
  }
  if (take_prefix(line, "decided-by ")) {
    const Word* role = vocabulary<wire::Role>().by_key(line);
    if (role != nullptr) policy.decided_by = static_cast<wire::Role>(role->value);
    return role != nullptr;
  }
  const auto numbered = numbered_line(line);
  for (const CaseNumber& one : kCaseNumbers) {
    if (!numbered || one.name != numbered->name) continue;
    policy.*one.value = numbered->value;
    return true;
  }
  return false;
}

std::string case_text(const CasePolicy& policy) {
  static const CasePolicy usual;
  std::string text;
  for (const CaseNumber& one : kCaseNumbers) {
    if (policy.*one.value == usual.*one.value) continue;
    text += std::string("case ") + one.name + " " + std::to_string(policy.*one.value) + "\n";
  }
  if (policy.decided_by != usual.decided_by) {
    const Word* role = vocabulary<wire::Role>().by_value(static_cast<uint64_t>(policy.decided_by));
    text += std::string("case decided-by ") + (role != nullptr ? role->key : "?") + "\n";
  }
  for (const std::string& name : policy.guarantors) text += "case guarantor " + name + "\n";
  return text;
}

bool take_retention_line(std::string_view name, int64_t months, RetentionPolicy& policy) {
  for (const RetentionPart& one : kRetentionParts) {
    if (one.name != name) continue;
    policy.*one.months = months;
    return true;
  }
  return false;
}

std::string retention_text(const RetentionPolicy& policy) {
  std::string text;
  for (const RetentionPart& one : kRetentionParts) {
    if (policy.*one.months == 0) continue;
    text += std::string("retention ") + one.name + " " + std::to_string(policy.*one.months) + "\n";
  }
  return text;
}

bool take_policy_line(std::string_view line, Policy& policy) {
  if (take_prefix(line, "contact ")) return take_contact_line(line, policy.contacts);
  if (take_prefix(line, "case ")) return take_case_line(line, policy.case_clock);
  const auto numbered = numbered_line(line);
  if (!numbered) return false;
  auto [name, value] = *numbered;
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    if (take_prefix(name, std::string(precedence_name(p)) + " "))
      return take_ladder_line(name, value, policy.at(p));
  }
  if (take_prefix(name, "retention ")) return take_retention_line(name, value, policy.retention);
  if (take_prefix(name, "two-person ")) return take_two_person_line(name, policy.two_person);
  struct {
    std::string_view name;
    int64_t* value;
  } const places[] = {{"test-call interval", &policy.link.test_call_interval_ms},
                      {"test-call acknowledged", &policy.link.test_call_acknowledged_ms},
                      {"channel-check interval", &policy.link.channel_check_interval_ms},
                      {"separation horizontal", &policy.separation.horizontal_m},
                      {"separation vertical", &policy.separation.vertical_m},
                      {"separation time", &policy.separation.time_s}};
  for (const auto& place : places) {
    if (place.name != name) continue;
    *place.value = value;
    return true;
  }
  return false;
}

}  // namespace

std::string canonical_text(const Policy& policy) {
  std::string text = "hotline/policy/1\n";
  auto line = [&](const std::string& name, int64_t value) {
    text += name + " " + std::to_string(value) + "\n";
  };
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    const PrecedencePolicy& numbers = policy.at(precedence);
    const std::string prefix = std::string(precedence_name(precedence)) + " ";
    line(prefix + "next-path", numbers.next_path_ms);
    line(prefix + "undelivered-alarm", numbers.undelivered_alarm_ms);
    line(prefix + "alarm-again", numbers.alarm_again_ms);
    for (const Rung& rung : numbers.rungs) {
      line(prefix + "rung " + rung.name + (rung.proposes_voice ? " voice" : ""), rung.after_ms);
    }
    line(prefix + "dissemination-due", numbers.dissemination_due_ms);
    line(prefix + "first-answer-due", numbers.first_answer_due_ms);
    line(prefix + "full-answer-due", numbers.full_answer_due_ms);
  }
  line("test-call interval", policy.link.test_call_interval_ms);
  line("test-call acknowledged", policy.link.test_call_acknowledged_ms);
  line("channel-check interval", policy.link.channel_check_interval_ms);
  line("separation horizontal", policy.separation.horizontal_m);
  line("separation vertical", policy.separation.vertical_m);
  line("separation time", policy.separation.time_s);
  for (const std::string& name : policy.two_person.names()) line("two-person " + name, 1);
  if (policy.two_person.one_for_life) line("two-person one-for-life", 1);
  for (const Contact& one : policy.contacts) text += "contact " + one.name + " " + one.how + "\n";
  return text + case_text(policy.case_clock) + retention_text(policy.retention);
}

// Reads generously; that the result has just this text again is what makes it strict.
Result<Policy> parse_policy(std::string_view canonical) {
  Policy policy;
  size_t number = 0;
  for (std::string_view rest = canonical; !rest.empty();) {
    ++number;
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (number == 1 || take_policy_line(line, policy)) continue;
    return make_error(ErrorCode::refused,
                      "line " + std::to_string(number) +
                          " of the policy is unknown: " + printable_line(shortened(line, 80)),
                      "the other side may run a later version");
  }
  if (Status usable = validate(policy); !usable) {
    return make_error(ErrorCode::refused, usable.error().reason, usable.error().hint);
  }
  if (canonical_text(policy) == canonical) return policy;
  return make_error(ErrorCode::refused, "the policy is not written in its one form",
                    "hotline agreement propose writes it so");
}

Hash digest(const Policy& policy) {
  return sha256({as_bytes(canonical_text(policy))});
}

}  // namespace hotline
