#include "client/report/report_text.h"

#include <algorithm>
#include <array>

#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kRowsShown = 20;  // Of a list; all are in the JSON.

std::string share_words(uint64_t permille) {
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

std::string count_words(uint64_t count, const std::string& one, const std::string& many) {
  return format_count(count) + " " + (count == 1 ? one : many);
}

// Cells under titles, two spaces between; numbers stand at the right.
class TextTable {
 public:
  using Cells = std::vector<std::string>;
  explicit TextTable(Cells titles, size_t words) : words_(words) { rows_.push_back(titles); }
  void add(Cells cells) { rows_.push_back(std::move(cells)); }

  std::string text() const {
    if (rows_.size() == 1) return "";
    std::vector<size_t> widths(rows_.front().size());
    for (const Cells& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], column_count(row[i]));
    }
    std::string text;
    for (const Cells& row : rows_) {
      std::string line = " ";
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string room(widths[i] - column_count(row[i]), ' ');
        line += " ";
        line += i < words_ ? row[i] + room : room + row[i];
        line += i + 1 < row.size() ? " " : "";
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    return text;
  }

 private:
  size_t words_;  // So many columns are words.
  std::vector<Cells> rows_;
};

class TextReport {
 public:
  explicit TextReport(const Report& report) : report_(report) {}

  std::string write() {
    const std::string marks = report_.exercise ? "EXERCISE EXERCISE EXERCISE\n" : "";
    text_ += (report_.exercise ? "EXERCISE  " : "") + standing_line(report_) + "\n" + marks;
    for (const std::string& line : verification_lines(report_)) paragraph(line);
    if (report_.standing() == Report::Standing::failed) return text_ + marks;
    paragraph(period_line(report_));
    if (report_.reconciliation) write_differences();
    for (const PartyReport& record : report_.records) write_record(record);
    return text_ + marks;
  }

 private:
  void title(const std::string& words) { text_ += "\n" + words + "\n"; }
  void paragraph(const std::string& words) { text_ += wrapped(words, kColumns, "  "); }

  void list(const std::vector<std::string>& lines) {
    for (size_t i = 0; i < std::min(lines.size(), kRowsShown); ++i) {
      text_ += "  " + cut_to_columns(printable_line(lines[i]), kColumns - 2) + "\n";
    }
    if (lines.size() > kRowsShown) {
      text_ += "  and " + format_count(lines.size() - kRowsShown) + " more: --format json\n";
    }
  }

  void write_differences() {
    const audit::Reconciliation& found = *report_.reconciliation;
    title("BETWEEN THE TWO RECORDS");
    TextTable table({"", upper_case(found.parties[0]), upper_case(found.parties[1]), "DIFFERENT"},
                    1);
    for (const auto& transcript : found.transcripts) {
      table.add({"sent by " + upper_case(transcript.sender), format_count(transcript.sizes[0]),
                 format_count(transcript.sizes[1]), format_count(transcript.different)});
    }
    table.add({"receipts", format_count(found.receipts[0]), format_count(found.receipts[1]),
               format_count(found.receipts_different)});
    text_ += table.text();
    for (const auto& transcript : found.transcripts) list(transcript.differences);
    list(found.receipt_differences);
    const ConflictDifferences& conflicts = report_.conflicts;
    paragraph("Conflicts of the period that both recorded: " + format_count(conflicts.both) +
              "; only " + upper_case(found.parties[0]) + ": " +
              format_count(conflicts.only_first.size()) + "; only " + upper_case(found.parties[1]) +
              ": " + format_count(conflicts.only_second.size()) +
              "; ended otherwise: " + format_count(conflicts.ended_otherwise.size()) + ".");
    list(conflicts.only_first);
    list(conflicts.only_second);
    list(conflicts.ended_otherwise);
  }

  void write_record(const PartyReport& record) {
    title("RECORD OF " + upper_case(record.names.party));
    if (record.entries == 0) return paragraph(kNothingCounted);
    paragraph(
        "Observed from " + format_rfc3339(record.observed.from) + " to " +
        format_rfc3339(record.observed.to) + ", " +
        count_words(record.entries, "entry", "entries") + " from the first on" +
        (record.clock_steps == 0
             ? "."
             : "; the clock was set " + count_words(record.clock_steps, "time", "times") + "."));
    for (const bool incoming : {false, true}) write_messages(record, incoming);
    write_test_calls(record);
    write_link(record);
    write_incidents(record);
    write_cases(record);
    write_conflicts(record);
    title("Alarms of " + upper_case(record.names.party) + " (ISA-18.2)");
    text_ += text_alarms(record.alarms, "  ");
  }

