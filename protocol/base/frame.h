// Framing of the link and of the client API: a 4-byte big-endian length, then that many bytes.
//
// The length is judged before anything is allocated for it, and memory grows with what has arrived,
// never with what was announced: a peer that promises a megabyte and sends three bytes costs
// little. Sizes are bytes; a length of 0 or above limits::kFrameSizeMax is refused, and nothing
// after it on that stream can be trusted to be a frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"

namespace hotline {

inline constexpr size_t kFrameHeaderSize = 4;

// Writes one frame behind what `buffer` holds. The payload is copied once. An empty or oversized
// payload is a bug of the caller.
void append_frame(Bytes& buffer, ByteView payload);
Bytes encode_frame(ByteView payload);

// Cuts a stream of bytes into frames. Owns what it holds; one for each direction of one connection.
//
// Call next() until it is empty after every feed(): what is not taken out stays in memory.
class FrameDecoder {
 public:
  // A stream may be held to smaller frames than the protocol's maximum, never to larger ones.
  explicit FrameDecoder(uint32_t frame_size_max = limits::kFrameSizeMax);

  // Takes bytes in any fragmentation. After an error (ErrorCode::malformed) every later call fails
  // likewise; frames that were whole before the bad header can still be taken out.
  Status feed(ByteView chunk);

  // The next whole payload, without its header, in a buffer of its own that is aligned to 16 bytes,
  // so that a FlatBuffer in it can be read where it stands.
  std::optional<Bytes> next();

  // True between frames: a stream that ends here was not cut in the middle of one.
  bool at_boundary() const { return header_size_ == 0 && !broken_; }

  // Memory held for the frame that has not yet arrived whole.
  size_t buffered_size() const { return payload_.capacity(); }

 private:
  size_t take_header(ByteView chunk);
  size_t take_payload(ByteView chunk);
  Error refusal() const;

  const uint32_t frame_size_max_;
  std::array<uint8_t, kFrameHeaderSize> header_{};
  size_t header_size_ = 0;  // How much of the header has arrived.
  uint32_t expected_size_ = 0;
  Bytes payload_;
  std::deque<Bytes> whole_;
  bool broken_ = false;
};

}  // namespace hotline
