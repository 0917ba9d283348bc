// CANCELLATION: a message no longer stands. By its originator only.
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

class Cancellation final : public ContentOf<CancellationFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {text("reason", kReason, &Table::reason, kMandatory)};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override {
    return "send anew what holds after all: a cancellation is not taken back";
  }
};

}  // namespace

template <>
const KindContent& content_of<CancellationFields>() {
  static const Cancellation content;
  return content;
}

}  // namespace hotline
