#include "daemon/notify/notice_body.h"

#include "protocol/base/check.h"
#include "protocol/channel/policy.h"
#include "protocol/message/names.h"
#include "protocol/terminal/json_output.h"

namespace hotline {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

JsonValue json_contact(const Contact& one) {
  return JsonValue().add("name", one.name).add("how", one.how);
}

std::string summary_of(const Attempt& attempt, const AttemptText& text) {
  std::string summary = text.exercise ? "EXERCISE EXERCISE EXERCISE. " : "";
  if (text.is_trial) return summary + "TRIAL. Nothing waits: somebody tries whether this arrives";
  const uint64_t others = attempt.messages.size() - 1;
  summary += precedence_label(attempt.name.precedence) + " " + text.messages.front() + " of " +
             upper_case(text.sender);
  if (others > 0) summary += " and " + std::to_string(others) + " more";
  return summary + (others > 0 ? " wait" : " waits") + " for an acknowledgement";
}

}  // namespace

std::string contacts_text(const std::vector<Contact>& contacts, const char* between) {
  std::string text;
  for (const Contact& one : contacts)
    text += (text.empty() ? "" : between) + one.name + " " + one.how;
  return text;
}

std::string webhook_body(const Attempt& attempt, const AttemptText& text) {
  HOTLINE_CHECK(!text.messages.empty());
  return to_json(json_document()
                     .add("party", text.party)
                     .add("message", text.messages.front())
                     .add("messages", text.messages)
                     .add("count", attempt.messages.size())
                     .add("sender", text.sender)
                     .add("mode", text.mode())
                     .add("precedence", precedence_name(attempt.name.precedence))
                     .add("rung", attempt.name.rung)
                     .add("attempt", attempt.name.number)
                     .add("repeated", attempt.repeated)
                     .add("contacts", json_each(text.contacts, json_contact))
                     .add("trial", text.is_trial));
}

std::string alert_body(const Attempt& attempt, const AttemptText& text, UtcMs begins, UtcMs ends) {
  HOTLINE_CHECK(!text.messages.empty());
  JsonValue labels;
  labels
      .add("alertname", text.is_trial   ? "HotlineTrial"
                        : text.exercise ? "HotlineExercise"
                                        : "HotlineWaits")
      .add("party", text.party)
      .add("sender", text.sender)
      .add("mode", text.mode())
      .add("precedence", precedence_name(attempt.name.precedence))
      .add("rung", attempt.name.rung)
      .add("message", text.messages.front());
  JsonValue annotations;
  annotations.add("summary", summary_of(attempt, text))
      .add("count", std::to_string(attempt.messages.size()))
      .add("messages", joined(text.messages));
  if (!text.contacts.empty()) annotations.add("contacts", contacts_text(text.contacts, "; "));
  JsonValue alert;
  alert.add("labels", std::move(labels))
      .add("annotations", std::move(annotations))
      .add("startsAt", json_time(begins))
      .add("endsAt", json_time(ends));
  return to_json(JsonValue(JsonValue::Array{std::move(alert)}));
}

}  // namespace hotline
