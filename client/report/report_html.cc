#include "client/report/report_html.h"

#include "client/report/html_text.h"
#include "client/report/report_plots.h"
#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

constexpr char kExerciseMarks[] = "EXERCISE EXERCISE EXERCISE";

// Black on white; what a printer leaves out says nothing.
constexpr char kStyle[] = R"(
@page { size: A4; margin: 15mm 14mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.35 sans-serif; color: #000; background: #fff; max-width: 190mm;
  margin: 0 auto; padding: 4mm }
h1 { font-size: 17pt; margin: 4mm 0 1mm }
h2 { font-size: 14pt; margin: 9mm 0 2mm; border-bottom: 1.5pt solid #000; break-after: avoid }
h3 { font-size: 11.5pt; margin: 5mm 0 1mm; break-after: avoid }
p { margin: 1mm 0; overflow-wrap: anywhere }
.standing { border: 1.5pt solid #000; padding: 2mm 3mm; font-weight: bold; font-size: 12pt }
.doubt { border-width: 4pt; border-style: double }
.marks { text-align: center; font-weight: bold; letter-spacing: .15em; margin: 2mm 0 }
.exercise { border: 5mm solid #000; padding: 4mm;
  border-image: repeating-linear-gradient(45deg, #000 0 2mm, #fff 2mm 4mm) 19;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
table { border-collapse: collapse; width: 100%; margin: 1mm 0 2mm; font-size: 9pt }
th, td { border-bottom: .5pt solid #888; padding: .6mm 1.2mm; text-align: left;
  vertical-align: top }
th { border-bottom: 1pt solid #000 }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.t, th.t { white-space: nowrap }
td.w { overflow-wrap: anywhere }
tr, figure { break-inside: avoid }
thead { display: table-header-group }
figure { margin: 2mm 0 4mm }
figcaption { font-size: 9pt; font-weight: bold }
svg { width: 100%; height: auto; font: 9.5px sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact }
.record + .record { break-before: page }
)";

std::string share_text(uint64_t permille) {
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

std::string percentile_text(const WaitTally& tally, int percent) {
  if (tally.times_ms.empty()) return "–";
  return format_duration(percentile_ms(tally.times_ms, percent));
}

// Short words and times ("2026-11-29T18:16:18.429Z") stand in one line; what is long may be broken
// anywhere, so that nothing a peer wrote makes the page wider.
const char* words_class(const std::string& text) {
  constexpr size_t kShort = 24;
  return text.size() <= kShort ? " class=\"t\">" : " class=\"w\">";
}

class HtmlReport {
 public:
  explicit HtmlReport(const Report& report) : report_(report) {}

  std::string write() {
    write_head();
    const bool is_failed = report_.standing() == Report::Standing::failed;
    if (!is_failed) {
      if (report_.reconciliation) write_differences();
      heading("h2", "The link, as each party saw it");
      figure("White: up. Black: down. Hatched: unknown. UTC.", plot_link(report_.records));
      for (const PartyReport& record : report_.records) write_record(record);
    }
    if (report_.exercise)
      page_ += "<p class=\"marks\">" + std::string(kExerciseMarks) + "</p>\n</div>\n";
    return std::move(page_) + "</body>\n</html>\n";
  }

 private:
  using Cells = std::vector<std::string>;

  void heading(const char* level, const std::string& words) {
    page_ += std::string("<") + level + ">" + html_text(words) + "</" + level + ">\n";
  }
  void paragraph(const std::string& words) { page_ += "<p>" + html_text(words) + "</p>\n"; }
  void figure(const std::string& caption, const std::string& svg) {
    page_ += "<figure>" + svg + "<figcaption>" + html_text(caption) + "</figcaption></figure>\n";
  }

  // The first `words` columns are words, the rest numbers.
  void table(const Cells& titles, size_t words, const std::vector<Cells>& rows) {
    if (rows.empty()) return;
    const auto write_row = [&](const Cells& cells, const char* tag) {
      page_ += "<tr>";
      for (size_t i = 0; i < cells.size(); ++i) {
        page_ += std::string("<") + tag + (i < words ? words_class(cells[i]) : " class=\"n\">") +
                 html_text(cells[i]) + "</" + tag + ">";
      }
      page_ += "</tr>\n";
    };
    page_ += "<table><thead>";
    write_row(titles, "th");
    page_ += "</thead><tbody>\n";
    for (const Cells& row : rows) write_row(row, "td");
    page_ += "</tbody></table>\n";
  }

  void write_head() {
    page_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>Hotline report</title>\n<style>" +
        std::string(kStyle) + "</style>\n</head>\n<body>\n";
    if (report_.exercise) {
      page_ +=
          "<div class=\"exercise\">\n<p class=\"marks\">" + std::string(kExerciseMarks) + "</p>\n";
    }
    const bool is_verified = report_.standing() == Report::Standing::verified;
    page_ += std::string("<p class=\"standing") + (is_verified ? "" : " doubt") + "\">" +
             html_text(standing_line(report_)) + "</p>\n";
    heading("h1", "Report for the joint meeting");
    paragraph(period_line(report_));
    for (const std::string& line : verification_lines(report_)) paragraph(line);
  }

  void write_differences() {
    const audit::Reconciliation& found = *report_.reconciliation;
    heading("h2", "Between the two records");
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
    table({"", upper_case(found.parties[0]), upper_case(found.parties[1]), "Different"}, 1, rows);
    for (const audit::TranscriptComparison& one : found.transcripts) list(one.differences);
    list(found.receipt_differences);
    list(conflicts.only_first);
    list(conflicts.only_second);
    list(conflicts.ended_otherwise);
  }

  void list(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) paragraph(line);
  }

  void write_record(const PartyReport& record) {
    page_ += "<section class=\"record\">\n";
    heading("h2", "Record of " + upper_case(record.names.party));
    if (record.entries == 0) {
      paragraph(kNothingCounted);
      page_ += "</section>\n";
      return;
    }
    paragraph("Observed from " + format_rfc3339(record.observed.from) + " to " +
              format_rfc3339(record.observed.to) + ", " + format_count(record.entries) +
              " entries from the first on. Times the clock was set: " +
              format_count(record.clock_steps) + ".");
    for (const bool incoming : {false, true}) write_messages(record, incoming);
    write_test_calls(record);
    write_link(record);
    write_incidents(record);
    write_conflicts(record);
    write_alarms(record);
    page_ += "</section>\n";
  }

  void write_messages(const PartyReport& record, bool incoming) {
    const JournalStatistics& statistics = record.statistics;
    heading("h3", "Messages of " + upper_case(record.party(incoming)) + ": " +
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
    table({"Precedence", "Until", "Of", "Done", "Closed", "Wait", "Unmeasured", "Median", "95 %",
           "Longest"},
          2, rows);
    figure(
        "Until acknowledged: how many took how long, by precedence; beside each, how many "
        "were measured.",
        plot_latencies(record, incoming));
    figure("Messages a day, or a week where there are many days. UTC.",
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
    table({"Precedence", "Messages", "Share", "Climbed a rung"}, 1, rows);
    rows.clear();
    for (const FlashMonth& month : flash_months(statistics)) {
      if (month.incoming != incoming) continue;
      rows.push_back({month.month, month.is_above() ? "ABOVE 5 %" : "", format_count(month.flash),
                      format_count(month.messages),
                      share_text(share_permille(month.flash, month.messages))});
    }
    table({"Month", "", "FLASH", "Of", "Share"}, 2, rows);
    if (incoming) {
      paragraph("Of theirs that broke a rule: " + format_count(statistics.rules_broken()) + ".");
    } else {
      paragraph("Acknowledgements of theirs that read back another place or time: " +
                format_count(statistics.mismatches()) + ".");
    }
  }

  void write_test_calls(const PartyReport& record) {
    heading("h3", "Test calls");
    std::vector<Cells> rows;
    for (const bool incoming : {false, true}) {
      const JournalStatistics::TestCalls& calls = record.statistics.test_calls(incoming);
      const WaitTally& tally = calls.acknowledgement;
      rows.push_back({upper_case(record.party(incoming)), format_count(tally.count),
                      format_count(tally.done), format_count(calls.missed),
                      percentile_text(tally, 50), percentile_text(tally, 95)});
    }
    table({"From", "Made", "Acknowledged", "Hours missed", "Median", "95 %"}, 1, rows);
    paragraph("Hours missed in a row, at the most: " +
              std::to_string(record.statistics.missed_in_a_row()) + ".");
  }

  void write_link(const PartyReport& record) {
    const LinkTimeline::Seen& link = record.link;
    heading("h3", "Outages of the link");
    paragraph("Up " + format_duration(link.up_ms) + ", down " + format_duration(link.down_ms) +
              ", unknown " + format_duration(link.unknown_ms) + ". Outages " +
              format_count(link.outages.size()) + ", of which not measured " +
              format_count(link.not_measured) + ". Changes too fast to be recorded one by one: " +
              format_count(link.not_recorded) + ".");
    std::vector<Cells> rows;
    for (const Outage& outage : link.outages) {
      rows.push_back({format_rfc3339(outage.from), outage.to ? format_rfc3339(*outage.to) : "lasts",
                      outage.reason,
                      outage.length_ms ? format_duration(*outage.length_ms) : "not measured"});
    }
    table({"From", "To", "Reason", "In the period"}, 3, rows);
  }

  void write_incidents(const PartyReport& record) {
    heading("h3", incident_counts_line(record));
    std::vector<Cells> rows;
    for (const RecordedIncident& one : record.incidents.incidents) {
      rows.push_back({one.name, precedence_label(one.precedence),
                      upper_case(record.party(one.incoming)), incident_state(one, record),
                      format_rfc3339(one.began_at), one.subject});
    }
    table({"Incident", "Precedence", "From", "State", "Began", "Subject"}, 6, rows);
    if (record.incidents.not_readable != 0) {
      paragraph(
          "Messages that may say something of an incident, and whose text the record does "
          "not have: " +
          format_count(record.incidents.not_readable) + ".");
    }
    if (record.incidents.cut) paragraph("The daemon did not look at all messages.");
  }

  void write_conflicts(const PartyReport& record) {
    heading("h3", "Conflicts of notices found: " + format_count(record.conflicts.size()));
    std::vector<Cells> counts(1);
    for (const auto& [fate, count] : conflict_fates(record.conflicts)) {
      counts.front().push_back(format_count(count));
    }
    table({"Open", "A notice changed", "A notice cancelled", "Accepted by both", "Time passed"}, 0,
          counts);
    std::vector<Cells> rows;
    for (const RecordedConflict& one : record.conflicts) {
      rows.push_back({one.own, one.peers, fate_words(one.fate), format_rfc3339(one.found_at),
                      format_count(one.horizontal_m), format_count(one.vertical_m),
                      format_count(one.time_s)});
    }
    table({"Own", "Theirs", "End", "Found", "m", "m in height", "s"}, 4, rows);
  }

  void write_alarms(const PartyReport& record) {
    const AlarmRates::Measured& alarms = record.alarms;
    heading("h3", "Alarms (ISA-18.2)");
    table(
        {"Alarms", "A day", "Most in 10 min", "Floods", "Of 10 min", "Share", "Causes", "Ten most"},
        0,
        {{format_count(alarms.alarms), alarms_a_day(alarms), format_count(alarms.busiest),
          format_count(alarms.floods), format_count(alarms.stretches),
          share_text(share_permille(alarms.floods, alarms.stretches)), format_count(alarms.causes),
          share_text(alarms.top_permille)}});
    figure("Alarms an hour, or a day where there are many hours. UTC.", plot_alarms(record));
    std::vector<Cells> rows;
    for (const AlarmRates::Cause& one : alarms.top) {
      rows.push_back({one.cause, format_count(one.count)});
    }
    table({"Cause", "Alarms"}, 1, rows);
    for (const std::string& name : alarms.chattering) paragraph("Chatters: " + name + ".");
    for (const AlarmRates::Standing& one : alarms.stale) {
      paragraph("Stands for more than a day: " + one.code + ", " + one.subject + ", since " +
                format_rfc3339(one.since) + ".");
    }
  }

  const Report& report_;
  std::string page_;
};

}  // namespace

std::string html_report(const Report& report) {
  return HtmlReport(report).write();
}

}  // namespace hotline::client
