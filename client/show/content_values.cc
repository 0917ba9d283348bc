#include "client/show/content_values.h"

#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <utility>

namespace hotline::client {
namespace {

// Walks over a verified table and builds an object of it.
class ValuesVisitor final : public flatbuffers::IterationVisitor {
 public:
  JsonValue take() { return std::move(result_); }

  void StartSequence() override { open(JsonValue(JsonValue::Object{}), false); }
  void EndSequence() override { close(); }
  void StartVector() override { open(JsonValue(JsonValue::Array{}), true); }
  void EndVector() override { close(); }
  void Field(size_t, size_t, flatbuffers::ElementaryType, bool, const flatbuffers::TypeTable*,
             const char* name, const uint8_t*) override {
    name_ = name;
  }

  void Bool(bool value) override { put(value); }
  void Char(int8_t value, const char* code) override { put_code(value, code); }
  void UChar(uint8_t value, const char* code) override { put_code(value, code); }
  void Short(int16_t value, const char* code) override { put_code(value, code); }
  void UShort(uint16_t value, const char* code) override { put_code(value, code); }
  void Int(int32_t value, const char* code) override {
    // In 1e-5 degrees, which their names in the schema do not say.
    if (name_ == "latitude" || name_ == "longitude") name_ += "_deg_e5";
    put_code(value, code);
  }
  void UInt(uint32_t value, const char* code) override { put_code(value, code); }
  // Every int64 of the schema is a time.
  void Long(int64_t value) override { put(json_time(value)); }
  void ULong(uint64_t value) override { put(value); }
  void String(const flatbuffers::String* text) override { put(text->str()); }

 private:
  struct Open {
    JsonValue value;
    std::string name;  // In what it stands in.
    bool is_list = false;
  };

  void open(JsonValue value, bool is_list) {
    open_.push_back({std::move(value), std::exchange(name_, {}), is_list});
  }
  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    name_ = std::move(closed.name);
    put(std::move(closed.value));
  }
  void put(JsonValue value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_list) {
      open_.back().value.append(std::move(value));
    } else {
      open_.back().value.add(name_, std::move(value));
    }
  }
  template <class Number>
  void put_code(Number value, const char* code) {
    if (code == nullptr) return put(value);
    std::string key = code;
    if (key.ends_with('_')) key.pop_back();
    std::replace(key.begin(), key.end(), '_', '-');
    put(key);
  }

  std::vector<Open> open_;
  std::string name_;
  JsonValue result_;
};

}  // namespace

JsonValue content_values(const wire::Body& body) {
  ValuesVisitor visitor;
  flatbuffers::IterateObject(reinterpret_cast<const uint8_t*>(&body), wire::BodyTypeTable(),
                             &visitor);
  const JsonValue whole = visitor.take();
  for (const auto& [name, value] : std::get<JsonValue::Object>(whole.value())) {
    if (name == "content") return value;
  }
  return {};
}

}  // namespace hotline::client
