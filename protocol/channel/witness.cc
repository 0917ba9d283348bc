#include "protocol/channel/witness.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/base/limits.h"

namespace hotline {

void Witness::apply(const wire::Entry& entry) {
  if (const auto* fact = entry.fact_as_JournalWitnessed()) peer_journal_.witnessed(*fact);
  // In a new epoch a journal begins anew for its witness: what was lost in between is not to be
  // had.
  const auto* began = entry.fact_as_EpochBegan();
  if (began == nullptr) return;
  if (began->incoming()) {
    peer_journal_ = {};
    durable_.witnessed_size = sealed_.witnessed_size = 0;
  } else {
    cosigned_size_ = 0;
  }
}

// ----------------------------------------------------------------------------------------------
// our journal, which the peer witnesses

const std::string& Witness::journal_checkpoint() {
  const Recorder::State& durable = recorder_.durable();
  if (checkpointed_size_ != durable.journal_size) {
    checkpointed_size_ = durable.journal_size;
    checkpoint_ = sign_checkpoint(
        {trust_.own_journal(recorder_.journal_epochs().of(durable.journal_size)).origin,
         durable.journal_size, durable.journal_root},
        config_.own_keys.log, *config_.log_signer);
  }
  return checkpoint_;
}

// Shows the peer's witness how far our journal has grown since `old_size`, which it cosigned.
void Witness::offer_journal(LinkId id, uint64_t old_size) {
  const std::string& checkpoint = journal_checkpoint();
  std::vector<wire::Digest> proof;
  for (const Hash& hash : consistency_proof(recorder_.records().hashes(LogId::journal), old_size,
                                            recorder_.durable().journal_size)) {
    proof.push_back(to_digest(hash));
  }
  offered_ = true;
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            auto note = b.CreateString(checkpoint);
                            return wire::CreateJournalOffer(b, note, old_size,
                                                            b.CreateVectorOfStructs(proof));
                          })});
}

// First, whether the last one was answered.
void Witness::tick(Now now, std::optional<LinkId> adopted) {
  if (next_check_ > now.boot) return;
  if (adopted && offered_ && ++unanswered_checks_ == 2) {
    conditions_.raise(now, ConditionCode::journal_not_cosigned, config_.peer,
                      "the peer has not cosigned our journal at two channel checks: messages go "
                      "on; ask the peer why");
  }
  check_channel(now, adopted);
}

void Witness::tick_put_off(Now now, std::optional<LinkId> adopted) {
  if (offer_soon_at_ <= now.boot) check_channel(now, adopted);
}

void Witness::check_channel(Now now, std::optional<LinkId> adopted) {
  next_check_ = now.boot + config_.policy.link.channel_check_interval_ms;
  offer_soon_at_ = INT64_MAX;
  if (!adopted || recorder_.durable().journal_size == 0 || evidence_.is_recovering()) return;
  conflict_answered_ = false;
  offered_at_ = now.boot;
  offer_journal(*adopted, cosigned_size_);
}

void Witness::check_channel_soon(Now now, std::optional<LinkId> adopted) {
  const BootMs allowed_at = offered_at_ + limits::kExportOfferInterval_ms;
  if (now.boot >= allowed_at) return check_channel(now, adopted);
  offer_soon_at_ = allowed_at;
}

std::optional<Refusal> Witness::on_cosigned(Now now, const wire::JournalCosigned& frame) {
  std::string note = frame.note()->str();
  const uint64_t epoch = trust_.epoch_of_own_journal(note);
  auto cosigned = open_cosigned_checkpoint(note, trust_.own_journal(epoch));
  if (!cosigned) {
    return Refusal{wire::CloseReason::protocol,
                   "a cosigned journal checkpoint: " + cosigned.error().reason};
  }
  const Checkpoint& checkpoint = cosigned->checkpoint;
  if (checkpoint.size > recorder_.durable().journal_size ||
      epoch != recorder_.journal_epochs().of(checkpoint.size) ||
      root_at(recorder_.records().hashes(LogId::journal), checkpoint.size) != checkpoint.root) {
    return Refusal{wire::CloseReason::claim,
                   "a cosigned journal checkpoint that is not one of our journal"};
  }
  offered_ = false;
  unanswered_checks_ = 0;
  conditions_.clear(now, ConditionCode::journal_not_cosigned, config_.peer);
  if (checkpoint.size <= cosigned_size_) return std::nullopt;
  cosigned_size_ = checkpoint.size;
  // Beside the journal and not in it: an entry about it would be one more entry to cosign.
  recorder_.gathering().receipts.push_back(
      {LogId::journal, cosigned_size_, now.utc, cosigned->time_s, cosigned_size_, note});
  return std::nullopt;
}

