#include "client/report/report_rows.h"

#include "certs/check.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kRootDigits = 16;

std::string counted(uint64_t count, const std::string& one, const std::string& many) {
  return format_count(count) + " " + (count == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string record_name(const PartyReport& record) {
  if (record.directory.empty()) return upper_case(record.names.party) + "'s daemon";
  // The rest of the way to it is nobody else's business.
  std::string name = record.directory;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return printable_line(name.substr(name.rfind('/') + 1));
}

// All but the first, which stands in the line of the whole report.
std::string verification_line(const PartyReport& record) {
  const std::string name = record_name(record);
  if (!record.verdict) {
    return name + ": " + counted(record.entries, "entry", "entries") + ", nobody verified them";
  }
  const audit::Verdict& verdict = *record.verdict;
  std::string line = name + ": " + audit::outcome_word(verdict.outcome);
  if (verdict.fault) {
    return line + " at " + printable_line(verdict.fault->name) + ": " +
           printable_line(verdict.fault->reason);
  }
  if (verdict.cosigned_size == 0) {
    line += " up to nothing";
  } else {
    line += " up to entry " + std::to_string(verdict.cosigned_size - 1) + ", root " +
            to_hex(verdict.root).substr(0, kRootDigits);
  }
  line += ", trusted " + joined(verdict.trusted, " and ");
  if (verdict.dev_only) line += " (" + std::string(kDevOnlyMark) + ")";
  if (record.left_out.entries != 0) {
    line += "; left out, because not cosigned: " +
            counted(record.left_out.entries, "entry", "entries") + " with " +
            counted(record.left_out.messages, "message", "messages");
  }
  for (const std::string& what : verdict.not_checked) line += "; " + printable_line(what);
  return line;
}

}  // namespace

std::vector<FlashMonth> flash_months(const JournalStatistics& statistics) {
  std::vector<FlashMonth> months;
  for (const bool incoming : {false, true}) {
    for (const auto& [day, counts] : statistics.days(incoming)) {
      const std::string month = day_name(day).substr(0, 7);
      const bool is_new =
          months.empty() || months.back().incoming != incoming || months.back().month != month;
      if (is_new) months.push_back({.incoming = incoming, .month = month});
      for (const auto& [precedence, count] : counts) {
        months.back().messages += count;
        const bool is_flash = precedence == static_cast<uint8_t>(wire::Precedence::flash);
        if (is_flash) months.back().flash += count;
      }
    }
  }
  return months;
}

std::string day_name(int64_t day) {
  return format_rfc3339(day * kOneDay_ms).substr(0, 10);
}

std::map<ConflictFate, uint64_t> conflict_fates(const std::vector<RecordedConflict>& conflicts) {
  std::map<ConflictFate, uint64_t> fates = {{ConflictFate::open, 0},
                                            {ConflictFate::changed, 0},
                                            {ConflictFate::cancelled, 0},
                                            {ConflictFate::accepted, 0},
                                            {ConflictFate::time_passed, 0}};
  for (const RecordedConflict& one : conflicts) ++fates[one.fate];
  return fates;
}

IncidentCounts count_incidents(const RecordedIncidents& incidents) {
  IncidentCounts counts;
  for (const RecordedIncident& one : incidents.incidents) {
    ++(one.cancelled       ? counts.cancelled
       : !one.is_closed()  ? counts.open
       : one.is_disputed() ? counts.disputed
                           : counts.closed);
  }
  return counts;
}

std::string incident_state_code(const RecordedIncident& incident, const PartyReport& record) {
  if (incident.cancelled) return "cancelled";
  if (incident.is_closed()) return incident.is_disputed() ? "disputed" : "closed";
  if (incident.own.closed_at) return "closed_by_" + record.names.party;
  if (incident.peers.closed_at) return "closed_by_" + record.names.peer;
  return "open";
}

std::string incident_state(const RecordedIncident& incident, const PartyReport& record) {
  if (incident.cancelled) return "cancelled";
  if (incident.is_closed()) return incident.is_disputed() ? "closed, disputed" : "closed";
  if (incident.own.closed_at) return "closed by " + upper_case(record.names.party);
  if (incident.peers.closed_at) return "closed by " + upper_case(record.names.peer);
  return "open";
}

std::string incident_counts_line(const PartyReport& record) {
  const IncidentCounts counts = count_incidents(record.incidents);
  return "Incidents: " + format_count(counts.open) + " open, " + format_count(counts.disputed) +
         " closed with a disagreement, " + format_count(counts.closed) + " closed, " +
         format_count(counts.cancelled) + " cancelled";
}

std::string case_counts_line(const PartyReport& record) {
  const CaseCounts counts = count_cases(record.cases);
  return "Cases of violations: " + format_count(record.cases.cases.size()) + ", reports of " +
         upper_case(record.names.party) + " " + format_count(counts.own_violations) + ", of " +
         upper_case(record.names.peer) + " " + format_count(counts.peers_violations) +
         ", taken back " + format_count(counts.cancelled);
}

std::string case_decisions_line(const PartyReport& record) {
  const CaseCounts counts = count_cases(record.cases);
  std::string line =
      "Rungs on which a decision was asked for: " + format_count(counts.demands) + ", open " +
      format_count(counts.demands_open) + ". Decisions of " + upper_case(record.names.party) +
      ": " + format_count(counts.own_decisions) + ", of " + upper_case(record.names.peer) + ": " +
      format_count(counts.peers_decisions) + ". Guarantors, by the last note about each: asked " +
      format_count(counts.asked) + ", answered " + format_count(counts.answered) + ", silent " +
      format_count(counts.silent) + ".";
  if (record.cases.demands_not_named != 0) {
    line += " Times that more than eight waited, and the others were not named: " +
            format_count(record.cases.demands_not_named) + ".";
  }
  if (record.cases.not_readable != 0) {
    line += " Decisions whose text the record does not have: " +
            format_count(record.cases.not_readable) + ".";
  }
  if (record.cases.cut) line += " Of each case the daemon told of the newest messages only.";
  return line;
}

std::vector<std::string> case_lines(const PartyReport& record, const RecordedCase& one) {
  std::vector<std::string> lines;
  for (const RecordedDemand& demand : one.demands) {
    lines.push_back(format_rfc3339(demand.began_at) + "  " + demand.rung + " asked for, " +
                    (demand.ended_at ? "until " + format_rfc3339(*demand.ended_at) : "open"));
  }
  for (const RecordedDecision& decision : one.decisions) {
    lines.push_back(format_rfc3339(decision.at) + "  " + decision.id + " of " +
                    upper_case(record.party(decision.incoming)) + ", " +
                    role_name(static_cast<uint8_t>(decision.decided_by)) + ", on " + decision.rung +
                    (decision.cancelled ? ", cancelled: " : ": ") + decision.decision);
  }
  for (const RecordedGuarantor& guarantor : one.guarantors) {
    lines.push_back(format_rfc3339(guarantor.at) + "  guarantor " + guarantor.name + " " +
                    guarantor_standing_code(guarantor.standing));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string alarms_a_day(const AlarmRates::Measured& alarms) {
  if (!alarms.per_day_tenths) return "–";
  return std::to_string(*alarms.per_day_tenths / 10) + "." +
         std::to_string(*alarms.per_day_tenths % 10);
}

std::string period_line(const Report& report) {
  const std::string from =
      report.from ? format_rfc3339(*report.from) : "the beginning of the record";
  const std::string to =
      report.to ? "before " + format_rfc3339(*report.to) : "the end of the record";
  return "From " + from + " to " + to + ". docs/report.md defines every number.";
}

std::string standing_line(const Report& report) {
  switch (report.standing()) {
    case Report::Standing::failed:
      return "FAILED: an export was altered or is not theirs; no number of it is given";
    case Report::Standing::not_reconciled: {
      const uint64_t count = report.reconciliation->differences();
      return "NOT RECONCILED: the two records differ in " + counted(count, "place", "places") +
             ", named below";
    }
    case Report::Standing::incomplete:
      return "INCOMPLETE: nothing wrong was found, and not all could be checked";
    case Report::Standing::not_verified:
      return "NOT VERIFIED: nobody has checked a signature of this record";
    case Report::Standing::verified:
      return report.reconciliation ? "VERIFIED and reconciled: both signed for what is counted here"
                                   : "VERIFIED: both signed for what is counted here";
  }
  return "FAILED";
}

std::vector<std::string> verification_lines(const Report& report) {
  std::vector<std::string> lines;
  for (const PartyReport& record : report.records) lines.push_back(verification_line(record));
  return lines;
}

}  // namespace hotline::client
