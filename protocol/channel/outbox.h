// The own messages on their way: the places that they take in the transcript, the window, the
// frames in which they leave, and the receipts that come back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/lane.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

class Outbox {
 public:
  // All of them outlive it.
  Outbox(const CoreConfig& config, const ChannelTrust& trust, Recorder& recorder,
         const DiskState& disk, Evidence& evidence, const Releases& releases)
      : config_(config),
        trust_(trust),
        recorder_(recorder),
        disk_(disk),
        evidence_(evidence),
        releases_(releases) {}

  void apply_durable(const wire::Entry& entry, Now at);
  void go_live() { receipt_recorded_ = recorder_.own().receipted_size(); }
  void committed() { built_frames_.clear(); }

  // While a link is adopted. can_number(): a message may take its place now. number_messages():
  // gives places to all that may.
  bool can_number() const;
  void number_messages(Now now);
  // The first place of our next epoch, for the message with this serial. The entry lives until the
  // batch is sealed.
  const wire::Entry& begin_epoch(Now now, uint64_t serial);
  // Those that had their places before this store was lost take them again, under the checkpoint
  // and the receipt of then.
  void take_places_back(Now now, const std::vector<uint64_t>& serials, const std::string& receipt);
  // Puts on the adopted link what is durable and was not sent on it, within the cap for what is
  // under way.
  void pump(Now now, LinkId id, Lane& lane);
  std::optional<Refusal> on_receipt(Now now, LinkId id, Lane& lane, const wire::Receipt& frame);
  // Keeps a receipt that was verified, if it is the newest.
  void hold_receipt(Now now, const CosignedCheckpoint& receipt, const std::string& note);
  // The root of our transcript when it had this size.
  Hash root_at(uint64_t size);

  void tick(Now now);
  // The link in use is gone, and with it how fast it was.
  void link_lost();

 private:
  struct BuiltFrame {
    uint64_t first = 0;
    uint64_t count = 0;
    Bytes frame;
  };
  struct Issued {
    Hash root{};
    std::string note;
  };

  size_t window_left() const;
  size_t urgent_window_left() const;
  void number_frame(Now now, const std::vector<uint64_t>& serials);
  BuiltFrame rebuild_frame(uint64_t first, uint64_t end);
  // An own message as the journal tells of it, to be sent: nothing else may go out under our
  // signature.
  MessageRecord own_record(uint64_t serial, const Hash& leaf);
  // The checkpoint of ours that this receipt stands on, if we remember signing it; else empty.
  std::string_view issued_under(const std::string& receipt) const;

  const CoreConfig& config_;
  const ChannelTrust& trust_;
  Recorder& recorder_;
  const DiskState& disk_;
  Evidence& evidence_;
  const Releases& releases_;

  std::deque<BuiltFrame> built_frames_;  // Made at sealing, sent once durable.
  std::map<uint64_t, Issued> issued_;    // Checkpoints signed and not receipted, by their size.
  uint64_t receipt_recorded_ = 0;        // Size of the newest receipt that was recorded.
  std::deque<std::pair<BootMs, size_t>> receipted_lately_;  // Bytes, of the last second.
  size_t receipted_lately_bytes_ = 0;
};

}  // namespace hotline
