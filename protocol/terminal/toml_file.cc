#include "protocol/terminal/toml_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "protocol/base/nearest.h"

namespace hotline {
namespace {

TomlValue converted(const toml::node& node);

TomlPlace place_of(const toml::source_region& source) {
  return {source.begin.line, source.begin.column};
}

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TomlValue converted(const toml::node& node) {
  TomlValue value;
  value.at = value.named_at = place_of(node.source());
  if (const auto* table = node.as_table()) {
    value.kind = TomlValue::Kind::table;
    for (const auto& [key, member] : *table) {
      TomlValue& added =
          value.members.emplace_back(TomlMember{std::string(key.str()), converted(member)}).value;
      added.named_at = place_of(key.source());
    }
    // toml++ orders by name; people read in the order of the file.
    std::stable_sort(value.members.begin(), value.members.end(), [](const auto& a, const auto& b) {
      return std::pair(a.value.named_at.line, a.value.named_at.column) <
             std::pair(b.value.named_at.line, b.value.named_at.column);
    });
  } else if (const auto* list = node.as_array()) {
    value.kind = TomlValue::Kind::list;
    for (const toml::node& item : *list) value.items.push_back(converted(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = TomlValue::Kind::text;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = TomlValue::Kind::integer;
    value.integer = integer->get();
    value.text = std::to_string(value.integer);
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = TomlValue::Kind::boolean;
    value.boolean = boolean->get();
    value.text = value.boolean ? "true" : "false";
  } else if (const auto* decimal = node.as_floating_point()) {
    value.kind = TomlValue::Kind::decimal;
    value.text = printed(toml::value<double>(decimal->get()));
  } else if (const auto* date_time = node.as_date_time()) {
    value.kind = TomlValue::Kind::time;
    value.text = printed(date_time->get());
  } else {
    value.kind = TomlValue::Kind::time;
    value.text = node.is_date() ? printed(node.as_date()->get()) : printed(node.as_time()->get());
  }
  return value;
}

}  // namespace

const TomlValue* TomlValue::find(const std::string& key) const {
  for (const auto& [name, member] : members) {
    if (name == key) return &member;
  }
  return nullptr;
}

Error TomlFile::error(const TomlPlace& place, const std::string& what, std::string hint) const {
  return make_error(
      ErrorCode::configuration,
      name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + what,
      std::move(hint));
}

Status TomlFile::only(const TomlValue& table, const std::vector<std::string>& known) const {
  for (const auto& [key, member] : table.members) {
    bool is_known = false;
    for (const std::string& word : known) is_known = is_known || word == key;
    if (is_known) continue;
    std::string hint;
    if (const auto guess = nearest_word(key, known)) {
      hint = "did you mean \"" + *guess + "\"?";
    } else {
      hint = "known here:";
      for (const std::string& word : known) hint += " " + word;
    }
    return error(member, "unknown key \"" + key + "\"", hint);
  }
  return ok();
}

Result<std::string> TomlFile::text_of(const TomlValue& value, const std::string& key) const {
  if (value.kind != TomlValue::Kind::text) {
    return error(value, "\"" + key + "\" must be a text",
                 "write it in quotes: " + key + " = \"...\"");
  }
  return value.text;
}

Result<TomlFile> read_toml_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::configuration;
    return make_error(code, path + ": " + std::strerror(errno == 0 ? EIO : errno));
  }
  content << file.rdbuf();
  if (file.bad() || content.fail()) {
    // An empty file also sets failbit; a directory opens and then cannot be read.
    if (file.bad() || errno != 0) {
      return make_error(ErrorCode::configuration, path + ": " + std::strerror(errno));
    }
  }
  return parse_toml(path, content.str());
}

Result<TomlFile> parse_toml(const std::string& name, const std::string& content) {
  try {
    const toml::table table = toml::parse(content, name);
    return TomlFile{name, converted(table)};
  } catch (const toml::parse_error& error) {
    return TomlFile{name, {}}.error(place_of(error.source()), std::string(error.description()));
  }
}

}  // namespace hotline
