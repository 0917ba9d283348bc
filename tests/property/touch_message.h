// Reads every field of an opened message, so that a sanitizer sees every access that a reader may
// make. Property tests and fuzz targets use it.
#pragma once

#include <flatbuffers/minireflect.h>

#include "protocol/message/envelope.h"

namespace hotline {

// Sums what it visits into a volatile, so that no read is optimised away.
struct TouchVisitor : flatbuffers::IterationVisitor {
  volatile uint64_t seen = 0;

  void add(uint64_t value) { seen = seen + value; }
  void UType(uint8_t value, const char*) override { add(value); }
  void UChar(uint8_t value, const char*) override { add(value); }
  void UShort(uint16_t value, const char*) override { add(value); }
  void Int(int32_t value, const char*) override { add(static_cast<uint64_t>(value)); }
  void UInt(uint32_t value, const char*) override { add(value); }
  void Long(int64_t value) override { add(static_cast<uint64_t>(value)); }
  void ULong(uint64_t value) override { add(value); }
  void String(const flatbuffers::String* text) override {
    for (char c : *text) add(static_cast<uint8_t>(c));
  }
};

template <class Root>
void touch_message(const Root& root) {
  TouchVisitor visitor;
  flatbuffers::IterateObject(reinterpret_cast<const uint8_t*>(&root), Root::MiniReflectTypeTable(),
                             &visitor);
}

}  // namespace hotline
