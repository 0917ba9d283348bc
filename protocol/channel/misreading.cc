#include "protocol/channel/misreading.h"

#include "protocol/message/body.h"
#include "protocol/message/message_rules.h"

namespace hotline {

std::string misreading_words(Corrections& corrections, MessageKey target,
                             const wire::Body& acknowledgement) {
  const auto newest = corrections.newest(target);
  const auto body = newest ? open_body(newest->body) : Error{};
  const wire::Acknowledgement* read = acknowledgement.content_as_acknowledgement();
  if (!body || read == nullptr) return "";
  return ". It says " + format_event_point(event_point(**body)) + "; " +
         format_event_point(point_of(*read)) + " was read back";
}

}  // namespace hotline
