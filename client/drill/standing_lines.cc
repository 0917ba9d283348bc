#include "client/drill/standing_lines.h"

#include <array>
#include <utility>

#include "client/drill/judge.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_words.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

enum class DrillState : uint8_t { playing, paused, jumping, over, stopped, broken_off };
// In its order.
constexpr std::array<const char*, 6> kDrillStates = {"playing", "paused",  "jumping",
                                                     "over",    "stopped", "broken-off"};

DrillState state_of(const DrillView& view) {
  const DrillStanding& at = view.standing;
  if (at.is_stopped) return DrillState::stopped;
  if (at.has_ended) return DrillState::over;
  if (!view.is_played) return DrillState::broken_off;
  if (at.walks()) return DrillState::jumping;
  return at.is_paused ? DrillState::paused : DrillState::playing;
}

// How one of the parts of a scenario stands: a word for programs, one for people, and a time that
// it happened, or will.
struct PartState {
  KindWord word = {"", ""};
  std::optional<int64_t> at_ms = {};
  Style style = Style::plain;
};

bool is_closed(const DrillStanding& at) {
  return at.has_ended || at.is_stopped;
}

PartState inject_state(const Scenario& scenario, const DrillStanding& at, size_t i) {
  const InjectFate& fate = at.play.injects[i];
  switch (fate.kind) {
    case InjectFate::Kind::played:
      return {{"happened", "happened"}, fate.at_ms};
    case InjectFate::Kind::skipped:
      return {{"skipped", "skipped"}, fate.at_ms};
    case InjectFate::Kind::refused:
      return {{"refused", "refused"}, fate.at_ms, Style::red};
    case InjectFate::Kind::off:
      return {{"off", "disabled"}};
    case InjectFate::Kind::by_hand:
    case InjectFate::Kind::not_reached:
      break;
  }
  if (is_closed(at)) return {{"not-reached", "not reached"}};
  if (const auto comes = comes_at_ms(scenario, at, i)) return {{"to-come", "still to come"}, comes};
  if (fate.kind == InjectFate::Kind::by_hand) return {{"by-hand", "by hand"}, {}, Style::yellow};
  return {{"waits", "waits"}};
}

// Nothing is expected of its inject.
const char* off_words(const DrillStanding& at, size_t inject) {
  const InjectFate::Kind fate = at.play.injects[inject].kind;
  if (fate == InjectFate::Kind::skipped) return "skipped";
  return fate == InjectFate::Kind::refused ? "refused" : "disabled";
}

PartState expectation_state(const Scenario& scenario, const DrillStanding& at, size_t e) {
  const Outcome& outcome = at.play.expectations[e];
  switch (outcome.kind) {
    case Outcome::Kind::met:
      return {{"met", "MET"}, outcome.at_ms, Style::green};
    case Outcome::Kind::missed:
      return {{"missed", "MISSED"}, outcome.at_ms, Style::red};
    case Outcome::Kind::to_judge:
      return {{"to-judge", "for the director"}, outcome.at_ms, Style::yellow};
    case Outcome::Kind::off:
      return {{"off", off_words(at, scenario.expectations[e].of)}};
    case Outcome::Kind::not_judged:
      return {{"not-judged", "not judged"}, outcome.at_ms, Style::yellow};
    case Outcome::Kind::not_reached:
      break;
  }
  if (is_closed(at)) return {{"not-reached", "not reached"}};
  if (is_running(scenario, at.play, e)) {
    return {{"running", "runs until"}, deadline_ms(scenario, at.play, e)};
  }
  return {{"to-come", "still to come"}};
}

std::string time_cell(const PartState& state) {
  return state.at_ms ? exercise_time(*state.at_ms) : "";
}

JsonValue json_at(const std::optional<int64_t>& at_ms) {
  return at_ms ? JsonValue(*at_ms) : JsonValue();
}

std::string serial_in(const DrillView& view, size_t inject) {
  const auto found = view.serials.find(inject);
  return found == view.serials.end() ? std::string() : found->second;
}