  void write_messages(const PartyReport& record, bool incoming) {
    const JournalStatistics& statistics = record.statistics;
    title("Messages of " + upper_case(record.party(incoming)) + ": " +
          format_count(statistics.message_count(incoming)) + ", timed from " +
          (incoming ? "their receipt" : "their release"));
    TextTable table({"PREC", "UNTIL", "OF", "WAIT", "CLOSED", "UNMEASURED", "MEDIAN", "95 %"}, 2);
    for (const auto& [precedence, messages] : statistics.messages(incoming)) {
      const auto add = [&, prec = precedence_label(precedence)](const char* until,
                                                                const WaitTally& tally) {
        if (tally.count == 0) return;
        const auto time = [&](int percent) {
          return tally.times_ms.empty() ? "-"
                                        : format_duration(percentile_ms(tally.times_ms, percent));
        };
        table.add({prec, until, format_count(tally.count), format_count(tally.waiting()),
                   format_count(tally.closed), format_count(tally.not_measured), time(50),
                   time(95)});
      };
      add("delivered", messages.delivery);
      add("acknowledged", messages.acknowledgement);
      add("passed on", messages.dissemination);
      add("answered", messages.answer);
    }
    text_ += table.text();
    uint64_t escalated = 0;
    for (const auto& [precedence, messages] : statistics.messages(incoming)) {
      escalated += messages.escalated;
    }
    if (escalated != 0)
      paragraph(format_count(escalated) + " of them climbed a rung of the ladder.");
    write_months(record, incoming);
    if (incoming && statistics.rules_broken() != 0) {
      paragraph(count_words(statistics.rules_broken(), "message", "messages") +
                " of theirs broke a rule and was declined by the machine.");
    }
    if (!incoming && statistics.mismatches() != 0) {
      paragraph(count_words(statistics.mismatches(), "acknowledgement", "acknowledgements") +
                " of theirs read back another place or time than was sent.");
    }
  }

  void write_months(const PartyReport& record, bool incoming) {
    for (const FlashMonth& month : flash_months(record.statistics)) {
      if (month.incoming != incoming) continue;
      paragraph(month.month + ": " + format_count(month.flash) + " FLASH of " +
                format_count(month.messages) + ", " +
                share_words(share_permille(month.flash, month.messages)) +
                (month.is_above() ? ", ABOVE 5 %" : ""));
    }
  }

  void write_test_calls(const PartyReport& record) {
    title("Test calls");
    TextTable table({"FROM", "MADE", "ACKNOWLEDGED", "HOURS MISSED", "MEDIAN", "95 %"}, 1);
    for (const bool incoming : {false, true}) {
      const auto& calls = record.statistics.test_calls(incoming);
      const WaitTally& tally = calls.acknowledgement;
      const auto time = [&](int percent) {
        return tally.times_ms.empty() ? "-"
                                      : format_duration(percentile_ms(tally.times_ms, percent));
      };
      table.add({upper_case(record.party(incoming)), format_count(tally.count),
                 format_count(tally.done), format_count(calls.missed), time(50), time(95)});
    }
    text_ += table.text();
    if (record.statistics.missed_in_a_row() > 1) {
      paragraph("At the most " + std::to_string(record.statistics.missed_in_a_row()) +
                " hours missed in a row.");
    }
  }

  void write_link(const PartyReport& record) {
    const LinkTimeline::Seen& link = record.link;
    title("Link as " + upper_case(record.names.party) + " saw it");
    paragraph("Up " + format_duration(link.up_ms) + ", down " + format_duration(link.down_ms) +
              ", unknown " + format_duration(link.unknown_ms) + ". " +
              count_words(link.outages.size(), "outage", "outages") +
              (link.longest_ms ? ", the longest " + format_duration(*link.longest_ms) : "") +
              (link.not_measured ? ", " + format_count(link.not_measured) +
                                       " of them without a length that can be measured"
                                 : "") +
              ".");
    if (link.not_recorded != 0) {
      paragraph(count_words(link.not_recorded, "change", "changes") +
                " of the link came too fast to be recorded one by one.");
    }
    std::vector<std::string> lines;
    for (const Outage& outage : link.outages) {
      lines.push_back(format_rfc3339(outage.from) + "  " +
                      (outage.length_ms ? format_duration(*outage.length_ms) : "not measured") +
                      (outage.to ? "  " : ", lasts  ") + outage.reason);
    }
    list(lines);
  }

