// The agreements of the two parties: what each proposes, what both signed, and which is in force
// here. All of it is folded from messages of the channel (SERVICE), so that both parties, and
// whoever reads their record, come to the same.
//
//   proposed ──signed by the other──▶ (signed) ──concluded──▶ agreed ──at its time──▶ in force
//       └─ rejected by the other, withdrawn by its own side, overtaken, or its time has come
//
// All of them go at PRIORITY, so that none overtakes another.
//
// Both may propose, and sign, at once. So that one of the two counts at both ends, what concludes
// an agreement stands in one transcript, that of the party with the greater id: its signature on a
// proposal of the other, or its machine's word that its own proposal was signed. A withdrawal
// counts once the other party holds it: who signs says in the envelope what they held.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/channel/agreement.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_generated.h"

namespace hotline {

enum class ProposalState : uint8_t {
  open = 1,
  is_signed = 2,  // By the other party; the greater's machine has not concluded it yet.
  agreed = 3,
  rejected = 4,
  withdrawn = 5,
  overtaken = 6,  // Another one was agreed in its place.
  expired = 7,    // Its time came first. One that is open still may be so too.
};

struct Proposal {
  MessageKey key;
  uint32_t number = 0;
  Hash digest{};
  UtcMs from = 0;
  UtcMs at = 0;  // Our commit.
  ProposalState state = ProposalState::open;
  MessageKey decided_by;  // The message that gave it its state; meaningless where none did.
  std::optional<uint64_t>
      withdrawn_at;  // Its place in our transcript, where it is ours and has one.
};

// An agreement that both signed.
struct Agreed {
  uint32_t number = kFirstAgreement;
  Hash digest{};
  UtcMs from = 0;       // 0: the configured one.
  UtcMs began_at = 0;   // Our commit; 0: not yet.
  std::string text;     // Empty: the configured one.
  MessageKey proposal;  // And the message that concluded it.
  MessageKey concluded;
};

class Agreements {
 public:
  // `policy`: the one that is followed, which this changes when an agreement comes into force; it
  // is the configured one at first. All of them outlive it.
  Agreements(const CoreConfig& config, Policy& policy, Recorder& recorder, Conditions& conditions);

  // Refuses what may not be said of agreements by a message of this party's or the peer's; others
  // always fit. `target`: the message that it refers to.
  Status check(bool incoming, const wire::Envelope& envelope, const wire::Body& body,
               const std::optional<MessageKey>& target);
  // An entry whose message is recorded too: it gathers, or was read back.
  void apply(const wire::Entry& entry);
  void apply_durable(const wire::Entry& entry);
  // Our own proposal that the peer signed, and that is ours to conclude: the machine says so.
  std::optional<MessageKey> to_conclude(UtcMs now) const;

  // The next agreement comes into force, if it is time. True: the policy is another one.
  bool begin_due(Now now);
  // What waits for this watch, as conditions.
  void note_conditions(Now now);
  // When the next one begins, or the time of a proposal comes, after this time; INT64_MAX: never.
  UtcMs due(UtcMs now) const;

  // The digest that the peer says it follows, in its hello or a probe.
  void peer_follows(Now now, const Hash& peers);
  void judge_peer(Now now);
  // Also as long as one side may be late to learn, or to begin, what the other follows.
  bool matches_peer() const { return matches_peer_; }
  const Hash& digest() const { return in_force().digest; }

  const Policy& configured() const { return configured_; }
  const Agreed& in_force() const { return agreed_[in_force_]; }
  // The configured one first; those behind in_force() are to come.
  const std::vector<Agreed>& agreed() const { return agreed_; }
  // Those that are open, and the newest that ended; by what they are called.
  const std::map<MessageKey, Proposal>& proposals() const { return proposals_; }
  const std::optional<Hash>& peers() const { return peers_; }
  // The text of a proposal, and why one was rejected or withdrawn; empty where the message is not
  // to be read any more.
  std::string text_of_proposal(MessageKey key);
  std::string reason_of(const Proposal& proposal);

 private:
  struct Said {
    wire::ServiceAction action = wire::ServiceAction::unset;
    MessageKey by;
    std::optional<MessageKey> of;
    std::string agreement;
    UtcMs at = 0;  // Our commit.
  };
  bool we_conclude() const { return config_.party > config_.peer; }
  // The party whose transcript decides sent it.
  bool is_of_greater(bool incoming) const { return incoming != we_conclude(); }
  Status check_proposal(bool incoming, const wire::Envelope& envelope, const wire::Service& said);
  Status check_signature(bool incoming, const wire::Envelope& envelope, const Proposal& proposal);
  Status check_end(bool incoming, const Proposal& proposal) const;
  std::optional<Said> said_in(const wire::Entry& entry);
  void propose(const Said& said);
  void note_signature(const Said& said, Proposal& proposal);
  void end(Proposal& proposal, ProposalState state, MessageKey by);
  void conclude(Proposal& proposal, MessageKey by);
  size_t open_count(bool incoming, UtcMs at) const;
  bool knows(const Hash& digest) const;  // Of one agreed, or of a proposal.
  void expire(UtcMs at);
  void follow(const Agreement& agreement);

  const CoreConfig& config_;
  Policy& policy_;
  const Policy configured_;
  Recorder& recorder_;
  Conditions& conditions_;

  std::vector<Agreed> agreed_;  // By number.
  size_t in_force_ = 0;
  std::map<MessageKey, Proposal> proposals_;
  std::deque<MessageKey> ended_;
  std::map<uint64_t, MessageKey> withdrawals_;  // Ours without a place yet: serial, proposal.

  std::optional<Hash> peers_;  // Since a link was there.
  BootMs peers_said_ = 0;      // When the peer said so last.
  bool matches_peer_ = true;
  std::optional<BootMs> began_;          // In this run.
  std::optional<BootMs> differs_since_;  // By what the peer says; empty: it does not.
};

// True for what only a supervisor may send. The draft's body may be anything.
bool is_about_agreements(const wire::Draft& draft);

}  // namespace hotline
