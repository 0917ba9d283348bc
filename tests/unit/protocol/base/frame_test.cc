#include "protocol/base/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

Bytes header_of(uint32_t size) {
  return {static_cast<uint8_t>(size >> 24), static_cast<uint8_t>(size >> 16),
          static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
}

Bytes pattern(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 251);
  return bytes;
}

TEST(Frame, IsFourBytesOfLengthBigEndianAndThePayload) {
  EXPECT_EQ(encode_frame(as_bytes("abc")), (Bytes{0, 0, 0, 3, 'a', 'b', 'c'}));
  const Bytes long_one = encode_frame(pattern(0x12345));
  EXPECT_EQ(long_one.size(), 0x12345 + kFrameHeaderSize);
  EXPECT_EQ(Bytes(long_one.begin(), long_one.begin() + 4), (Bytes{0, 1, 0x23, 0x45}));
}

TEST(Frame, AppendKeepsWhatTheBufferHeld) {
  Bytes buffer = {9};
  append_frame(buffer, as_bytes("x"));
  append_frame(buffer, as_bytes("yz"));
  EXPECT_EQ(buffer, (Bytes{9, 0, 0, 0, 1, 'x', 0, 0, 0, 2, 'y', 'z'}));
}

TEST(Frame, ComesOutTheSameInWhateverPiecesItArrives) {
  const std::vector<Bytes> frames = {pattern(1), pattern(5), pattern(300), pattern(70'000)};
  Bytes stream;
  for (const Bytes& frame : frames) append_frame(stream, frame);
  for (size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size_t{4096}, stream.size()}) {
    FrameDecoder decoder;
    std::vector<Bytes> got;
    for (size_t at = 0; at < stream.size(); at += piece) {
      const ByteView chunk = ByteView(stream).subspan(at, std::min(piece, stream.size() - at));
      ASSERT_TRUE(decoder.feed(chunk));
      while (auto frame = decoder.next()) got.push_back(std::move(*frame));
    }
    EXPECT_EQ(got, frames) << "in pieces of " << piece;
    EXPECT_TRUE(decoder.at_boundary());
  }
}

TEST(Frame, AFrameIsNotGivenOutBeforeItsLastByte) {
  FrameDecoder decoder;
  Bytes stream = encode_frame(as_bytes("abc"));
  ASSERT_TRUE(decoder.feed(ByteView(stream).first(6)));
  EXPECT_FALSE(decoder.next());
  EXPECT_FALSE(decoder.at_boundary());
  ASSERT_TRUE(decoder.feed(ByteView(stream).last(1)));
  EXPECT_EQ(decoder.next(), to_bytes(as_bytes("abc")));
  EXPECT_FALSE(decoder.next());
}

TEST(Frame, TheLargestSizeIsTakenAndOneMoreIsRefused) {
  FrameDecoder decoder;
  const Bytes largest = pattern(limits::kFrameSizeMax);
  ASSERT_TRUE(decoder.feed(encode_frame(largest)));
  EXPECT_EQ(decoder.next(), largest);
  EXPECT_FALSE(decoder.feed(header_of(limits::kFrameSizeMax + 1)));
}

TEST(Frame, OversizedAndEmptyAreRefusedFromTheHeaderAlone) {
  for (uint32_t size : {0u, limits::kFrameSizeMax + 1, 0x80000000u, 0xffffffffu}) {
    FrameDecoder decoder;
    const Bytes header = header_of(size);
    ASSERT_TRUE(decoder.feed(ByteView(header).first(3)));
    const Status status = decoder.feed(ByteView(header).last(1));
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code, ErrorCode::malformed);
    EXPECT_NE(status.error().reason.find(std::to_string(size)), std::string::npos)
        << status.error().reason;
    EXPECT_EQ(decoder.buffered_size(), 0u);
  }
}

TEST(Frame, ALargerLimitIsNeverTakenButASmallerOneIs) {
  FrameDecoder decoder(16);
  EXPECT_TRUE(decoder.feed(encode_frame(pattern(16))));
  EXPECT_FALSE(decoder.feed(header_of(17)));
}

TEST(Frame, FramesBeforeABadHeaderAreStillGivenOutAndNothingAfterIt) {
  Bytes stream = encode_frame(as_bytes("good"));
  stream.insert(stream.end(), {0, 0, 0, 0});
  append_frame(stream, as_bytes("late"));
  FrameDecoder decoder;
  EXPECT_FALSE(decoder.feed(stream));
  EXPECT_EQ(decoder.next(), to_bytes(as_bytes("good")));
  EXPECT_FALSE(decoder.next());
  EXPECT_FALSE(decoder.feed(encode_frame(as_bytes("later"))));
  EXPECT_FALSE(decoder.next());
}

TEST(Frame, AnAnnouncedMegabyteCostsOnlyWhatArrived) {
  FrameDecoder decoder;
  Bytes stream = header_of(limits::kFrameSizeMax);
  stream.insert(stream.end(), {1, 2, 3});
  ASSERT_TRUE(decoder.feed(stream));
  EXPECT_LE(decoder.buffered_size(), 4096u);
  ASSERT_TRUE(decoder.feed(pattern(100'000)));
  EXPECT_LE(decoder.buffered_size(), 4 * 100'003u);
}

TEST(Frame, EveryFrameIsAlignedForFlatBuffers) {
  FrameDecoder decoder;
  Bytes stream;
  for (size_t size = 1; size < 40; ++size) append_frame(stream, pattern(size));
  ASSERT_TRUE(decoder.feed(stream));
  std::vector<Bytes> keep;
  while (auto frame = decoder.next()) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data()) % 16, 0u);
    keep.push_back(std::move(*frame));
  }
  EXPECT_EQ(keep.size(), 39u);
}

}  // namespace
}  // namespace hotline
