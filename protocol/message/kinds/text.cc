// TEXT: nothing but its texts.
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

class Text final : public ContentOf<TextContentFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> none;
    return none;
  }
};

}  // namespace

template <>
const KindContent& content_of<TextContentFields>() {
  static const Text content;
  return content;
}

}  // namespace hotline
