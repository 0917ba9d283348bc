#include "client/report/said_in_export.h"

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline::client {

SaidInExport said_by(const audit::ExportedEntry& entry, uint64_t serial, uint8_t type) {
  SaidInExport said;
  if (const auto envelope = open_envelope(entry.bytes)) {
    const auto written = parse_serial(text_of((*envelope)->id()));
    if (written && written->number == serial) said.name = format_serial(*written);
    said.released_at = (*envelope)->released_at();
    said.role = static_cast<uint8_t>((*envelope)->releaser_role());
    said.peer_entries = (*envelope)->peer_transcript_size();
    said.incident = text_of((*envelope)->incident());
    if (const auto* references = (*envelope)->references()) {
      for (const wire::Reference* one : *references) {
        if (said.references.size() == limits::kReferencesMax) break;
        said.references.push_back(text_of(one->id()));
      }
    }
  }
  if (!entry.part) return said;
  if (const auto body = open_body(entry.part->bytes)) {
    const Kind& kind = kind_of(type);
    said.subject = text_of((*body)->subject());
    if (kind.is_built() && (*body)->content_type() == kind.built.number) {
      said.code = kind.content().typed_form(**body, "kind").value_or("");
      said.effect = incident_effect(**body);
      said.cancels = kind.effect == TargetEffect::cancels;
    }
  }
  return said;
}

void SaidInExport::take_as_declined() {
  if (!parse_serial(incident)) incident.clear();
  if (references.size() > 1) references.resize(1);
  if (effect != IncidentEffect::reports) effect = IncidentEffect::none;
  cancels = false;
}

}  // namespace hotline::client
