// How a field of a template is read from what was typed.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/message/words.h"

namespace hotline {

struct FieldInfo;

// Puts what a parser returned into a field; most rows are short because of it.
template <class T, class Target>
Status store(Result<T> value, Target& target) {
  if (!value) return value.error();
  target = std::move(*value);
  return ok();
}

Status store_text(std::string_view text, std::string& field);

// The value of a key. Error: usage, with the nearest key and all of them.
Result<uint16_t> parse_code(const Vocabulary& words, std::string_view text);

template <class Enum>
Result<Enum> parse_code(std::string_view text) {
  const auto value = parse_code(vocabulary<Enum>(), text);
  if (!value) return value.error();
  return static_cast<Enum>(*value);
}

Error missing_field(const FieldInfo& field, const std::string& template_name);
Error named(const FieldInfo& field, const Error& error);  // Says of which field it is.

}  // namespace hotline
