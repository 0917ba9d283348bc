// The orders of a drill: a file in its directory to which whoever orders something adds a line, and
// which the program that plays the drill reads at each step. A line is on the disk before whoever
// typed it waits for the answer, and is never changed: the drill's record says which were taken.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/drill/drill_order.h"
#include "protocol/base/result.h"

namespace hotline::client {

class OrderFile {
 public:
  explicit OrderFile(std::string path) : path_(std::move(path)) {}

  // Adds the order, with the next number, which it returns. Several may do so at once.
  // Errors: failed, and malformed where the file is no file of orders.
  Result<uint64_t> add(DrillOrder order) const;

  // Those that have a greater number, in their order. A last line that is not whole is left for
  // later. Errors: failed, malformed.
  Result<std::vector<DrillOrder>> after(uint64_t number);

 private:
  const std::string path_;
  uint64_t read_bytes_ = 0;  // All lines before have been returned.
};

}  // namespace hotline::client
