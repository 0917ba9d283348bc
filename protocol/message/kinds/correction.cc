// CORRECTION: what was wrong in a message, and what is right. By its originator only.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

constexpr Wording kChange = {"Change", "Исправление", "Виправлення", "Perubahan"};

void check_changes(RuleChecker& checker, const wire::Correction& correction) {
  size_t count = correction.changes() ? correction.changes()->size() : 0;
  if (count == 0) return checker.add("change", "is missing", "field, old value and new value");
  if (count > limits::kChangesMax) {
    return checker.add("change", "is one of more than " + std::to_string(limits::kChangesMax));
  }
  for (const wire::FieldChange* change : *correction.changes()) {
    checker.require_text("change", change->field());
    checker.allow_text("change", change->old_value());
    checker.allow_text("change", change->new_value());
    if (view(change->old_value()) == view(change->new_value())) {
      checker.add("change", "of " + in_quotes(view(change->field())) + " changes nothing");
    }
  }
}

void show_changes(Describer& describer, const wire::Correction& correction) {
  if (!correction.changes()) return;
  for (const wire::FieldChange* change : *correction.changes()) {
    describer.line(kChange, std::string(view(change->field())) + ": " +
                                std::string(view(change->old_value())) + " -> " +
                                std::string(view(change->new_value())));
  }
}

class Correction final : public ContentOf<CorrectionFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        text("reason", kReason, &Table::reason, kMandatory),
        field("change", kChange, kMandatory).judged(check_changes).shown(show_changes)};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override {
    return "correct once more the message that it corrects, or cancel that one";
  }
};

}  // namespace

template <>
const KindContent& content_of<CorrectionFields>() {
  static const Correction content;
  return content;
}

}  // namespace hotline
