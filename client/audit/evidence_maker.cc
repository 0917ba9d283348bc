#include "client/audit/evidence_maker.h"

#include <utility>

#include "client/audit/covering_note.h"
#include "client/audit/evidence_check.h"
#include "client/audit/exported_log.h"
#include "client/audit/proof_maker.h"
#include "protocol/base/text.h"
#include "protocol/channel/journal.h"
#include "protocol/log/merkle.h"

namespace hotline::audit {
namespace {

constexpr size_t kNoteFileSizeMax = 64 * 1024;

// The log of this export to which the two notes belong. Nothing: the other party's journal, of
// which nobody else holds anything but notes.
std::optional<ExportLog> log_of(wire::EvidenceKind kind) {
  if (kind == wire::EvidenceKind::fork_of_own) return ExportLog::sent;
  if (kind == wire::EvidenceKind::fork_of_peer) return ExportLog::received;
  return std::nullopt;
}

class EvidenceMaker {
 public:
  EvidenceMaker(std::string directory, const ExportReader& reader)
      : directory_(std::move(directory)), reader_(reader) {}

  Result<KeptEvidence> make(uint64_t index, const wire::Entry& entry,
                            const wire::EvidenceKept& fact) const {
    KeptEvidence kept{index, entry.at(), fact.kind(), std::nullopt, ""};
    const bool is_fork = fact.kind() == wire::EvidenceKind::fork_of_own ||
                         fact.kind() == wire::EvidenceKind::fork_of_peer ||
                         fact.kind() == wire::EvidenceKind::fork_of_peer_journal;
    if (!is_fork) {
      kept.why_none = "it shows an old store, and no fork";
      return kept;
    }
    const std::string claim = text_of(fact.first());
    const auto others = notes_beside(fact, claim);
    if (!others) return others.error();
    kept.why_none = "no note here is of the same epoch, and as large";
    for (const std::string& other : *others) {
      auto file = file_of(log_of(fact.kind()), claim, other);
      if (!file) return file.error();
      const auto proved = check_evidence_under_own_key(*file);
      if (proved) {
        kept.file = *std::move(file);
        kept.why_none.clear();
        return kept;
      }
      kept.why_none = proved.error().reason;
    }
    return kept;
  }

 private:
  // Notes of the same log and epoch that are not smaller: the one that was kept with it, then of
  // this export the smallest that covers it, and the newest.
  Result<std::vector<std::string>> notes_beside(const wire::EvidenceKept& fact,
                                                const std::string& claim) const {
    std::vector<std::string> notes = {text_of(fact.second())};
    const auto claimed = unverified_checkpoint(claim);
    if (!claimed || claimed->size == 0) return std::vector<std::string>();
    const auto log = log_of(fact.kind());
    if (log) {
      auto covering = find_covering_note(directory_, *log, claimed->origin, claimed->size - 1);
      if (covering) notes.push_back(*std::move(covering));
      auto newest = reader_.read_text(checkpoint_path(*log), kNoteFileSizeMax);
      if (newest) notes.push_back(*std::move(newest));
    }
    std::erase_if(notes, [&](const std::string& note) {
      const auto other = unverified_checkpoint(note);
      return !other || other->origin != claimed->origin || other->size < claimed->size;
    });
    return notes;
  }

  Result<EvidenceFile> file_of(std::optional<ExportLog> log, const std::string& claim,
                               const std::string& other) const {
    const auto smaller = unverified_checkpoint(claim), larger = unverified_checkpoint(other);
    EvidenceFile file{claim, other, larger->root, {}, {}};
    if (larger->size > smaller->size && log) {
      const auto exported = ExportedLog::open(reader_, *log);
      if (!exported) return exported.error();
      if (larger->size > exported->size()) return damaged("a note is for more than it has");
      const TileHashes hashes(reader_, *log, exported->size());
      file.root = root_at(hashes, smaller->size);
      file.hashes = consistency_proof(hashes, smaller->size, larger->size);
      if (hashes.damage()) return *hashes.damage();
    }
    return with_certificate(std::move(file), smaller->origin);
  }

  // A note keeps the signature of its log's key alone, which is all that is proved.
  Result<EvidenceFile> with_certificate(EvidenceFile file, const std::string& origin) const {
    auto names = names_in_origin(origin, transcript_origin);
    if (!names) names = names_in_origin(origin, journal_origin);
    if (!names) return damaged("a note of evidence is not of a log of ours");
    auto certificate = read_certificate_file(reader_, names->party, Purpose::log);
    if (!certificate) return certificate.error();
    const auto read = read_der(*certificate);
    if (!read) return read.error();
    const NoteKey key = {log_key_name(names->channel, names->party), kNoteTypeEd25519,
                         read->public_key};
    for (std::string* note : {&file.smaller_note, &file.larger_note}) {
      auto kept = keep_signature(*note, key);
      if (!kept) return damaged("a note of evidence does not bear the signature of its log");
      *note = *std::move(kept);
    }
    file.log_certificate = *std::move(certificate);
    return file;
  }

  const std::string directory_;
  const ExportReader& reader_;
};

}  // namespace

Result<std::vector<KeptEvidence>> kept_evidence(const std::string& directory) {
  const auto reader = ExportReader::open_export(directory);
  if (!reader) return reader.error();
  auto journal = ExportedLog::open(*reader, ExportLog::journal);
  if (!journal) return journal.error();
  const EvidenceMaker maker(directory, *reader);
  std::vector<KeptEvidence> all;
  for (uint64_t index = 0; index < journal->size(); ++index) {
    const auto bytes = journal->entry_bytes(index);
    if (!bytes) return bytes.error();
    const auto entry = open_stored_entry(index, *bytes);
    if (!entry) return damaged(entry.error().reason);
    const wire::EvidenceKept* fact = (*entry)->fact_as_EvidenceKept();
    if (fact == nullptr) continue;
    auto made = maker.make(index, **entry, *fact);
    if (!made) return made.error();
    all.push_back(*std::move(made));
  }
  return all;
}

}  // namespace hotline::audit
