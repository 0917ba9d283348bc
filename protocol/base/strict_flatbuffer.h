// The only way in which bytes from outside become a FlatBuffers table.
//
// FlatBuffers' own verifier proves that no accessor will read outside the buffer, and no more. This
// decoder also refuses what would let two readers of the same bytes disagree, or a reader be
// surprised: a wrong or absent file identifier, more depth or tables than limits.h allows, a union
// with a type and no value or the reverse, a vtable too short to be one, fields outside their
// table, text that is not clean UTF-8, and bytes that belong to nothing.
//
// Unknown fields and unknown union types are let through: they come from a later version, and what
// to say about them is for the caller (a union that is not NONE and not in the caller's switch).
// Bytes that this version cannot account for are let through only beside them.
//
// FlatBuffers have many encodings of one content, so what was opened is never re-encoded to be
// hashed: hash the bytes.
#pragma once

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include <cstring>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"

namespace hotline {

// A verified table. Reads the bytes it was opened from, which must outlive it; only where those are
// not aligned for 8-byte fields (a buffer inside another buffer seldom is) does it keep a copy of
// its own.
template <class Root>
class Opened {
 public:
  Opened(const Root* root, std::vector<uint64_t> aligned_copy)
      : aligned_copy_(std::move(aligned_copy)), root_(root) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  Opened(Opened&&) noexcept = default;
  Opened& operator=(Opened&&) noexcept = default;

  const Root* get() const { return root_; }
  const Root* operator->() const { return root_; }
  const Root& operator*() const { return *root_; }

 private:
  std::vector<uint64_t>
      aligned_copy_;  // Empty, or what root_ points into. Moving a vector moves no element.
  const Root* root_;
};

// A field of text that may be absent.
inline std::string text_of(const flatbuffers::String* text) {
  return text ? text->str() : "";
}

namespace strict {

// FLATBUFFERS_MAX_BUFFER_SIZE is 2 GiB; nothing of ours comes near this.
inline constexpr size_t kBufferSizeMax = limits::kFrameSizeMax;

// Checks that need no reading: size, and the file identifier (exactly four characters).
Status check_header(ByteView bytes, const char* identifier);

// Walks a buffer that the library's verifier has accepted, by the reflection tables that flatc
// makes from the schema. `computed_size` is what the verifier saw used.
Status check_content(ByteView bytes, const flatbuffers::TypeTable* root_type, size_t computed_size);

}  // namespace strict

// Opens `bytes` as the root table `Root` of a buffer with this four-character file identifier.
// Error: malformed.
template <class Root>
Result<Opened<Root>> open_flatbuffer(ByteView bytes, const char* identifier) {
  if (auto status = strict::check_header(bytes, identifier); !status) return status.error();
  std::vector<uint64_t> copy;
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(uint64_t) != 0) {
    copy.resize((bytes.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t));
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    bytes = ByteView(reinterpret_cast<const uint8_t*>(copy.data()), bytes.size());
  }
  flatbuffers::Verifier::Options options;
  options.max_depth = limits::kFlatbufferDepthMax;
  options.max_tables = limits::kFlatbufferTablesMax;
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), options);
  if (!verifier.VerifyBuffer<Root>(identifier)) {
    return make_error(ErrorCode::malformed,
                      "the buffer is damaged: an offset, a size or a required field is wrong");
  }
  if (auto status =
          strict::check_content(bytes, Root::MiniReflectTypeTable(), verifier.GetComputedSize());
      !status) {
    return status.error();
  }
  const Root* root = flatbuffers::GetRoot<Root>(bytes.data());
  return Opened<Root>(root, std::move(copy));
}

}  // namespace hotline
