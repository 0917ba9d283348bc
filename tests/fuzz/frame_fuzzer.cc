// The frame decoder must give the same frames whatever pieces the bytes come in, and must never
// hold much more than it was fed. The first byte of the input chooses how the rest is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/frame.h"

namespace {

struct Decoded {
  std::vector<hotline::Bytes> frames;
  bool refused = false;
};

Decoded decode(hotline::ByteView stream, size_t piece_size) {
  Decoded decoded;
  hotline::FrameDecoder decoder;
  size_t fed = 0;
  while (!stream.empty() && !decoded.refused) {
    const hotline::ByteView piece = stream.first(std::min(piece_size, stream.size()));
    stream = stream.subspan(piece.size());
    fed += piece.size();
    decoded.refused = !decoder.feed(piece);
    HOTLINE_CHECK(decoder.buffered_size() <= 2 * fed + 1024);
    while (auto frame = decoder.next()) {
      HOTLINE_CHECK(!frame->empty() && frame->size() <= hotline::limits::kFrameSizeMax);
      decoded.frames.push_back(std::move(*frame));
    }
  }
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const hotline::ByteView stream(data + 1, size - 1);
  const Decoded whole = decode(stream, stream.size());
  const Decoded pieces = decode(stream, size_t{1} + data[0]);
  HOTLINE_CHECK(whole.frames == pieces.frames);
  HOTLINE_CHECK(whole.refused == pieces.refused);

  // The frames given out encode back to the bytes they came from.
  hotline::Bytes encoded;
  for (const hotline::Bytes& frame : whole.frames) hotline::append_frame(encoded, frame);
  HOTLINE_CHECK(encoded.size() <= stream.size());
  HOTLINE_CHECK(std::equal(encoded.begin(), encoded.end(), stream.begin()));
  return 0;
}
