#include "protocol/terminal/json_output.h"

#include <boost/json.hpp>

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"

namespace hotline {
namespace {

// Clean text as it is; what is not UTF-8 would make the whole line unreadable to the next program.
std::string clean(const std::string& text) {
  if (is_clean_utf8(text)) return text;
  std::string replaced;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') {
      replaced += "\xEF\xBF\xBD";
    } else {
      replaced += c;
    }
  }
  return replaced;
}

boost::json::value converted(const JsonValue& value);

struct Converter {
  boost::json::value operator()(std::monostate) const { return nullptr; }
  boost::json::value operator()(const std::string& text) const {
    return boost::json::value(clean(text));
  }
  boost::json::value operator()(bool flag) const { return flag; }
  boost::json::value operator()(int64_t number) const { return number; }
  boost::json::value operator()(uint64_t number) const { return number; }
  boost::json::value operator()(const JsonValue::Array& items) const {
    boost::json::array array;
    for (const JsonValue& item : items) array.push_back(converted(item));
    return array;
  }
  boost::json::value operator()(const JsonValue::Object& members) const {
    boost::json::object object;
    for (const auto& [name, member] : members) object[name] = converted(member);
    return object;
  }
};

boost::json::value converted(const JsonValue& value) {
  return std::visit(Converter{}, value.value());
}

}  // namespace

JsonValue& JsonValue::add(std::string name, JsonValue value) & {
  if (std::holds_alternative<std::monostate>(value_)) value_ = Object{};
  HOTLINE_CHECK(std::holds_alternative<Object>(value_));
  std::get<Object>(value_).emplace_back(std::move(name), std::move(value));
  return *this;
}

JsonValue& JsonValue::append(JsonValue value) {
  if (std::holds_alternative<std::monostate>(value_)) value_ = Array{};
  HOTLINE_CHECK(std::holds_alternative<Array>(value_));
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

JsonValue json_document() {
  return JsonValue().add("v", 1);
}

JsonValue json_time(UtcMs time) {
  return time == 0 ? JsonValue() : JsonValue(format_rfc3339(time));
}

JsonValue json_text(std::string text) {
  return text.empty() ? JsonValue() : JsonValue(std::move(text));
}

std::string to_json(const JsonValue& value) {
  return boost::json::serialize(converted(value));
}

}  // namespace hotline
