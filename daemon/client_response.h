// Builds a response of the client API around what `build` creates (protocol/schema/client.fbs).
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "protocol/bytes.h"
#include "protocol/client_api.h"
#include "protocol/schema/client_generated.h"

namespace hotline {

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

}  // namespace hotline
