// A store that is old, or was made anew in place of a lost one, takes back what the peer holds: the
// own messages that both signed for, and those of the peer that were receipted. Then the own
// transcript goes on in its next epoch (protocol/message/epochs.h), and so does the journal: places
// and serials that the lost store may have given are not given again.
//
//   Evidence::is_recovering(), and a link
//     ──▶ asking: own leaves, then the peer's, frame by frame; kept in memory
//     ──▶ all are there, and are those that both parties' signatures cover
//     ──▶ taking: each is recorded once those that it speaks of are durable
//     ──▶ the epoch begins, the link begins anew
//
// Broken off by a crash, it begins anew with what is recorded already; a lost link only delays it.
// Nothing else is numbered before the peer has receipted the first leaf of the epoch
// (Evidence::numbering_stopped): were this store lost again, its serial could be given again. The
// rest that the lost journal knew (who acknowledged, drafts, conditions) is gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/channel/after_recovery.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/inbox.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/outbox.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

class Recovery {
 public:
  // All of them outlive it.
  Recovery(const CoreConfig& config, const ChannelTrust& trust, Recorder& recorder, Noise& noise,
           Evidence& evidence, AfterRecovery& after, Witness& witness, Releases& releases,
           Outbox& outbox, Inbox& inbox)
      : config_(config),
        trust_(trust),
        recorder_(recorder),
        noise_(noise),
        evidence_(evidence),
        after_(after),
        witness_(witness),
        releases_(releases),
        outbox_(outbox),
        inbox_(inbox) {}

  // The sizes of both transcripts that the peer's hello proved.
  struct Proved {
    uint64_t own = 0;
    uint64_t peers = 0;
  };
  // A link was adopted, and what was on its way to our disk is there or is waited for.
  void begin(LinkId link, const Proved& proved);
  void link_lost();
  bool is_under_way() const { return stage_ != Stage::idle; }

  // The peer recovers: it is told what we hold, once all of that is durable.
  void on_take_back(LinkId link, const wire::TakeBack& frame);
  // We recover.
  std::optional<Refusal> on_taken_back(Now now, LinkId link, const wire::TakenBack& frame);

  // The sealed batch is durable. True: the recovery has ended, and the link must begin anew.
  bool committed(Now now);

 private:
  // A message as the peer gives it back, with its id and the one of which it speaks, as its
  // envelope says; empty where that says none.
  struct Leaf {
    TakenBack message;
    std::string id;
    std::string speaks_of;
    uint64_t serial = 0;  // An own one's.
    bool is_recorded = false;
  };
  // One transcript as the peer gives it back.
  struct Taken {
    uint64_t first = 0;        // The first leaf that this store lacks.
    std::vector<Leaf> leaves;  // From there on.
    std::string note;          // That covers all of them.
    size_t bytes = 0;
  };
  struct Asked {
    bool listeners = false;
    uint64_t first = 0;
  };
  enum class Stage : uint8_t { idle, asking, taking, ending };

  bool all_is_durable() const;
  void answer(LinkId link, const Asked& asked);
  void ask(const Asked& what);
  Taken& taken() { return asked_->listeners ? peers_ : own_; }
  std::optional<Refusal> keep(const wire::TakenBack& frame);
  // Fail where what the peer gave is not what both parties signed, or where it cannot be recorded.
  Status check_own();
  Status check_peers() const;
  Status put_in_order();
  void take(Now now);
  bool take_next(Now now, Leaf& leaf, bool is_own);
  void end(Now now);
  // Error: why the message that begins it could not be released.
  Status begin_epoch(Now now);
  void give_up(Now now, const Error& why);
  void forget();

  const CoreConfig& config_;
  const ChannelTrust& trust_;
  Recorder& recorder_;
  Noise& noise_;
  Evidence& evidence_;
  AfterRecovery& after_;
  Witness& witness_;
  Releases& releases_;
  Outbox& outbox_;
  Inbox& inbox_;

  Stage stage_ = Stage::idle;
  LinkId link_ = 0;  // 0: none.
  Proved proved_;
  std::optional<Asked> asked_;
  Taken own_;
  Taken peers_;
  std::vector<uint64_t> epochs_;   // First leaves of own epochs, among own_.
  std::vector<size_t> by_serial_;  // Places in own_.leaves.
  size_t next_own_ = 0;            // In by_serial_.
  size_t next_peers_ = 0;          // In peers_.leaves.
  std::set<std::string> to_come_;  // Ids that are not durable yet.
  std::vector<std::pair<uint64_t, std::string>> recorded_;  // By batch.
  uint64_t ended_in_ = 0;                                   // Batch::id.
  std::map<LinkId, Asked> asked_by_peer_;
};

}  // namespace hotline
