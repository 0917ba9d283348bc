#include "client/audit/verdict.h"

namespace hotline::audit {

const char* outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::verified:
      return "VERIFIED";
    case Outcome::failed:
      return "FAILED";
    case Outcome::incomplete:
      return "INCOMPLETE";
  }
  return "FAILED";
}

LogSteps steps_of(ExportLog log) {
  switch (log) {
    case ExportLog::journal:
      return {Step::journal_entries, Step::journal_after, Step::journal_tiles,
              Step::journal_cosigned, Step::journal_roots};
    case ExportLog::sent:
      return {Step::sent_entries, Step::sent_after, Step::sent_tiles, Step::sent_cosigned,
              Step::sent_roots};
    case ExportLog::received:
      break;
  }
  return {Step::received_entries, Step::received_after, Step::received_tiles,
          Step::received_cosigned, Step::received_roots};
}

void FaultBook::note(Step step, uint64_t place, Fault fault) {
  auto [known, is_new] = faults_.try_emplace(step, place, fault);
  if (!is_new && place < known->second.first) known->second = {place, std::move(fault)};
}

std::optional<Fault> FaultBook::first() const {
  if (faults_.empty()) return std::nullopt;
  return faults_.begin()->second.second;
}

std::string entry_name(ExportLog log, uint64_t entry, const std::string& id) {
  return std::string(log_name(log)) + " entry " + std::to_string(entry) +
         (id.empty() ? "" : " (" + id + ")");
}

std::string entries_name(ExportLog log, uint64_t first, uint64_t last) {
  if (first == last) return entry_name(log, first);
  return std::string(log_name(log)) + " entries " + std::to_string(first) + " to " +
         std::to_string(last);
}

}  // namespace hotline::audit
