#include "client/show/escalation_row.h"

#include "protocol/message/names.h"

namespace hotline::client {

std::vector<ShownEscalation> shown_escalations(const Connection& connection,
                                               const wire::EscalationRows& rows) {
  std::vector<ShownEscalation> escalations;
  if (rows.rows() == nullptr) return escalations;
  for (const wire::EscalationRow* row : *rows.rows()) {
    ShownEscalation& one = escalations.emplace_back();
    one.id = text(row->id());
    one.incoming = row->incoming();
    one.from = row->incoming() ? connection.peer() : connection.party();
    one.precedence = row->precedence();
    one.rung = text(row->rung());
    one.rung_tells_nobody = row->rung_tells_nobody();
    one.decided_at = row->decided_at();
    one.next = text(row->next());
    one.due_in_ms = row->due_in_ms();
    one.attempts = texts(row->attempts());
    if (row->told() == nullptr) continue;
    for (const wire::ToldRung* told : *row->told())
      one.told.push_back({told->at(), text(told->rung())});
  }
  return escalations;
}

JsonValue json_escalation(const ShownEscalation& escalation) {
  const auto json_told = [](const ShownEscalation::Told& told) {
    return JsonValue().add("at", json_time(told.at)).add("rung", told.rung);
  };
  return JsonValue()
      .add("id", escalation.id)
      .add("incoming", escalation.incoming)
      .add("precedence", precedence_label(escalation.precedence))
      .add("rung", json_text(escalation.rung))
      .add("rung_tells_nobody", escalation.rung_tells_nobody)
      .add("decided_at", json_time(escalation.decided_at))
      .add("next", json_text(escalation.next))
      .add("due_in_ms", escalation.next.empty() ? JsonValue() : JsonValue(escalation.due_in_ms))
      .add("attempts", escalation.attempts)
      .add("told", json_each(escalation.told, json_told));
}

}  // namespace hotline::client
