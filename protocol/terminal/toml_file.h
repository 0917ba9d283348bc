// A TOML file as plain values with the place of each, so that only toml_file.cc pays for toml++.
//
// Every complaint about a file names file:line:column.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace hotline {

struct TomlPlace {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct TomlMember;

struct TomlValue {
  enum class Kind { text, integer, decimal, boolean, time, list, table };

  Kind kind = Kind::table;
  // As text whatever the kind: a decimal with as many digits as needed, a time in RFC 3339.
  std::string text;
  int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlValue> items;     // A list's.
  std::vector<TomlMember> members;  // A table's, in order of the file.
  TomlPlace at;                     // A table's: its header's.
  TomlPlace named_at;               // A member's, else the same.

  const TomlValue* find(const std::string& key) const;
};

struct TomlMember {
  std::string key;
  TomlValue value;
};

struct TomlFile {
  std::string name;  // As it is to be called in messages.
  TomlValue root;

  // A configuration error: "hotline.toml:3:1: <what>".
  Error error(const TomlPlace& place, const std::string& what, std::string hint = {}) const;
  // A complaint about a member is a complaint about its line: points at the key.
  Error error(const TomlValue& value, const std::string& what, std::string hint = {}) const {
    return error(value.named_at, what, std::move(hint));
  }
  // Refuses the first member of `table` that is not among `known`, with a suggestion.
  Status only(const TomlValue& table, const std::vector<std::string>& known) const;
  // The text of a member that must be a string.
  Result<std::string> text_of(const TomlValue& value, const std::string& key) const;
};

// Errors: not_found when there is no such file, configuration for anything else.
Result<TomlFile> read_toml_file(const std::string& path);
Result<TomlFile> parse_toml(const std::string& name, const std::string& content);

}  // namespace hotline
