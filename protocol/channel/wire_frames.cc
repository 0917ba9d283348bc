#include "protocol/channel/wire_frames.h"

#include "protocol/channel/journal.h"

namespace hotline {

Bytes make_messages_frame(uint64_t first, const std::vector<TravellingMessage>& messages,
                          const std::string& checkpoint) {
  size_t size = kMessageOverhead + checkpoint.size();
  for (const TravellingMessage& message : messages) {
    size += message.envelope.size() + message.body.size() + kMessageOverhead;
  }
  const auto build = [&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<wire::Message>> offsets;
    offsets.reserve(messages.size());
    for (const TravellingMessage& message : messages) {
      auto envelope = b.CreateVector(message.envelope.data(), message.envelope.size());
      auto body = b.CreateVector(message.body.data(), message.body.size());
      wire::Digest salt = to_digest(message.body_salt);
      offsets.push_back(wire::CreateMessage(b, envelope, body, &salt));
    }
    auto vector = b.CreateVector(offsets);
    auto note = b.CreateString(checkpoint);
    return wire::CreateMessages(b, first, vector, note);
  };
  return make_frame(build, size);
}

Bytes make_close_frame(wire::CloseReason reason, const std::string& text) {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateClose(b, reason, b.CreateString(text));
  });
}

}  // namespace hotline
