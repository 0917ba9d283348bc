#include "client/after_action/after_action_json.h"

#include "client/after_action/after_action_words.h"
#include "client/after_action/who_played.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_words.h"
#include "client/report/report_json.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

template <class Number>
JsonValue number_or_null(const std::optional<Number>& number) {
  return number ? JsonValue(*number) : JsonValue();
}

JsonValue json_proof(const Scenario& scenario, const std::optional<Proof>& proof) {
  if (!proof) return {};
  const bool has_role = proof->role != wire::Role::unset;
  return JsonValue()
      .add("side", scenario.sides[proof->side])
      .add("message", json_text(proof->message))
      .add("journal_index", proof->entry.index)
      .add("entry_hash", to_hex(proof->entry.hash))
      .add("cosigned", proof->entry.cosigned)
      .add("person", json_text(proof->entry.person))
      .add("role",
           has_role ? JsonValue(role_name(static_cast<uint8_t>(proof->role))) : JsonValue());
}

JsonValue json_played(const AfterAction& report) {
  JsonValue::Array sides;
  for (SideIndex side = 0; side < kSides; ++side) {
    const auto& record = report.records[side];
    if (!record) continue;
    sides.push_back(
        JsonValue()
            .add("side", report.scenario.sides[side])
            .add("began_at", record->first_wall == 0 ? JsonValue() : json_time(record->first_wall))
            .add("ended_at", record->last_wall == 0 ? JsonValue() : json_time(record->last_wall))
            .add("entries", record->entries)
            .add("entries_not_cosigned", record->not_cosigned));
  }
  const bool jumps = report.log.jumps;
  return JsonValue()
      .add("exercise_began_at", json_time(report.log.begin))
      .add("lasts_ms", report.judged.ends_ms)
      .add("jumps", jumps)
      .add("speed_permille", jumps ? JsonValue() : JsonValue(report.log.speed_permille))
      .add("seed", report.log.side ? JsonValue() : JsonValue(report.scenario.seed))
      .add("journals", std::move(sides));
}

JsonValue json_players(const Scenario& scenario, bool is_joint) {
  return json_each(scenario.players, [&](const Player& player) {
    return JsonValue()
        .add("name", player.name)
        .add("side", scenario.sides[player.side])
        .add("role", role_name(static_cast<uint8_t>(player.role)))
        .add("scripted", player.script.has_value() && !is_joint);
  });
}

JsonValue json_parts(const AfterAction& report) {
  return json_each(parts_played(report), [&](const PlayedPart& part) {
    return JsonValue()
        .add("name", part.name)
        .add("side", report.scenario.sides[part.side])
        .add("role", json_text(part.role))
        .add("played_by", part.by)
        .add("messages", number_or_null(part.messages));
  });
}

JsonValue json_clocks_set(const AfterAction& report) {
  return json_each(clocks_set(report), [](const SetClock& one) {
    return JsonValue()
        .add("at_ms", one.at_ms)
        .add("words", one.words)
        .add("who", json_text(one.who));
  });
}

JsonValue json_objectives(const AfterAction& report) {
  const auto names = [&](const std::vector<size_t>& places) {
    return json_each(places,
                     [&](size_t e) { return JsonValue(report.scenario.expectations[e].name); });
  };
  return json_each(report.objectives, [&](const ObjectiveResult& result) {
    const Objective* objective =
        result.objective ? &report.scenario.objectives[*result.objective] : nullptr;
    return JsonValue()
        .add("name", objective != nullptr ? JsonValue(objective->name) : JsonValue())
        .add("text", objective != nullptr ? json_text(objective->text) : JsonValue())
        .add("points", result.points)
        .add("points_max", result.points_max)
        .add("met", names(result.met))
        .add("missed", names(result.missed))
        .add("open", names(result.open));
  });
}

