#include "protocol/terminal/toml_section.h"

#include <array>

#include "protocol/base/nearest.h"
#include "protocol/message/quantity.h"

namespace hotline {

void TomlSection::fail(const TomlValue& value, const std::string& reason,
                       const std::string& hint) const {
  throw TomlFault{file_.error(value.at, reason, hint)};
}

std::string TomlSection::text(const std::string& key) {
  const TomlValue& value = require(key);
  if (value.kind != TomlValue::Kind::text || value.text.empty())
    fail(value, full(key) + " must be a text", "write it in double quotes");
  return value.text;
}

std::optional<std::string> TomlSection::optional_text(const std::string& key) {
  if (find(key) == nullptr) return std::nullopt;
  return text(key);
}

std::vector<std::string> TomlSection::texts(const std::string& key) {
  const TomlValue& list = require(key);
  if (list.kind != TomlValue::Kind::list)
    fail(list, full(key) + " must be a list of texts", "for example [\"one\", \"two\"]");
  std::vector<std::string> values;
  for (const TomlValue& item : list.items) {
    if (item.kind != TomlValue::Kind::text) fail(item, full(key) + " must hold texts only");
    values.push_back(item.text);
  }
  return values;
}

int64_t TomlSection::duration_ms(const std::string& key) {
  return parse_duration(require(key), text(key));
}

void TomlSection::optional_duration_ms(const std::string& key, int64_t& value) {
  if (find(key) != nullptr) value = duration_ms(key);
}

void TomlSection::optional_metres(const std::string& key, int64_t& metres) {
  if (find(key) == nullptr) return;
  const auto read = parse_distance_m(text(key));
  if (!read) fail(require(key), full(key) + ": " + read.error().reason, read.error().hint);
  metres = *read;
}

void TomlSection::optional_count(const std::string& key, int64_t most, int64_t& count) {
  const TomlValue* value = find(key);
  if (value == nullptr) return;
  if (value->kind != TomlValue::Kind::integer || value->integer < 0 || value->integer > most) {
    fail(*value, full(key) + " must be a number from 0 to " + std::to_string(most),
         "without quotes");
  }
  count = value->integer;
}

void TomlSection::optional_mebibytes(const std::string& key, uint64_t& bytes) {
  const TomlValue* value = find(key);
  if (value == nullptr) return;
  if (value->kind != TomlValue::Kind::integer || value->integer < 0 || value->integer > 1'000'000)
    fail(*value, full(key) + " must be a number of MiB", "for example 64");
  bytes = static_cast<uint64_t>(value->integer) << 20;
}

void TomlSection::optional_flag(const std::string& key, bool& flag) {
  const TomlValue* value = find(key);
  if (value == nullptr) return;
  if (value->kind != TomlValue::Kind::boolean)
    fail(*value, full(key) + " must be true or false", "without quotes");
  flag = value->boolean;
}

TomlSection TomlSection::section(const std::string& key) {
  const TomlValue& table = require(key);
  if (table.kind != TomlValue::Kind::table)
    fail(table, full(key) + " must be a section", "[" + full(key) + "]");
  return TomlSection(file_, full(key), table, example_);
}

std::optional<TomlSection> TomlSection::optional_section(const std::string& key) {
  if (find(key) == nullptr) return std::nullopt;
  return section(key);
}

std::vector<TomlSection> TomlSection::sections(const std::string& key) {
  std::vector<TomlSection> values;
  const TomlValue* list = find(key);
  if (list == nullptr) return values;
  if (list->kind != TomlValue::Kind::list)
    fail(*list, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
  for (const TomlValue& item : list->items) {
    if (item.kind != TomlValue::Kind::table)
      fail(item, full(key) + " must be a list of sections", "[[" + full(key) + "]]");
    values.emplace_back(file_, full(key), item, example_);
  }
  return values;
}

std::vector<std::string> TomlSection::keys() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : table_.members) all.push_back(key);
  return all;
}

const TomlValue& TomlSection::require(const std::string& key) {
  const TomlValue* value = find(key);
  if (value == nullptr) {
    refuse_misspelt(key);
    fail(table_, "the key " + full(key) + " is missing", example_ + " shows it");
  }
  return *value;
}

void TomlSection::refuse_others() const {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, value] : table_.members) {
    if (known_.contains(key)) continue;
    const std::string guess = did_you_mean(key, known);
    refuse(key, value, guess.empty() ? example_ + " lists the keys" : guess);
  }
}

void TomlSection::refuse(const std::string& key, const TomlValue& value,
                         const std::string& hint) const {
  throw TomlFault{file_.error(value.named_at, "unknown key " + full(key), hint)};
}

// A key is missing: perhaps it is there, written wrongly.
void TomlSection::refuse_misspelt(const std::string& missing) const {
  for (const auto& [key, value] : table_.members) {
    if (known_.contains(key)) continue;
    const std::string guess = did_you_mean(key, std::array{missing});
    if (!guess.empty()) refuse(key, value, guess);
  }
}

const TomlValue* TomlSection::find(const std::string& key) {
  known_.insert(key);
  return table_.find(key);
}

int64_t TomlSection::parse_duration(const TomlValue& value, const std::string& text) const {
  static const std::vector<std::pair<std::string, int64_t>> kUnits = {
      {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  size_t digits = text.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && digits <= 9) {
    for (const auto& [unit, ms] : kUnits) {
      if (text.substr(digits) == unit) return std::stoll(text.substr(0, digits)) * ms;
    }
  }
  fail(value, "\"" + text + "\" is not a duration",
       "write a number and ms, s, min, h or d, for example \"30s\"");
}

}  // namespace hotline
