// The report for the joint meeting as values: what one journal says of a period, or the journals of
// both parties beside each other. docs/report.md defines every number.
//
// An export that is verified is read up to its last cosigned entry, and what lies behind is counted
// apart. Nothing is estimated: what cannot be measured is a number of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/reconcile.h"
#include "client/audit/verdict.h"
#include "client/connect/connection.h"
#include "client/connect/journal_source.h"
#include "client/report/alarm_rates.h"
#include "client/report/case_record.h"
#include "client/report/conflict_record.h"
#include "client/report/incident_record.h"
#include "client/report/link_timeline.h"
#include "client/show/journal_statistics.h"
#include "protocol/base/result.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

// Entries of the journal that no number rests on, because the other party has not cosigned them.
struct LeftOut {
  uint64_t entries = 0;
  uint64_t messages = 0;  // Released or received in them.
  UtcMs since = 0;        // The time of the first.
};

// One party's record of the period.
struct PartyReport {
  ChannelNames names;
  std::string directory;                  // Of the export; empty where a running daemon was asked.
  std::optional<audit::Verdict> verdict;  // Nothing where nobody verified it.
  uint64_t entries = 0;                   // That were read, from the first on.
  LeftOut left_out;
  ObservedTime::Stretch observed;  // The part of the period that lies in what was read.
  uint64_t clock_steps = 0;        // In all that was read.
  JournalStatistics statistics{Period{}};
  LinkTimeline::Seen link;
  AlarmRates::Measured alarms;
  std::vector<RecordedConflict> conflicts;
  RecordedIncidents incidents;  // Of the period.
  RecordedCases cases;          // Likewise.

  const std::string& party(bool incoming) const { return incoming ? names.peer : names.party; }
  bool failed() const { return verdict && verdict->outcome == audit::Outcome::failed; }
};

// Pairs of notices that the records tell of otherwise.
struct ConflictDifferences {
  uint64_t both = 0;
  std::vector<std::string> only_first;  // "N-000004 and S-000002".
  std::vector<std::string> only_second;
  std::vector<std::string> ended_otherwise;
};

struct Report {
  bool exercise = false;
  std::optional<UtcMs> from;              // As it was asked for.
  std::optional<UtcMs> to;                // Not in the period.
  std::vector<PartyReport> records = {};  // One, or both parties'.
  // There where the report is of two records, and none of them is FAILED.
  std::optional<audit::Reconciliation> reconciliation = {};
  ConflictDifferences conflicts = {};

  // The gravest of: a record FAILED, the two differ, a record is INCOMPLETE, a record was not
  // verified, all is VERIFIED.
  enum class Standing : uint8_t { failed, not_reconciled, incomplete, not_verified, verified };
  Standing standing() const;
};
const char* standing_words(Report::Standing standing);  // "NOT RECONCILED"

struct ReportWish {
  std::optional<UtcMs> from;
  std::optional<UtcMs> to;  // Not in the period.
  // Told what is done, and how much of it, in per cent.
  std::function<void(const std::string& what, unsigned percent)> progress;
};

// Of a running daemon.
Result<Report> report_of_daemon(std::unique_ptr<Connection> connection, const ReportWish& wish);
// Of one export, or of both parties'; verified first where there is a trust directory. A FAILED one
// has its verdict and no number.
Result<Report> report_of_exports(const std::vector<std::string>& directories,
                                 const std::optional<std::string>& trust, const ReportWish& wish);

}  // namespace hotline::client
