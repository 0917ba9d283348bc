#include "client/report/report_html.h"

#include "client/report/html_page.h"
#include "client/report/report_plots.h"
#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

std::string share_text(uint64_t permille) {
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

std::string percentile_text(const WaitTally& tally, int percent) {
  if (tally.times_ms.empty()) return "–";
  return format_duration(percentile_ms(tally.times_ms, percent));
}

class HtmlReport {
 public:
  explicit HtmlReport(const Report& report)
      : report_(report), page_("Hotline report", report.exercise) {}

  std::string write() {
    write_head();
    const bool is_failed = report_.standing() == Report::Standing::failed;
    if (!is_failed) {
      if (report_.reconciliation) write_differences();
      page_.heading("h2", "The link, as each party saw it");
      page_.figure("White: up. Black: down. Hatched: unknown. UTC.", plot_link(report_.records));
      for (const PartyReport& record : report_.records) write_record(record);
    }
    return page_.finish();
  }

 private:
  using Cells = HtmlPage::Cells;

  void write_head() {
    const bool is_verified = report_.standing() == Report::Standing::verified;
    page_.standing(standing_line(report_), !is_verified);
    page_.heading("h1", "Report for the joint meeting");
    page_.paragraph(period_line(report_));
    for (const std::string& line : verification_lines(report_)) page_.paragraph(line);
  }

  void write_differences() {
    const audit::Reconciliation& found = *report_.reconciliation;
    page_.heading("h2", "Between the two records");
    std::vector<Cells> rows;
    for (const audit::TranscriptComparison& one : found.transcripts) {
      rows.push_back({"sent by " + upper_case(one.sender), format_count(one.sizes[0]),
                      format_count(one.sizes[1]), format_count(one.different)});
    }
    rows.push_back({"receipts", format_count(found.receipts[0]), format_count(found.receipts[1]),
                    format_count(found.receipts_different)});
    const ConflictDifferences& conflicts = report_.conflicts;
    const auto all = [&](size_t only) { return format_count(conflicts.both + only); };
    rows.push_back({"conflicts of the period", all(conflicts.only_first.size()),
                    all(conflicts.only_second.size()),
                    format_count(conflicts.only_first.size() + conflicts.only_second.size() +
                                 conflicts.ended_otherwise.size())});
    page_.table({"", upper_case(found.parties[0]), upper_case(found.parties[1]), "Different"}, 1,
                rows);
    for (const audit::TranscriptComparison& one : found.transcripts) list(one.differences);
    list(found.receipt_differences);
    list(conflicts.only_first);
    list(conflicts.only_second);
    list(conflicts.ended_otherwise);
  }

  void list(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) page_.paragraph(line);
  }

  void write_record(const PartyReport& record) {
    page_.add("<section class=\"record\">\n");
    page_.heading("h2", "Record of " + upper_case(record.names.party));
    if (record.entries == 0) {
      page_.paragraph(kNothingCounted);
      page_.add("</section>\n");
      return;
    }
    page_.paragraph("Observed from " + format_rfc3339(record.observed.from) + " to " +
                    format_rfc3339(record.observed.to) + ", " + format_count(record.entries) +
                    " entries from the first on. Times the clock was set: " +
                    format_count(record.clock_steps) + ".");
    for (const bool incoming : {false, true}) write_messages(record, incoming);
    write_test_calls(record);
    write_link(record);
    write_incidents(record);
    write_cases(record);
    write_conflicts(record);
    write_alarms(record);
    page_.add("</section>\n");
  }

  void write_messages(const PartyReport& record, bool incoming) {
    const JournalStatistics& statistics = record.statistics;
    page_.heading("h3", "Messages of " + upper_case(record.party(incoming)) + ": " +
                            format_count(statistics.message_count(incoming)) + ", timed from " +
                            (incoming ? "their receipt" : "their release"));
    std::vector<Cells> rows;
    for (const auto& [precedence, messages] : statistics.messages(incoming)) {
      const std::string label = precedence_label(precedence);
      const auto add = [&rows, &label](const char* until, const WaitTally& tally) {
        if (tally.count == 0) return;
        rows.push_back({label, until, format_count(tally.count), format_count(tally.done),
                        format_count(tally.closed), format_count(tally.waiting()),
                        format_count(tally.not_measured), percentile_text(tally, 50),
                        percentile_text(tally, 95), percentile_text(tally, 100)});
      };
      add("delivered", messages.delivery);
      add("acknowledged", messages.acknowledgement);
      add("passed on", messages.dissemination);
      add("answered", messages.answer);
    }
    page_.table({"Precedence", "Until", "Of", "Done", "Closed", "Wait", "Unmeasured", "Median",
                 "95 %", "Longest"},
                2, rows);
    page_.figure(
        "Until acknowledged: how many took how long, by precedence; beside each, how many "
        "were measured.",
        plot_latencies(record, incoming));
    page_.figure("Messages a day, or a week where there are many days. UTC.",
                 plot_messages(record, incoming));
    write_shares(record, incoming);
  }

  void write_shares(const PartyReport& record, bool incoming) {
    const JournalStatistics& statistics = record.statistics;
    std::vector<Cells> rows;
    for (const auto& [precedence, messages] : statistics.messages(incoming)) {
      rows.push_back(
          {precedence_label(precedence), format_count(messages.count()),
           share_text(share_permille(messages.count(), statistics.message_count(incoming))),
           format_count(messages.escalated)});
    }
    page_.table({"Precedence", "Messages", "Share", "Climbed a rung"}, 1, rows);
    rows.clear();
    for (const FlashMonth& month : flash_months(statistics)) {
      if (month.incoming != incoming) continue;
      rows.push_back({month.month, month.is_above() ? "ABOVE 5 %" : "", format_count(month.flash),
                      format_count(month.messages),
                      share_text(share_permille(month.flash, month.messages))});
    }
    page_.table({"Month", "", "FLASH", "Of", "Share"}, 2, rows);
    if (incoming) {
      page_.paragraph("Of theirs that broke a rule: " + format_count(statistics.rules_broken()) +
                      ".");
    } else {
      page_.paragraph("Acknowledgements of theirs that read back another place or time: " +
                      format_count(statistics.mismatches()) + ".");
    }
  }

  void write_test_calls(const PartyReport& record) {
    page_.heading("h3", "Test calls");
    std::vector<Cells> rows;
    for (const bool incoming : {false, true}) {
      const JournalStatistics::TestCalls& calls = record.statistics.test_calls(incoming);
      const WaitTally& tally = calls.acknowledgement;
      rows.push_back({upper_case(record.party(incoming)), format_count(tally.count),
                      format_count(tally.done), format_count(calls.missed),
                      percentile_text(tally, 50), percentile_text(tally, 95)});
    }
    page_.table({"From", "Made", "Acknowledged", "Hours missed", "Median", "95 %"}, 1, rows);
    page_.paragraph("Hours missed in a row, at the most: " +
                    std::to_string(record.statistics.missed_in_a_row()) + ".");
  }

  void write_link(const PartyReport& record) {
    const LinkTimeline::Seen& link = record.link;
    page_.heading("h3", "Outages of the link");
    page_.paragraph(
        "Up " + format_duration(link.up_ms) + ", down " + format_duration(link.down_ms) +
        ", unknown " + format_duration(link.unknown_ms) + ". Outages " +
        format_count(link.outages.size()) + ", of which not measured " +
        format_count(link.not_measured) +
        ". Changes too fast to be recorded one by one: " + format_count(link.not_recorded) + ".");
    std::vector<Cells> rows;
    for (const Outage& outage : link.outages) {
      rows.push_back({format_rfc3339(outage.from), outage.to ? format_rfc3339(*outage.to) : "lasts",
                      outage.reason,
                      outage.length_ms ? format_duration(*outage.length_ms) : "not measured"});
    }
    page_.table({"From", "To", "Reason", "In the period"}, 3, rows);
  }

  void write_incidents(const PartyReport& record) {
    page_.heading("h3", incident_counts_line(record));
    std::vector<Cells> rows;
    for (const RecordedIncident& one : record.incidents.incidents) {
      rows.push_back({one.name, precedence_label(one.precedence),
                      upper_case(record.party(one.incoming)), incident_state(one, record),
                      format_rfc3339(one.began_at), one.subject});
    }
    page_.table({"Incident", "Precedence", "From", "State", "Began", "Subject"}, 6, rows);
    if (record.incidents.not_readable != 0) {
      page_.paragraph(
          "Messages that may say something of an incident, and whose text the record does "
          "not have: " +
          format_count(record.incidents.not_readable) + ".");
    }
    if (record.incidents.cut) page_.paragraph("The daemon did not look at all messages.");
  }

  void write_cases(const PartyReport& record) {
    page_.heading("h3", case_counts_line(record));
    page_.paragraph(case_decisions_line(record));
    std::vector<Cells> rows;
    for (const RecordedCase& one : record.cases.cases) {
      std::string lines;
      for (const std::string& line : case_lines(record, one)) {
        lines += (lines.empty() ? "" : "; ") + line;
      }
      rows.push_back({one.name, format_rfc3339(one.began_at()), lines,
                      format_count(one.standing_of(false) + one.standing_of(true))});
    }
    page_.table({"Case", "Began", "What was asked for and decided", "Reports"}, 3, rows);
  }

  void write_conflicts(const PartyReport& record) {
    page_.heading("h3", "Conflicts of notices found: " + format_count(record.conflicts.size()));
    std::vector<Cells> counts(1);
    for (const auto& [fate, count] : conflict_fates(record.conflicts)) {
      counts.front().push_back(format_count(count));
    }
    page_.table(
        {"Open", "A notice changed", "A notice cancelled", "Accepted by both", "Time passed"}, 0,
        counts);
    std::vector<Cells> rows;
    for (const RecordedConflict& one : record.conflicts) {
      rows.push_back({one.own, one.peers, fate_words(one.fate), format_rfc3339(one.found_at),
                      format_count(one.horizontal_m), format_count(one.vertical_m),
                      format_count(one.time_s)});
    }
    page_.table({"Own", "Theirs", "End", "Found", "m", "m in height", "s"}, 4, rows);
  }

  void write_alarms(const PartyReport& record) {
    const AlarmRates::Measured& alarms = record.alarms;
    page_.heading("h3", "Alarms (ISA-18.2)");
    page_.table(
        {"Alarms", "A day", "Most in 10 min", "Floods", "Of 10 min", "Share", "Causes", "Ten most"},
        0,
        {{format_count(alarms.alarms), alarms_a_day(alarms), format_count(alarms.busiest),
          format_count(alarms.floods), format_count(alarms.stretches),
          share_text(share_permille(alarms.floods, alarms.stretches)), format_count(alarms.causes),
          share_text(alarms.top_permille)}});
    page_.figure("Alarms an hour, or a day where there are many hours. UTC.", plot_alarms(record));
    std::vector<Cells> rows;
    for (const AlarmRates::Cause& one : alarms.top) {
      rows.push_back({one.cause, format_count(one.count)});
    }
    page_.table({"Cause", "Alarms"}, 1, rows);
    for (const std::string& name : alarms.chattering) page_.paragraph("Chatters: " + name + ".");
    for (const AlarmRates::Standing& one : alarms.stale) {
      page_.paragraph("Stands for more than a day: " + one.code + ", " + one.subject + ", since " +
                      format_rfc3339(one.since) + ".");
    }
  }

  const Report& report_;
  HtmlPage page_;
};

}  // namespace

std::string html_report(const Report& report) {
  return HtmlReport(report).write();
}

}  // namespace hotline::client
