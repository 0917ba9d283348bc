// An order: what somebody asks of a drill while it is played, from another terminal. Plain data,
// and its line of JSON, which stands in the file of orders and in the drill's record alike.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/terminal/json_input.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

struct DrillOrder {
  enum class Kind : uint8_t { inject = 1, skip, note, judge, pause, resume, speed, jump, stop };
  Kind kind = Kind::note;
  uint64_t number = 0;  // In the order in which they were typed, from 1.
  std::string who = {};
  std::string name = {};  // The inject's, or of a judgement the expectation's.
  std::string text = {};  // The note, or the comment on a judgement.
  bool is_met = false;    // As it is judged.
  uint32_t speed_permille = 0;
  // A jump: to the next thing that is due, so far ahead, or to a time of the exercise.
  bool goes_to_next = false;
  int64_t by_ms = 0;
  UtcMs until = 0;
  int64_t until_ms = 0;  // The same since the drill's beginning, once it was taken.
};

// "inject", "skip": as it is typed, and as its line has it under "do".
const char* order_word(DrillOrder::Kind kind);

// The members of its line.
void add_order(JsonValue& line, const DrillOrder& order);
// Error: malformed, where the line is no order.
Result<DrillOrder> read_order(const JsonInput& line);

// Members of a line: an empty text, or 0, where it has no such one.
std::string text_in(const JsonInput& line, const char* name);
int64_t number_in(const JsonInput& line, const char* name);

}  // namespace hotline::client
