// Own messages become released: each gets its serial and is recorded. From the commit on it is on
// its way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/agreements.h"
#include "protocol/channel/answers.h"
#include "protocol/channel/cases.h"
#include "protocol/channel/channel_state.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/corrections.h"
#include "protocol/channel/exercise.h"
#include "protocol/channel/read_backs.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"

namespace hotline {

// A message that another speaks of.
struct NamedMessage {
  MessageKey key;
  std::string id;
  Hash leaf_hash{};
  uint8_t precedence = 0;
};

// A message to be released.
struct Release {
  EnvelopeFields envelope;  // All but id, released_at, references, parts, peer_transcript_size.
  Bytes body;
  std::vector<NamedMessage> references;
  std::optional<SaltedText> name;  // The person's; absent where the machine speaks.
  Hash submitter{};                // Zero: the machine.
  uint64_t counter = 0;
  ByteView request;         // A person's submission, as it came. Borrowed.
  std::optional<Hash> key;  // The caller's own.
  uint64_t draft = 0;       // The saved one that it was made from; 0: none.
  bool taken_back = false;  // It was released before this store was lost.
  uint64_t serial = 0;      // Beyond those that are void; 0: the next.
};

// An own message as the peer gave it back, after this store was lost.
struct TakenBack {
  Bytes envelope;
  Bytes body;
  Hash body_salt{};
  Hash leaf_hash{};
};

class Releases {
 public:
  // All of them outlive it.
  Releases(const CoreConfig& config, Recorder& recorder, Random& random, Exercise& exercise,
           Agreements& agreements, ChannelState& channel_state, Corrections& corrections,
           Cases& cases, ReadBacks& read_backs, Answers& answers, const Conflicts& conflicts)
      : config_(config),
        recorder_(recorder),
        random_(random),
        exercise_(exercise),
        agreements_(agreements),
        channel_state_(channel_state),
        corrections_(corrections),
        cases_(cases),
        read_backs_(read_backs),
        answers_(answers),
        conflicts_(conflicts) {}

  // The Released entry, which lives until the batch is sealed; or why the message may not be sent:
  // it is too large, or breaks a rule.
  Result<const wire::Entry*> release(Now now, Release release);

  // The message of which the draft makes one, in this role, without its body. Error: usage,
  // not_found.
  Result<Release> of_draft(Now now, const wire::Draft& draft, wire::Role role);
  // Why this draft (wire::Draft) would be refused for a rule, were it released now by whoever may:
  // the checks of release(), for those who write it, hand it in and read it.
  Status check_draft(Now now, ByteView draft);
  // All that the machine says of itself.
  Release by_machine(Now now, wire::MessageType type, uint8_t precedence) const;
  // Records it as released now, whatever the rules say: both parties signed for it long ago. The
  // envelope can be read.
  void take_back(Now now, uint64_t serial, TakenBack message);

  // An own message that gathers for the next commit; null when it does not.
  const MessageRecord* gathering(uint64_t serial) const;
  void seal() { gathering_ = {}; }

  // A message by what people call it. Error: not_found.
  Result<NamedMessage> resolve(const std::string& id);

  // A message by its serial, or where it has none of its own by its place.
  std::string name_of(MessageKey key, uint64_t serial) const;
  // As Cases::tell_decided_anew, after the release.
  void tell_decided_anew(Now now, MessageKey key) { cases_.tell_decided_anew(now, key); }

 private:
  // Salted where a salt is given; of a machine's message there is no more than the body's.
  struct Hashes {
    Hash body{};
    Hash name{};
    Hash request{};
  };
  // All but what is hashed.
  void complete(Now now, Release& release) const;
  static Hashes hash(const Release& release, const Hash& body_salt);
  Status check(const Release& release, const Bytes& envelope,
               const Result<Opened<wire::Body>>& body) const;
  // The message is kept, and whatever follows from it.
  const wire::Entry& keep(Now now, Release release, uint64_t serial, Bytes envelope,
                          const Hash& body_salt, const Hashes& hashes, const wire::Body* body);
  const wire::Entry& record(Now now, const Release& release, uint64_t serial, const Hash& leaf,
                            const Hashes& hashes, size_t size, bool read_back_differs);

  const CoreConfig& config_;
  Recorder& recorder_;
  Random& random_;
  Exercise& exercise_;
  Agreements& agreements_;
  ChannelState& channel_state_;
  Corrections& corrections_;
  Cases& cases_;
  ReadBacks& read_backs_;
  Answers& answers_;
  const Conflicts& conflicts_;
  SortedBlocks<uint64_t, size_t> gathering_;  // Serial -> place in the gathering batch.
};

// Beside the entry that was recorded last: lists show of `target` what another message says of it.
// The answers know of it already.
void note_effect_on(Recorder& recorder, const Answers& answers, Now now, MessageKey target,
                    const wire::Body& body, wire::Role role);

}  // namespace hotline