// The peer cosigned another size last than we named: after a restart we do not know it.
void Witness::on_conflict(Now now, LinkId id, uint64_t size) {
  const uint64_t journal_size = recorder_.durable().journal_size;
  if (size > journal_size) {
    // A bare claim, without its note: worth an alarm and nothing else.
    if (!std::exchange(conflict_alarmed_, true)) {
      recorder_.alarm(now, {},
                      "the peer says that it cosigned " + std::to_string(size) +
                          " entries of our journal, this store holds " +
                          std::to_string(journal_size) +
                          ": if it is right, this store is old; compare by voice");
    }
    return;
  }
  if (std::exchange(conflict_answered_, true)) return;  // Once a check, so that nobody loops.
  offer_journal(id, size);
}

// ----------------------------------------------------------------------------------------------
// the peer's journal, which we witness

namespace {

SendFrame cosigned_frame(LinkId id, const std::string& cosigned) {
  return {id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
            return wire::CreateJournalCosigned(b, b.CreateString(cosigned));
          })};
}

SendFrame conflict_frame(LinkId id, uint64_t cosigned_size) {
  return {id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
            return wire::CreateJournalConflict(b, cosigned_size);
          })};
}

}  // namespace

std::optional<Refusal> Witness::on_offer(Now now, LinkId id, const wire::JournalOffer& frame) {
  // One that waits for its commit would be answered twice, and an owner who offers without end
  // would fill our journal: it asks again at its next channel check. After a fork nothing of this
  // journal is cosigned any more.
  const bool too_often = cosigning_earned_at_ > now.boot + limits::kWitnessBurst_ms;
  const bool busy = peer_journal_.size() > durable_.witnessed_size;
  const bool forked = evidence_.has(wire::EvidenceKind::fork_of_peer_journal);
  if (forked || busy || too_often) return std::nullopt;
  const std::string note = frame.checkpoint()->str();
  // Its transcript tells of a new epoch first.
  const uint64_t epoch = trust_.epoch_of_peers_journal(note);
  if (epoch != recorder_.peer().epochs().newest()) return std::nullopt;
  auto checkpoint = open_checkpoint(note, trust_.peer_journal_origin(epoch), config_.peer_keys.log,
                                    *config_.peer_keys.log_verifier);
  if (!checkpoint) {
    return Refusal{wire::CloseReason::protocol,
                   "the peer's journal checkpoint: " + checkpoint.error().reason};
  }
  if (checkpoint->size == 0) {
    return Refusal{wire::CloseReason::protocol, "an empty journal was offered"};
  }
  judge_offer(now, id, *checkpoint, note, frame);
  return std::nullopt;
}

void Witness::judge_offer(Now now, LinkId id, const Checkpoint& checkpoint, const std::string& note,
                          const wire::JournalOffer& frame) {
  std::vector<Hash> proof;
  if (frame.proof()) {
    for (const wire::Digest* hash : *frame.proof()) proof.push_back(to_hash(*hash));
  }
  const std::string offered = std::to_string(checkpoint.size);
  const std::string cosigned = std::to_string(peer_journal_.size());
  switch (peer_journal_.judge(checkpoint, frame.old_size(), proof)) {
    case PeerJournal::Verdict::repeat:
      return recorder_.say(cosigned_frame(id, peer_journal_.note()));
    case PeerJournal::Verdict::conflict:
      return recorder_.say(conflict_frame(id, peer_journal_.size()));
    case PeerJournal::Verdict::smaller:
      recorder_.say(conflict_frame(id, peer_journal_.size()));
      return noise_.alarm(now, NoiseKind::evidence, {},
                          "the peer offered its journal of " + offered +
                              " entries, fewer than the " + cosigned +
                              " that we cosigned: it is not cosigned; if this comes again, the "
                              "peer's store may be old");
    case PeerJournal::Verdict::unproven:
      return noise_.alarm(now, NoiseKind::evidence, {},
                          "the peer offered its journal of " + offered +
                              " entries with no proof that it continues the " + cosigned +
                              " that we cosigned: it is not cosigned; if this comes again, ask "
                              "the peer why");
    case PeerJournal::Verdict::fork:
      return evidence_.keep(now, wire::EvidenceKind::fork_of_peer_journal, note,
                            peer_journal_.note(),
                            "the peer signed two journals of " + offered +
                                " entries: nothing of its journal is cosigned any more, messages "
                                "go on");
    case PeerJournal::Verdict::cosign:
      return cosign_journal(now, id, checkpoint, note);
  }
}

void Witness::cosign_journal(Now now, LinkId id, const Checkpoint& checkpoint,
                             const std::string& note) {
  cosigning_earned_at_ = std::max(cosigning_earned_at_, now.boot) + limits::kWitnessInterval_ms;
  const std::string cosigned =
      append_signature_line(*keep_signature(note, config_.peer_keys.log),
                            cosign(format_checkpoint_text(checkpoint), utc_seconds(now),
                                   config_.own_keys.witness, *config_.witness_signer));
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateJournalWitnessed(b, checkpoint.size, b.CreateString(cosigned));
  }));
  // Persisted before it is answered.
  recorder_.say_once_durable(cosigned_frame(id, cosigned));
}

}  // namespace hotline
