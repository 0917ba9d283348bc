#include "client/after_action/after_action_words.h"

#include <algorithm>

#include "client/drill/play_lines.h"
#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr size_t kHashDigits = 16;

std::string listed(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string in_points(int64_t points) {
  return format_count(static_cast<uint64_t>(points));
}

std::string answer_words(const Answered& expected) {
  std::vector<std::string> asked;
  if (expected.type) {
    asked.push_back("with a message of the kind " +
                    type_name(static_cast<uint8_t>(*expected.type)));
  }
  if (!expected.words.empty())
    asked.push_back("saying \"" + listed(expected.words, "\", \"") + "\"");
  for (const auto& [key, value] : expected.fields) asked.push_back(key + " = " + value);
  return asked.empty() ? "" : " " + listed(asked, ", ");
}

// `side` and `of`: the names of the side and of the inject.
struct ExpectedWords {
  const std::string& side;
  const std::string& of;
  const Expectation& expected;

  std::string operator()(const Acknowledged& one) const {
    return side + " acknowledges " + of + as_role(one.role);
  }
  std::string operator()(const ReadBackRightly&) const {
    return side + " reads " + of + " back rightly";
  }
  std::string operator()(const Disseminated& one) const {
    const std::string whom =
        one.audience ? audience_name(static_cast<uint16_t>(*one.audience)) : "its own people";
    return side + " tells " + whom + " of " + of;
  }
  std::string operator()(const Answered& one) const {
    return side + " answers " + of + answer_words(one);
  }
  std::string operator()(const Escalated& one) const {
    return of + " climbs to the rung " + one.rung + " at " + side;
  }
  std::string operator()(const ConflictFound&) const {
    return "the conflict of " + of + " is found";
  }
  std::string operator()(const DecisionRecorded& one) const {
    return side + " records a decision on " + of + as_role(one.role);
  }
  std::string operator()(const NothingSent&) const { return side + " sends nothing after " + of; }
  std::string operator()(const DirectorJudges&) const {
    return (expected.comment.empty() ? "judged by the director" : expected.comment) + ", after " +
           of;
  }
  static std::string as_role(const std::optional<wire::Role>& role) {
    return role ? " as " + role_name(static_cast<uint8_t>(*role)) : "";
  }
};

std::string pace_words(const AfterAction& report) {
  if (report.log.jumps) return "The clocks jumped to whatever was due next.";
  const uint32_t speed = report.log.speed_permille;
  constexpr uint32_t kRealTime_permille = 1000;
  std::string times;
  if (speed != kRealTime_permille) {
    times = std::to_string(speed / 1000);
    if (speed % 1000 != 0) times += "." + std::to_string(speed % 1000 / 100);
    times += " times ";
  }
  const bool is_changed =
      !clocks_set(report).empty() ||
      std::any_of(report.log.orders.begin(), report.log.orders.end(), [](const auto& one) {
        return one.order.kind == DrillOrder::Kind::speed ||
               one.order.kind == DrillOrder::Kind::jump;
      });
  return "The clocks went " + times + "as fast as real time" +
         (is_changed ? " at first; that was changed, as stands below." : ".");
}

// The machine's time of the first and the newest entry of both journals.
std::pair<UtcMs, UtcMs> wall_time(const SideRecords& records) {
  std::pair<UtcMs, UtcMs> time = {INT64_MAX, 0};
  for (const auto& record : records) {
    if (!record || record->first_wall == 0) continue;
    time.first = std::min(time.first, record->first_wall);
    time.second = std::max(time.second, record->last_wall);
  }
  return time;
}

std::string not_reached_words(const AfterAction& report, size_t e) {
  const Expectation& expected = report.scenario.expectations[e];
  const bool has_come = report.log.injects[expected.of].fate.kind == InjectFate::Kind::played;
  if (!has_come)
    return "not reached: " + report.scenario.injects[expected.of].name + " did not come";
  return "open: the drill was over before its time was";
}

std::string not_judged_words(const AfterAction& report, int64_t at_ms) {
  for (const Unplayed& gap : report.log.unplayed) {
    if (at_ms <= gap.from_ms || at_ms > gap.to_ms) continue;
    return "not judged: nobody played when its time was over, at " + exercise_time(at_ms);
  }
  return "not judged";
}

bool had_wrong_clock(const AfterAction& report, SideIndex side) {
  for (size_t i = 0; i < report.log.injects.size(); ++i) {
    const Inject& inject = report.scenario.injects[i];
    if (inject.from == side && std::holds_alternative<ClockWrong>(inject.content) &&
        report.log.injects[i].fate.kind == InjectFate::Kind::played) {
      return true;
    }
  }
  return false;
}

bool has_script(const Scenario& scenario) {
  return std::any_of(scenario.players.begin(), scenario.players.end(),
                     [](const Player& player) { return player.script.has_value(); });
}

// Nothing is expected of what did not come.
std::string off_words(const AfterAction& report, size_t inject) {
  const std::string& name = report.scenario.injects[inject].name;
  switch (report.log.injects[inject].fate.kind) {
    case InjectFate::Kind::skipped:
      return "nothing was expected: " + name + " was skipped";
    case InjectFate::Kind::refused:
      return "nothing was expected: " + name + " was refused";
    default:
      return "disabled";
  }
}

// By whose absence injects of one side alone were late, or everything was.
std::string unplayed_line(const AfterAction& report, const Unplayed& gap) {
  const std::string when =
      " from " + exercise_time(gap.from_ms) + " at the earliest to " + exercise_time(gap.to_ms);
  if (gap.is_all || !report.log.side) {
    return "NOT PLAYED" + when +
           ": the program was gone, and the clocks went on. What was due then came after it; an "
           "expectation whose time was over then is not judged, and counts for nothing.";
  }
  return "The program of " + upper_case(report.scenario.sides[*report.log.side]) + " was gone" +
         when + ": its injects that were due then came after it.";
}

}  // namespace

