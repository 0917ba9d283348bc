#include "protocol/channel/claims.h"

namespace hotline {

Result<Claims::Shown> Claims::judge(Now now, const wire::Hello& hello, const Before& before) {
  Shown shown;
  if (Status own = judge_own(now, hello, before, shown); !own) return own.error();
  if (Status peer = judge_peer(now, hello, before, shown); !peer) return peer.error();
  if (!shown.lost_some) evidence_.peer_shows_all(now);
  return shown;
}

// Our transcript, as the peer holds it.
Status Claims::judge_own(Now now, const wire::Hello& hello, const Before& before, Shown& shown) {
  if (!hello.peer_receipt()) {
    if (before.own_receipted > 0) {
      shown.lost_some = true;
      evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.own().receipt(), "",
                     "the peer holds nothing of what it receipted: its store was lost");
    }
    return ok();
  }
  const std::string note = hello.peer_receipt()->str();
  const uint64_t epoch = trust_.epoch_of_own(note);
  auto receipt = open_cosigned_checkpoint(note, trust_.own_receipts(epoch));
  if (!receipt) {
    return make_error(ErrorCode::verification_failed,
                      "the peer's receipt: " + receipt.error().reason);
  }
  const uint64_t size = shown.holds_of_ours = receipt->checkpoint.size;
  const Recorder::State& durable = recorder_.durable();
  shown.resend_from = durable.own_size;
  if (size > durable.own_size) {
    evidence_.keep(now, wire::EvidenceKind::own_store_old, note, durable.own_checkpoint,
                   "the peer holds " + std::to_string(size) + " of our messages, this store only " +
                       std::to_string(durable.own_size) + ": this store is old");
    return ok();
  }
  if (outbox_.root_at(size) != receipt->checkpoint.root ||
      epoch != recorder_.own().epochs().of(size)) {
    evidence_.keep(now, wire::EvidenceKind::fork_of_own, note, durable.own_checkpoint,
                   "our key signed two different transcripts of size " + std::to_string(size));
    return ok();
  }
  if (size < before.own_receipted) {
    shown.lost_some = true;
    evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.own().receipt(), note,
                   "the peer holds " + std::to_string(size) + " of our messages but receipted " +
                       std::to_string(before.own_receipted) + ": its store is old");
  }
  outbox_.hold_receipt(now, *receipt, note);
  shown.resend_from = size;
  return ok();
}

// The peer's transcript, as the peer shows it and our receipt for it.
Status Claims::judge_peer(Now now, const wire::Hello& hello, const Before& before, Shown& shown) {
  if (hello.own_receipt()) {
    if (Status held = judge_peer_receipt(now, hello.own_receipt()->str(), shown); !held)
      return held;
  }
  const Recorder::State& durable = recorder_.durable();
  if (!hello.own_checkpoint()) {
    if (before.peer_size > 0) {
      shown.peer_is_old = true;
      shown.lost_some = true;
      evidence_.keep(now, wire::EvidenceKind::peer_store_old, durable.peer_receipt, "",
                     "the peer's own transcript is gone: its store was lost");
    }
    return ok();
  }
  const std::string note = hello.own_checkpoint()->str();
  const uint64_t epoch = trust_.epoch_of_peers(note);
  auto checkpoint = open_checkpoint(note, trust_.peer_origin(epoch), config_.peer_keys.log,
                                    *config_.peer_keys.log_verifier);
  if (!checkpoint) {
    return make_error(ErrorCode::verification_failed,
                      "the peer's checkpoint: " + checkpoint.error().reason);
  }
  if (checkpoint->size < before.peer_size) {
    shown.peer_is_old = true;
    shown.lost_some = true;
    evidence_.keep(now, wire::EvidenceKind::peer_store_old, durable.peer_receipt, note,
                   "the peer's transcript shrank from " + std::to_string(before.peer_size) +
                       " to " + std::to_string(checkpoint->size) + ": its store is old");
  }
  if (checkpoint->size <= durable.peer_size &&
      (peer_root_at(checkpoint->size) != checkpoint->root ||
       epoch != recorder_.peer().epochs().of(checkpoint->size))) {
    evidence_.keep(
        now, wire::EvidenceKind::fork_of_peer, note, durable.peer_receipt,
        "the peer signed two different transcripts of size " + std::to_string(checkpoint->size));
  }
  return ok();
}

Status Claims::judge_peer_receipt(Now now, const std::string& note, Shown& shown) {
  const uint64_t epoch = trust_.epoch_of_peers(note);
  auto receipt = open_cosigned_checkpoint(note, trust_.peer_receipts(epoch));
  if (!receipt) {
    return make_error(ErrorCode::verification_failed,
                      "our receipt as the peer shows it: " + receipt.error().reason);
  }
  const Recorder::State& durable = recorder_.durable();
  shown.receipt_size = receipt->checkpoint.size;
  if (shown.receipt_size > durable.peer_size) {
    evidence_.keep(now, wire::EvidenceKind::own_store_old, note, durable.peer_receipt,
                   "we receipted " + std::to_string(shown.receipt_size) +
                       " of the peer's messages, this store holds only " +
                       std::to_string(durable.peer_size) + ": this store is old");
  } else if (peer_root_at(shown.receipt_size) != receipt->checkpoint.root ||
             epoch != recorder_.peer().epochs().of(shown.receipt_size)) {
    evidence_.keep(now, wire::EvidenceKind::fork_of_peer, note, durable.peer_receipt,
                   "the peer shows another transcript of size " +
                       std::to_string(shown.receipt_size) + " under our receipt");
  }
  return ok();
}

Hash Claims::peer_root_at(uint64_t size) {
  return root_at(recorder_.records().hashes(LogId::peer_transcript), size);
}

}  // namespace hotline
