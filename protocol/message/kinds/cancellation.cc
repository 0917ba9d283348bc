// CANCELLATION: a message no longer stands. By its originator only.
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

class Cancellation final : public ContentOf<CancellationFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {text("reason", kReason, &Table::reason, kMandatory)};
    return all;
  }
};

}  // namespace

template <>
const KindContent& content_of<CancellationFields>() {
  static const Cancellation content;
  return content;
}

}  // namespace hotline
