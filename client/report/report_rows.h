// Rows of a report that text, JSON and HTML share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/report/report.h"

namespace hotline::client {

// Of a record without an entry that the other party cosigned.
inline constexpr char kNothingCounted[] =
    "The other party has cosigned no entry of this journal: nothing was counted.";

// A party's FLASH of one month (UTC), as far as it lies in the period.
struct FlashMonth {
  bool incoming = false;
  std::string month;  // "2026-11"
  uint64_t messages = 0;
  uint64_t flash = 0;

  bool is_above() const { return flash * 1000 > kFlashShareMax_permille * messages; }
};
std::vector<FlashMonth> flash_months(const JournalStatistics& statistics);

// "2026-11-22" of days since 1970.
std::string day_name(int64_t day);

// Every fate, with 0 where there is none.
std::map<ConflictFate, uint64_t> conflict_fates(const std::vector<RecordedConflict>& conflicts);

struct IncidentCounts {
  uint64_t open = 0;       // One party at least has not closed it.
  uint64_t closed = 0;     // By both, without a disagreement.
  uint64_t disputed = 0;   // By both, and one of them with a disagreement.
  uint64_t cancelled = 0;  // All with which it began was taken back.
};
IncidentCounts count_incidents(const RecordedIncidents& incidents);

// For programs: "open", "closed_by_north", "closed", "disputed", "cancelled".
std::string incident_state_code(const RecordedIncident& incident, const PartyReport& record);
// For people: "closed by NORTH", "closed, disputed".
std::string incident_state(const RecordedIncident& incident, const PartyReport& record);
// "Incidents: 2 open, ...": the title above their list.
std::string incident_counts_line(const PartyReport& record);

// "Cases of violations: 2, reports of NORTH 3, ...": the title above their list.
std::string case_counts_line(const PartyReport& record);
// "Rungs on which a decision was asked for: 3, open 1. ...".
std::string case_decisions_line(const PartyReport& record);
// A line for each thing that was asked for, decided or noted of one case.
std::vector<std::string> case_lines(const PartyReport& record, const RecordedCase& one);

// "12.5": alarms a day; "–" where less than a day was observed.
std::string alarms_a_day(const AlarmRates::Measured& alarms);

// The first line of a report: whether it can be relied on, and why not. No line feed in it.
std::string standing_line(const Report& report);
// The period as it was asked for; likewise.
std::string period_line(const Report& report);
// For each record, under which keys and up to which entry; likewise.
std::vector<std::string> verification_lines(const Report& report);

}  // namespace hotline::client
