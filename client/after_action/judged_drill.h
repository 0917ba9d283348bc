// A drill judged anew, from the journals of both sides alone, by the rules that judged it while it
// ran (client/drill/judge.h); and where that differs from what the program said. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/after_action/drill_log.h"
#include "client/after_action/side_record.h"
#include "client/drill/judge.h"
#include "client/drill/play.h"
#include "client/drill/scenario.h"

namespace hotline::client {

// An entry of a side's journal, and the message that it speaks of.
struct Proof {
  SideIndex side = 0;
  std::string message;
  wire::Role role = wire::Role::unset;
  EntryProof entry;
};

struct ProvedEvent {
  PlayedEvent event;
  std::optional<Proof> proof;
};

// How something that was missed was noticed all the same.
struct Catch {
  enum class By : uint8_t {
    rung = 1,  // Nobody had acknowledged. Likewise, by the ladder:
    undelivered,
    dissemination_due,
    answer_due,
    read_back,  // The sender's daemon saw that it was read back otherwise.
  };
  By by = By::rung;
  std::string rung;
  int64_t at_ms = 0;
  Proof proof;
  // "54.9N 20.1E was sent, and 54.8N 20.1E was read back"; of a read-back alone, and empty where
  // the export of whoever read it back is not there.
  std::string misread = {};
};

struct JudgedExpectation {
  Outcome outcome;
  bool is_judged = true;  // False: the record of that side is not there.
  std::optional<Proof> proof = {};
  // Where it was missed: when it was done after all, and what noticed that it was due.
  std::optional<int64_t> late_ms = {};
  std::optional<Proof> late_proof = {};
  std::vector<Catch> caught = {};  // In order of time, until it was done or the drill ended.
  std::optional<DrillLog::Verdict> as_it_ran = {};
};

struct JudgedDrill {
  std::vector<ProvedEvent> events;            // In order of time.
  std::vector<std::optional<Proof>> injects;  // In the places of the scenario. Likewise:
  std::vector<JudgedExpectation> expectations;
  std::vector<std::optional<int64_t>> planned_ms;  // Of injects; nothing: they come by hand alone.
  std::vector<std::string> differences;            // From what the program said, one sentence each.
  int64_t ends_ms = 0;

  Outcome::Kind kind(size_t expectation) const { return expectations[expectation].outcome.kind; }
};

using SideRecords = std::array<std::optional<SideRecord>, kSides>;

JudgedDrill judge_drill(const Scenario& scenario, const DrillLog& log, const SideRecords& records);

}  // namespace hotline::client
