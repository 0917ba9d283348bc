// A command that takes times, places or a template tells back how it understood them, before
// anything goes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// A notice of the other side that what is written comes too near to, or an acceptance of that.
struct ToldConflict {
  std::string words;
  JsonValue json;
};

using Understood = std::vector<std::pair<std::string, std::string>>;  // Key, and words.

struct ToldBack {
  Understood typed;  // In another form than the one in which it is printed.
  Understood
      filled_in;  // Nobody typed it: the template says so, or it follows from what was typed.
  // Of an answer to a request: the questions that it leaves open, as they are numbered.
  std::optional<std::vector<size_t>> still_open;
  // The message is held against the other side's notices: with these it is in conflict.
  std::optional<std::vector<ToldConflict>> conflicts = {};
  // The acceptances of a notice's conflicts that the message, a correction of it, ends.
  std::vector<ToldConflict> ended_acceptances = {};
  // A correction of the message, in the language of whoever typed it: what its reader is warned of.
  std::vector<std::string> cautions = {};
  // Its message, where a correction brings one that has expired into force; else empty.
  std::string in_force_again = {};
  // Of what is about notices: whether newer ones of the other side may be unknown here.
  std::optional<bool> link_down = {};
  UtcMs link_down_since = 0;  // 0: not known.

  void add(std::string key, std::string words) {
    typed.emplace_back(std::move(key), std::move(words));
  }
  void append(const ToldBack& more);
};

// "understood: where 54.90000N 020.10000E (accuracy 1,852 m), when ..."; empty for nothing.
std::string words_of_typed(const Output& output, const ToldBack& told);
// As it would be typed: "from the template: who=own; action=hold-fire,inform-units".
std::string words_of_filled_in(const Output& output, const ToldBack& told);
// "Still open: question 2, 3."; empty where nothing was asked.
std::string words_of_still_open(const ToldBack& told);
// "2, 3".
std::string listed(const std::vector<size_t>& numbers);
// Those of these that are not empty, each as a line.
void tell_back(Output& output, const ToldBack& told);
// The same as the members "understood", "from_template" and, of an answer to a request,
// "still_open"; of a notice "conflicts", and of its correction
// "ended_acceptances" and "in_force_again".
JsonValue& add_told_back(JsonValue& document, const ToldBack& told);

}  // namespace hotline::client