JsonValue json_report_injects(const AfterAction& report) {
  JsonValue::Array rows;
  for (size_t i = 0; i < report.scenario.injects.size(); ++i) {
    const Inject& inject = report.scenario.injects[i];
    const DrillLog::Inject& logged = report.log.injects[i];
    const bool has_come = logged.fate.kind == InjectFate::Kind::played;
    rows.push_back(JsonValue()
                       .add("name", inject.name)
                       .add("kind", kInjectKinds[inject.content.index()].key)
                       .add("side", report.scenario.sides[inject.from])
                       .add("fate", fate_key(logged.fate.kind))
                       .add("planned_ms", number_or_null(report.judged.planned_ms[i]))
                       .add("at_ms", has_come ? JsonValue(logged.fate.at_ms) : JsonValue())
                       .add("over_ms", number_or_null(logged.over_ms))
                       .add("message", json_text(logged.message))
                       .add("proof", json_proof(report.scenario, report.judged.injects[i])));
  }
  return rows;
}

JsonValue json_verdict_of_program(const std::optional<DrillLog::Verdict>& verdict) {
  if (!verdict) return {};
  return JsonValue()
      .add("outcome", outcome_key(verdict->kind))
      .add("at_ms", verdict->at_ms)
      .add("message", json_text(verdict->message));
}

JsonValue json_judgement(const Scenario& scenario,
                         const std::optional<DrillLog::Judgement>& judgement) {
  if (!judgement) return {};
  return JsonValue()
      .add("outcome", outcome_key(judgement->kind))
      .add("at_ms", judgement->at_ms)
      .add("who", json_text(judgement->who))
      .add("by_player", is_a_player(scenario, judgement->who))
      .add("comment", json_text(judgement->comment));
}

JsonValue json_orders(const AfterAction& report) {
  return json_each(report.log.orders, [](const DrillLog::Order& one) {
    return JsonValue()
        .add("at_ms", one.at_ms)
        .add("do", order_word(one.order.kind))
        .add("who", json_text(one.order.who))
        .add("name", json_text(one.order.name))
        .add("words", order_words(one.order))
        .add("text", json_text(one.order.text));
  });
}

JsonValue json_caught(const Scenario& scenario, const std::vector<Catch>& caught) {
  return json_each(caught, [&](const Catch& one) {
    return JsonValue()
        .add("by", catch_key(one.by))
        .add("rung", json_text(one.rung))
        .add("at_ms", one.at_ms)
        .add("misread", json_text(one.misread))
        .add("proof", json_proof(scenario, one.proof));
  });
}

JsonValue json_report_expectation(const AfterAction& report, size_t e) {
  const Scenario& scenario = report.scenario;
  const Expectation& expected = scenario.expectations[e];
  const JudgedExpectation& judged = report.judged.expectations[e];
  const bool is_settled = judged.outcome.is_settled();
  const int64_t since_ms = report.log.injects[expected.of].fate.at_ms;
  const bool is_met = judged.outcome.kind == Outcome::Kind::met;
  JsonValue json;
  json.add("name", expected.name)
      .add("kind", kExpectationKinds[expected.content.index()].key)
      .add("expected", expected_words(report, e))
      .add("of", scenario.injects[expected.of].name)
      .add("side", scenario.sides[expected.side])
      .add("within_ms", expected.within_ms)
      .add("objective", expected.objective
                            ? JsonValue(scenario.objectives[*expected.objective].name)
                            : JsonValue())
      .add("judged_by", expected.by_director ? "director" : "machine")
      .add("comment", json_text(expected.comment))
      .add("judged", judged.is_judged)
      .add("outcome", outcome_key(judged.outcome.kind))
      .add("points", is_met ? expected.points : 0)
      .add("points_max", judged.outcome.counts() ? expected.points : 0)
      .add("at_ms", is_settled ? JsonValue(judged.outcome.at_ms) : JsonValue())
      .add("took_ms", is_met && !expected.by_director ? JsonValue(judged.outcome.at_ms - since_ms)
                                                      : JsonValue())
      .add("proof", json_proof(scenario, judged.proof))
      .add("done_late_at_ms", number_or_null(judged.late_ms))
      .add("proof_of_late", json_proof(scenario, judged.late_proof))
      .add("noticed", json_caught(scenario, judged.caught))
      .add("judgement", json_judgement(scenario, report.log.judgements[e]))
      .add("program_said", json_verdict_of_program(judged.as_it_ran));
  return json;
}

JsonValue json_report_expectations(const AfterAction& report) {
  JsonValue::Array rows;
  for (size_t e = 0; e < report.scenario.expectations.size(); ++e) {
    rows.push_back(json_report_expectation(report, e));
  }
  return rows;
}