// The other side shows only by what came.
bool shows_inject(const Scenario& scenario, const DrillStanding& at, size_t i) {
  return at.is_ours(scenario.injects[i].from) ||
         at.play.injects[i].kind == InjectFate::Kind::played;
}

bool shows_expectation(const Scenario& scenario, const DrillStanding& at, size_t e) {
  return at.is_ours(scenario.expectations[e].side);
}

// The inject of an expectation, where it is shown.
std::string shown_inject_of(const Scenario& scenario, const DrillStanding& at, size_t e) {
  const size_t of = scenario.expectations[e].of;
  return shows_inject(scenario, at, of) ? scenario.injects[of].name : "";
}

struct Hidden {
  size_t injects = 0;
  size_t expectations = 0;
};

Hidden hidden_in(const Scenario& scenario, const DrillStanding& at) {
  Hidden hidden;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (!shows_inject(scenario, at, i)) ++hidden.injects;
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (!shows_expectation(scenario, at, e)) ++hidden.expectations;
  }
  return hidden;
}

void print_injects(Output& output, const Scenario& scenario, const DrillView& view) {
  Table table({{"T+"},
               {"STATE", 0, Table::Fit::whole, true},
               {"SIDE", 0, Table::Fit::left_out},
               {"INJECT", 12, Table::Fit::cut},
               {"KIND", 8, Table::Fit::left_out, true},
               {"ID"}});
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (!shows_inject(scenario, view.standing, i)) continue;
    const Inject& inject = scenario.injects[i];
    const PartState state = inject_state(scenario, view.standing, i);
    table.add({"",
               {time_cell(state), state.word.words, upper_case(scenario.sides[inject.from]),
                inject.name, kInjectKinds[inject.content.index()].words, serial_in(view, i)},
               state.style});
  }
  table.print(output);
}

void print_expectations(Output& output, const Scenario& scenario, const DrillView& view) {
  Table table({{"T+"},
               {"STATE", 0, Table::Fit::whole, true},
               {"SIDE", 0, Table::Fit::left_out},
               {"EXPECTED", 12, Table::Fit::cut},
               {"INJECT", 8, Table::Fit::left_out},
               {"POINTS"}});
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (!shows_expectation(scenario, view.standing, e)) continue;
    const Expectation& expected = scenario.expectations[e];
    const PartState state = expectation_state(scenario, view.standing, e);
    table.add({state.style == Style::red ? "!" : "",
               {time_cell(state), state.word.words, upper_case(scenario.sides[expected.side]),
                expected.name, shown_inject_of(scenario, view.standing, e),
                std::to_string(expected.points)},
               state.style});
  }
  table.print(output);
}

// A dead program knows no time: its record has the one to which it came.
void say_time(Output& output, const DrillView& view) {
  const DrillStanding& at = view.standing;
  const std::string since = exercise_time(at.now_ms);
  const std::string time = format_rfc3339(at.begin + at.now_ms);
  if (state_of(view) == DrillState::broken_off) {
    output.say("Its record ends at " + since + " since the drill began: " + time +
               " by the clock of the exercise.");
  } else {
    output.say("It is at " + since + " since the drill began: " + time +
               " by the clock of the exercise.");
  }
}

void say_pace(Output& output, const DrillView& view) {
  const DrillStanding& at = view.standing;
  switch (state_of(view)) {
    case DrillState::stopped:
      return output.say("It was stopped.", Style::yellow);
    case DrillState::over:
      return output.say("It is over.");
    case DrillState::broken_off:
      output.say("The director's program does not run.", Style::red);
      if (view.written_at != 0) {
        output.say("It wrote last at " + format_rfc3339(view.written_at) +
                       " by the clock of this machine.",
                   Style::yellow);
      }
      if (!at.broken_off.empty()) output.say("It broke off: " + at.broken_off, Style::yellow);
      return;
    case DrillState::paused:
      return output.say("It is paused.", Style::yellow);
    case DrillState::jumping:
      return output.say("It jumps to whatever is due next.");
    case DrillState::playing:
      break;
  }
  if (at.pace.speed_permille == 1000) return output.say("It goes as fast as real time.");
  output.say("It goes " + format_speed(at.pace.speed_permille) + " times as fast as real time.");
}

