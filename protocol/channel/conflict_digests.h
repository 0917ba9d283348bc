// Both parties compute which of their notices are in conflict, each for itself. Here they find out
// whether they say the same: at each channel check, and soon after a message that bears on them,
// one tells the other the digest of what it finds, and out of how many messages; who has the same
// messages compares (docs/protocol.md).
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/channel/agreements.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

// The last time both had the same messages.
struct ConflictComparison {
  UtcMs at = 0;  // 0: not since this daemon was started.
  bool same = true;
  bool is_current = false;  // No message came since that could begin, change or end a conflict.
};

class ConflictDigests {
 public:
  // All of them outlive it. `adopted` below: the link in use, if there is one.
  ConflictDigests(const CoreConfig& config, Recorder& recorder, Conditions& conditions,
                  const Agreements& agreements, const Corrections& corrections,
                  const Conflicts& conflicts)
      : config_(config),
        recorder_(recorder),
        conditions_(conditions),
        agreements_(agreements),
        corrections_(corrections),
        conflicts_(conflicts) {}

  void apply_durable(const wire::Entry& entry);
  // Tells the peer now, and again after the interval of the channel checks.
  void begin(Now now, LinkId adopted);
  void tick(Now now, std::optional<LinkId> adopted);
  BootMs due() const { return next_check_; }
  void on_told(Now now, const wire::ConflictsDigest& frame);
  // The peer may have told of messages that are durable here only now; and we may tell now.
  void committed(Now now, std::optional<LinkId> adopted);

  ConflictComparison last() const {
    const bool is_current = of_own_ == own_ && of_peers_ == peers_ &&
                            under_agreement_ == agreements_.digest() && is_settled();
    return {at_, same_, is_current};
  }

 private:
  struct Told {
    uint64_t senders = 0;
    uint64_t receivers = 0;
    UtcMs from = 0;
    Hash digest{};
    Hash agreement{};
  };
  void check(Now now, std::optional<LinkId> adopted);
  // Made of the conflicts that are not over before `from`, as both parties write them down.
  Hash digest(UtcMs from) const;
  // Corrections count as soon as they are made, conflicts once all is durable: in between the two
  // do not fit each other.
  bool is_settled() const { return durable_changes_ == corrections_.changes(); }
  void tell(Now now, LinkId adopted);
  void compare(Now now);

  // Longer than messages that wait for each other take to arrive at both.
  static constexpr int64_t kSoon_ms = 3'000;

  const CoreConfig& config_;
  Recorder& recorder_;
  Conditions& conditions_;
  const Agreements& agreements_;
  const Corrections& corrections_;
  const Conflicts& conflicts_;

  // Messages that can begin, change or end a conflict, durable here.
  uint64_t own_ = 0;
  uint64_t peers_ = 0;
  uint64_t durable_changes_ = 0;
  uint64_t told_of_ = 0;      // So many of both, when the peer was told last.
  bool is_to_tell_ = false;   // As soon as it can be.
  std::optional<Told> told_;  // By the peer on this link, and not compared yet.
  UtcMs at_ = 0;              // The last comparison, and of how many messages it was.
  bool same_ = true;
  uint64_t of_own_ = 0;
  uint64_t of_peers_ = 0;
  Hash under_agreement_{};
  BootMs next_check_ = INT64_MAX;
};

}  // namespace hotline
