#include "client/after_action/after_action.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/after_action/joint_record.h"
#include "client/drill/drill_files.h"
#include "client/drill/scenario_check.h"
#include "client/report/report_rows.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

std::string last_part(const std::string& path) {
  std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
  if (whole.filename().empty()) whole = whole.parent_path();
  return whole.filename().string();
}

Result<Scenario> scenario_of(const std::string& directory, UtcMs now) {
  const std::string path = drill_scenario_path(directory);
  auto reading = read_scenario_file(path, now);
  if (!reading) return reading.error();
  CheckedScenario checked = check_scenario(*std::move(reading), default_policy(), now);
  if (checked.mistakes.count() == 0) return std::move(checked.scenario);
  const Mistake first = checked.mistakes.in_order().front();
  return make_error(ErrorCode::configuration,
                    path + ":" + std::to_string(first.at.line) + ": " + first.what,
                    "hotline drill check " + path);
}

// In the order of the sides where the drill left them.
std::vector<std::string> exports_of(const AfterActionWish& wish, const Scenario& scenario) {
  if (!wish.exports.empty()) return wish.exports;
  std::vector<std::string> found;
  for (const std::string& side : scenario.sides) {
    const std::string path = drill_export_path(wish.directory, side);
    if (std::filesystem::is_directory(path)) found.push_back(path);
  }
  return found;
}

Status take_records(AfterAction& report) {
  for (const PartyReport& record : report.verification.records) {
    const std::string& party = record.names.party;
    const auto& sides = report.scenario.sides;
    const auto side =
        static_cast<size_t>(std::find(sides.begin(), sides.end(), party) - sides.begin());
    if (side == kSides || !record.verdict->channel.exercise) {
      return make_error(ErrorCode::conflict,
                        record.directory + " is no export of a side of this drill",
                        "the exports of " + sides[0] + " and " + sides[1] + ", of the exercise");
    }
    if (report.records[side]) {
      return make_error(ErrorCode::conflict, "both exports are those of " + upper_case(party),
                        "one export of each side");
    }
    Period drill{.since = report.log.begin, .until = {}};
    if (report.log.ended_ms) drill.until = report.log.begin + *report.log.ended_ms;
    auto read = read_side(record.directory, record.verdict->cosigned_size, drill);
    if (!read) return read.error();
    report.records[side] = *std::move(read);
  }
  return ok();
}

// Where both directors played it, the own program's record has the own side's end alone.
Status read_to_joint_end(AfterAction& report) {
  if (!report.log.side || !report.log.ended_ms) return ok();
  add_injects_of_peer(report.scenario, report.records, report.log);
  take_joint_end(report.scenario, report.records, report.log);
  report.records = {};
  return take_records(report);
}

Result<AfterAction> read_drill(const AfterActionWish& wish) {
  AfterAction report;
  report.directory = last_part(wish.directory);
  const auto lines = read_record_lines(drill_record_path(wish.directory));
  if (!lines) return lines.error();
  const UtcMs begin = beginning_of(*lines);
  auto scenario = scenario_of(wish.directory, begin != 0 ? begin : wish.now);
  if (!scenario) return scenario.error();
  report.scenario = *std::move(scenario);
  report.log = read_drill_log(*lines, report.scenario);
  if (report.log.seed) report.scenario.seed = *report.log.seed;
  const std::vector<std::string> exports = exports_of(wish, report.scenario);
  report.verification.exercise = true;
  if (!exports.empty()) {
    const ReportWish verifying{.from = {}, .to = {}, .progress = wish.progress};
    auto verified = report_of_exports(
        exports, wish.trust.value_or(drill_trust_path(wish.directory)), verifying);
    if (!verified) return verified.error();
    report.verification = *std::move(verified);
  }
  if (report.standing() == Report::Standing::failed) return report;
  if (begin != 0) {
    if (Status taken = take_records(report); !taken) return taken.error();
    if (Status joined = read_to_joint_end(report); !joined) return joined.error();
  }
  for (SideIndex side = 0; side < kSides; ++side) {
    if (!report.records[side]) report.not_exported.push_back(report.scenario.sides[side]);
  }
  report.judged = judge_drill(report.scenario, report.log, report.records);
  report.times = times_of(report.records);
  report.objectives = objectives_of(report.scenario, report.judged);
  return report;
}

void add_times(std::vector<TimesRow>& rows, TimesRow row, const WaitTally& tally,
               std::vector<std::optional<int64_t>> waiting_ms) {
  if (tally.count == 0) return;
  row.messages = tally.count;
  row.done = tally.done;
  row.closed = tally.closed;
  row.waiting = tally.waiting();
  if (!tally.times_ms.empty()) {
    row.median_ms = percentile_ms(tally.times_ms, 50);
    row.longest_ms = percentile_ms(tally.times_ms, 100);
  }
  const auto is_late = [&](std::optional<int64_t> time_ms) {
    return row.due_ms && time_ms && *time_ms > *row.due_ms;
  };
  row.late =
      static_cast<uint64_t>(std::count_if(tally.times_ms.begin(), tally.times_ms.end(), is_late) +
                            std::count_if(waiting_ms.begin(), waiting_ms.end(), is_late));
  rows.push_back(row);
}

}  // namespace