void say_unplayed(Output& output, const Play& play) {
  for (const Unplayed& gap : play.unplayed) {
    output.say("No program played it from " + exercise_time(gap.from_ms) + " to " +
                   exercise_time(gap.to_ms) + ", at most.",
               Style::yellow);
  }
}

// Orders that the director may give next.
void say_next(Output& output, const Scenario& scenario, const DrillView& view) {
  for (const size_t i : waits_for_director(scenario, view.standing)) {
    if (is_closed(view.standing)) break;
    output.talk("Waits for the director: " +
                output.command("drill inject " + scenario.injects[i].name));
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (view.standing.play.expectations[e].kind != Outcome::Kind::to_judge) continue;
    if (!shows_expectation(scenario, view.standing, e)) continue;
    output.talk("To judge: " +
                output.command("drill judge " + scenario.expectations[e].name + " met"));
  }
}

JsonValue json_injects_now(const Scenario& scenario, const DrillView& view) {
  JsonValue::Array rows;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (!shows_inject(scenario, view.standing, i)) continue;
    const Inject& inject = scenario.injects[i];
    const PartState state = inject_state(scenario, view.standing, i);
    rows.push_back(JsonValue()
                       .add("name", inject.name)
                       .add("kind", kInjectKinds[inject.content.index()].key)
                       .add("side", scenario.sides[inject.from])
                       .add("state", state.word.key)
                       .add("at_ms", json_at(state.at_ms))
                       .add("ordered", view.standing.called.count(i) > 0)
                       .add("message", json_text(serial_in(view, i))));
  }
  return rows;
}

JsonValue json_expectations_now(const Scenario& scenario, const DrillView& view) {
  JsonValue::Array rows;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (!shows_expectation(scenario, view.standing, e)) continue;
    const Expectation& expected = scenario.expectations[e];
    const PartState state = expectation_state(scenario, view.standing, e);
    const auto comment = view.standing.comments.find(e);
    rows.push_back(JsonValue()
                       .add("name", expected.name)
                       .add("kind", kExpectationKinds[expected.content.index()].key)
                       .add("of", json_text(shown_inject_of(scenario, view.standing, e)))
                       .add("side", scenario.sides[expected.side])
                       .add("state", state.word.key)
                       .add("at_ms", json_at(state.at_ms))
                       .add("points", expected.points)
                       .add("judged_by", expected.by_director ? "director" : "machine")
                       .add("comment", comment == view.standing.comments.end()
                                           ? JsonValue()
                                           : json_text(comment->second)));
  }
  return rows;
}

}  // namespace

DrillView view_of(const Scenario& scenario, const std::vector<JsonInput>& lines) {
  DrillView view;
  view.standing = before_drill(scenario);
  std::vector<size_t> messages;  // Their injects, in the order of the record.
  for (const JsonInput& line : lines) {
    const auto order = take_line(scenario, view.standing, line);
    const std::string what = text_in(line, "what");
    if (order && what == "note") {
      view.notes.push_back({number_in(line, "at_ms"), order->who, order->text});
    }
    if ((what == "inject" || what == "reaction") && !text_in(line, "draft").empty()) {
      const std::string name = what == "inject" ? text_in(line, "inject") : "";
      messages.push_back(place_named(scenario.injects, name));
    }
    if (what == "came") {
      view.serials[place_named(scenario.injects, text_in(line, "inject"))] = text_in(line, "id");
    }
    const auto place = static_cast<size_t>(number_in(line, "message"));
    if (what == "committed" && place < messages.size()) {
      view.serials[messages[place]] = text_in(line, "id");
    }
  }
  return view;
}

