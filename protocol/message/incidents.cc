#include "protocol/message/incidents.h"

namespace hotline {

IncidentEffect incident_effect(const wire::Body& body) {
  if (body.content_as_incident() || body.content_as_violation()) return IncidentEffect::reports;
  if (body.content_as_request()) return IncidentEffect::asks;
  const wire::Service* service = body.content_as_service();
  if (service == nullptr) return IncidentEffect::none;
  switch (service->action()) {
    case wire::ServiceAction::incident_opened:
      return IncidentEffect::opens;
    case wire::ServiceAction::incident_closed:
      return IncidentEffect::closes;
    case wire::ServiceAction::incident_disputed:
      return IncidentEffect::disputes;
    default:
      return IncidentEffect::none;
  }
}

}  // namespace hotline
