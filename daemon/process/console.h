// What hotlined's commands print, other than `run`, as product.md wants it of both programs: data
// on standard output, errors on standard error with why and what to type, and all of it as JSON for
// programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace hotline {

// One object, on one line, that begins with "v":1.
class JsonObject {
 public:
  JsonObject& add(const std::string& name, const std::string& value);
  JsonObject& add(const std::string& name, const char* value) {
    return add(name, std::string(value));
  }
  JsonObject& add(const std::string& name, uint64_t value);
  JsonObject& add(const std::string& name, bool value);
  JsonObject& add(const std::string& name, const JsonObject& value);
  JsonObject& add(const std::string& name, const std::vector<std::string>& values);
  // With "v":1 in front.
  std::string document() const;

 private:
  JsonObject& add_raw(const std::string& name, const std::string& text);
  std::string members_;
};

class Console {
 public:
  bool json = false;

  // One line of data for people, without its line feed, or the object for programs.
  void print(const std::string& line, const JsonObject& object) const;
  // Not data; nothing under --json.
  void note(const std::string& line) const;
  // Says what failed, why and what to type; returns the exit code, as the client's commands do.
  int fail(const std::string& what, const Error& error) const;
  // The exit code of a command that has printed everything: 1, and a word about it, where that
  // could not be written.
  int done(int exit_code) const;
};

}  // namespace hotline
