// A drill in its directory, as any other program sees it than the one that plays it: its scenario,
// how it stands, and a place to hand an order in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/command_line/command_line.h"
#include "client/director/drill_record.h"
#include "client/drill/drill_files.h"
#include "client/drill/standing.h"

namespace hotline::client {

// The seed by which the drill is played, where its record has one.
std::optional<uint64_t> drill_seed(const std::vector<JsonInput>& lines);

class PlayedDrill {
 public:
  // The directory that was typed (--directory), or else that of the contexts' file, or else this
  // one, where a drill lies in it. Nothing: none does.
  static std::optional<std::string> directory_of(const Invocation& invocation);
  // Errors: not_found, configuration.
  static Result<PlayedDrill> open(const std::string& directory, UtcMs now);

  const std::string& directory() const { return directory_; }
  const Scenario& scenario() const { return scenario_; }
  // A program plays it now.
  bool is_played() const;
  Result<DrillRecord::Sight> record() const;
  // Error: of the record.
  Result<DrillStanding> standing() const;

  struct Answer {
    uint64_t number = 0;  // The order's.
    int64_t at_ms = 0;
    std::string message;  // The serial of an inject's, once it is committed.
  };
  // Hands the order in and waits for the answer. After the end of a drill notes and judgements are
  // still taken. Errors: those of check_order, unreachable, timed_out, failed.
  Result<Answer> hand_in(const DrillOrder& order, const Surroundings& around) const;

 private:
  Result<Answer> wait_for_answer(const DrillOrder& order, uint64_t number, uint64_t begin,
                                 const Surroundings& around) const;
  Result<Answer> hand_in_afterwards(const DrillOrder& order, const Surroundings& around) const;
  Result<Answer> add_afterwards(DrillOrder order) const;

  std::string directory_;
  Scenario scenario_;
};

}  // namespace hotline::client
