#include "client/show/escalation_row.h"

#include "client/connect/connection.h"
#include "protocol/message/names.h"

namespace hotline::client {

JsonValue json_escalation(const wire::EscalationRow& row) {
  JsonValue::Array attempts;
  if (row.attempts() != nullptr) {
    for (const auto* attempt : *row.attempts()) attempts.push_back(text(attempt));
  }
  JsonValue::Array told;
  if (row.told() != nullptr) {
    for (const wire::ToldRung* rung : *row.told()) {
      told.push_back(JsonValue().add("at", json_time(rung->at())).add("rung", text(rung->rung())));
    }
  }
  const std::string next = text(row.next());
  JsonValue json;
  json.add("id", text(row.id()))
      .add("incoming", row.incoming())
      .add("precedence", precedence_label(row.precedence()))
      .add("rung", text(row.rung()).empty() ? JsonValue() : text(row.rung()))
      .add("rung_tells_nobody", row.rung_tells_nobody())
      .add("decided_at", json_time(row.decided_at()))
      .add("next", next.empty() ? JsonValue() : next)
      .add("due_in_ms", next.empty() ? JsonValue() : JsonValue(row.due_in_ms()))
      .add("attempts", std::move(attempts))
      .add("told", std::move(told));
  return json;
}

}  // namespace hotline::client
