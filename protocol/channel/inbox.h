// The peer's messages: a frame of them is taken whole or not at all, each is judged by the rules
// and kept whatever they say, and all are receipted together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/sorted_blocks.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/cases.h"
#include "protocol/channel/channel_state.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/read_backs.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/channel/witness.h"
#include "protocol/geometry/position.h"
#include "protocol/message/serial.h"

namespace hotline {

class Inbox {
 public:
  // All of them outlive it.
  Inbox(const CoreConfig& config, const ChannelTrust& trust, Recorder& recorder, Noise& noise,
        Exercise& exercise, const DiskState& disk, Evidence& evidence, Agreements& agreements,
        ChannelState& channel_state, Corrections& corrections, Cases& cases, ReadBacks& read_backs,
        Answers& answers, Witness& witness, Releases& releases)
      : config_(config),
        trust_(trust),
        recorder_(recorder),
        noise_(noise),
        exercise_(exercise),
        disk_(disk),
        evidence_(evidence),
        agreements_(agreements),
        channel_state_(channel_state),
        corrections_(corrections),
        cases_(cases),
        read_backs_(read_backs),
        answers_(answers),
        witness_(witness),
        releases_(releases) {}

  // The fate of a frame.
  struct Outcome {
    enum class Verdict : uint8_t {
      kept,
      held_before,  // All of it: our receipt was lost.
      no_room,      // For all of it on the disk: nothing of it was kept.
      refused,
    };
    Verdict verdict = Verdict::kept;
    Refusal refusal = {};
  };
  Outcome on_messages(Now now, const wire::Messages& frame);
  // True where the disk has room for so much of the peer's, beside what is not durable yet.
  bool has_room_for(uint64_t bytes, uint64_t count) const;

  // A leaf that we receipted before this store was lost, the next one of the peer's transcript; and
  // the peer's checkpoint, once it covers exactly what is held.
  void take_back(Now now, const TakenBack& message);
  void hold_checkpoint(const std::string& note);
  bool lacks_receipt() const {
    return recorder_.peer().frontier().size() > recorder_.peer().receipted_size();
  }

  // owes_receipt(): some gathered message has no receipt. sign_receipt(): signs one for all of
  // them.
  bool owes_receipt() const {
    return lacks_receipt() && recorder_.peer().frontier().size() == checkpoint_size_;
  }
  void sign_receipt(Now now);
  void seal();
  void committed() {
    sealed_bytes_ = 0;
    sealed_serials_ = {};
  }

 private:
  // A leaf of the peer's that is not durable yet.
  struct PendingLeaf {
    uint64_t index = 0;
    Hash leaf_hash{};
  };
  // A message of the peer as it came, with its leaf. Borrows the frame.
  struct Arrival {
    Hash leaf{};
    ByteView envelope;
    ByteView body;
    Hash salt{};
    Result<Opened<wire::Envelope>> opened;
    bool begins_epoch = false;

    const wire::Envelope* known() const { return opened ? opened->get() : nullptr; }
  };
  // The rules' word on a message of the peer.
  struct Judgement {
    wire::DeclineCode code = wire::DeclineCode::unset;  // Unset: the message stands.
    std::string reason;
    uint64_t serial = 0;
    std::optional<MessageKey> refers_to;
    bool answer_due = false;
    bool acknowledges = false;
    std::optional<ReadBackDifference> mismatch;  // Of an acknowledgement.
  };

  // inbox.cc
  std::optional<Refusal> check_place(const wire::Messages& frame) const;
  // Refuses where the checkpoint does not cover exactly these leaves, or others stand at their
  // places.
  std::optional<Refusal> check_leaves(Now now, const wire::Messages& frame,
                                      const Checkpoint& checkpoint,
                                      const std::vector<Hash>& leaves);
  Outcome keep(Now now, const wire::Messages& frame, const std::vector<Hash>& leaves);
  static Arrival open_arrival(const wire::Message& message, const Hash& leaf);
  // The first that came without the body that its envelope names; as many as there are, if none.
  static size_t first_without_body(const std::vector<Arrival>& arrivals);
  // Marks those that begin an epoch. Returns the epoch after the last of them.
  uint64_t note_epochs(std::vector<Arrival>& arrivals, uint64_t first) const;
  void begin_epoch(Now now, uint64_t index, const Arrival& arrival);
  // Keeps it and judges it.
  void receive(Now now, uint64_t index, const Arrival& arrival);
  void record_received(Now now, uint64_t index, const Arrival& arrival, const Judgement& judgement);
  void tell_of_target(Now now, const Arrival& arrival, const Judgement& judgement);
  void decline(Now now, uint64_t index, const Arrival& arrival, const Judgement& judgement);
  // It is taken whatever the state of the channel; the watch hears of it.
  void tell_if_not_open(Now now, uint64_t index, const Arrival& arrival,
                        const Judgement& judgement);
  // A proposal of ours that the peer signed, or agreed to, is concluded by our machine's word.
  void conclude_what_was_agreed(Now now);
  void conclude(Now now, MessageKey proposal, wire::ServiceAction action, uint8_t precedence,
                const std::string& subject);

  // inbox_judging.cc
  Judgement judge(const Arrival& arrival);
  Judgement judge_rules(const wire::Envelope& envelope, const Hash& leaf, ByteView body);
  std::optional<Hash> known_leaf(uint64_t serial);
  std::optional<MessageKey> known_reference(const wire::Reference& named);
  std::optional<MessageKey> key_at(const Serial& place);

  const CoreConfig& config_;
  const ChannelTrust& trust_;
  Recorder& recorder_;
  Noise& noise_;
  Exercise& exercise_;
  const DiskState& disk_;
  Evidence& evidence_;
  Agreements& agreements_;
  ChannelState& channel_state_;
  Corrections& corrections_;
  Cases& cases_;
  ReadBacks& read_backs_;
  Answers& answers_;
  Witness& witness_;
  Releases& releases_;

  std::string checkpoint_;  // Newest one received, of all that gathers.
  uint64_t checkpoint_size_ = 0;
  // Bytes of the peer's messages that are not durable yet; and their serials, which the records do
  // not know.
  size_t gathering_bytes_ = 0;
  size_t sealed_bytes_ = 0;
  SortedBlocks<uint64_t, PendingLeaf> gathering_serials_;
  SortedBlocks<uint64_t, PendingLeaf> sealed_serials_;
};

}  // namespace hotline
