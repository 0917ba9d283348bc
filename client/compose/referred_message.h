// The message that another one is going to speak of, opened and ready to be read.
#pragma once

#include <memory>
#include <string>

#include "client/compose/message_name.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

class ReferredMessage {
 public:
  // Finds the message that a person named. Errors: those of resolve_name(), and the daemon's.
  static Result<ReferredMessage> find(Connection& connection, const std::string& typed,
                                      NameUse use);

  const wire::MessageRow& row() const { return *reply_->as<wire::Detail>()->row(); }
  std::string id() const { return text(row().id()); }
  wire::Precedence precedence() const { return static_cast<wire::Precedence>(row().precedence()); }
  // Null when its body cannot be read.
  const wire::Body* body() const { return body_ ? body_->get() : nullptr; }

  // "S-000087  FLASH  incident  Unintended airspace crossing", to be sure that it is the right one.
  std::string heading(const Output& output) const;

 private:
  std::unique_ptr<Reply> reply_;
  std::unique_ptr<Opened<wire::Body>> body_;
};

}  // namespace hotline::client
