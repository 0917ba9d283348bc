// Writing optional text into a FlatBuffers builder.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>

namespace hotline {

// An empty text is an absent field: the null offset, which the builder leaves out.
inline flatbuffers::Offset<flatbuffers::String> text_offset(flatbuffers::FlatBufferBuilder& builder,
                                                            const std::string& text) {
  return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(text);
}

}  // namespace hotline
