// The sentences of a report on a drill. It is in English, whatever the reader's language: both
// sides hold the same words.
#pragma once

#include <string>
#include <vector>

#include "client/after_action/after_action.h"

namespace hotline::client {

// The first line: the report can be relied on, or why not.
std::string standing_words_of(const AfterAction& report);
// "40 of 45 points: ...", and that it did not end where it did not.
std::string result_words(const AfterAction& report);
// When it was played, by both clocks, how long it took and how fast.
std::vector<std::string> played_words(const AfterAction& report);

// A change of the clocks of a drill with the other side's director, as a journal has it.
struct SetClock {
  int64_t at_ms = 0;
  std::string words;  // "jump to 00:25:00".
  std::string who;    // Agreed to it at the first side that has an export; empty where the journal
                      // does not name them.
};
std::vector<SetClock> clocks_set(const AfterAction& report);

// "SOUTH acknowledges crossing within 3 min 00 s".
std::string expected_words(const AfterAction& report, size_t expectation);
// "met at 00:05:46, 46 s after crossing".
std::string outcome_words(const AfterAction& report, size_t expectation);
// For a table: "MET".
const char* outcome_mark(const AfterAction& report, size_t expectation);
// "10 of 10"; of one that a person is to judge "? of 10".
std::string points_words(const AfterAction& report, size_t expectation);
std::string proof_words(const Scenario& scenario, const std::optional<Proof>& proof);

// The fate of an inject that did not come.
std::string fate_words(InjectFate::Kind kind);

// The notice that something was missed: "the rung supervisor of SOUTH at 00:08:00".
std::string catch_words(const Scenario& scenario, const Catch& caught);
const char* catch_key(Catch::By by);
std::string caught_words(const AfterAction& report, size_t expectation);

// The name of an objective and its text.
std::string objective_words(const Scenario& scenario, const ObjectiveResult& result);

}  // namespace hotline::client
