#include "client/report/report.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "client/audit/exported_log.h"
#include "client/audit/verify.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr unsigned kThreadsMax = 4;

Period period_of(const ReportWish& wish) {
  Period period{.since = wish.from, .until = {}};
  if (wish.to) period.until = *wish.to - 1;
  return period;
}

// Reads one journal once, in order, and makes its numbers.
class RecordReading {
 public:
  RecordReading(ChannelNames names, const ReportWish& wish)
      : wish_(wish), period_(period_of(wish)), alarms_(period_), conflicts_(names) {
    report_.names = std::move(names);
    report_.statistics = JournalStatistics(period_);
  }

  // Entries from `counted` on are left out, and only counted.
  Status read(JournalSource& journal, uint64_t counted) {
    std::optional<Error> unreadable;
    const uint64_t size = journal.size();
    Status status = journal.read(0, size, [&](const JournalItem& item) {
      const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
      if (!entry) {
        unreadable = make_error(entry.error().code,
                                "journal entry " + std::to_string(item.index) +
                                    " cannot be read: " + entry.error().reason,
                                entry.error().hint);
        return false;
      }
      if (item.index < counted) {
        take(item.index, **entry);
      } else {
        leave_out(**entry);
      }
      if (wish_.progress) {
        wish_.progress("reading the journal", static_cast<unsigned>((item.index + 1) * 100 / size));
      }
      return true;
    });
    return unreadable ? Status(*unreadable) : status;
  }

  const IncidentRecord& incidents() const { return incidents_; }
  CaseRecord& cases() { return cases_; }
  // `incidents`: all that there are.
  PartyReport finish(RecordedIncidents incidents) {
    report_.observed = observed_.within(wish_.from, wish_.to);
    report_.clock_steps = report_.statistics.clock().steps();
    report_.link = link_.within({report_.observed.from, report_.observed.to - 1});
    report_.alarms = alarms_.measured(report_.observed);
    report_.conflicts = conflicts_.within(period_);
    std::erase_if(incidents.incidents,
                  [&](const RecordedIncident& one) { return !one.is_of(period_); });
    report_.incidents = std::move(incidents);
    report_.cases = cases_.finish();
    std::erase_if(report_.cases.cases,
                  [&](const RecordedCase& one) { return !one.is_of(period_); });
    return std::move(report_);
  }

 private:
  void take(uint64_t index, const wire::Entry& entry) {
    ++report_.entries;
    observed_.take(on_a_clock(entry.at()));
    report_.statistics.take(entry);
    link_.take(entry);
    alarms_.take(entry);
    conflicts_.take(entry);
    incidents_.take(index, entry);
    cases_.take(entry);
  }

  void leave_out(const wire::Entry& entry) {
    LeftOut& left_out = report_.left_out;
    if (left_out.entries++ == 0) left_out.since = on_a_clock(entry.at());
    left_out.messages += entry.fact_as_Released() != nullptr || entry.fact_as_Received() != nullptr;
  }

  const ReportWish& wish_;
  const Period period_;
  PartyReport report_;
  LinkTimeline link_;
  AlarmRates alarms_;
  ConflictRecord conflicts_;
  IncidentRecord incidents_;
  CaseRecord cases_;
  ObservedTime observed_;
};

Result<PartyReport> record_of_export(const std::string& directory,
                                     std::optional<audit::Verdict> verdict,
                                     const ReportWish& wish) {
  auto journal = journal_of_export(directory);
  if (!journal) return journal.error();
  RecordReading reading((*journal)->names(), wish);
  const uint64_t counted = verdict ? verdict->cosigned_size : (*journal)->size();
  if (Status read = reading.read(**journal, counted); !read) return read.error();
  const auto files = audit::ExportReader::open_export(directory);
  if (!files) return files.error();
  auto sent = audit::ExportedLog::open(*files, audit::ExportLog::sent);
  if (!sent) return sent.error();
  auto received = audit::ExportedLog::open(*files, audit::ExportLog::received);
  if (!received) return received.error();
  auto incidents = reading.incidents().read(*sent, *received, reading.cases());
  if (!incidents) return incidents.error();
  PartyReport report = reading.finish(*std::move(incidents));
  report.directory = directory;
  report.verdict = std::move(verdict);
  return report;
}

Result<audit::Verdict> verify(const std::string& directory, const std::string& trust,
                              const ReportWish& wish) {
  audit::VerifyOptions options;
  options.threads = std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMax);
  if (wish.progress) {
    options.progress = [&](const std::string& log, unsigned percent) {
      wish.progress("checking " + log, percent);
    };
  }
  return audit::verify_export(directory, trust, options);
}

