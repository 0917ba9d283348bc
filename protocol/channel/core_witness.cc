// The core as witness of the peer's journal and as owner of one that the peer witnesses
// (c2sp.org/tlog-witness, on the link), and what an auditor's export begins with.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/core.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {
namespace {

// The note as the log's owner signed it, without the cosignature that stands in its last line.
std::string without_cosignature(const std::string& note) {
  if (note.empty()) return note;
  size_t last_line = note.rfind('\n', note.size() - 2);
  return note.substr(0, last_line + 1);
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// our journal, which the peer witnesses

const std::string& Core::journal_checkpoint() {
  if (checkpointed_size_ != recorder_.durable().journal_size) {
    checkpointed_size_ = recorder_.durable().journal_size;
    journal_checkpoint_ =
        sign_checkpoint({trust_.own_journal.origin, recorder_.durable().journal_size,
                         recorder_.durable().journal_root},
                        config_.own_keys.log, *config_.log_signer);
  }
  return journal_checkpoint_;
}

// Shows the peer's witness how far our journal has grown since `old_size`, which it cosigned.
void Core::offer_journal(LinkId id, uint64_t old_size) {
  const std::string& checkpoint = journal_checkpoint();
  std::vector<wire::Digest> proof;
  for (const Hash& hash : consistency_proof(recorder_.records().hashes(LogId::journal), old_size,
                                            recorder_.durable().journal_size)) {
    proof.push_back(to_digest(hash));
  }
  journal_offered_ = true;
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            auto note = b.CreateString(checkpoint);
                            return wire::CreateJournalOffer(b, note, old_size,
                                                            b.CreateVectorOfStructs(proof));
                          })});
}

// The regular check: first, whether the last one was answered.
void Core::run_channel_check(Now now) {
  if (adopted_ && journal_offered_ && ++unanswered_checks_ == 2) {
    recorder_.alarm(
        now, {},
        "the peer has not cosigned our journal at two channel checks: messages go on; ask the "
        "peer why");
  }
  check_channel(now);
}

// Offers our journal now, and again after the interval.
void Core::check_channel(Now now) {
  next_channel_check_ = now.boot + config_.policy.link.channel_check_interval_ms;
  offer_soon_at_ = INT64_MAX;
  if (!adopted_ || recorder_.durable().journal_size == 0) return;
  conflict_answered_ = false;
  journal_offered_at_ = now.boot;
  offer_journal(*adopted_, cosigned_size_);
}

// Now, or a moment later where it was offered just now: an offer reads the store and is signed.
void Core::check_channel_soon(Now now) {
  const BootMs allowed_at = journal_offered_at_ + limits::kExportOfferInterval_ms;
  if (now.boot >= allowed_at) return check_channel(now);
  offer_soon_at_ = allowed_at;
}

void Core::on_journal_cosigned(Now now, LinkId id, const wire::JournalCosigned& frame) {
  std::string note = frame.note()->str();
  auto cosigned = open_cosigned_checkpoint(note, trust_.own_journal);
  if (!cosigned) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "a cosigned journal checkpoint: " + cosigned.error().reason);
  }
  const Checkpoint& checkpoint = cosigned->checkpoint;
  if (checkpoint.size > recorder_.durable().journal_size ||
      root_at(recorder_.records().hashes(LogId::journal), checkpoint.size) != checkpoint.root) {
    return refuse_link(now, id, wire::CloseReason::claim,
                       "a cosigned journal checkpoint that is not one of our journal");
  }
  journal_offered_ = false;
  unanswered_checks_ = 0;
  if (checkpoint.size <= cosigned_size_) return;
  cosigned_size_ = checkpoint.size;
  // Beside the journal and not in it: an entry about it would be one more entry to cosign.
  recorder_.gathering().receipts.push_back(
      {LogId::journal, cosigned_size_, now.utc, cosigned->time_s, cosigned_size_, note});
}

// The peer cosigned another size last than we named: after a restart we do not know it.
void Core::on_journal_conflict(Now now, LinkId id, uint64_t size) {
  if (size > recorder_.durable().journal_size) {
    // A bare claim, without its note: worth an alarm and nothing else.
    if (!std::exchange(conflict_alarmed_, true)) {
      recorder_.alarm(now, {},
                      "the peer says that it cosigned " + std::to_string(size) +
                          " entries of our journal, this store holds " +
                          std::to_string(recorder_.durable().journal_size) +
                          ": if it is right, this store is old; compare by voice");
    }
    return;
  }
  if (std::exchange(conflict_answered_, true)) return;  // Once a check, so that nobody loops.
  offer_journal(id, size);
}

// ----------------------------------------------------------------------------------------------
// the peer's journal, which we witness

