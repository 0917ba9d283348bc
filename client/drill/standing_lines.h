// How a drill stands, on the screen and as JSON: what has happened, what is to come, and what is
// left to the director.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/drill/standing.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

struct DrillView {
  struct Note {
    int64_t at_ms = 0;
    std::string who;
    std::string text;
  };
  DrillStanding standing;
  std::map<size_t, std::string> serials;  // By the place of the inject.
  std::vector<Note> notes;
  bool is_played = false;  // A program plays it now.
  UtcMs written_at = 0;    // The record's newest line, by this machine's clock; 0: not known.
  UtcMs machine_now = 0;   // By this machine's clock; the standing has the exercise's.
};

// As the lines of the drill's record tell.
DrillView view_of(const Scenario& scenario, const std::vector<JsonInput>& lines);

void say_standing(Output& output, const Scenario& scenario, const DrillView& view);
void add_standing(JsonValue& document, const Scenario& scenario, const DrillView& view);

// Says what a drill that was stopped left undone; nothing where it left nothing.
void say_undone(Output& output, const Scenario& scenario, const Play& play);
// Its injects that did not happen, and expectations that nothing had settled.
JsonValue json_undone(const Scenario& scenario, const Play& play);

}  // namespace hotline::client
