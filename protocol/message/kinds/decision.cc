// DECISION: what a person decided at a rung, and why. The system demands it and decides nothing.
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

void check_decider(RuleChecker& checker, const wire::Decision& decision) {
  checker.require_known("decided-by", decision.decided_by());
  if (decision.decided_by() == wire::Role::machine ||
      decision.decided_by() == wire::Role::monitor) {
    checker.add("decided-by", "is no person", "the role of the person who decided");
  }
}

class Decision final : public ContentOf<DecisionFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        field("incident", {"Incident", "Инцидент", "Інцидент", "Insiden"}, kMandatory)
            .judged([](RuleChecker& checker, const Table& decision) {
              checker.require_serial("incident", decision.incident());
            })
            .shown([](Describer& describer, const Table& decision) {
              describer.text({"Incident", "Инцидент", "Інцидент", "Insiden"}, decision.incident());
            })
            .written([](const Table& decision) { return text_of_field(decision.incident()); })
            .typed(&Fields::incident, "N-000123", "the incident's first message"),
        text("rung", {"Rung", "Ступень", "Щабель", "Anak tangga"}, &Table::rung, kMandatory)
            .typed(&Fields::rung, "first-response", "the step that asked for a decision"),
        text("decision", {"Decision", "Решение", "Рішення", "Keputusan"}, &Table::decision,
             kMandatory)
            .typed(&Fields::decision, "consult the guarantors", "what was decided"),
        text("reason", kReason, &Table::reason, kMandatory)
            .typed(&Fields::reason, "second breach in a day", "why it was decided so"),
        coded("decided-by", {"Decided by", "Решение принял", "Рішення ухвалив", "Diputuskan oleh"},
              &Table::decided_by, kMandatory)
            .judged(check_decider)
            .typed(&Fields::decided_by, "the role of the person who decided"),
        past("at", kWhen, &Table::at)
            .typed(&Fields::at, parse_time, "time", "-5m", "when it was decided, in UTC"),
    };
    return all;
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (fields.at == 0) fields.at = typed.now;
    // Its short name is a name too.
    if (const auto serial = parse_serial(fields.incident)) fields.incident = format_serial(*serial);
    return ok();
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    return word(wire::MessageType::decision, language) + ": " + fields.decision;
  }
};

}  // namespace

template <>
const KindContent& content_of<DecisionFields>() {
  static const Decision content;
  return content;
}

}  // namespace hotline