void say_standing(Output& output, const Scenario& scenario, const DrillView& view) {
  const DrillStanding& at = view.standing;
  output.line(printable_line(scenario.title));
  say_time(output, view);
  if (view.machine_now != 0) {
    output.say("The clock of this machine says " + format_rfc3339(view.machine_now) + ".");
  }
  say_pace(output, view);
  print_injects(output, scenario, view);
  print_expectations(output, scenario, view);
  say_unplayed(output, at.play);
  if (!view.notes.empty()) {
    Table table({{"T+"}, {"BY"}, {"NOTE", 20, Table::Fit::wrapped}});
    for (const DrillView::Note& note : view.notes) {
      table.add({"", {exercise_time(note.at_ms), note.who, note.text}});
    }
    table.print(output);
  }
  if (at.side) {
    const Hidden hidden = hidden_in(scenario, at);
    output.talk("Of " + upper_case(scenario.sides[other_side(*at.side)]) +
                " there are more injects: " + format_count(hidden.injects) +
                ", and expectations: " + format_count(hidden.expectations) +
                "; their director sees them.");
  }
  say_score(output, scenario, seen_play(scenario, at), is_closed(at));
  say_next(output, scenario, view);
}

void add_standing(JsonValue& document, const Scenario& scenario, const DrillView& view) {
  const DrillStanding& at = view.standing;
  document.add("title", json_text(scenario.title))
      .add("state", kDrillStates[static_cast<size_t>(state_of(view))])
      .add("at_ms", at.now_ms)
      .add("at", json_time(at.begin + at.now_ms))
      .add("written_at", view.written_at == 0 ? JsonValue() : json_time(view.written_at))
      .add("machine_at", view.machine_now == 0 ? JsonValue() : json_time(view.machine_now))
      .add("paused", at.is_paused)
      .add("jumps", at.pace.jumps)
      .add("speed_permille", static_cast<int64_t>(at.pace.speed_permille))
      .add("broken_off", json_text(at.broken_off))
      .add("unplayed", json_unplayed(at.play.unplayed));
  add_points(document, scenario, seen_play(scenario, at));
  if (at.side) {
    const Hidden hidden = hidden_in(scenario, at);
    document.add("side", scenario.sides[*at.side])
        .add("hidden",
             JsonValue().add("injects", hidden.injects).add("expectations", hidden.expectations));
  }
  document.add("injects", json_injects_now(scenario, view))
      .add("expectations", json_expectations_now(scenario, view));
  document.add(
      "notes", json_each(view.notes, [](const DrillView::Note& note) {
        return JsonValue().add("at_ms", note.at_ms).add("who", note.who).add("text", note.text);
      }));
}

namespace {

std::vector<std::string> injects_undone(const Scenario& scenario, const Play& play) {
  std::vector<std::string> names;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const InjectFate::Kind kind = play.injects[i].kind;
    if (kind == InjectFate::Kind::not_reached || kind == InjectFate::Kind::by_hand) {
      names.push_back(scenario.injects[i].name);
    }
  }
  return names;
}

std::vector<std::string> expectations_undone(const Scenario& scenario, const Play& play) {
  std::vector<std::string> names;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (is_running(scenario, play, e)) names.push_back(scenario.expectations[e].name);
  }
  return names;
}

}  // namespace

void say_undone(Output& output, const Scenario& scenario, const Play& play) {
  const auto listed = [](const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  };
  const std::string injects = listed(injects_undone(scenario, play));
  const std::string expectations = listed(expectations_undone(scenario, play));
  if (!injects.empty()) output.talk("Did not happen: " + injects);
  if (!expectations.empty()) output.talk("Was still to be met: " + expectations);
}

JsonValue json_undone(const Scenario& scenario, const Play& play) {
  return JsonValue()
      .add("injects", injects_undone(scenario, play))
      .add("expectations", expectations_undone(scenario, play));
}

}  // namespace hotline::client
