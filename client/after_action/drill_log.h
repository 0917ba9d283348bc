// A drill's own record (client/director/drill_record.h) as values. Nobody signs it: the
// report takes of it which message each inject became, when injects came that are no messages, and
// how the program judged, to be held against the journals.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/drill/drill_order.h"
#include "client/drill/play.h"
#include "client/drill/scenario.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/terminal/json_input.h"

namespace hotline::client {

struct DrillLog {
  struct Inject {
    InjectFate fate;
    std::string message;  // Its serial; empty where it is none, or was not committed.
    Bytes draft;          // As it was handed in.
    std::optional<int64_t> over_ms;
  };
  struct Verdict {
    Outcome::Kind kind = Outcome::Kind::not_reached;
    int64_t at_ms = 0;
    std::string message;
  };
  struct Refusal {
    int64_t at_ms = 0;
    std::optional<size_t> player;  // Whoever wrote it; or
    std::optional<size_t> inject;  // it was the message of this one.
    std::string reason;
  };

  // Something that was noted or ordered while it was played, or after it.
  struct Order {
    int64_t at_ms = 0;
    DrillOrder order;
  };
  // By the director, or whoever was asked.
  struct Judgement {
    Outcome::Kind kind = Outcome::Kind::to_judge;
    int64_t at_ms = 0;
    std::string who;
    std::string comment;
  };

  UtcMs begin = 0;                // The exercise's time; 0: it ended before its clocks were set.
  std::optional<SideIndex> side;  // The director's own, where the other side's had theirs.
  std::optional<uint64_t> seed;
  bool jumps = false;
  uint32_t speed_permille = 1000;
  std::optional<int64_t> ended_ms;  // Nothing: it was not played to its end.
  bool is_stopped = false;
  int64_t last_ms = 0;     // The newest line's.
  std::string broken_off;  // Why, where it did not go on since.
  std::vector<Unplayed> unplayed;
  std::vector<std::pair<int64_t, SideIndex>> restarts;  // Daemons that had ended by themselves.
  std::vector<Inject> injects;                          // In the places of the scenario. Likewise:
  std::vector<std::optional<Verdict>> verdicts;
  std::vector<std::optional<Judgement>> judgements;
  std::vector<Order> orders;              // In the order in which they were taken.
  std::map<std::string, size_t> players;  // By messages that they sent by script.
  std::vector<Refusal> refusals;
};

DrillLog read_drill_log(const std::vector<JsonInput>& lines, const Scenario& scenario);

// DrillLog::begin, before the scenario is read.
UtcMs beginning_of(const std::vector<JsonInput>& lines);

// The lines of a record, the last one only where it is whole. Error: not_found, configuration.
Result<std::vector<JsonInput>> read_record_lines(const std::string& path);

}  // namespace hotline::client
