#include "client/audit/verify.h"

#include <algorithm>
#include <utility>

#include "client/audit/export_opening.h"
#include "client/audit/journal_account.h"
#include "client/audit/log_check.h"
#include "client/audit/trust_directory.h"
#include "protocol/base/clock.h"

namespace hotline::audit {
namespace {

std::string count_of(uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

class Verifier {
 public:
  Verifier(const ExportReader& reader, const std::string& trust_directory,
           const VerifyOptions& options)
      : reader_(reader), trust_directory_(trust_directory), options_(options) {}

  Result<Verdict> run() {
    auto opening = open_export(reader_, trust_directory_, faults_);
    if (!opening) return opening.error();
    opening_ = *std::move(opening);
    if (opening_) {
      describe_opening();
      if (const auto fault = reader_.check_files(opening_->sizes, opening_->parties)) {
        faults_.note(Step::files, 0, {fault->path, fault->reason});
      } else {
        check_logs();
      }
    }
    conclude();
    return std::move(verdict_);
  }

 private:
  void describe_opening() {
    verdict_.party = opening_->party;
    verdict_.peer = opening_->peer;
    verdict_.channel = opening_->channel;
    verdict_.dev_only = opening_->dev_only;
    verdict_.sizes = opening_->sizes.of;
    for (const std::string& party : opening_->parties) {
      verdict_.trusted.push_back(TrustDirectory::file_name(party));
    }
    total_ = opening_->sizes[ExportLog::journal] + opening_->sizes[ExportLog::sent] +
             opening_->sizes[ExportLog::received];
  }

  // The journal comes last, because it is held against the transcripts; its faults come first.
  void check_logs() {
    for (const ExportLog log : kExportLogs) {
      cosigned_[log] = check_cosigned(reader_, log, opening_->sizes[log], opening_->logs[log].trust,
                                      opening_->logs[log].validity, options_.threads, faults_);
    }
    check_transcript(ExportLog::sent);
    check_transcript(ExportLog::received);
    check_journal();
  }

  LogCheckOptions log_options(ExportLog log) const {
    LogCheckOptions check;
    check.log = log;
    check.size = opening_->sizes[log];
    check.threads = options_.threads;
    for (const SignedNote& note : cosigned_[log].notes) {
      check.roots.push_back({note.size, note.root, note.epoch});
    }
    const auto& newest = opening_->logs[log].checkpoint;
    if (newest) check.roots.push_back({newest->size, newest->root, opening_->logs[log].epoch});
    return check;
  }

  void check_transcript(ExportLog log) {
    LogCheckOptions check = log_options(log);
    check.on_bundle = [&](uint64_t, const BundleOutcome& outcome) {
      if (outcome.bodies_missing != 0 && bodies_missing_ == 0) {
        first_body_missing_ =
            entry_name(log, outcome.first_missing,
                       envelope_id(reader_, log, opening_->sizes[log], outcome.first_missing));
      }
      bodies_missing_ += outcome.bodies_missing;
      progress(log, outcome.width);
    };
    epochs_[log] = check_log(reader_, check, faults_);
  }

  void check_journal() {
    JournalTrust trust;
    trust.party = opening_->party;
    trust.peer = opening_->peer;
    trust.channel = opening_->channel;
    trust.sent = opening_->logs[ExportLog::sent].trust;
    trust.sent_notes = &cosigned_[ExportLog::sent].notes;

    JournalAccount account(reader_, opening_->sizes, cosigned_[ExportLog::sent].notes,
                           cosigned_[ExportLog::received].notes, epochs_, faults_);
    LogCheckOptions check = log_options(ExportLog::journal);
    check.trust = &trust;
    check.on_bundle = [&](uint64_t bundle, const BundleOutcome& outcome) {
      if (outcome.fact_fault) {
        faults_.note(Step::journal_facts, outcome.fact_fault->entry,
                     {entry_name(ExportLog::journal, outcome.fact_fault->entry),
                      outcome.fact_fault->reason});
      }
      for (const JournalFact& fact : outcome.facts) account.take(fact);
      note_times(bundle, outcome);
      progress(ExportLog::journal, outcome.width);
    };
    check_log(reader_, check, faults_);
    account.finish();
    if (!faults_.empty()) return;
    account.check_numbered_roots();
    if (faults_.empty()) find_what_is_not_checked(account);
  }

  void note_times(uint64_t bundle, const BundleOutcome& outcome) {
    const uint64_t first = bundle * kTileWidth;
    const uint64_t uncosigned = cosigned_size();
    if (uncosigned >= first && uncosigned < first + outcome.width) {
      first_uncosigned_at_ = outcome.at[uncosigned - first];
    }
    last_at_ = outcome.at[outcome.width - 1];
  }

  void find_what_is_not_checked(const JournalAccount& account) {
    std::vector<std::string>& found = verdict_.not_checked;
    const uint64_t size = opening_->sizes[ExportLog::journal];
    const UtcMs before = last_at_ - kUncosignedMax_ms;
    if (cosigned_size() == 0) {
      found.push_back("no journal entry is cosigned by " + opening_->peer);
    } else if (cosigned_size() < size && first_uncosigned_at_ < before) {
      found.push_back(entries_name(ExportLog::journal, cosigned_size(), size - 1) + " " +
                      (size - cosigned_size() == 1 ? "is" : "are") + " not cosigned, since " +
                      format_rfc3339(first_uncosigned_at_));
    }
    const auto wait = [&](const JournalAccount::Waiting& waiting, const std::string& whose) {
      if (waiting.count == 0) return;
      found.push_back(count_of(waiting.count, "message", "messages") + " " + whose +
                      (waiting.count == 1 ? " waits" : " wait") + " for a receipt, since " +
                      format_rfc3339(waiting.since));
    };
    wait(account.waiting_sent(before), "sent");
    wait(account.waiting_received(before), "received");
    if (bodies_missing_ != 0) {
      found.push_back("the bodies of " + count_of(bodies_missing_, "message", "messages") +
                      " are not held, the first that of " + first_body_missing_);
    }
    for (const ExportLog log : kExportLogs) {
      const CosignedNotes& cosigned = cosigned_[log];
      if (cosigned.outside_validity == 0) continue;
      found.push_back(count_of(cosigned.outside_validity, "cosignature", "cosignatures") + " in " +
                      cosigned_path(log) + " made when a certificate did not hold, the first at " +
                      format_rfc3339(cosigned.first_outside));
    }
  }

  void conclude() {
    verdict_.fault = faults_.first();
    if (verdict_.fault) {
      verdict_.outcome = Outcome::failed;
      verdict_.not_checked.clear();
      return;
    }
    for (const ExportLog log : kExportLogs) {
      verdict_.checkpoints += cosigned_[log].notes.size();
      if (opening_->sizes[log] != 0) verdict_.checkpoints += 1;
    }
    verdict_.cosigned_size = cosigned_size();
    verdict_.root = verdict_.cosigned_size != 0
                        ? cosigned_[ExportLog::journal].notes.back().root
                        : opening_->logs[ExportLog::journal].checkpoint->root;
    verdict_.outcome = verdict_.not_checked.empty() ? Outcome::verified : Outcome::incomplete;
  }

  void progress(ExportLog log, uint64_t entries) {
    done_ += entries;
    if (options_.progress) {
      options_.progress(log_name(log), static_cast<unsigned>(done_ * 100 / total_));
    }
  }

  uint64_t cosigned_size() const {
    const auto& notes = cosigned_[ExportLog::journal].notes;
    return notes.empty() ? 0 : notes.back().size;
  }

  const ExportReader& reader_;
  const std::string& trust_directory_;
  const VerifyOptions& options_;
  FaultBook faults_;
  Verdict verdict_;
  std::unique_ptr<ExportOpening> opening_;
  PerLog<CosignedNotes> cosigned_;
  PerLog<Epochs> epochs_;
  uint64_t total_ = 0;
  uint64_t done_ = 0;
  uint64_t bodies_missing_ = 0;
  std::string first_body_missing_;
  UtcMs first_uncosigned_at_ = 0;
  UtcMs last_at_ = 0;
};

}  // namespace

Result<Verdict> verify_export(const std::string& directory, const std::string& trust_directory,
                              const VerifyOptions& options) {
  auto reader = ExportReader::open(directory);
  if (!reader) return reader.error();
  return Verifier(*reader, trust_directory, options).run();
}

}  // namespace hotline::audit
