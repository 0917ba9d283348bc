// Each party cosigns the other's journal as a witness that sees hashes only
// (c2sp.org/tlog-witness, on the link). Here: ours, offered to the peer at each channel check, and
// the peer's, judged and cosigned.
//
// A restart forgets the size that the peer cosigned: its witness then says it anew.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/peer_journal.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

class Witness {
 public:
  // All of them outlive it. `adopted` below: the link in use, if there is one.
  Witness(const CoreConfig& config, const ChannelTrust& trust, Recorder& recorder, Noise& noise,
          Conditions& conditions, Evidence& evidence)
      : config_(config),
        trust_(trust),
        recorder_(recorder),
        noise_(noise),
        conditions_(conditions),
        evidence_(evidence) {}

  void apply(const wire::Entry& entry);
  void go_live() { durable_ = current_state(); }
  void seal() { sealed_ = current_state(); }
  void committed() { durable_ = sealed_; }

  // Offers our journal now, and again after the interval.
  void check_channel(Now now, std::optional<LinkId> adopted);
  // Now, or a moment later where it was offered just now: an offer reads the store and is signed.
  void check_channel_soon(Now now, std::optional<LinkId> adopted);
  // The regular check, where it has come due, and the one that was put off.
  void tick(Now now, std::optional<LinkId> adopted);
  void tick_put_off(Now now, std::optional<LinkId> adopted);
  BootMs due() const { return std::min(next_check_, offer_soon_at_); }

  std::optional<Refusal> on_cosigned(Now now, const wire::JournalCosigned& frame);
  void on_conflict(Now now, LinkId id, uint64_t size);
  std::optional<Refusal> on_offer(Now now, LinkId id, const wire::JournalOffer& frame);

  // Our durable journal's checkpoint, signed once for a size.
  const std::string& journal_checkpoint();
  // The peer has cosigned so much of our journal, and that is durable.
  uint64_t cosigned_size() const { return durable_.cosigned_size; }

 private:
  struct State {
    uint64_t witnessed_size = 0;  // By us, of the peer's journal.
    uint64_t cosigned_size = 0;   // By the peer, of ours.
  };
  State current_state() const { return {peer_journal_.size(), cosigned_size_}; }
  void offer_journal(LinkId id, uint64_t old_size);
  // `note`: the checkpoint as it came.
  void judge_offer(Now now, LinkId id, const Checkpoint& checkpoint, const std::string& note,
                   const wire::JournalOffer& frame);
  void cosign_journal(Now now, LinkId id, const Checkpoint& checkpoint, const std::string& note);

  const CoreConfig& config_;
  const ChannelTrust& trust_;
  Recorder& recorder_;
  Noise& noise_;
  Conditions& conditions_;
  Evidence& evidence_;

  PeerJournal peer_journal_;
  State durable_;
  State sealed_;
  uint64_t cosigned_size_ = 0;
  BootMs next_check_ = INT64_MAX;
  BootMs offered_at_ = INT64_MIN / 2;
  BootMs offer_soon_at_ = INT64_MAX;  // For an export that came right after another one.
  bool offered_ = false;              // And not answered yet.
  int unanswered_checks_ = 0;
  bool conflict_answered_ = false;
  bool conflict_alarmed_ = false;
  BootMs cosigning_earned_at_ = 0;  // The peer's journal, by us: how often it may be.
  uint64_t checkpointed_size_ = 0;
  std::string checkpoint_;
};

}  // namespace hotline
