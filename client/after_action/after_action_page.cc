#include "client/after_action/after_action_page.h"

#include <utility>

#include "client/after_action/after_action_words.h"
#include "client/after_action/timeline_plot.h"
#include "client/after_action/who_played.h"
#include "client/drill/play_lines.h"
#include "client/drill/scenario_words.h"
#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr char kNobodySigns[] =
    "Which message each inject became, when other injects came and what the director said are of "
    "the drill's own record, which nobody signs. All else is of the journals.";

std::string duration_or(const std::optional<int64_t>& time_ms, const char* none) {
  return time_ms ? format_duration(*time_ms) : none;
}

class PageWriting {
 public:
  explicit PageWriting(const AfterAction& report) : report_(report) {
    page_.title = "After-action report: " + report.scenario.title;
  }

  Page write() {
    add(StandingLine{standing_words_of(report_),
                     report_.standing() != Report::Standing::verified || !report_.is_finished()});
    add(Heading{1, page_.title});
    if (report_.standing() != Report::Standing::failed) {
      write_head();
      write_players();
      write_course();
      write_objectives();
      write_expectations();
      write_missed();
      write_injects();
      write_orders();
      write_clocks();
      write_times();
      write_link();
      write_comparison();
    }
    write_evidence();
    return std::move(page_);
  }

 private:
  void add(PagePart part) { page_.parts.push_back(std::move(part)); }
  const std::string& inject_name(size_t i) const { return report_.scenario.injects[i].name; }
  std::string side_name(SideIndex side) const { return upper_case(report_.scenario.sides[side]); }

  void write_head() {
    if (!report_.scenario.summary.empty()) add(Paragraph{report_.scenario.summary});
    add(Paragraph{result_words(report_)});
    add(List{played_words(report_)});
  }

  void write_players() {
    add(Heading{2, "Who played"});
    Rows rows;
    for (const PlayedPart& part : parts_played(report_)) {
      rows.push_back({side_name(part.side), part.name, part.role, part.by,
                      part.messages ? format_count(*part.messages) : "unknown"});
    }
    add(PageTable{{"Side", "Name", "Role", "Played by", "Messages"}, 4, std::move(rows)});
  }

  void write_course() {
    add(Heading{2, "The course of it"});
    add(Figure{
        "Black marks: injects. White: what was done. Hatched: rungs. Bars: the time of an "
        "expectation, white where it was met, black where it was missed, hatched where it is open; "
        "the line in it is when that was clear. Link: black where it was down.",
        plot_timeline(report_)});
    Rows rows;
    for (const ProvedEvent& one : report_.judged.events) {
      const PlayedEvent& event = one.event;
      const bool is_of_both = event.what == PlayedEvent::What::unplayed;
      rows.push_back({exercise_time(event.at_ms), is_of_both ? "" : side_name(event.side),
                      event_words(report_.scenario, event), event_name(report_.scenario, event),
                      event_detail(report_.scenario, event), event.message,
                      one.proof ? std::to_string(one.proof->entry.index) : ""});
    }
    add(PageTable{
        {"T+", "Side", "What", "Name", "Detail", "Message", "Entry"}, 6, std::move(rows)});
  }

  void write_objectives() {
    add(Heading{2, "By objective"});
    for (const ObjectiveResult& result : report_.objectives) {
      add(Heading{3, objective_words(report_.scenario, result)});
      add(Paragraph{format_count(static_cast<uint64_t>(result.points)) + " of " +
                    format_count(static_cast<uint64_t>(result.points_max)) + " points."});
      write_list("Strengths", result.met);
      write_list("Areas to improve", result.missed);
      write_list("Open", result.open);
      add(Blank{"What people say of it:"});
    }
  }

  void write_list(const std::string& title, const std::vector<size_t>& expectations) {
    if (expectations.empty()) return;
    add(Paragraph{title + ":"});
    List list;
    for (const size_t e : expectations) {
      std::string item = expected_words(report_, e) + ": " + outcome_words(report_, e);
      const std::string& comment = report_.scenario.expectations[e].comment;
      if (!comment.empty()) item += ". " + comment;
      list.items.push_back(std::move(item));
    }
    add(std::move(list));
  }

