// Stored messages as the rows that clients show (protocol/schema/client.fbs).
#pragma once

#include <string>

#include "daemon/store.h"
#include "protocol/clock.h"
#include "protocol/ladder.h"
#include "protocol/schema/client_generated.h"

namespace hotline {

// What both row builders need to know of the channel and of the present.
struct RowContext {
  std::string prefix;
  std::string peer_prefix;
  const Ladder& ladder;
  Now now;
};

// "N-000123"; for a peer's message without a readable serial, its place: "S-?12".
std::string message_name(const MessageRecord& record, const RowContext& context);

flatbuffers::Offset<wire::MessageRow> build_row(flatbuffers::FlatBufferBuilder& builder,
                                                const StoredMessage& message,
                                                const RowContext& context);

}  // namespace hotline
