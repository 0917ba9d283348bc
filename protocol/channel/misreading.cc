#include "protocol/channel/misreading.h"

#include "protocol/base/clock.h"
#include "protocol/geometry/position.h"
#include "protocol/message/body.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

std::string words_of(const EventPoint& point) {
  std::string words = point.position ? format_position(*point.position) : "";
  if (point.at) words += (words.empty() ? "" : " ") + format_rfc3339(*point.at);
  return words;
}

}  // namespace

std::string misreading_words(Corrections& corrections, MessageKey target,
                             const wire::Body& acknowledgement) {
  const auto newest = corrections.newest(target);
  const auto body = newest ? open_body(newest->body) : Error{};
  const wire::Acknowledgement* read = acknowledgement.content_as_acknowledgement();
  if (!body || read == nullptr) return "";
  const EventPoint said = event_point(**body);
  EventPoint understood;
  if (read->position()) understood.position = to_position(*read->position());
  if (read->event_at()) understood.at = *read->event_at();
  return ". It says " + words_of(said) + "; " + words_of(understood) + " was read back";
}

}  // namespace hotline