void Core::on_journal_offer(Now now, LinkId id, const wire::JournalOffer& frame) {
  // One that waits for its commit would be answered twice, and an owner who offers without end
  // would fill our journal: it asks again at its next channel check.
  bool too_often = cosigning_earned_at_ > now.boot + limits::kWitnessBurst_ms;
  bool busy = peer_journal_.size() > durable_witness_.witnessed_size;
  if (peer_journal_.is_frozen() || busy || too_often) return;
  std::string note = frame.checkpoint()->str();
  auto checkpoint = open_checkpoint(note, trust_.peer_journal_origin, config_.peer_keys.log,
                                    *config_.peer_keys.log_verifier);
  if (!checkpoint) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "the peer's journal checkpoint: " + checkpoint.error().reason);
  }
  if (checkpoint->size == 0) {
    return refuse_link(now, id, wire::CloseReason::protocol, "an empty journal was offered");
  }
  std::vector<Hash> proof;
  if (frame.proof()) {
    for (const wire::Digest* hash : *frame.proof()) proof.push_back(to_hash(*hash));
  }
  auto answer = [&](const std::string& cosigned) {
    return SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                       return wire::CreateJournalCosigned(b, b.CreateString(cosigned));
                     })};
  };
  auto tell_cosigned_size = [&] {
    recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                              return wire::CreateJournalConflict(b, peer_journal_.size());
                            })});
  };
  switch (peer_journal_.judge(*checkpoint, frame.old_size(), proof)) {
    case PeerJournal::Verdict::repeat:
      recorder_.say(answer(peer_journal_.note()));
      return;
    case PeerJournal::Verdict::conflict:
      return tell_cosigned_size();
    case PeerJournal::Verdict::smaller:
      tell_cosigned_size();
      return peer_alarm(now, Noise::evidence, {},
                        "the peer offered its journal of " + std::to_string(checkpoint->size) +
                            " entries, fewer than the " + std::to_string(peer_journal_.size()) +
                            " that we cosigned: it is not cosigned; if this comes again, the "
                            "peer's store may be old");
    case PeerJournal::Verdict::unproven:
      return peer_alarm(now, Noise::evidence, {},
                        "the peer offered its journal of " + std::to_string(checkpoint->size) +
                            " entries with no proof that it continues the " +
                            std::to_string(peer_journal_.size()) +
                            " that we cosigned: it is not cosigned; if this comes again, ask the "
                            "peer why");
    case PeerJournal::Verdict::fork:
      return keep_evidence(now, wire::EvidenceKind::fork_of_peer_journal, note,
                           peer_journal_.note(),
                           "the peer signed two journals of " + std::to_string(checkpoint->size) +
                               " entries: nothing of its journal is cosigned any more, messages "
                               "go on");
    case PeerJournal::Verdict::cosign:
      break;
  }
  cosigning_earned_at_ = std::max(cosigning_earned_at_, now.boot) + limits::kWitnessInterval_ms;
  std::string text = format_checkpoint_text(*checkpoint);
  std::string cosigned = append_signature_line(
      *keep_signature(note, config_.peer_keys.log),
      cosign(text, utc_seconds(now), config_.own_keys.witness, *config_.witness_signer));
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateJournalWitnessed(b, checkpoint->size, b.CreateString(cosigned));
  });
  // Persisted before it is answered.
  recorder_.say_once_durable(answer(cosigned));
}

// ----------------------------------------------------------------------------------------------
// exports

void Core::record_export(Now now, uint64_t token, const Actor& actor) {
  if (!gates_of(actor).exports.admit(now.boot)) {
    recorder_.say(AnswerExport{token, export_head()});
    return;
  }
  record_export_entry(now, actor, 0);
  gathering_exports_.push_back(token);
}

// An export was recorded. The peer is asked to cosign the journal up to there, so that the export
// is covered to its end if it answers soon; who asked does not wait long.
void Core::begin_exports(Now now, const std::vector<uint64_t>& tokens) {
  if (tokens.empty()) return;
  check_channel_soon(now);
  for (uint64_t token : tokens) {
    exports_.push_back({token, export_head(), now.boot + limits::kExportPatience_ms});
  }
  answer_exports(now);
}

void Core::answer_exports(Now now) {
  std::erase_if(exports_, [&](WaitingExport& waiting) {
    bool covered = durable_witness_.cosigned_size >= waiting.head.journal_size;
    if (!covered && adopted_ && now.boot < waiting.give_up_at) return false;
    recorder_.say(AnswerExport{waiting.token, std::move(waiting.head)});
    return true;
  });
}

ExportHead Core::export_head() {
  ExportHead head;
  head.journal_size = recorder_.durable().journal_size;
  head.own_size = recorder_.durable().own_size;
  head.peer_size = recorder_.durable().peer_size;
  head.journal_checkpoint = journal_checkpoint();
  head.own_checkpoint = recorder_.durable().own_checkpoint;
  head.peer_checkpoint = without_cosignature(recorder_.durable().peer_receipt);
  return head;
}

}  // namespace hotline
