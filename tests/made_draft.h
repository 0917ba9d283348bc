// A draft as a person's program builds it.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/message/draft.h"
#include "protocol/message/message_generated.h"

namespace hotline {

inline Bytes made_draft(wire::MessageType type, uint8_t precedence, const Bytes& body,
                        const std::vector<std::string>& references = {}, UtcMs drafted_at = 0,
                        bool danger_to_life = false, const std::string& incident = {},
                        UtcMs expires_at = 0) {
  flatbuffers::FlatBufferBuilder b;
  auto language = b.CreateString("en");
  auto ids = b.CreateVectorOfStrings(references);
  auto bytes = b.CreateVector(body);
  flatbuffers::Offset<flatbuffers::String> corrected;
  if (type == wire::MessageType::correction) corrected = b.CreateString(references.front());
  flatbuffers::Offset<flatbuffers::String> thread;
  if (!incident.empty()) thread = b.CreateString(incident);
  wire::DraftBuilder draft(b);
  draft.add_type(static_cast<uint8_t>(type));
  draft.add_precedence(precedence);
  draft.add_language(language);
  draft.add_references(ids);
  draft.add_drafted_at(drafted_at);
  draft.add_correction_of(corrected);
  draft.add_incident(thread);
  draft.add_body(bytes);
  draft.add_danger_to_life(danger_to_life);
  draft.add_expires_at(expires_at);
  b.Finish(draft.Finish(), kDraftIdentifier);
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

}  // namespace hotline