// The same pair of notices from the other side has the other name first.
using Fates = std::map<std::pair<std::string, std::string>, ConflictFate>;

Fates fates_of(const PartyReport& record, bool is_first) {
  Fates fates;  // The last conflict of each pair.
  for (const RecordedConflict& one : record.conflicts) {
    const auto pair = is_first ? std::pair(one.own, one.peers) : std::pair(one.peers, one.own);
    fates[pair] = one.fate;
  }
  return fates;
}

ConflictDifferences compare_conflicts(const PartyReport& first, const PartyReport& second) {
  const auto name = [](const auto& pair) { return pair.first + " and " + pair.second; };
  const Fates ours = fates_of(first, true);
  const Fates theirs = fates_of(second, false);
  ConflictDifferences differences;
  for (const auto& [pair, fate] : ours) {
    const auto other = theirs.find(pair);
    if (other == theirs.end()) {
      differences.only_first.push_back(name(pair));
      continue;
    }
    ++differences.both;
    if (other->second != fate) differences.ended_otherwise.push_back(name(pair));
  }
  for (const auto& [pair, fate] : theirs) {
    if (!ours.contains(pair)) differences.only_second.push_back(name(pair));
  }
  return differences;
}

}  // namespace

Report::Standing Report::standing() const {
  const auto any = [&](auto is_so) { return std::any_of(records.begin(), records.end(), is_so); };
  if (any([](const PartyReport& one) { return one.failed(); })) return Standing::failed;
  if (reconciliation && reconciliation->differences() != 0) return Standing::not_reconciled;
  if (any([](const PartyReport& one) {
        return one.verdict && one.verdict->outcome == audit::Outcome::incomplete;
      })) {
    return Standing::incomplete;
  }
  if (any([](const PartyReport& one) { return !one.verdict; })) return Standing::not_verified;
  return Standing::verified;
}

const char* standing_words(Report::Standing standing) {
  switch (standing) {
    case Report::Standing::failed:
      return "FAILED";
    case Report::Standing::not_reconciled:
      return "NOT RECONCILED";
    case Report::Standing::incomplete:
      return "INCOMPLETE";
    case Report::Standing::not_verified:
      return "NOT VERIFIED";
    case Report::Standing::verified:
      return "VERIFIED";
  }
  return "FAILED";
}

Result<Report> report_of_daemon(std::unique_ptr<Connection> connection, const ReportWish& wish) {
  auto incidents = incidents_of(*connection);
  if (!incidents) return incidents.error();
  CaseRecord cases;
  if (Status told = read_cases(*connection, cases); !told) return told.error();
  const auto journal = journal_of(std::move(connection));
  RecordReading reading(journal->names(), wish);
  reading.cases() = std::move(cases);
  if (Status read = reading.read(*journal, journal->size()); !read) return read.error();
  Report report{.from = wish.from, .to = wish.to};
  report.records.push_back(reading.finish(*std::move(incidents)));
  report.exercise = report.records.front().statistics.exercise();
  return report;
}

Result<Report> report_of_exports(const std::vector<std::string>& directories,
                                 const std::optional<std::string>& trust, const ReportWish& wish) {
  Report report{.from = wish.from, .to = wish.to};
  std::vector<std::optional<audit::Verdict>> verdicts(directories.size());
  bool is_failed = false;
  for (size_t i = 0; trust && i < directories.size(); ++i) {
    auto verdict = verify(directories[i], *trust, wish);
    if (!verdict) return verdict.error();
    is_failed = is_failed || verdict->outcome == audit::Outcome::failed;
    verdicts[i] = *std::move(verdict);
  }
  for (size_t i = 0; i < directories.size(); ++i) {
    if (is_failed) {
      PartyReport unread;
      unread.directory = directories[i];
      unread.verdict = std::move(verdicts[i]);
      report.records.push_back(std::move(unread));
      continue;
    }
    auto record = record_of_export(directories[i], std::move(verdicts[i]), wish);
    if (!record) return record.error();
    report.exercise = report.exercise || record->statistics.exercise();
    report.records.push_back(*std::move(record));
  }
  if (directories.size() != 2 || is_failed) return report;
  auto reconciliation = audit::reconcile_exports(directories[0], directories[1]);
  if (!reconciliation) return reconciliation.error();
  report.reconciliation = *std::move(reconciliation);
  report.conflicts = compare_conflicts(report.records[0], report.records[1]);
  return report;
}

}  // namespace hotline::client
