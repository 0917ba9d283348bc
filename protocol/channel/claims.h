// The claims of the peer's hello, compared with what is durable here: what it shows as held. A
// claim is a whole signed note; one that does not verify closes the link, and one that is older
// than what we can prove is kept as evidence and is an alarm.
#pragma once

#include <cstdint>

#include "protocol/channel/core_config.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/outbox.h"
#include "protocol/channel/recorder.h"

namespace hotline {

class Claims {
 public:
  // All of them outlive it.
  Claims(const CoreConfig& config, const ChannelTrust& trust, Recorder& recorder,
         Evidence& evidence, Outbox& outbox)
      : config_(config), trust_(trust), recorder_(recorder), evidence_(evidence), outbox_(outbox) {}

  // When the link was opened. The peer's hello must show at least this; it may be older than what
  // came on another link since.
  struct Before {
    uint64_t own_receipted = 0;
    uint64_t peer_size = 0;
  };
  Before before() const {
    return {recorder_.own().receipted_size(), recorder_.durable().peer_size};
  }

  // The position that the peer's hello proves.
  struct Shown {
    uint64_t resend_from = 0;    // It holds our transcript up to here.
    uint64_t holds_of_ours = 0;  // The size of its newest receipt.
    uint64_t receipt_size = 0;   // The newest of our receipts that it holds covers so much.
    bool peer_is_old = false;    // It lacks some of its own transcript that we receipted.
    bool lost_some = false;      // It lacks some of one of the two transcripts that it held.
  };
  // Error: a note that does not verify.
  Result<Shown> judge(Now now, const wire::Hello& hello, const Before& before);

 private:
  // Each fills its part of `shown`.
  Status judge_own(Now now, const wire::Hello& hello, const Before& before, Shown& shown);
  Status judge_peer(Now now, const wire::Hello& hello, const Before& before, Shown& shown);
  Status judge_peer_receipt(Now now, const std::string& note, Shown& shown);
  Hash peer_root_at(uint64_t size);

  const CoreConfig& config_;
  const ChannelTrust& trust_;
  Recorder& recorder_;
  Evidence& evidence_;
  Outbox& outbox_;
};

}  // namespace hotline
