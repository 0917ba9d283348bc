#include "protocol/channel/wire_frames.h"

#include "protocol/channel/journal.h"

namespace hotline {

namespace {

size_t bytes_of(const std::vector<TravellingMessage>& messages, const std::string& note) {
  size_t size = kMessageOverhead + note.size();
  for (const TravellingMessage& message : messages) {
    size += message.envelope.size() + message.body.size() + kMessageOverhead;
  }
  return size;
}

auto put_messages(flatbuffers::FlatBufferBuilder& b,
                  const std::vector<TravellingMessage>& messages) {
  std::vector<flatbuffers::Offset<wire::Message>> offsets;
  offsets.reserve(messages.size());
  for (const TravellingMessage& message : messages) {
    auto envelope = b.CreateVector(message.envelope.data(), message.envelope.size());
    auto body = b.CreateVector(message.body.data(), message.body.size());
    wire::Digest salt = to_digest(message.body_salt);
    offsets.push_back(wire::CreateMessage(b, envelope, body, &salt));
  }
  return b.CreateVector(offsets);
}

}  // namespace

Bytes make_messages_frame(uint64_t first, const std::vector<TravellingMessage>& messages,
                          const std::string& checkpoint) {
  const auto build = [&](flatbuffers::FlatBufferBuilder& b) {
    auto vector = put_messages(b, messages);
    auto note = b.CreateString(checkpoint);
    return wire::CreateMessages(b, first, vector, note);
  };
  return make_frame(build, bytes_of(messages, checkpoint));
}

Bytes make_taken_back_frame(bool listeners, uint64_t first,
                            const std::vector<TravellingMessage>& messages,
                            const std::string& note) {
  const auto build = [&](flatbuffers::FlatBufferBuilder& b) {
    auto vector = put_messages(b, messages);
    auto text = b.CreateString(note);
    return wire::CreateTakenBack(b, listeners, first, vector, text);
  };
  return make_frame(build, bytes_of(messages, note));
}

Bytes make_close_frame(wire::CloseReason reason, const std::string& text) {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateClose(b, reason, b.CreateString(text));
  });
}

}  // namespace hotline
