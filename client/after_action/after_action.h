// The report on a drill as values: who played what, what happened and what proves it, what was met
// and missed, and how long everything took. docs/exercises.md, "The report".
//
// Both exports are verified first; one that FAILED gives no value.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/after_action/drill_log.h"
#include "client/after_action/judged_drill.h"
#include "client/after_action/side_record.h"
#include "client/drill/scenario.h"
#include "client/report/report.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

// How soon messages of one precedence were done, at one side, against what was agreed.
struct TimesRow {
  enum class Until : uint8_t { receipt = 1, acknowledgement, dissemination, answer };
  SideIndex side = 0;  // The journal's: the sender of a receipt, else the receiver.
  uint8_t precedence = 0;
  Until until = Until::receipt;
  uint64_t messages = 0;
  uint64_t done = 0;
  uint64_t closed = 0;   // Declined by a person or cancelled, and not done.
  uint64_t waiting = 0;  // At the end.
  std::optional<int64_t> median_ms = {};
  std::optional<int64_t> longest_ms = {};
  std::optional<int64_t> due_ms = {};  // As agreed.
  uint64_t late = 0;                   // Done later than that, or waiting for longer.
};
const char* until_name(TimesRow::Until until);  // "receipt"

// The result for one objective; the expectations that name none stand under one without a place.
struct ObjectiveResult {
  std::optional<size_t> objective;
  int64_t points = 0;
  int64_t points_max = 0;
  // Places of expectations.
  std::vector<size_t> met;
  std::vector<size_t> missed;
  std::vector<size_t> open;  // Left to the director, not reached, or not judged.
};

struct Unjudged {
  size_t expectations = 0;
  int64_t points = 0;
};

struct AfterAction {
  std::string directory;  // Its name alone.
  Scenario scenario;
  DrillLog log;
  Report verification;
  std::vector<std::string> not_exported;  // Sides.
  SideRecords records;
  JudgedDrill judged;
  std::vector<TimesRow> times;
  std::vector<ObjectiveResult> objectives;
  std::vector<AfterAction> earlier;  // Drills of the same scenario, to be compared with.

  bool is_finished() const { return log.ended_ms.has_value(); }
  Report::Standing standing() const;
  int64_t points() const;
  int64_t points_max() const;
  size_t count(Outcome::Kind kind) const;
  // Those of a side whose export is not there; count() has them among the not reached.
  Unjudged unjudged() const;
};

struct AfterActionWish {
  std::string directory;              // The drill's.
  std::vector<std::string> exports;   // Else those that the drill left in its directory.
  std::optional<std::string> trust;   // Else the CA certificates that the drill made.
  std::vector<std::string> compared;  // Directories of earlier drills.
  UtcMs now = 0;                      // By which a drill is read that never began.
  std::function<void(const std::string& what, unsigned percent)> progress;
};

// Errors: not_found and configuration, where it is no directory of a drill; conflict, where an
// export is not of a side of it, or an earlier drill is of another scenario.
Result<AfterAction> after_action_of(const AfterActionWish& wish);

// The parts that are counted, of a drill that is judged.
std::vector<TimesRow> times_of(const SideRecords& records);
std::vector<ObjectiveResult> objectives_of(const Scenario& scenario, const JudgedDrill& judged);

}  // namespace hotline::client
