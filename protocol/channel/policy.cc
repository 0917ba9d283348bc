#include "protocol/channel/policy.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/notifier_command.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

constexpr int64_t kSecond_ms = 1'000;
constexpr int64_t kMinute_ms = 60 * kSecond_ms;
constexpr int64_t kHour_ms = 60 * kMinute_ms;

PrecedencePolicy precedence_policy(int64_t next_path_ms, int64_t undelivered_ms, int64_t again_ms,
                                   int64_t supervisor_ms, int64_t director_ms, int64_t voice_ms) {
  PrecedencePolicy policy;
  policy.next_path_ms = next_path_ms;
  policy.undelivered_alarm_ms = undelivered_ms;
  policy.alarm_again_ms = again_ms;
  // The duty director has no role at this system: a command reaches him, and the supervisor sees
  // it.
  policy.rungs = {Rung{"supervisor", supervisor_ms, false, "supervisor", {}},
                  Rung{"duty-director", director_ms, false, "supervisor", {}},
                  Rung{"voice", voice_ms, true, "supervisor", {}}};
  return policy;
}

void set_dues(PrecedencePolicy& policy, int64_t dissemination_ms, int64_t first_ms,
              int64_t full_ms) {
  policy.dissemination_due_ms = dissemination_ms;
  policy.first_answer_due_ms = first_ms;
  policy.full_answer_due_ms = full_ms;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= limits::kRungNameSizeMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Error policy_error(std::string reason, std::string hint) {
  return make_error(ErrorCode::configuration, std::move(reason), std::move(hint));
}

std::string seconds(int64_t time_ms) {
  std::string text = std::to_string(time_ms / 1000);
  if (time_ms % 1000 != 0) text += "." + std::to_string(1000 + time_ms % 1000).substr(1);
  return text + " s";
}

Status check_time(const std::string& what, int64_t time_ms, int64_t least_ms) {
  if (time_ms >= least_ms && time_ms <= limits::kPolicyTimeMax_ms) return ok();
  return policy_error(what + " is " + std::to_string(time_ms) + " ms",
                      "give a time from " + std::to_string(least_ms) + " ms to 90 days");
}

Status check_command(const std::string& where, const Command& command) {
  if (is_name(notifier_of(command))) return ok();
  if (command.empty() || command[0].empty() || command[0][0] != '/') {
    return policy_error(where + " has a command that does not begin with an absolute path",
                        "write it as a list, such as [\"/usr/local/bin/page\", \"supervisor\"]");
  }
  size_t size = 0;
  for (const std::string& argument : command) {
    size += argument.size();
    if (argument.find('\0') != std::string::npos) {
      return policy_error(where + " has a command with a NUL byte in an argument", "remove it");
    }
  }
  if (command.size() > limits::kCommandArgumentsMax || size > limits::kCommandSizeMax) {
    return policy_error(where + " has a command that is too long",
                        "at most " + std::to_string(limits::kCommandArgumentsMax) +
                            " arguments, together " + std::to_string(limits::kCommandSizeMax) +
                            " bytes; put the rest in a script of your own");
  }
  return ok();
}

Status check_rung(const std::string& where, const Rung& rung, const std::vector<Rung>& rungs) {
  if (!is_name(rung.name)) {
    return policy_error(where + " has a rung with the name \"" + rung.name + "\"",
                        "use 1 to 32 of a-z, 0-9 and -, such as supervisor");
  }
  auto same_name = [&](const Rung& other) { return other.name == rung.name; };
  if (std::count_if(rungs.begin(), rungs.end(), same_name) != 1) {
    return policy_error(where + " has two rungs with the name " + rung.name,
                        "give each rung its own name");
  }
  const std::string here = where + ", rung " + rung.name;
  if (Status time = check_time(here + ": after", rung.after_ms, 0); !time) return time;
  if (rung.commands.size() > limits::kCommandsPerRungMax) {
    return policy_error(here + " has " + std::to_string(rung.commands.size()) + " commands",
                        "at most " + std::to_string(limits::kCommandsPerRungMax) +
                            "; each is tried only when the one before failed");
  }
  for (const Command& command : rung.commands) {
    if (Status checked = check_command(here, command); !checked) return checked;
  }
  return ok();
}

Status check_rungs(const std::string& where, const std::vector<Rung>& rungs) {
  if (rungs.size() > limits::kRungsMax) {
    return policy_error(where + " has " + std::to_string(rungs.size()) + " rungs",
                        "at most " + std::to_string(limits::kRungsMax));
  }
  for (size_t i = 0; i < rungs.size(); ++i) {
    if (Status rung = check_rung(where, rungs[i], rungs); !rung) return rung;
    if (i > 0 && rungs[i].after_ms <= rungs[i - 1].after_ms) {
      return policy_error(where + ", rung " + rungs[i].name + " (" + seconds(rungs[i].after_ms) +
                              ") is not later than " + rungs[i - 1].name + " (" +
                              seconds(rungs[i - 1].after_ms) + ")",
                          "give each rung a later time than the one before it");
    }
  }
  return ok();
}

Status check_precedence(const std::string& where, const PrecedencePolicy& policy) {
  struct {
    const char* name;
    int64_t time_ms;
  } const times[] = {{"next path", policy.next_path_ms},
                     {"undelivered alarm", policy.undelivered_alarm_ms},
                     {"dissemination due", policy.dissemination_due_ms},
                     {"first answer due", policy.first_answer_due_ms},
                     {"full answer due", policy.full_answer_due_ms}};
  for (const auto& time : times) {
    Status checked = check_time(where + ": " + time.name, time.time_ms, 1);
    if (!checked) return checked;
  }
  if (policy.alarm_again_ms != 0) {
    Status again =
        check_time(where + ": alarm again", policy.alarm_again_ms, limits::kAlarmAgainMin_ms);
    if (!again) return again;
  }
  if (policy.full_answer_due_ms < policy.first_answer_due_ms) {
    return policy_error(where + ": the full answer is due before the first",
                        "give the full answer at least as long as the first");
  }
  return check_rungs(where, policy.rungs);
}

Status check_contacts(const std::vector<Contact>& contacts) {
  if (contacts.size() > limits::kContactsMax) {
    return policy_error("there are " + std::to_string(contacts.size()) + " contacts",
                        "at most " + std::to_string(limits::kContactsMax));
  }
  for (size_t i = 0; i < contacts.size(); ++i) {
    const Contact& one = contacts[i];
    if (!is_name(one.name)) {
      return policy_error("a contact has the name \"" + printable_line(one.name) + "\"",
                          "use 1 to 32 of a-z, 0-9 and -, such as north-duty-officer");
    }
    if (i > 0 && one.name <= contacts[i - 1].name) {
      return policy_error("the contact " + one.name + " is there twice, or out of order",
                          "name each once");
    }
    if (is_blank(one.how) || one.how.size() > limits::kContactSizeMax ||
        !what_is_not_plain_in_line(one.how).empty() || one.how.front() == ' ') {
      return policy_error("the contact " + one.name + " does not say in one line how to reach it",
                          "for example \"+00 000 000 001, in English and Russian\"");
    }
  }
  return ok();
}

Status check_guarantors(const std::vector<std::string>& guarantors) {
  if (guarantors.size() > limits::kGuarantorsMax) {
    return policy_error("there are " + std::to_string(guarantors.size()) + " guarantors",
                        "at most " + std::to_string(limits::kGuarantorsMax));
  }
  for (size_t i = 0; i < guarantors.size(); ++i) {
    if (!is_name(guarantors[i])) {
      return policy_error("a guarantor has the name \"" + printable_line(guarantors[i]) + "\"",
                          "use 1 to 32 of a-z, 0-9 and -, such as first-guarantor");
    }
    if (i > 0 && guarantors[i] <= guarantors[i - 1]) {
      return policy_error("the guarantor " + guarantors[i] + " is there twice, or out of order",
                          "name each once");
    }
  }
  return ok();
}

Status check_case(const CasePolicy& policy) {
  struct {
    const char* name;
    int64_t time_ms;
  } const times[] = {{"first response", policy.first_response_ms},
                     {"repeated within", policy.repeated_within_ms},
                     {"joint response", policy.joint_response_ms}};
  for (const auto& time : times) {
    Status checked = check_time(std::string("the case clock: ") + time.name, time.time_ms, 1'000);
    if (!checked) return checked;
  }
  if (policy.joint_response_ms < policy.first_response_ms) {
    return policy_error("the case clock: the joint response is due before the first",
                        "give the joint response at least as long as the first");
  }
  if (policy.widespread < 2 || policy.widespread > limits::kWidespreadMax) {
    return policy_error(
        "the case clock: widespread is " + std::to_string(policy.widespread) + " violations",
        "from 2 to " + std::to_string(limits::kWidespreadMax));
  }
  if (!may(policy.decided_by, Right::send, wire::MessageType::decision)) {
    return policy_error("the case clock: decided by a role that sends no decision",
                        "operator or supervisor");
  }
  return check_guarantors(policy.guarantors);
}

Status check_retention(const RetentionPolicy& policy) {
  for (const RetentionPart& one : kRetentionParts) {
    const int64_t months = policy.*one.months;
    if (months >= 0 && months <= limits::kRetentionMonthsMax) continue;
    return policy_error(
        std::string("retention: ") + one.name + " is " + std::to_string(months) + " months",
        "from 1 to " + std::to_string(limits::kRetentionMonthsMax) + ", or 0 for ever");
  }
  return ok();
}

}  // namespace

const PrecedencePolicy& Policy::at(uint8_t precedence) const {
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  return precedences[precedence - kPrecedenceFirst];
}

PrecedencePolicy& Policy::at(uint8_t precedence) {
  return const_cast<PrecedencePolicy&>(std::as_const(*this).at(precedence));
}

const char* precedence_name(uint8_t precedence) {
  static constexpr const char* kNames[] = {"flash", "immediate", "priority", "routine"};
  HOTLINE_CHECK(precedence >= kPrecedenceFirst && precedence <= kPrecedenceLast);
  return kNames[precedence - kPrecedenceFirst];
}

Policy default_policy() {
  Policy policy;
  policy.at(1) = precedence_policy(30 * kSecond_ms, 4 * kMinute_ms, 30 * kSecond_ms, 3 * kMinute_ms,
                                   5 * kMinute_ms, 8 * kMinute_ms);
  set_dues(policy.at(1), 10 * kMinute_ms, 15 * kMinute_ms, 60 * kMinute_ms);
  policy.at(2) = precedence_policy(60 * kSecond_ms, 10 * kMinute_ms, 5 * kMinute_ms,
                                   10 * kMinute_ms, 20 * kMinute_ms, 30 * kMinute_ms);
  set_dues(policy.at(2), 30 * kMinute_ms, 1 * kHour_ms, 6 * kHour_ms);
  policy.at(3) = precedence_policy(5 * kMinute_ms, 30 * kMinute_ms, 15 * kMinute_ms, 1 * kHour_ms,
                                   2 * kHour_ms, 3 * kHour_ms);
  set_dues(policy.at(3), 6 * kHour_ms, 24 * kHour_ms, 48 * kHour_ms);
  policy.at(4) = precedence_policy(15 * kMinute_ms, 2 * kHour_ms, 0, 6 * kHour_ms, 12 * kHour_ms,
                                   24 * kHour_ms);
  set_dues(policy.at(4), 24 * kHour_ms, 48 * kHour_ms, 7 * 24 * kHour_ms);
  policy.link = LinkPolicy{1 * kHour_ms, 10 * kMinute_ms, 20 * kMinute_ms};
  return policy;
}

Status validate(const Policy& policy) {
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    Status checked = check_precedence(std::string("the ladder of ") + precedence_name(precedence),
                                      policy.at(precedence));
    if (!checked) return checked;
  }
  Status call = check_time("the test call interval", policy.link.test_call_interval_ms, 1'000);
  if (!call) return call;
  Status answer = check_time("the time to acknowledge a test call",
                             policy.link.test_call_acknowledged_ms, 1'000);
  if (!answer) return answer;
  if (Status check =
          check_time("the channel check interval", policy.link.channel_check_interval_ms, 1'000);
      !check) {
    return check;
  }
  if (Status contacts = check_contacts(policy.contacts); !contacts) return contacts;
  if (Status clock = check_case(policy.case_clock); !clock) return clock;
  if (Status kept = check_retention(policy.retention); !kept) return kept;
  const std::string fault = separation_fault(policy.separation);
  if (fault.empty()) return ok();
  return make_error(ErrorCode::configuration, "the separation of volumes: " + fault,
                    "10 km, 600 m and 10 min are the defaults");
}

Policy with_local_rungs(Policy agreed, const Policy& local) {
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    const std::vector<Rung>& known = local.at(p).rungs;
    for (Rung& rung : agreed.at(p).rungs) {
      const auto same = std::find_if(known.begin(), known.end(),
                                     [&](const Rung& one) { return one.name == rung.name; });
      if (same == known.end()) continue;
      rung.role = same->role;
      rung.commands = same->commands;
    }
  }
  return agreed;
}

}  // namespace hotline
