// A drill's own record: a file to which a line is added before anything is done, and one when its
// outcome is known, each on the disk before the next step. From it a drill goes on after its
// program was killed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/terminal/json_input.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

class DrillRecord {
 public:
  // A new one. Error: failed.
  static Result<DrillRecord> create(const std::string& path);
  // The one of a drill that was broken off. A last line that is not whole was never acted upon, and
  // is cut off. Error: not_found, conflict where another program goes on with it, or configuration
  // where a line is none.
  static Result<DrillRecord> open(const std::string& path);

  // Its whole lines from that byte on, also while a program plays the drill, and where they end.
  // Errors: not_found, configuration.
  struct Sight {
    std::vector<JsonInput> lines;
    uint64_t end = 0;
  };
  static Result<Sight> look(const std::string& path, uint64_t begin = 0);
  // A program plays the drill now, and keeps its record.
  static bool is_kept(const std::string& path);

  ~DrillRecord();
  DrillRecord(DrillRecord&& other) noexcept;
  DrillRecord& operator=(DrillRecord&&) = delete;

  // As they were when it was opened.
  const std::vector<JsonInput>& lines() const { return lines_; }

  // Adds a line; it is on the disk when this returns. Error: failed.
  Status add(const JsonValue& line);

 private:
  DrillRecord(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::string path_;
  std::vector<JsonInput> lines_;
};

}  // namespace hotline::client
