#include "client/drill/play_lines.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "client/drill/scenario_words.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using What = PlayedEvent::What;

// In the order of What; an inject is told by its kind.
constexpr std::array<KindWord, 19> kEvents = {{{"inject", "inject"},
                                               {"fault-over", "is over"},
                                               {"acknowledged", "acknowledged"},
                                               {"declined", "declined"},
                                               {"disseminated", "disseminated"},
                                               {"replied", "replied"},
                                               {"escalated", "rung climbed"},
                                               {"conflict", "conflict found"},
                                               {"met", "MET"},
                                               {"missed", "MISSED"},
                                               {"to-judge", "for the director"},
                                               {"refused", "refused"},
                                               {"noted", "observer's note"},
                                               {"skipped", "skipped"},
                                               {"ordered", "order"},
                                               {"waits", "waits"},
                                               {"unplayed", "not played"},
                                               {"not-judged", "not judged"},
                                               {"restarted", "daemon restarted"}}};
constexpr const char* kFates[] = {"played", "not-reached", "by-hand", "off", "skipped", "refused"};
constexpr const char* kOutcomes[] = {"met",         "missed", "to-judge",
                                     "not-reached", "off",    "not-judged"};

const KindWord& event_kind(const PlayedEvent& event) {
  return kEvents[static_cast<size_t>(event.what) - 1];
}

// People's orders and notes are no side's.
bool is_of_a_side(const PlayedEvent& event) {
  return event.what != What::noted && event.what != What::ordered && event.what != What::unplayed;
}

Style event_style(const PlayedEvent& event) {
  if (event.what == What::missed || event.what == What::refused) return Style::red;
  return event.what == What::met ? Style::green : Style::plain;
}

JsonValue json_injects(const Scenario& scenario, const Play& play) {
  JsonValue::Array rows;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const InjectFate& fate = play.injects[i];
    const bool is_played = fate.kind == InjectFate::Kind::played;
    rows.push_back(JsonValue()
                       .add("name", scenario.injects[i].name)
                       .add("kind", kInjectKinds[scenario.injects[i].content.index()].key)
                       .add("side", scenario.sides[scenario.injects[i].from])
                       .add("fate", fate_key(fate.kind))
                       .add("at_ms", is_played ? JsonValue(fate.at_ms) : JsonValue()));
  }
  return rows;
}

JsonValue json_expectations(const Scenario& scenario, const Play& play) {
  JsonValue::Array rows;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const Expectation& expected = scenario.expectations[e];
    const Outcome& outcome = play.expectations[e];
    const bool has_ended = outcome.is_settled();
    rows.push_back(
        JsonValue()
            .add("name", expected.name)
            .add("kind", kExpectationKinds[expected.content.index()].key)
            .add("of", scenario.injects[expected.of].name)
            .add("side", scenario.sides[expected.side])
            .add("within_ms", expected.within_ms)
            .add("points", expected.points)
            .add("objective", expected.objective
                                  ? JsonValue(scenario.objectives[*expected.objective].name)
                                  : JsonValue())
            .add("judged_by", expected.by_director ? "director" : "machine")
            .add("outcome", outcome_key(outcome.kind))
            .add("at_ms", has_ended ? JsonValue(outcome.at_ms) : JsonValue()));
  }
  return rows;
}

int64_t all_points(const Scenario& scenario, const Play& play) {
  int64_t points = 0;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (play.expectations[e].counts()) points += scenario.expectations[e].points;
  }
  return points;
}

std::string listed_names(const Scenario& scenario, const Play& play, InjectFate::Kind kind) {
  std::string names;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    if (play.injects[i].kind != kind) continue;
    names += (names.empty() ? "" : ", ") + scenario.injects[i].name;
  }
  return names;
}

}  // namespace

const char* fate_key(InjectFate::Kind kind) {
  return kFates[static_cast<size_t>(kind) - 1];
}

const char* outcome_key(Outcome::Kind kind) {
  return kOutcomes[static_cast<size_t>(kind) - 1];
}

bool is_a_player(const Scenario& scenario, const std::string& who) {
  return std::any_of(scenario.players.begin(), scenario.players.end(), [&](const Player& player) {
    return who == player.name || who == scenario.sides[player.side] + "-" + player.name;
  });
}

std::string judge_words(const Scenario& scenario, const std::string& who) {
  return is_a_player(scenario, who) ? who + " (a player, not the director)" : who;
}

PlayedEvent::What outcome_event(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::met:
      return What::met;
    case Outcome::Kind::missed:
      return What::missed;
    case Outcome::Kind::not_judged:
      return What::not_judged;
    case Outcome::Kind::to_judge:
    case Outcome::Kind::not_reached:
    case Outcome::Kind::off:
      break;
  }
  return What::to_judge;
}