  void write_incidents(const PartyReport& record) {
    title(incident_counts_line(record));
    std::vector<std::string> lines;
    for (const RecordedIncident& one : record.incidents.incidents) {
      if (one.is_closed() && !one.is_disputed()) continue;
      lines.push_back(one.name + "  " + precedence_label(one.precedence) + "  " +
                      incident_state(one, record) + "  " + format_rfc3339(one.began_at) + "  " +
                      one.subject);
    }
    list(lines);
    if (record.incidents.not_readable != 0) {
      paragraph("The record does not have the text of " +
                count_words(record.incidents.not_readable, "message", "messages") +
                " that may say something of an incident.");
    }
    if (record.incidents.cut) paragraph("The daemon did not look at all messages.");
  }

  void write_cases(const PartyReport& record) {
    title(case_counts_line(record));
    paragraph(case_decisions_line(record));
    for (const RecordedCase& one : record.cases.cases) {
      paragraph(
          printable_line(one.name) + ", from " + format_rfc3339(one.began_at()) +
          ", reports that stand: " + format_count(one.standing_of(false) + one.standing_of(true)));
      for (const std::string& line : case_lines(record, one)) {
        text_ += wrapped(printable_line(line), kColumns, "    ");
      }
    }
  }

  void write_conflicts(const PartyReport& record) {
    const auto fates = conflict_fates(record.conflicts);
    title("Conflicts of notices found: " + format_count(record.conflicts.size()));
    paragraph("Still open " + format_count(fates.at(ConflictFate::open)) + ", a notice changed " +
              format_count(fates.at(ConflictFate::changed)) + ", a notice cancelled " +
              format_count(fates.at(ConflictFate::cancelled)) + ", accepted by both " +
              format_count(fates.at(ConflictFate::accepted)) + ", its time passed " +
              format_count(fates.at(ConflictFate::time_passed)) + ".");
    std::vector<std::string> lines;
    for (const RecordedConflict& one : record.conflicts) {
      lines.push_back(format_rfc3339(one.found_at) + "  " + one.own + " and " + one.peers + "  " +
                      fate_words(one.fate) + "  " + format_count(one.horizontal_m) + " m, " +
                      format_count(one.vertical_m) + " m up, " + format_count(one.time_s) + " s");
    }
    list(lines);
  }

  const Report& report_;
  std::string text_;
};

}  // namespace

std::string text_alarms(const AlarmRates::Measured& alarms, const std::string& indent) {
  std::string text;
  const auto paragraph = [&](const std::string& words) {
    text += wrapped(words, kColumns, indent);
  };
  paragraph(count_words(alarms.alarms, "alarm", "alarms") + ", " + alarms_a_day(alarms) +
            " a day; at the most " + format_count(alarms.busiest) +
            " in ten minutes; floods (more than " + std::to_string(kAlarmsInStretchMax) +
            " in ten minutes): " + format_count(alarms.floods) + " of " +
            format_count(alarms.stretches) + ", " +
            share_words(share_permille(alarms.floods, alarms.stretches)) + ".");
  for (const AlarmRates::Cause& one : alarms.top) {
    text += indent +
            cut_to_columns(format_count(one.count) + "  " + printable_line(one.cause),
                           kColumns - indent.size()) +
            "\n";
  }
  for (const std::string& name : alarms.chattering) {
    paragraph("chatters: " + printable_line(name));
  }
  for (const AlarmRates::Standing& one : alarms.stale) {
    paragraph("stands for more than a day: " + one.code + ", " + printable_line(one.subject) +
              ", since " + format_rfc3339(one.since));
  }
  return text;
}

std::string text_report(const Report& report) {
  return TextReport(report).write();
}

}  // namespace hotline::client
