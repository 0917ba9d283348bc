#include "protocol/base/frame.h"

#include <algorithm>
#include <string>

#include "protocol/base/check.h"

namespace hotline {
namespace {

// std::vector<uint8_t> gets its memory from operator new, which aligns to this much.
static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= 16, "FlatBuffers need aligned frames");

// Bytes set aside for a frame at first, whatever length its header announces.
constexpr size_t kFirstAllocation = 1024;

}  // namespace

void append_frame(Bytes& buffer, ByteView payload) {
  HOTLINE_CHECK(!payload.empty() && payload.size() <= limits::kFrameSizeMax);
  const auto size = static_cast<uint32_t>(payload.size());
  const size_t needed = buffer.size() + kFrameHeaderSize + payload.size();
  if (buffer.capacity() < needed) buffer.reserve(std::max(needed, 2 * buffer.capacity()));
  for (int shift : {24, 16, 8, 0}) buffer.push_back(static_cast<uint8_t>(size >> shift));
  buffer.insert(buffer.end(), payload.begin(), payload.end());
}

Bytes encode_frame(ByteView payload) {
  Bytes frame;
  append_frame(frame, payload);
  return frame;
}

FrameDecoder::FrameDecoder(uint32_t frame_size_max)
    : frame_size_max_(std::min(frame_size_max, limits::kFrameSizeMax)) {}

Status FrameDecoder::feed(ByteView chunk) {
  while (!chunk.empty() && !broken_) {
    chunk =
        chunk.subspan(header_size_ < kFrameHeaderSize ? take_header(chunk) : take_payload(chunk));
  }
  if (broken_) return refusal();
  return ok();
}

std::optional<Bytes> FrameDecoder::next() {
  if (whole_.empty()) return std::nullopt;
  Bytes frame = std::move(whole_.front());
  whole_.pop_front();
  return frame;
}

size_t FrameDecoder::take_header(ByteView chunk) {
  const size_t taken = std::min(kFrameHeaderSize - header_size_, chunk.size());
  std::copy_n(chunk.begin(), taken, header_.begin() + static_cast<ptrdiff_t>(header_size_));
  header_size_ += taken;
  if (header_size_ == kFrameHeaderSize) {
    expected_size_ = 0;
    for (uint8_t byte : header_) expected_size_ = expected_size_ << 8 | byte;
    broken_ = expected_size_ == 0 || expected_size_ > frame_size_max_;
  }
  return taken;
}

size_t FrameDecoder::take_payload(ByteView chunk) {
  const size_t taken = std::min(expected_size_ - payload_.size(), chunk.size());
  const size_t needed = payload_.size() + taken;
  if (payload_.capacity() < needed) {
    const size_t grown = std::max({needed, 2 * payload_.capacity(), kFirstAllocation});
    payload_.reserve(std::min<size_t>(grown, expected_size_));
  }
  payload_.insert(payload_.end(), chunk.begin(), chunk.begin() + static_cast<ptrdiff_t>(taken));
  if (payload_.size() == expected_size_) {
    whole_.push_back(std::move(payload_));
    payload_ = Bytes();
    header_size_ = 0;
  }
  return taken;
}

Error FrameDecoder::refusal() const {
  if (expected_size_ == 0) {
    return make_error(ErrorCode::malformed, "frame of 0 bytes announced: no frame is empty");
  }
  return make_error(ErrorCode::malformed, "frame of " + std::to_string(expected_size_) +
                                              " bytes announced, at most " +
                                              std::to_string(frame_size_max_) + " are taken");
}

}  // namespace hotline
