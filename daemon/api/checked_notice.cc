#include "daemon/api/checked_notice.h"

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {

Result<std::vector<Volume>> announced_by(ByteView draft, bool exercise, UtcMs now) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return make_error(ErrorCode::usage, "this is no draft: " + opened.error().reason);
  const wire::Draft& typed = **opened;
  const Kind& kind = kind_of(typed.type());
  if (!kind.announces_volumes()) {
    return make_error(ErrorCode::refused,
                      "of this type nothing is held against what the other side announced",
                      "an activity or a launch");
  }
  const ByteView bytes(typed.body()->data(), typed.body()->size());
  if (bytes.size() > limits::kBodySizeMax) {
    return make_error(ErrorCode::refused, "the message is too large", "shorten the text");
  }
  const auto body = open_body(bytes);
  if (!body) return body.error();
  const BodyContext context{kind.type,
                            static_cast<wire::Precedence>(typed.precedence()),
                            kind.mode(exercise),
                            text_of(typed.language()),
                            now,
                            exercise};
  const std::vector<Problem> problems = check_body(**body, context);
  if (problems.empty()) return announced_volumes(**body);
  return make_error(ErrorCode::refused, to_string(problems.front()), problems.front().hint);
}

}  // namespace hotline
