// Notes that cannot both be honest, or that prove a store old: each pair is kept and told once,
// however often it is shown. After some of them nothing of ours may be numbered any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_rules.h"

namespace hotline {

class Evidence {
 public:
  // All of them outlive it.
  Evidence(const CoreConfig& config, Recorder& recorder, Noise& noise, Conditions& conditions)
      : config_(config), recorder_(recorder), noise_(noise), conditions_(conditions) {}

  // The two notes in either order; `second` is empty where one is missing.
  void keep(Now now, wire::EvidenceKind kind, const std::string& first, const std::string& second,
            const std::string& text);
  bool has(wire::EvidenceKind kind) const { return kept_.contains(kind); }

  // Why nothing more is sent; empty while all is well.
  const std::string& numbering_stopped() const { return numbering_stopped_; }
  // This store lacks what the peer holds, or may: it is to be recovered
  // (protocol/channel/recovery.h).
  bool is_recovering() const { return serials_in_doubt_ && !epoch_first_; }
  // Fails where a message of this type may not be given a serial. None is given that the peer may
  // already hold under another message. After a fork serials are in no doubt; what lets somebody
  // stop waiting is then taken, and stays here.
  Status check_numbering(wire::MessageType type) const;

  void apply(const wire::Entry& entry);
  // The peer's receipt was recorded. Where it is for the epoch that a recovery began, all is well
  // again, unless there is a fork too.
  void note_receipt(Now now, const wire::Entry& receipt);
  // The peer's hello shows all that it receipted or sent: a store of its that was old is so no
  // more.
  void peer_shows_all(Now now);
  // At a start: a store from before there were conditions may have been stopped.
  void note_conditions(Now now);
  // After the last entry that was read back.
  void go_live() { first_serial_of_run_ = recorder_.own().last_serial() + 1; }

 private:
  void tell_doubtful_serials(Now now);
  void follow_recovery(const wire::Entry& entry);

  const CoreConfig& config_;
  Recorder& recorder_;
  Noise& noise_;
  Conditions& conditions_;
  std::set<Hash> names_;                       // Each pair that was kept.
  std::map<wire::EvidenceKind, size_t> kept_;  // Counted by kind.
  std::string numbering_stopped_;
  bool serials_in_doubt_ = false;  // The peer may hold other messages under those that come next.
  // The first leaf of the epoch that a recovery began, which the peer has not receipted.
  std::optional<uint64_t> epoch_first_;
  uint64_t first_serial_of_run_ = 0;  // The first that this core gives.
};

}  // namespace hotline
