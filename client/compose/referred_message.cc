#include "client/compose/referred_message.h"

#include "client/show/message_row.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {

Result<ReferredMessage> ReferredMessage::find(Connection& connection, const std::string& typed,
                                              NameUse use) {
  const auto id = resolve_name(connection, typed, use);
  if (!id) return id.error();
  auto reply = connection.show(*id);
  if (!reply) return reply.error();
  if (reply->as<wire::Detail>()->row() == nullptr) {
    return make_error(ErrorCode::failed, "the daemon's answer has no message in it",
                      "is it a hotlined of the same release?");
  }
  ReferredMessage message;
  message.reply_ = std::make_unique<Reply>(std::move(*reply));
  const ByteView bytes_of_body = bytes(message.reply_->as<wire::Detail>()->body());
  if (auto body = open_body(bytes_of_body)) {
    message.body_ = std::make_unique<Opened<wire::Body>>(std::move(*body));
  }
  return message;
}

std::string ReferredMessage::heading(const Output& output) const {
  return printable_line(id()) + "  " +
         output.styled(precedence_style(row().precedence()), precedence_label(row().precedence())) +
         "  " + type_name(row().type()) + "  " + printable_line(text(row().subject()));
}

}  // namespace hotline::client