std::string standing_words_of(const AfterAction& report) {
  if (report.standing() != Report::Standing::incomplete || report.not_exported.empty()) {
    return standing_line(report.verification);
  }
  std::vector<std::string> sides;
  for (const std::string& side : report.not_exported) sides.push_back(upper_case(side));
  return "INCOMPLETE: there is no export of " + listed(sides, " nor of ") +
         ", and what was done there is not judged";
}

std::string result_words(const AfterAction& report) {
  const auto number = [&](Outcome::Kind kind) { return format_count(report.count(kind)); };
  const Unjudged unjudged = report.unjudged();
  const size_t not_judged = unjudged.expectations + report.count(Outcome::Kind::not_judged);
  const size_t not_reached = report.count(Outcome::Kind::not_reached) - unjudged.expectations;
  std::string words =
      in_points(report.points()) + " of " + in_points(report.points_max()) + " points" +
      (unjudged.points == 0 ? "" : ", " + in_points(unjudged.points) + " of them not judged") +
      ". Expectations met: " + number(Outcome::Kind::met) +
      ", missed: " + number(Outcome::Kind::missed) +
      ", left to the director: " + number(Outcome::Kind::to_judge) +
      ", not reached: " + format_count(not_reached) +
      (not_judged == 0 ? "" : ", not judged: " + format_count(not_judged)) + ".";
  if (report.log.is_stopped) {
    words = "STOPPED: the drill was stopped before its end. " + words;
  } else if (!report.is_finished()) {
    const std::string& why = report.log.broken_off;
    words = "NOT FINISHED: the drill was not played to its end" +
            (why.empty() ? "" : ", as it broke off: " + why) + ". " + words;
  }
  if (!report.log.unplayed.empty()) words += " Nobody played it all the time: see below.";
  return words;
}