std::optional<Outcome::Kind> outcome_called(const std::string& key) {
  const auto found = std::find(std::begin(kOutcomes), std::end(kOutcomes), key);
  if (found == std::end(kOutcomes)) return std::nullopt;
  return static_cast<Outcome::Kind>(found - std::begin(kOutcomes) + 1);
}

std::string event_words(const Scenario& scenario, const PlayedEvent& event) {
  if (event.what == What::inject) {
    return kInjectKinds[scenario.injects[*event.inject].content.index()].words;
  }
  return event.read_back_wrongly ? "read back wrongly" : event_kind(event).words;
}

std::string event_name(const Scenario& scenario, const PlayedEvent& event) {
  if (event.expectation) return scenario.expectations[*event.expectation].name;
  if (event.inject) return scenario.injects[*event.inject].name;
  if (event.player) return scenario.players[*event.player].name;
  return event.text;
}

std::string event_detail(const Scenario& scenario, const PlayedEvent& event) {
  if (event.what == What::met || event.what == What::missed || event.what == What::to_judge) {
    const int64_t points = scenario.expectations[*event.expectation].points;
    const bool is_met = event.what == What::met;
    return (is_met                       ? std::to_string(points)
            : event.what == What::missed ? "0"
                                         : "?") +
           "/" + std::to_string(points) +
           (event.who.empty() ? "" : "  " + judge_words(scenario, event.who)) +
           (event.text.empty() ? "" : "  " + event.text);
  }
  if (event.what == What::refused || event.what == What::not_judged) return event.text;
  if (event.what == What::waits) return "hotline drill inject " + event_name(scenario, event);
  if (!event.who.empty()) return event.who;
  if (event.player) return scenario.players[*event.player].name;
  if (!event.rung.empty()) return event.rung;
  if (event.what != What::inject) return "";
  const Inject& inject = scenario.injects[*event.inject];
  if (const ScenarioMessage* message = inject.message()) {
    return precedence_label(static_cast<uint8_t>(message->request.precedence)) + " " +
           requested_kind(message->request);
  }
  if (const auto* cut = std::get_if<LinkCut>(&inject.content)) {
    return kCutKeys[static_cast<size_t>(cut->how) - 1];
  }
  if (const auto* absent = std::get_if<PlayerAbsent>(&inject.content)) {
    return scenario.players[absent->player].name;
  }
  return "";
}

JsonValue json_event(const Scenario& scenario, const PlayedEvent& event) {
  JsonValue json;
  json.add("at_ms", event.at_ms)
      .add("side", is_of_a_side(event) ? JsonValue(scenario.sides[event.side]) : JsonValue())
      .add("what", event_kind(event).key)
      .add("inject", event.inject ? JsonValue(scenario.injects[*event.inject].name) : JsonValue())
      .add("expectation", event.expectation
                              ? JsonValue(scenario.expectations[*event.expectation].name)
                              : JsonValue())
      .add("player", event.player ? JsonValue(scenario.players[*event.player].name) : JsonValue())
      .add("rung", json_text(event.rung))
      .add("message", json_text(event.message));
  if (event.what == What::acknowledged) json.add("read_back_rightly", !event.read_back_wrongly);
  if (!event.who.empty()) json.add("who", event.who);
  if (!event.who.empty() || !event.text.empty()) json.add("text", json_text(event.text));
  if (event.is_past) json.add("past", true);
  return json;
}

std::string exercise_time(int64_t at_ms) {
  const int64_t seconds = at_ms / 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
  return text;
}

std::string order_words(const DrillOrder& order) {
  const std::string word = order_word(order.kind);
  if (order.kind == DrillOrder::Kind::speed) return word + " " + format_speed(order.speed_permille);
  if (order.kind == DrillOrder::Kind::jump) return word + " " + exercise_time(order.until_ms);
  if (order.kind == DrillOrder::Kind::judge) {
    return word + " " + order.name + " " + kOutcomes[order.is_met ? 0 : 1];
  }
  return order.name.empty() ? word : word + " " + order.name;
}

void print_time_line(Output& output, const Scenario& scenario, const Play& play) {
  Table table({{"T+"},
               {"SIDE", 0, Table::Fit::left_out},
               {"WHAT", 0, Table::Fit::whole, true},
               {"NAME", 12, Table::Fit::cut},
               {"DETAIL", 8, Table::Fit::cut}});
  for (const PlayedEvent& event : play.events) {
    table.add(
        {event.what == What::missed ? "!" : "",
         {exercise_time(event.at_ms),
          is_of_a_side(event) ? upper_case(scenario.sides[event.side]) : "",
          event_words(scenario, event), event_name(scenario, event), event_detail(scenario, event)},
         event_style(event)});
  }
  table.print(output);
}

