#include "protocol/terminal/json_input.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

#include "protocol/base/text.h"

namespace hotline {
namespace {

namespace json = boost::json;

// A value whose end has not been read yet.
struct Opened {
  JsonInput value;
  std::vector<std::string> names;  // An object's members'.
};

// Boost's parser calls this. The member names are Boost's.
class Builder {
 public:
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return open(JsonInput::Object{}); }
  bool on_array_begin(json::error_code&) { return open(JsonInput::Array{}); }
  bool on_array_end(size_t, json::error_code&) { return close(); }
  bool on_object_end(size_t, json::error_code& error) {
    std::vector<std::string>& names = open_.back().names;
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) return close();
    named_twice_ = *twice;
    error = json::error::syntax;
    return false;
  }

  bool on_key_part(json::string_view part, size_t, json::error_code&) { return gather(part); }
  bool on_key(json::string_view part, size_t, json::error_code&) {
    gather(part);
    auto& members = std::get<JsonInput::Object>(open_.back().value.value());
    open_.back().names.push_back(gathered_);
    members.emplace_back(std::exchange(gathered_, {}), JsonInput());
    return true;
  }
  bool on_string_part(json::string_view part, size_t, json::error_code&) { return gather(part); }
  bool on_string(json::string_view part, size_t, json::error_code&) {
    gather(part);
    return put(JsonInput(std::exchange(gathered_, {})));
  }
  bool on_number_part(json::string_view part, json::error_code&) { return gather(part); }
  bool on_int64(int64_t, json::string_view part, json::error_code&) { return put_number(part); }
  bool on_uint64(uint64_t, json::string_view part, json::error_code&) { return put_number(part); }
  bool on_double(double, json::string_view part, json::error_code&) { return put_number(part); }
  bool on_bool(bool flag, json::error_code&) { return put(JsonInput(flag)); }
  bool on_null(json::error_code&) { return put(JsonInput()); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  JsonInput take() { return std::move(whole_); }
  const std::string& named_twice() const { return named_twice_; }

 private:
  bool gather(json::string_view part) {
    gathered_.append(part.data(), part.size());
    return true;
  }

  bool put_number(json::string_view part) {
    gather(part);
    return put(JsonInput(JsonInput::Number{std::exchange(gathered_, {})}));
  }

  bool open(JsonInput::Variant empty) {
    open_.push_back({JsonInput(std::move(empty)), {}});
    return true;
  }

  bool close() {
    JsonInput value = std::move(open_.back().value);
    open_.pop_back();
    return put(std::move(value));
  }

  bool put(JsonInput value) {
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (auto* items = std::get_if<JsonInput::Array>(&open_.back().value.value())) {
      items->push_back(std::move(value));
    } else {
      std::get<JsonInput::Object>(open_.back().value.value()).back().second = std::move(value);
    }
    return true;
  }

  std::vector<Opened> open_;
  std::string gathered_;
  std::string named_twice_;
  JsonInput whole_;
};

std::string place_of(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return std::to_string(line) + ":" + std::to_string(offset - line_start + 1);
}

std::string reason_of(const json::error_code& error, const Builder& builder) {
  constexpr size_t kNameMax = 60;
  if (!builder.named_twice().empty()) {
    return "the object that ends here has two members with the name \"" +
           shortened(printable_line(builder.named_twice()), kNameMax) + "\"";
  }
  if (error == json::error::too_deep) return "is nested too deeply";
  if (error == json::error::incomplete) return "is cut off: the JSON goes on";
  if (error == json::error::extra_data) return "goes on after the JSON has ended";
  return "is not JSON: " + error.message();
}

}  // namespace

const JsonInput* JsonInput::find(std::string_view name) const {
  const Object* members = object();
  if (!members) return nullptr;
  for (const auto& [own_name, member] : *members) {
    if (own_name == name) return &member;
  }
  return nullptr;
}

std::optional<int64_t> JsonInput::Number::scaled(int decimals) const {
  constexpr int64_t kDigitsMax = 15;
  constexpr int64_t kExponentMax = 10'000'000;  // More than a file has digits.
  std::string_view left = digits;
  const bool negative = take_character(left, '-');
  std::string mantissa;
  int64_t shift = decimals;  // The value is the mantissa times 10^shift.
  bool in_fraction = false;
  while (!left.empty() && left.front() != 'e' && left.front() != 'E') {
    const char c = left.front();
    left.remove_prefix(1);
    if (c == '.') {
      in_fraction = true;
      continue;
    }
    if (in_fraction) --shift;
    if (!mantissa.empty() || c != '0') mantissa += c;
  }
  if (!left.empty()) {
    left.remove_prefix(1);
    const bool down = take_character(left, '-');
    take_character(left, '+');
    int64_t exponent = 0;
    for (const char c : left) exponent = std::min(exponent * 10 + (c - '0'), kExponentMax);
    shift += down ? -exponent : exponent;
  }
  if (mantissa.empty()) return 0;
  const int64_t kept = static_cast<int64_t>(mantissa.size()) + shift;  // Digits of the result.
  if (kept > kDigitsMax) return std::nullopt;
  int64_t value = 0;
  for (int64_t i = 0; i < kept; ++i) {
    const auto at = static_cast<size_t>(i);
    value = value * 10 + (at < mantissa.size() ? mantissa[at] - '0' : 0);
  }
  const bool next_is_read = kept >= 0 && static_cast<size_t>(kept) < mantissa.size();
  if (next_is_read && mantissa[static_cast<size_t>(kept)] >= '5') ++value;
  return negative ? -value : value;
}

Result<JsonInput> parse_json(const std::string& name, std::string_view text, size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<Builder> parser(options);
  json::error_code error;
  const size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error) return parser.handler().take();
  return make_error(ErrorCode::configuration,
                    name + ":" + place_of(text, read) + ": " + reason_of(error, parser.handler()));
}

}  // namespace hotline