std::vector<std::string> played_words(const AfterAction& report) {
  std::vector<std::string> lines;
  const auto [from, to] = wall_time(report.records);
  if (to != 0) {
    lines.push_back("The first entry of it in a journal is of " + format_rfc3339(from) +
                    ", and the newest of " + format_rfc3339(to) + ", by the machines' clocks.");
  }
  if (report.log.begin != 0) {
    lines.push_back("It lasted " + exercise_time(report.judged.ends_ms) +
                    " of exercise time, from " + format_rfc3339(report.log.begin) +
                    " by the exercise's clock. T+ counts from there.");
  }
  lines.push_back(pace_words(report));
  for (const Unplayed& gap : report.log.unplayed) lines.push_back(unplayed_line(report, gap));
  for (SideIndex side = 0; side < kSides; ++side) {
    if (!had_wrong_clock(report, side)) continue;
    lines.push_back("The clock of " + upper_case(report.scenario.sides[side]) +
                    " was made wrong: its messages are of when the other side had them, and its "
                    "rungs of when the program saw them.");
  }
  if (report.log.side) {
    const std::string side = upper_case(report.scenario.sides[*report.log.side]);
    lines.push_back("It was played with the other side's director: people played all parts.");
    lines.push_back("That the program of " + side + " was gone, notes, orders and judgements are " +
                    "of its own record; those of the other side only its director has.");
  } else if (has_script(report.scenario)) {
    lines.push_back("Scripted players acted by the seed " + std::to_string(report.scenario.seed) +
                    ".");
  }
  return lines;
}

std::vector<SetClock> clocks_set(const AfterAction& report) {
  using Change = wire::ExerciseClockChange;
  std::vector<SetClock> changes;
  if (!report.log.side)
    return changes;  // Orders say it, and each step of the program stands there.
  // Either report takes the same one.
  const auto& record = report.records[report.records[0] ? 0 : 1];
  if (!record) return changes;
  for (const SideRecord::ClockChange& one : record->clock_changes) {
    const int64_t at_ms = one.at - report.log.begin;
    if (at_ms < 0 || at_ms > report.judged.ends_ms) continue;
    std::string words;
    if (one.change == Change::speed) {
      words = "speed " + format_speed(one.speed_permille);
    } else if (one.change == Change::jump) {
      words = "jump to " + exercise_time(one.until - report.log.begin);
    } else if (one.change == Change::paused || one.change == Change::resumed) {
      words = one.change == Change::paused ? "pause" : "resume";
    } else if (one.change == Change::stopped) {
      words = "stopped: real time";
    } else {
      continue;
    }
    changes.push_back({at_ms, words, one.person});
  }
  return changes;
}

std::string expected_words(const AfterAction& report, size_t e) {
  const Expectation& expected = report.scenario.expectations[e];
  const std::string side = upper_case(report.scenario.sides[expected.side]);
  const std::string words = std::visit(
      ExpectedWords{side, report.scenario.injects[expected.of].name, expected}, expected.content);
  return words + ", within " + format_duration(expected.within_ms);
}

const char* outcome_mark(const AfterAction& report, size_t e) {
  const JudgedExpectation& judged = report.judged.expectations[e];
  if (!judged.is_judged) return "NOT JUDGED";
  switch (judged.outcome.kind) {
    case Outcome::Kind::met:
      return "MET";
    case Outcome::Kind::missed:
      return "MISSED";
    case Outcome::Kind::to_judge:
      return "FOR THE DIRECTOR";
    case Outcome::Kind::not_reached:
      return "NOT REACHED";
    case Outcome::Kind::not_judged:
      return "NOT JUDGED";
    case Outcome::Kind::off:
      break;
  }
  const size_t of = report.scenario.expectations[e].of;
  switch (report.log.injects[of].fate.kind) {
    case InjectFate::Kind::skipped:
      return "SKIPPED";
    case InjectFate::Kind::refused:
      return "REFUSED";
    default:
      return "DISABLED";
  }
}

std::string outcome_words(const AfterAction& report, size_t e) {
  const Expectation& expected = report.scenario.expectations[e];
  const JudgedExpectation& judged = report.judged.expectations[e];
  if (!judged.is_judged) {
    return "not judged: there is no export of " + upper_case(report.scenario.sides[expected.side]);
  }
  const std::string at = exercise_time(judged.outcome.at_ms);
  if (const auto& said = report.log.judgements[e]; said && expected.by_director) {
    return std::string(outcome_key(said->kind)) + ", as " +
           (said->who.empty() ? "judged" : judge_words(report.scenario, said->who) + " judged") +
           (said->comment.empty() ? "" : ": " + said->comment);
  }
  const int64_t took_ms = judged.outcome.at_ms - report.log.injects[expected.of].fate.at_ms;
  const bool is_silence = std::holds_alternative<NothingSent>(expected.content);
  switch (judged.outcome.kind) {
    case Outcome::Kind::met:
      if (is_silence) return "met: nothing was sent until " + at;
      return "met at " + at + ", " + format_duration(took_ms) + " after " +
             report.scenario.injects[expected.of].name;
    case Outcome::Kind::missed:
      if (is_silence) return "missed at " + at + ": something was sent";
      if (judged.late_ms) {
        return "missed at " + at + ", done at " + exercise_time(*judged.late_ms) + ", " +
               format_duration(*judged.late_ms - judged.outcome.at_ms) + " late";
      }
      return "missed at " + at + ", and not done until the end";
    case Outcome::Kind::to_judge:
      return "left to the director at " + at;
    case Outcome::Kind::not_reached:
      return not_reached_words(report, e);
    case Outcome::Kind::not_judged:
      return not_judged_words(report, judged.outcome.at_ms);
    case Outcome::Kind::off:
      break;
  }
  return off_words(report, expected.of);
}

