#include "client/show/entry_fields.h"

#include <flatbuffers/minireflect.h>

#include <concepts>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"

namespace hotline::client {
namespace {

using flatbuffers::ElementaryType;
using flatbuffers::TypeTable;

// Walks the tables and notes each value under the names that lead to it.
class FieldCollector : public flatbuffers::IterationVisitor {
 public:
  Description take() { return std::move(fields_); }

  void StartSequence() override { names_.emplace_back(); }
  void EndSequence() override { names_.pop_back(); }
  void Field(size_t, size_t, ElementaryType type, bool is_vector, const TypeTable*,
             const char* name, const uint8_t*) override {
    names_.back() = name == nullptr ? "" : name;
    in_bytes_ = is_vector && type == flatbuffers::ET_UCHAR;
  }
  void StartVector() override { hex_.clear(); }
  void EndVector() override {
    if (in_bytes_) add(to_hex(hex_));
    in_bytes_ = false;
  }

  void UType(uint8_t value, const char* name) override { number(value, name); }
  void Bool(bool value) override { add(value ? "yes" : "no"); }
  void Char(int8_t value, const char* name) override { number(value, name); }
  void UChar(uint8_t value, const char* name) override {
    if (in_bytes_) {
      hex_.push_back(value);
    } else {
      number(value, name);
    }
  }
  void Short(int16_t value, const char* name) override { number(value, name); }
  void UShort(uint16_t value, const char* name) override { number(value, name); }
  void Int(int32_t value, const char* name) override { number(value, name); }
  void UInt(uint32_t value, const char* name) override { number(value, name); }
  void Long(int64_t value) override { number(value, nullptr); }
  void ULong(uint64_t value) override { number(value, nullptr); }
  void String(const flatbuffers::String* value) override { add(value->str()); }
  void Unknown(const uint8_t*) override { add("of a later version"); }

 private:
  void number(std::integral auto value, const char* name) {
    add(name != nullptr ? std::string(name) : std::to_string(value));
  }
  // A digest's bytes stand under the digest's own name.
  void add(std::string value) {
    std::string path;
    for (const std::string& name : names_) {
      if (name.empty() || (name == "bytes" && in_bytes_)) continue;
      path += (path.empty() ? "" : ".") + name;
    }
    fields_.emplace_back(std::move(path), std::move(value));
  }

  Description fields_;
  std::vector<std::string> names_;
  Bytes hex_;
  bool in_bytes_ = false;
};

}  // namespace

Description entry_fields(const wire::Entry& entry) {
  FieldCollector collector;
  flatbuffers::IterateObject(reinterpret_cast<const uint8_t*>(&entry), wire::EntryTypeTable(),
                             &collector);
  return collector.take();
}

}  // namespace hotline::client