  void write_expectations() {
    add(Heading{2, "Expectations, and what proves each"});
    Rows rows;
    for (size_t e = 0; e < report_.scenario.expectations.size(); ++e) {
      rows.push_back({report_.scenario.expectations[e].name, outcome_mark(report_, e),
                      points_words(report_, e), expected_words(report_, e),
                      outcome_words(report_, e),
                      proof_words(report_.scenario, report_.judged.expectations[e].proof)});
    }
    add(PageTable{
        {"Name", "Outcome", "Points", "Expected", "What happened", "Proof"}, 6, std::move(rows)});
  }

  void write_missed() {
    Rows rows;
    for (size_t e = 0; e < report_.scenario.expectations.size(); ++e) {
      if (report_.judged.kind(e) != Outcome::Kind::missed) continue;
      const JudgedExpectation& judged = report_.judged.expectations[e];
      rows.push_back({report_.scenario.expectations[e].name, outcome_words(report_, e),
                      caught_words(report_, e), proof_words(report_.scenario, judged.late_proof)});
    }
    if (rows.empty()) return;
    add(Heading{2, "What was missed, and what noticed it"});
    add(PageTable{
        {"Name", "What happened", "Noticed by", "Proof that it was done"}, 4, std::move(rows)});
  }

  void write_injects() {
    add(Heading{2, "Injects"});
    Rows rows;
    for (size_t i = 0; i < report_.scenario.injects.size(); ++i) {
      const Inject& inject = report_.scenario.injects[i];
      const InjectFate& fate = report_.log.injects[i].fate;
      const bool has_come = fate.kind == InjectFate::Kind::played;
      const auto& planned_ms = report_.judged.planned_ms[i];
      rows.push_back({inject.name, planned_ms ? exercise_time(*planned_ms) : "–",
                      has_come ? exercise_time(fate.at_ms) : fate_words(fate.kind),
                      side_name(inject.from), kInjectKinds[inject.content.index()].words,
                      proof_words(report_.scenario, report_.judged.injects[i])});
    }
    add(PageTable{{"Name", "Planned", "T+", "From", "Kind", "Proof"}, 6, std::move(rows)});
  }

  void write_orders() {
    Rows rows;
    for (const DrillLog::Order& one : report_.log.orders) {
      const DrillOrder& order = one.order;
      std::string words = order_words(order);
      if (!order.text.empty() && words.find(order.text) == std::string::npos) {
        words += ": " + order.text;
      }
      rows.push_back({exercise_time(one.at_ms), order.who, words});
    }
    if (rows.empty()) return;
    add(Heading{2, "Notes, and what was ordered"});
    add(PageTable{{"T+", "Who", "What"}, 3, std::move(rows)});
  }

  void write_clocks() {
    Rows rows;
    for (const SetClock& one : clocks_set(report_)) {
      rows.push_back({exercise_time(one.at_ms), one.words, one.who.empty() ? "–" : one.who});
    }
    if (rows.empty()) return;
    add(Heading{2, "How both directors set the clocks"});
    const std::string by = "By, at " + side_name(report_.records[0] ? 0 : 1);
    add(PageTable{{"T+", "What", by}, 3, std::move(rows)});
  }

  void write_times() {
    if (report_.times.empty()) return;
    add(Heading{2, "Times, against what is agreed"});
    add(Paragraph{
        "A receipt by the sender's journal, all else by the receiver's. Late: done later than "
        "agreed, or waiting for longer at the end. An acknowledgement is agreed until the first "
        "rung."});
    Rows rows;
    for (const TimesRow& row : report_.times) {
      rows.push_back({side_name(row.side), precedence_label(row.precedence), until_name(row.until),
                      format_count(row.done) + "/" + format_count(row.messages),
                      duration_or(row.median_ms, "–"), duration_or(row.longest_ms, "–"),
                      duration_or(row.due_ms, "–"), format_count(row.late)});
    }
    add(PageTable{{"Side", "Precedence", "Until", "Done", "Median", "Worst", "Agreed", "Late"},
                  3,
                  std::move(rows)});
  }

  void write_link() {
    Rows rows;
    const UtcMs begin = report_.log.begin;
    for (SideIndex side = 0; side < kSides; ++side) {
      if (!report_.records[side]) continue;
      const auto seen =
          report_.records[side]->link.within({begin, begin + report_.judged.ends_ms - 1});
      for (const Outage& outage : seen.outages) {
        rows.push_back({side_name(side), exercise_time(std::max<int64_t>(outage.from - begin, 0)),
                        duration_or(outage.length_ms, "not measured"), outage.reason});
      }
    }
    if (rows.empty()) return;
    add(Heading{2, "When the link was down"});
    add(PageTable{{"Seen by", "T+", "For", "Reason"}, 4, std::move(rows)});
  }