const char* until_name(TimesRow::Until until) {
  switch (until) {
    case TimesRow::Until::receipt:
      return "receipt";
    case TimesRow::Until::acknowledgement:
      return "acknowledgement";
    case TimesRow::Until::dissemination:
      return "dissemination";
    case TimesRow::Until::answer:
      return "answer";
  }
  return "";
}

Report::Standing AfterAction::standing() const {
  const bool is_whole = verification.records.size() == kSides && log.begin != 0;
  const Report::Standing found =
      verification.records.empty() ? Report::Standing::incomplete : verification.standing();
  if (is_whole || found == Report::Standing::failed || found == Report::Standing::not_reconciled) {
    return found;
  }
  return Report::Standing::incomplete;
}

int64_t AfterAction::points() const {
  int64_t points = 0;
  for (const ObjectiveResult& one : objectives) points += one.points;
  return points;
}

int64_t AfterAction::points_max() const {
  int64_t points = 0;
  for (const ObjectiveResult& one : objectives) points += one.points_max;
  return points;
}

size_t AfterAction::count(Outcome::Kind kind) const {
  return static_cast<size_t>(
      std::count_if(judged.expectations.begin(), judged.expectations.end(),
                    [kind](const JudgedExpectation& one) { return one.outcome.kind == kind; }));
}

Unjudged AfterAction::unjudged() const {
  Unjudged unjudged;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    if (judged.expectations[e].is_judged) continue;
    ++unjudged.expectations;
    unjudged.points += scenario.expectations[e].points;
  }
  return unjudged;
}

Result<AfterAction> after_action_of(const AfterActionWish& wish) {
  auto report = read_drill(wish);
  if (!report) return report;
  for (const std::string& directory : wish.compared) {
    auto earlier = read_drill({.directory = directory,
                               .exports = {},
                               .trust = {},
                               .compared = {},
                               .now = wish.now,
                               .progress = wish.progress});
    if (!earlier) return earlier;
    if (earlier->standing() == Report::Standing::failed) {
      return make_error(ErrorCode::verification_failed,
                        directory + ": " + standing_line(earlier->verification),
                        "leave this --compare out");
    }
    if (earlier->scenario.title != report->scenario.title) {
      return make_error(ErrorCode::conflict,
                        directory + " is a drill of another scenario: " + earlier->scenario.title,
                        "a drill of " + report->scenario.title);
    }
    report->earlier.push_back(*std::move(earlier));
  }
  return report;
}

std::vector<TimesRow> times_of(const SideRecords& records) {
  using Until = TimesRow::Until;
  using Waiting = JournalStatistics::StillWaiting;
  std::vector<TimesRow> rows;
  for (SideIndex side = 0; side < kSides; ++side) {
    if (!records[side]) continue;
    const JournalStatistics& statistics = records[side]->statistics;
    const auto add = [&](bool incoming, uint8_t precedence, Until until, const WaitTally& tally,
                         bool Waiting::*waits, int64_t due_ms) {
      std::vector<std::optional<int64_t>> waiting_ms;
      for (const Waiting& one : statistics.still_waiting(incoming)) {
        if (one.precedence == precedence && one.*waits) waiting_ms.push_back(one.for_ms);
      }
      TimesRow row{.side = side, .precedence = precedence, .until = until};
      if (due_ms > 0) row.due_ms = due_ms;
      add_times(rows, row, tally, std::move(waiting_ms));
    };
    for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
      const PrecedencePolicy& agreed = records[side]->policy.at(precedence);
      const auto own = statistics.messages(false).find(precedence);
      if (own != statistics.messages(false).end()) {
        add(false, precedence, Until::receipt, own->second.delivery, &Waiting::delivery,
            agreed.undelivered_alarm_ms);
      }
      const auto theirs = statistics.messages(true).find(precedence);
      if (theirs == statistics.messages(true).end()) continue;
      const JournalStatistics::Messages& received = theirs->second;
      add(true, precedence, Until::acknowledgement, received.acknowledgement,
          &Waiting::acknowledgement, agreed.rungs.empty() ? 0 : agreed.rungs.front().after_ms);
      add(true, precedence, Until::dissemination, received.dissemination, &Waiting::dissemination,
          agreed.dissemination_due_ms);
      add(true, precedence, Until::answer, received.answer, &Waiting::answer,
          agreed.first_answer_due_ms);
    }
  }
  return rows;
}

std::vector<ObjectiveResult> objectives_of(const Scenario& scenario, const JudgedDrill& judged) {
  std::vector<ObjectiveResult> results(scenario.objectives.size() + 1);
  for (size_t o = 0; o < scenario.objectives.size(); ++o) results[o].objective = o;
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const Expectation& expected = scenario.expectations[e];
    ObjectiveResult& result = results[expected.objective.value_or(scenario.objectives.size())];
    const Outcome::Kind kind = judged.kind(e);
    if (kind == Outcome::Kind::off) continue;
    if (judged.expectations[e].outcome.counts()) result.points_max += expected.points;
    if (kind == Outcome::Kind::met) result.points += expected.points;
    (kind == Outcome::Kind::met      ? result.met
     : kind == Outcome::Kind::missed ? result.missed
                                     : result.open)
        .push_back(e);
  }
  const ObjectiveResult& rest = results.back();
  if (rest.met.empty() && rest.missed.empty() && rest.open.empty()) results.pop_back();
  return results;
}

}  // namespace hotline::client
