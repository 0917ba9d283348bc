// The draft of an ACKNOWLEDGEMENT, of one message or of one among many.
#pragma once

#include <string>

#include "client/compose/draft.h"
#include "protocol/message/body.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

// `understood` is what is read back: where and when the event was.
DraftFields acknowledgement_draft(const std::string& id, wire::Precedence precedence,
                                  const EventPoint& understood, wire::Role role, UtcMs at);

}  // namespace hotline::client
