#include "client/show/entry_fields.h"

#include <flatbuffers/minireflect.h>

#include <concepts>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/sha256.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/describe.h"
#include "protocol/message/draft.h"

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

constexpr char kDraftField[] = "fact.draft";

// The bytes of a draft would fill screens: what they say stands in their place.
void show_draft(const wire::DraftSaved& saved, Description& fields) {
  const ByteView bytes(saved.draft()->data(), saved.draft()->size());
  for (auto& [name, value] : fields) {
    if (name != kDraftField) continue;
    value = std::to_string(bytes.size()) + " bytes, SHA-256 " + to_hex(sha256({bytes}));
  }
  const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  const auto body =
      draft ? open_body(ByteView((*draft)->body()->data(), (*draft)->body()->size())) : Error{};
  if (!body) return;
  fields.emplace_back("draft subject", text_of((*body)->subject()));
  for (auto& [label, value] : describe_content(**body, "en", std::nullopt)) {
    fields.emplace_back("draft " + label, std::move(value));
  }
  if ((*body)->texts() == nullptr) return;
  for (const wire::Text* text : *(*body)->texts()) {
    fields.emplace_back("draft text " + text_of(text->language()), text_of(text->text()));
  }
}

}  // namespace

Description entry_fields(const wire::Entry& entry) {
  FieldCollector collector;
  flatbuffers::IterateObject(reinterpret_cast<const uint8_t*>(&entry), wire::EntryTypeTable(),
                             &collector);
  Description fields = collector.take();
  if (const auto* saved = entry.fact_as_DraftSaved()) show_draft(*saved, fields);
  return fields;
}

}  // namespace hotline::client