void tell_event(Output& output, const Scenario& scenario, const PlayedEvent& event) {
  if (output.json()) {
    const JsonValue json = json_event(scenario, event);
    JsonValue document = json_document().add("mode", "exercise");
    for (const auto& [name, value] : std::get<JsonValue::Object>(json.value())) {
      document.add(name, value);
    }
    return output.document(document);
  }
  // Whoever plays watches it grow, so that no table can fit its columns to it.
  const auto column = [](std::string text, size_t width) {
    const size_t taken = count_characters(text);
    return text + std::string(taken < width ? width - taken : 0, ' ') + "  ";
  };
  const std::string side = is_of_a_side(event) ? upper_case(scenario.sides[event.side]) : "";
  std::string line = column(exercise_time(event.at_ms), 8) + column(side, 5) +
                     column(output.words(event_words(scenario, event)), 16) +
                     event_name(scenario, event);
  for (const std::string& more : {event_detail(scenario, event), event.message}) {
    if (!more.empty()) line += "  " + more;
  }
  if (event.is_past) line += "  (" + output.words("told again") + ")";
  output.line(output.styled(event_style(event), printable_line(line)));
}

void say_score(Output& output, const Scenario& scenario, const Play& play, bool is_over) {
  const auto number = [&](Outcome::Kind kind) { return format_count(play.count(kind)); };
  const std::string points = format_count(static_cast<uint64_t>(play.points(scenario)));
  const std::string all = format_count(static_cast<uint64_t>(all_points(scenario, play)));
  if (!is_over) {
    output.say("Points until now: " + points + " of " + all);
  } else if (play.ends_ms > 0) {
    output.say("It lasts " + exercise_time(play.ends_ms) + " of exercise time, and gives " +
               points + " of " + all + " points.");
  }
  output.say("Expectations met: " + number(Outcome::Kind::met) +
             ", missed: " + number(Outcome::Kind::missed) +
             ", for the director to judge: " + number(Outcome::Kind::to_judge) +
             ", not reached: " + number(Outcome::Kind::not_reached) +
             ", not judged: " + number(Outcome::Kind::not_judged));
}

void say_result(Output& output, const Scenario& scenario, const Play& play) {
  using Kind = InjectFate::Kind;
  const std::string hand = listed_names(scenario, play, Kind::by_hand);
  const std::string unreached = listed_names(scenario, play, Kind::not_reached);
  const std::string off = listed_names(scenario, play, Kind::off);
  if (!hand.empty()) output.talk("Comes only by hand: " + hand);
  if (!unreached.empty()) output.talk("Does not come in this play: " + unreached);
  if (!off.empty()) output.talk("Disabled: " + off);
  output.talk("People are taken to do what is expected of them when it is due.");
  output.talk("It lasts " + exercise_time(play.ends_ms) + " of exercise time, and gives " +
              format_count(static_cast<uint64_t>(play.points(scenario))) + " of " +
              format_count(static_cast<uint64_t>(all_points(scenario, play))) + " points.");
}

std::string unplayed_words(const Unplayed& gap) {
  return "from " + exercise_time(gap.from_ms) + " at the earliest";
}

JsonValue json_unplayed(const std::vector<Unplayed>& unplayed) {
  return json_each(unplayed, [](const Unplayed& gap) {
    return JsonValue().add("from_ms", gap.from_ms).add("to_ms", gap.to_ms);
  });
}

JsonValue& add_points(JsonValue& document, const Scenario& scenario, const Play& play) {
  return document.add("points", play.points(scenario))
      .add("points_max", all_points(scenario, play));
}

JsonValue& add_play(JsonValue& document, const Scenario& scenario, const Play& play) {
  document.add("lasts_ms", play.ends_ms);
  add_points(document, scenario, play);
  document.add("unplayed", json_unplayed(play.unplayed))
      .add("injects", json_injects(scenario, play))
      .add("expectations", json_expectations(scenario, play));
  document.add("time_line", json_each(play.events, [&](const PlayedEvent& event) {
                 return json_event(scenario, event);
               }));
  return document;
}

void say_mistakes(Output& output, const std::string& file, const Mistakes& mistakes) {
  const std::vector<Mistake> shown = mistakes.in_order();
  if (output.json()) return;
  for (const Mistake& mistake : shown) {
    output.fail(file + ":" + std::to_string(mistake.at.line) + ":" +
                    std::to_string(mistake.at.column) + ": " + mistake.what,
                make_error(ErrorCode::configuration, mistake.why, mistake.hint));
  }
  if (shown.size() < mistakes.count()) {
    output.talk("The first " + format_count(shown.size()) + " of " +
                format_count(mistakes.count()) + " mistakes are shown.");
  }
}

JsonValue json_mistakes(const std::vector<Mistake>& mistakes) {
  return json_each(mistakes, [](const Mistake& mistake) {
    return JsonValue()
        .add("line", mistake.at.line)
        .add("column", mistake.at.column)
        .add("what", mistake.what)
        .add("why", json_text(mistake.why))
        .add("hint", json_text(mistake.hint));
  });
}

}  // namespace hotline::client
