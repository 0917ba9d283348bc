#include "client/compose/acknowledgement.h"

namespace hotline::client {

DraftFields acknowledgement_draft(const std::string& id, wire::Precedence precedence,
                                  const EventPoint& understood, wire::Role role, UtcMs at) {
  AcknowledgementFields acknowledgement;
  acknowledgement.role = role;
  acknowledgement.at = at;
  acknowledgement.position = understood.position;
  acknowledgement.event_at = understood.at;
  BodyFields body;
  body.subject = "Acknowledgement of " + id;
  body.content = acknowledgement;
  DraftFields draft;
  draft.precedence = precedence;
  draft.language = "en";
  draft.references = {id};
  draft.body = std::move(body);
  return draft;
}

}  // namespace hotline::client
