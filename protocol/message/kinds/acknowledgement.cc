// ACKNOWLEDGEMENT: a person has read a message, and reads its place and time back. Not agreement.
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

constexpr Wording kReadAt = {"Read at", "Прочитано", "Прочитано", "Dibaca pada"};
constexpr Wording kNotice = {"Note", "Примечание", "Примітка", "Catatan"};

void check_role(RuleChecker& checker, const wire::Acknowledgement& acknowledgement) {
  checker.require_known("role", acknowledgement.role());
  if (acknowledgement.role() == wire::Role::machine) {
    checker.add("role", "is machine: only a person can have read a message");
  }
}

// Not held against the release: a clock that was set back in between must not stop an
// acknowledgement.
void check_read_at(RuleChecker& checker, const wire::Acknowledgement& acknowledgement) {
  if (acknowledgement.at() > 0) return;
  checker.add("read-at", "is missing", "the time of reading, in UTC");
}

class Acknowledgement final : public ContentOf<AcknowledgementFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("role", {"Read by", "Прочитал", "Прочитав", "Dibaca oleh"}, &Table::role, kMandatory)
            .judged(check_role),
        past("read-at", kReadAt, &Table::at).judged(check_read_at),
        position("where", kWhere, &Table::position),
        field("when", kWhen, kOptional)
            .shown([](Describer& describer, const Table& acknowledgement) {
              describer.time(kWhen, acknowledgement.event_at());
            }),
        field("notice", kNotice, kOptional).shown([](Describer& describer, const Table&) {
          describer.line(kNotice, describer.phrases().not_agreement);
        })};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override { return kSayAnew; }
};

}  // namespace

template <>
const KindContent& content_of<AcknowledgementFields>() {
  static const Acknowledgement content;
  return content;
}

}  // namespace hotline