JsonValue json_times(const AfterAction& report) {
  return json_each(report.times, [&](const TimesRow& row) {
    return JsonValue()
        .add("side", report.scenario.sides[row.side])
        .add("precedence", precedence_label(row.precedence))
        .add("until", until_name(row.until))
        .add("messages", row.messages)
        .add("done", row.done)
        .add("closed", row.closed)
        .add("waiting", row.waiting)
        .add("median_ms", number_or_null(row.median_ms))
        .add("longest_ms", number_or_null(row.longest_ms))
        .add("due_ms", number_or_null(row.due_ms))
        .add("late", row.late);
  });
}

JsonValue json_outages(const AfterAction& report) {
  JsonValue::Array rows;
  const UtcMs begin = report.log.begin;
  for (SideIndex side = 0; side < kSides; ++side) {
    if (!report.records[side]) continue;
    const auto seen = report.records[side]->link.within({begin, begin + report.judged.ends_ms - 1});
    for (const Outage& outage : seen.outages) {
      rows.push_back(JsonValue()
                         .add("seen_by", report.scenario.sides[side])
                         .add("at_ms", std::max<int64_t>(outage.from - begin, 0))
                         .add("length_ms", number_or_null(outage.length_ms))
                         .add("reason", json_text(outage.reason)));
    }
  }
  return rows;
}

JsonValue json_earlier(const AfterAction& drill) {
  JsonValue::Array expectations;
  for (size_t e = 0; e < drill.scenario.expectations.size(); ++e) {
    expectations.push_back(json_report_expectation(drill, e));
  }
  return JsonValue()
      .add("directory", drill.directory)
      .add("standing", standing_words(drill.standing()))
      .add("finished", drill.is_finished())
      .add("played", json_played(drill))
      .add("points", drill.points())
      .add("points_max", drill.points_max())
      .add("expectations", std::move(expectations))
      .add("times", json_times(drill));
}

}  // namespace

JsonValue after_action_json(const AfterAction& report) {
  JsonValue document = json_document();
  document.add("standing", standing_words(report.standing()))
      .add("standing_words", standing_words_of(report))
      .add("exercise", true)
      .add("directory", report.directory)
      .add("title", report.scenario.title)
      .add("verification", json_each(report.verification.records, [](const PartyReport& record) {
             return json_verification(record).add("party", json_text(record.verdict->party));
           }));
  if (report.standing() == Report::Standing::failed) return document;
  const auto& reconciliation = report.verification.reconciliation;
  document
      .add("reconciled",
           reconciliation ? JsonValue(reconciliation->differences() == 0) : JsonValue())
      .add("finished", report.is_finished())
      .add("summary", json_text(report.scenario.summary))
      .add("played", json_played(report))
      .add("players", json_players(report.scenario, report.log.side.has_value()))
      .add("parts", json_parts(report))
      .add("clocks_set", json_clocks_set(report))
      .add("points", report.points())
      .add("points_max", report.points_max())
      .add("met", report.count(Outcome::Kind::met))
      .add("missed", report.count(Outcome::Kind::missed))
      .add("to_judge", report.count(Outcome::Kind::to_judge))
      .add("not_reached", report.count(Outcome::Kind::not_reached) - report.unjudged().expectations)
      .add("not_judged", report.unjudged().expectations + report.count(Outcome::Kind::not_judged))
      .add("objectives", json_objectives(report))
      .add("injects", json_report_injects(report))
      .add("expectations", json_report_expectations(report))
      .add("time_line", json_each(report.judged.events,
                                  [&](const ProvedEvent& one) {
                                    JsonValue json = json_event(report.scenario, one.event);
                                    json.add("proof", json_proof(report.scenario, one.proof));
                                    return json;
                                  }))
      .add("stopped", report.log.is_stopped)
      .add("broken_off", json_text(report.log.broken_off))
      .add("unplayed", json_unplayed(report.log.unplayed))
      .add("orders", json_orders(report))
      .add("times", json_times(report))
      .add("outages", json_outages(report))
      .add("not_exported", report.not_exported)
      .add("differences", report.judged.differences)
      .add("earlier", json_each(report.earlier, json_earlier));
  return document;
}

}  // namespace hotline::client
