// JSON text as plain values, so that only json_input.cc pays for Boost.JSON. Numbers keep the
// digits with which they are written: 54.9 is never 54.899999.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/result.h"

namespace hotline {

class JsonInput {
 public:
  struct Number {
    std::string digits;  // "-54.9", "1e3": as written.

    // The number times 10^decimals, rounded to the nearest whole number, halves away from zero.
    // Nothing where that has more than 15 digits.
    std::optional<int64_t> scaled(int decimals) const;
  };
  using Array = std::vector<JsonInput>;
  using Object = std::vector<std::pair<std::string, JsonInput>>;  // In order; no name comes twice.
  using Variant = std::variant<std::monostate, bool, Number, std::string, Array, Object>;

  JsonInput() = default;  // null
  explicit JsonInput(Variant value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Null where it is something else.
  const Number* number() const { return std::get_if<Number>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  // A member of an object; null where there is none of this name.
  const JsonInput* find(std::string_view name) const;

  Variant& value() { return value_; }

 private:
  Variant value_;
};

// Reads one value of RFC 8259, in UTF-8. `name` is how messages call the text: every complaint
// names it and the line and column, as of a TOML file. An object with the same name twice is
// refused, since readers differ in which of them they take. Error: configuration.
Result<JsonInput> parse_json(const std::string& name, std::string_view text, size_t depth_max);

}  // namespace hotline
