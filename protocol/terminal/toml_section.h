// A table of a TOML file that knows which of its keys were asked for, so that the others can be
// refused. Every complaint names file:line:column.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/terminal/toml_file.h"

namespace hotline {

// Thrown by a section, for whoever reads the whole file to catch.
struct TomlFault {
  Error error;
};

class TomlSection {
 public:
  // `example`: the command that shows the keys. Borrows both; they outlive it.
  TomlSection(const TomlFile& file, std::string name, const TomlValue& table,
              std::string example = "hotlined config example")
      : file_(file), name_(std::move(name)), table_(table), example_(std::move(example)) {}

  [[noreturn]] void fail(const TomlValue& value, const std::string& reason,
                         const std::string& hint = "") const;

  const TomlFile& file() const { return file_; }
  // Those without "optional" throw where the key is missing. Durations are "30s", distances "5 km".
  std::string text(const std::string& key);
  std::optional<std::string> optional_text(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  int64_t duration_ms(const std::string& key);
  void optional_duration_ms(const std::string& key, int64_t& value);
  void optional_metres(const std::string& key, int64_t& metres);
  // From 0 to `most`.
  void optional_count(const std::string& key, int64_t most, int64_t& count);
  void optional_mebibytes(const std::string& key, uint64_t& bytes);
  void optional_flag(const std::string& key, bool& flag);
  TomlSection section(const std::string& key);
  std::optional<TomlSection> optional_section(const std::string& key);
  std::vector<TomlSection> sections(const std::string& key);
  // Every key, as of a table in which people name things themselves.
  std::vector<std::string> keys() const;
  const TomlValue& require(const std::string& key);
  bool has(const std::string& key) { return find(key) != nullptr; }
  // Call last: whatever was not asked for is a mistake.
  void refuse_others() const;

 private:
  [[noreturn]] void refuse(const std::string& key, const TomlValue& value,
                           const std::string& hint) const;
  void refuse_misspelt(const std::string& missing) const;
  std::string full(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }
  const TomlValue* find(const std::string& key);
  int64_t parse_duration(const TomlValue& value, const std::string& text) const;

  const TomlFile& file_;
  std::string name_;
  const TomlValue& table_;
  std::string example_;
  std::set<std::string> known_;
};

}  // namespace hotline