  // "00:00:46", since the inject; or what became of it.
  std::string compared_words(const AfterAction& drill, const std::string& name) const {
    for (size_t e = 0; e < drill.scenario.expectations.size(); ++e) {
      if (drill.scenario.expectations[e].name != name) continue;
      if (drill.judged.kind(e) != Outcome::Kind::met) return outcome_mark(drill, e);
      // When the director said so is not how long it took.
      if (drill.scenario.expectations[e].by_director) return "MET, as judged";
      const size_t of = drill.scenario.expectations[e].of;
      return "MET in " + format_duration(drill.judged.expectations[e].outcome.at_ms -
                                         drill.log.injects[of].fate.at_ms);
    }
    return "–";
  }

  std::string compared_times(const AfterAction& drill, const TimesRow& row) const {
    for (const TimesRow& one : drill.times) {
      const bool is_same =
          one.side == row.side && one.precedence == row.precedence && one.until == row.until;
      if (is_same) return duration_or(one.median_ms, "–") + ", late " + format_count(one.late);
    }
    return "–";
  }

  void write_comparison() {
    if (report_.earlier.empty()) return;
    add(Heading{2, "Compared with earlier drills of this scenario"});
    std::vector<const AfterAction*> drills = {&report_};
    for (const AfterAction& earlier : report_.earlier) drills.push_back(&earlier);
    std::vector<std::string> titles = {""};
    for (const AfterAction* drill : drills) titles.push_back(drill->directory);
    Rows rows;
    const auto add_row = [&](const std::string& name, const auto& words) {
      std::vector<std::string> row = {name};
      for (const AfterAction* drill : drills) row.push_back(words(*drill));
      rows.push_back(std::move(row));
    };
    add_row("points", [](const AfterAction& drill) {
      return format_count(static_cast<uint64_t>(drill.points())) + " of " +
             format_count(static_cast<uint64_t>(drill.points_max()));
    });
    for (const Outcome::Kind kind : {Outcome::Kind::met, Outcome::Kind::missed}) {
      add_row(outcome_key(kind),
              [&](const AfterAction& drill) { return format_count(drill.count(kind)); });
    }
    for (const Expectation& expected : report_.scenario.expectations) {
      add_row(expected.name,
              [&](const AfterAction& drill) { return compared_words(drill, expected.name); });
    }
    for (const TimesRow& one : report_.times) {
      add_row(side_name(one.side) + " " + precedence_label(one.precedence) + " " +
                  until_name(one.until),
              [&](const AfterAction& drill) { return compared_times(drill, one); });
    }
    add(PageTable{std::move(titles), 1 + drills.size(), std::move(rows)});
    for (const AfterAction& earlier : report_.earlier) {
      add(Paragraph{earlier.directory + ": " + standing_words_of(earlier) + ". " +
                    result_words(earlier)});
    }
  }

  void write_evidence() {
    add(Heading{2, "What it rests on"});
    add(List{verification_lines(report_.verification)});
    const auto& reconciliation = report_.verification.reconciliation;
    if (reconciliation && reconciliation->differences() != 0) {
      for (const auto& transcript : reconciliation->transcripts) {
        add(List{transcript.differences});
      }
      add(List{reconciliation->receipt_differences});
    }
    if (report_.standing() == Report::Standing::failed) return;
    add(Paragraph{kNobodySigns});
    for (SideIndex side = 0; side < kSides; ++side) {
      const auto& record = report_.records[side];
      if (!record || record->not_cosigned == 0) continue;
      add(Paragraph{"Entries of " + side_name(side) + "'s journal that " +
                    side_name(other_side(side)) +
                    " has not cosigned: " + format_count(record->not_cosigned) +
                    ". They count here, and their own side "
                    "alone signed for them."});
    }
    if (report_.judged.differences.empty()) {
      add(Paragraph{"The journals say what the program said while it ran."});
    } else {
      add(Paragraph{"The journals count. The program said otherwise while it ran:"});
      add(List{report_.judged.differences});
    }
  }

  const AfterAction& report_;
  Page page_;
};

}  // namespace

Page after_action_page(const AfterAction& report) {
  return PageWriting(report).write();
}

}  // namespace hotline::client
