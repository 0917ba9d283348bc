#include "client/audit/evidence_check.h"

#include <optional>
#include <utility>

#include "client/audit/export_directory.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/log/origin.h"
#include "protocol/message/names.h"

namespace hotline::audit {
namespace {

// The log that the notes say they are of; nothing of it is to be believed yet.
struct Claimed {
  OriginNames names;
  bool is_journal = false;
};

Result<Claimed> claimed_by(const EvidenceFile& evidence) {
  const auto smaller = unverified_checkpoint(evidence.smaller_note);
  if (!smaller) return smaller.error();
  const auto larger = unverified_checkpoint(evidence.larger_note);
  if (!larger) return larger.error();
  // In a later epoch places that nobody receipted are given to other messages, and rightly.
  if (smaller->origin != larger->origin) {
    return not_proved("its two notes are not of one log in one epoch");
  }
  if (const auto names = names_in_origin(smaller->origin, transcript_origin)) {
    return Claimed{*names, false};
  }
  if (const auto names = names_in_origin(smaller->origin, journal_origin)) {
    return Claimed{*names, true};
  }
  return not_proved("its notes are not of a log of ours");
}

Result<ProvedFork> check_notes(const EvidenceFile& evidence, const Claimed& claimed,
                               const CheckedCertificate& certificate) {
  auto verifier = Ed25519Verifier::create(certificate.public_key);
  if (!verifier) return not_proved(verifier.error().reason);
  for (const std::string* note : {&evidence.smaller_note, &evidence.larger_note}) {
    if (parse_note(*note)->signatures.size() != 1) {
      return not_proved("a note of it bears more than one signature");
    }
  }
  const OriginNames& names = claimed.names;
  const NoteKey key = {log_key_name(names.channel, names.party), kNoteTypeEd25519,
                       certificate.public_key};
  const auto origin = (claimed.is_journal ? journal_origin : transcript_origin)(
      names.channel, names.party, names.epoch);
  auto smaller = open_checkpoint(evidence.smaller_note, origin, key, *verifier);
  if (!smaller) return not_proved("its first note: " + smaller.error().reason);
  auto larger = open_checkpoint(evidence.larger_note, origin, key, *verifier);
  if (!larger) return not_proved("its second note: " + larger.error().reason);
  if (!verify_consistency(smaller->size, evidence.root, larger->size, larger->root,
                          evidence.hashes)) {
    return not_proved("its path does not lead from the root that it names to the second note's");
  }
  if (smaller->root == evidence.root) {
    return not_proved("its two notes agree: the second log begins with the first");
  }
  return ProvedFork{names.party,        claimed.is_journal, *std::move(smaller),
                    *std::move(larger), evidence.root,      certificate};
}

}  // namespace

Result<ProvedFork> check_evidence_under_own_key(const EvidenceFile& evidence) {
  const auto claimed = claimed_by(evidence);
  if (!claimed) return claimed.error();
  const auto certificate = read_der(evidence.log_certificate);
  if (!certificate) return certificate.error();
  return check_notes(evidence, *claimed, *certificate);
}

Result<ProvedFork> check_evidence(std::string_view file, const TrustDirectory& trust) {
  const auto evidence = parse_evidence_file(file);
  if (!evidence) return evidence.error();
  const auto claimed = claimed_by(*evidence);
  if (!claimed) return claimed.error();
  const auto certificate =
      trust.judge(evidence->log_certificate, claimed->names.party, Purpose::log);
  if (!certificate) return certificate.error();
  return check_notes(*evidence, *claimed, certificate->checked);
}

}  // namespace hotline::audit
