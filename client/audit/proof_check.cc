#include "client/audit/proof_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/audit/export_directory.h"
#include "protocol/base/limits.h"
#include "protocol/log/merkle.h"
#include "protocol/log/tlog_proof.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"

namespace hotline::audit {
namespace {

// The receiver by the name of its key, which must be the second signature and the last.
std::optional<std::string> receiver_of(const Note& note, const OriginNames& transcript) {
  if (note.signatures.size() != 2) return std::nullopt;
  const std::string& name = note.signatures[1].name;
  const std::string sender_key = log_key_name(transcript.channel, transcript.party);
  const std::string start = sender_key.substr(0, sender_key.size() - transcript.party.size());
  if (!name.starts_with(start)) return std::nullopt;
  const std::string party = name.substr(start.size(), name.find('/', start.size()) - start.size());
  if (!is_party_id(party) || party == transcript.party) return std::nullopt;
  if (note.signatures[0].name != sender_key ||
      name != receipt_key_name(transcript.channel, party)) {
    return std::nullopt;
  }
  return party;
}

// Both signatures, and the envelope's place under the root they are for.
Result<CosignedCheckpoint> check_signatures(const ProofFile& proof, const ProofNames& names,
                                            const Bytes& log_key, const Bytes& receipt_key) {
  auto log = Ed25519Verifier::create(log_key);
  if (!log) return not_proved(log.error().reason);
  auto receipt = Ed25519Verifier::create(receipt_key);
  if (!receipt) return not_proved(receipt.error().reason);
  CheckpointTrust trust;
  trust.origin = transcript_origin(names.channel, names.sender, names.epoch);
  trust.log_key = {log_key_name(names.channel, names.sender), kNoteTypeEd25519, log_key};
  trust.log_verifier = &*log;
  trust.cosigner_key = {receipt_key_name(names.channel, names.receiver), kNoteTypeCosignatureV1,
                        receipt_key};
  trust.cosigner_verifier = &*receipt;
  return verify_tlog_proof({{}, proof.index, proof.hashes, proof.checkpoint_note},
                           leaf_hash(proof.envelope), trust);
}

// The body against the envelope that was signed for.
Status check_body(const ProofFile& proof, std::vector<std::string>& unchecked) {
  const auto envelope = open_envelope(proof.envelope);
  const std::optional<HeldPart>& body = proof.body;
  if (!envelope) {
    if (body) return not_proved("its body belongs to an envelope that cannot be read");
    unchecked.push_back("the envelope cannot be read, so it names no body");
    return ok();
  }
  const auto* parts = (*envelope)->parts();
  if (parts->size() == 0) {
    if (body) return not_proved("its body is not one that the envelope names");
    return ok();
  }
  if (!body) {
    unchecked.push_back("the body is not in the proof, so nobody can see what it said");
    return ok();
  }
  if (!is_part(*parts->Get(0), body->salt, body->bytes)) {
    return not_proved("the body is not the one that the envelope names by its salted hash",
                      "the body or the salt was altered, or belongs to another message");
  }
  return ok();
}

void note_out_of_time(ProvedMessage& message, const TrustedCertificate& certificate,
                      const std::string& party) {
  if (certificate.held_at(message.receipted_at())) return;
  message.unchecked.push_back(upper_case(party) + "'s " +
                              purpose_name(certificate.checked.identity.purpose) +
                              " certificate (serial " + certificate.checked.serial_hex +
                              ") did not hold at the time of the receipt");
}

}  // namespace

UtcMs ProvedMessage::receipted_at() const {
  // A cosignature may bear a time past the end of our calendar.
  constexpr auto kTimeMax_s = static_cast<uint64_t>(limits::kTimeMax_ms / 1000);
  return static_cast<UtcMs>(std::min(signed_for.time_s, kTimeMax_s)) * 1000;
}

Result<ProofNames> read_proof_names(const std::string& checkpoint_note) {
  const auto note = parse_note(checkpoint_note);
  if (!note) return note.error();
  const auto checkpoint = parse_checkpoint_text(note->text);
  if (!checkpoint) return checkpoint.error();
  const auto transcript = names_in_origin(checkpoint->origin, transcript_origin);
  if (!transcript) return not_proved("the checkpoint is not that of a transcript of ours");
  const auto receiver = receiver_of(*note, *transcript);
  if (!receiver) {
    return not_proved("the checkpoint does not bear the signature of " +
                      upper_case(transcript->party) + " and the receipt of another party, alone");
  }
  return ProofNames{transcript->channel, transcript->party, *receiver, transcript->epoch};
}

Status check_under_own_keys(const ProofFile& proof) {
  const auto names = read_proof_names(proof.checkpoint_note);
  if (!names) return names.error();
  const auto log = read_der(proof.log_certificate);
  if (!log) return log.error();
  const auto receipt = read_der(proof.receipt_certificate);
  if (!receipt) return receipt.error();
  const auto signed_for = check_signatures(proof, *names, log->public_key, receipt->public_key);
  if (!signed_for) return signed_for.error();
  std::vector<std::string> unchecked;
  return check_body(proof, unchecked);
}

Result<ProvedMessage> check_proof(std::string_view file, const TrustDirectory& trust) {
  auto proof = parse_proof_file(file);
  if (!proof) return proof.error();
  const auto names = read_proof_names(proof->checkpoint_note);
  if (!names) return names.error();
  auto log = trust.judge(proof->log_certificate, names->sender, Purpose::log);
  if (!log) return log.error();
  auto receipt = trust.judge(proof->receipt_certificate, names->receiver, Purpose::receipt);
  if (!receipt) return receipt.error();
  auto signed_for =
      check_signatures(*proof, *names, log->checked.public_key, receipt->checked.public_key);
  if (!signed_for) return signed_for.error();

  ProvedMessage message;
  message.names = *names;
  message.signed_for = std::move(*signed_for);
  message.log_certificate = log->checked;
  message.receipt_certificate = receipt->checked;
  if (auto status = check_body(*proof, message.unchecked); !status) return status.error();
  note_out_of_time(message, *log, names->sender);
  note_out_of_time(message, *receipt, names->receiver);
  message.proof = std::move(*proof);
  return message;
}

}  // namespace hotline::audit
