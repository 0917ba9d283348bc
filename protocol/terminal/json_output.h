// JSON as the program prints it for other programs: a small value type, so that only json_output.cc
// pays for Boost.JSON.
//
// Names are snake_case, times are RFC 3339 with Z, what has not happened is null. Numbers that can
// pass 2^53 are printed as numbers all the same; none of ours does in practice.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/clock.h"

namespace hotline {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<std::pair<std::string, JsonValue>>;  // In the order of printing.

  JsonValue() = default;  // null
  JsonValue(std::string text) : value_(std::move(text)) {}
  JsonValue(const char* text) : value_(std::string(text)) {}
  JsonValue(bool flag) : value_(flag) {}
  JsonValue(std::signed_integral auto number) : value_(static_cast<int64_t>(number)) {}
  JsonValue(std::unsigned_integral auto number) : value_(static_cast<uint64_t>(number)) {}
  JsonValue(const std::vector<std::string>& texts) : value_(Array(texts.begin(), texts.end())) {}
  JsonValue(Array items) : value_(std::move(items)) {}
  JsonValue(Object members) : value_(std::move(members)) {}

  // For an object only (a null becomes one). Returns itself.
  JsonValue& add(std::string name, JsonValue value) &;
  JsonValue&& add(std::string name, JsonValue value) && {
    return std::move(add(std::move(name), std::move(value)));
  }
  // For an array only (a null becomes one).
  JsonValue& append(JsonValue value);

  using Variant = std::variant<std::monostate, std::string, bool, int64_t, uint64_t, Array, Object>;
  const Variant& value() const { return value_; }

 private:
  Variant value_;
};

// An array of what `json` makes of each item.
JsonValue json_each(const auto& items, const auto& json) {
  JsonValue::Array array;
  for (const auto& item : items) array.push_back(json(item));
  return array;
}

// An object that begins with "v":1, as everything we print does.
JsonValue json_document();

// Null for 0, which is how the client API says "it has not happened".
JsonValue json_time(UtcMs time);

// Null for an empty text, where there is nothing to say.
JsonValue json_text(std::string text);

// On one line, without a line feed. Bytes that are not UTF-8 are replaced by U+FFFD.
std::string to_json(const JsonValue& value);

}  // namespace hotline
