// Frames between two daemons, written and read (protocol/channel/wire.fbs). The 4-byte length is
// protocol/base/frame.h's.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/wire_generated.h"

namespace hotline {

inline constexpr uint16_t kWireVersion = 1;
inline constexpr char kFrameIdentifier[] = "HLFR";

// Error: malformed. The frame is not to be looked at, and the link not to be trusted any more.
inline Result<Opened<wire::Frame>> open_frame(ByteView bytes) {
  return open_flatbuffer<wire::Frame>(bytes, kFrameIdentifier);
}

// Builds a frame around what `build` creates; `size_expected` saves a large one from being copied
// as it grows.
template <typename Build>
Bytes make_frame(Build build, size_t size_expected = 1024) {
  flatbuffers::FlatBufferBuilder builder(size_expected);
  auto body = build(builder);
  auto type = [](auto offset) {
    return []<typename Table>(flatbuffers::Offset<Table>) {
      return wire::FrameBodyTraits<Table>::enum_value;
    }(offset);
  }(body);
  builder.Finish(wire::CreateFrame(builder, type, body.Union()), kFrameIdentifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline wire::ChannelId to_wire(const std::array<uint8_t, 16>& channel) {
  return wire::ChannelId(flatbuffers::span<const uint8_t, 16>(channel.data(), channel.size()));
}

// One message as it travels; borrowed.
struct TravellingMessage {
  ByteView envelope;
  ByteView body;
  Hash body_salt{};
};

// The largest frame that carries messages, and how much of it one message takes beside its bytes.
inline constexpr size_t kMessagesFrameBytesMax = 512 * 1024;
inline constexpr size_t kMessageOverhead = 96;

Bytes make_messages_frame(uint64_t first, const std::vector<TravellingMessage>& messages,
                          const std::string& checkpoint);
// An answer to TakeBack.
Bytes make_taken_back_frame(bool listeners, uint64_t first,
                            const std::vector<TravellingMessage>& messages,
                            const std::string& note);
Bytes make_close_frame(wire::CloseReason reason, const std::string& text);

// Why a link is closed. Whoever handles a frame returns it, and the session closes.
struct Refusal {
  wire::CloseReason reason = wire::CloseReason::unset;
  std::string text;
};

}  // namespace hotline
