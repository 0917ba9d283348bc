// Builds responses of the client API (protocol/api/client.fbs).
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "protocol/api/client_api.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/channel/person_part.h"
#include "protocol/channel/records.h"

namespace hotline {

// Around what `build` creates.
template <typename Build>
Bytes make_response(uint32_t request, Build build) {
  // Kept between responses, so that a short one takes memory once: for what is returned.
  thread_local flatbuffers::FlatBufferBuilder builder;
  builder.Clear();
  auto body = build(builder);
  auto type = []<typename Table>(flatbuffers::Offset<Table>) {
    return wire::ResponseBodyTraits<Table>::enum_value;
  }(body);
  builder.Finish(wire::CreateResponse(builder, request, type, body.Union()),
                 client_api::kResponseIdentifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline flatbuffers::Offset<wire::JournalRow> build_journal_row(flatbuffers::FlatBufferBuilder& b,
                                                               const JournalRecord& record) {
  auto entry = b.CreateVector(record.entry);
  auto name = record.name ? b.CreateString(person_name(record.name->text)) : 0;
  return wire::CreateJournalRow(b, record.index, entry, name);
}

}  // namespace hotline
