// DECLINE: a message cannot stand, says a machine; or cannot be acted on, says a person.
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

class Decline final : public ContentOf<DeclineFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("code", {"Code", "Код", "Код", "Kode"}, &Table::code, kMandatory),
        text("reason", kReason, &Table::reason, kMandatory)};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override { return kSayAnew; }
};

}  // namespace

template <>
const KindContent& content_of<DeclineFields>() {
  static const Decline content;
  return content;
}

}  // namespace hotline