std::string points_words(const AfterAction& report, size_t e) {
  const int64_t points = report.scenario.expectations[e].points;
  const Outcome::Kind kind = report.judged.kind(e);
  const std::string won = kind == Outcome::Kind::met        ? in_points(points)
                          : kind == Outcome::Kind::to_judge ? "?"
                                                            : "0";
  return won + " of " + in_points(points);
}

std::string proof_words(const Scenario& scenario, const std::optional<Proof>& proof) {
  if (!proof) return "";
  std::string words = proof->message + (proof->message.empty() ? "" : ", ") + "entry " +
                      std::to_string(proof->entry.index) + " of " +
                      upper_case(scenario.sides[proof->side]) + "'s journal, hash " +
                      to_hex(proof->entry.hash).substr(0, kHashDigits);
  if (!proof->entry.person.empty()) {
    words += ", " + proof->entry.person;
    if (proof->role != wire::Role::unset) {
      words += " (" + role_name(static_cast<uint8_t>(proof->role)) + ")";
    }
  }
  if (!proof->entry.cosigned) words += ", not cosigned";
  return words;
}

std::string fate_words(InjectFate::Kind kind) {
  switch (kind) {
    case InjectFate::Kind::played:
      return "came";
    case InjectFate::Kind::not_reached:
      return "did not come";
    case InjectFate::Kind::by_hand:
      return "comes by hand alone, and did not";
    case InjectFate::Kind::skipped:
      return "skipped by the director";
    case InjectFate::Kind::refused:
      return "refused by its daemon";
    case InjectFate::Kind::off:
      break;
  }
  return "disabled";
}

const char* catch_key(Catch::By by) {
  switch (by) {
    case Catch::By::rung:
      return "rung";
    case Catch::By::undelivered:
      return "undelivered";
    case Catch::By::dissemination_due:
      return "dissemination-due";
    case Catch::By::answer_due:
      return "answer-due";
    case Catch::By::read_back:
      break;
  }
  return "read-back";
}

std::string catch_words(const Scenario& scenario, const Catch& caught) {
  const std::string side = upper_case(scenario.sides[caught.proof.side]);
  const std::string at = " at " + exercise_time(caught.at_ms);
  switch (caught.by) {
    case Catch::By::rung:
      return "the rung " + caught.rung + " of " + side + at;
    case Catch::By::undelivered:
      return "the alarm of " + side + " that it was not delivered," + at;
    case Catch::By::dissemination_due:
      return "the alarm of " + side + " that its people were to be told," + at;
    case Catch::By::answer_due:
      return "the alarm of " + side + " that an answer was due," + at;
    case Catch::By::read_back:
      break;
  }
  return side + "'s daemon, which compared the read-back," + at +
         (caught.misread.empty() ? "" : ": " + caught.misread);
}

std::string caught_words(const AfterAction& report, size_t e) {
  const JudgedExpectation& judged = report.judged.expectations[e];
  if (judged.caught.empty()) return "nothing noticed it";
  std::vector<std::string> each;
  for (const Catch& one : judged.caught) each.push_back(catch_words(report.scenario, one));
  return listed(each, "; ");
}

std::string objective_words(const Scenario& scenario, const ObjectiveResult& result) {
  if (!result.objective) return "Without an objective";
  const Objective& objective = scenario.objectives[*result.objective];
  return objective.text.empty() ? objective.name : objective.name + ": " + objective.text;
}

}  // namespace hotline::client
