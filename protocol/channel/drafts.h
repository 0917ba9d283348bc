// Drafts: what people wrote down to be sent later. The whole watch sees them and may change them;
// they outlive every restart, and end when they are sent or discarded. The journal has their bytes,
// a new entry for each version; here stands what must be known to change, send and list them.
//
// A version that two people release (protocol/message/two_person.h) is handed in first:
//
//   open ──submit──▶ handed in ──release, by another person──▶ sent
//     ▲                 │
//     └─ withdraw, give back, or save a later version ─┘
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/channel/channel_state.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"

namespace hotline {

// Something that a person did to a draft.
struct DraftStep {
  UtcMs at = 0;                // 0: nobody did.
  uint64_t journal_index = 0;  // Its entry has the person's name.
  uint8_t role = 0;
  Hash person{};  // SHA-256 of the certificate.

  bool operator==(const DraftStep&) const = default;
};

// A draft in its newest version.
struct KeptDraft {
  uint64_t number = 0;         // People call it D-3.
  uint32_t version = 0;        // From 1.
  uint64_t journal_index = 0;  // Its entry has the bytes, and the name of who saved it.
  Hash hash{};                 // SHA-256 of its bytes.
  uint8_t type = 0;
  uint8_t precedence = 0;  // 0: not said yet.
  bool danger_to_life = false;
  std::string subject;  // Cut as in a list.
  UtcMs saved_at = 0;
  uint8_t role = 0;
  Hash submitter{};              // SHA-256 of the certificate of who saved it.
  DraftStep submitted;           // It waits for its release.
  DraftStep returned;            // It waits no more, and was not changed since.
  std::string returned_because;  // Empty: withdrawn.
  // The conflict that it accepts, as it stood (Conflicts::check_accepted); else empty.
  std::vector<std::string> accepts;
  Bytes draft;  // As it was saved; empty once it has ended.

  // The entry of the last step.
  uint64_t last_index() const {
    return std::max({journal_index, submitted.journal_index, returned.journal_index});
  }
  bool operator==(const KeptDraft&) const = default;
};

struct EndedDraft {
  KeptDraft last;
  uint64_t serial = 0;  // The message that was made from it; 0: it was discarded.
  UtcMs at = 0;
  uint8_t role = 0;
  uint64_t journal_index = 0;

  bool operator==(const EndedDraft&) const = default;
};

// Drafts as the journal tells of them, up to one of its entries.
class DraftList {
 public:
  using Open = std::map<uint64_t, KeptDraft>;

  // By number.
  const Open& open() const { return open_; }
  // Null where none is open under this number; where none of those that ended lately had it.
  const KeptDraft* find(uint64_t number) const;
  const EndedDraft* find_ended(uint64_t number) const;
  uint64_t last_number() const { return last_number_; }
  size_t count_submitted() const;
  // Those that are open, by precedence, and of one precedence the one first that has waited
  // longest: since it was handed in, or else saved. One without a precedence comes last.
  std::vector<const KeptDraft*> waiting() const;
  // Says what became of one that is not open, for a person. `prefix`: of our messages.
  Error why_not_open(uint64_t number, const std::string& prefix) const;

  // Why this entry cannot be the next; null when it can.
  const char* fault_in(const wire::Entry& entry) const;
  void apply(uint64_t journal_index, const wire::Entry& entry);

  bool operator==(const DraftList&) const = default;

 private:
  void end(uint64_t number, EndedDraft ended);

  Open open_;
  std::map<uint64_t, EndedDraft> ended_;  // limits::kDraftsEndedKept of them, the highest numbers.
  uint64_t last_number_ = 0;
};

class Drafts {
 public:
  // All of them outlive it.
  Drafts(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
         const DiskState& disk, const ChannelState& channel_state, Conditions& conditions,
         const Conflicts& conflicts, Releases& releases)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        disk_(disk),
        channel_state_(channel_state),
        conditions_(conditions),
        conflicts_(conflicts),
        releases_(releases) {}

  // As Core::save_draft and Core::discard_draft.
  void save(Now now, uint64_t token, const Actor& actor, uint64_t number,
            const std::optional<Hash>& expected, ByteView draft);
  void discard(Now now, uint64_t token, const Actor& actor, uint64_t number);
  // As Core::submit_draft and Core::return_draft.
  void submit(Now now, uint64_t token, const Actor& actor, uint64_t number, const Hash& hash);
  void give_back(Now now, uint64_t token, const Actor& actor, uint64_t number, const Hash& hash,
                 const std::string& reason);

  // Refuses one that the channel does not take now, and says when it goes; and one that accepts a
  // conflict which stands otherwise by now.
  Status check_goes(UtcMs now, const KeptDraft& draft) const;
  // The refusal of a kept draft for a rule, with what to do with the draft.
  static Error with_way_out(const Error& refusal, const KeptDraft& draft);
  // The role in which this person releases what was handed in. Errors: refused where it was not;
  // not_allowed where the person has no such role, or wrote it or handed it in: by whatever
  // certificate, as far as names can tell.
  Result<wire::Role> check_release(const KeptDraft& draft, const Actor& actor) const;
  // The draft that is sent under its number, byte for byte. Errors: not_found, refused where
  // it was saved again.
  Result<KeptDraft> find_submitted(uint64_t number, ByteView draft) const;

  // Says which of them wait for their release now: a draft that waits is a condition.
  void tell_waiting(Now now);
  // An effect that may tell of the newest version, or the end, of this draft: once that is durable.
  void say_of(uint64_t number, Effect effect);

  // The durable ones, for whoever shows them.
  const DraftList& durable() const { return durable_; }

  const char* fault_in(const wire::Entry& entry) const { return current_.fault_in(entry); }
  // The entry that was recorded last.
  void apply(const wire::Entry& entry) { current_.apply(recorder_.last_index(), entry); }
  void apply_durable(uint64_t journal_index, const wire::Entry& entry) {
    durable_.apply(journal_index, entry);
  }

 private:
  // This person wrote it or handed it in, by whatever certificate, as far as names can tell.
  bool is_own(const KeptDraft& draft, const Actor& actor) const;
  // Everything that save() and discard() do; an error is told to the person.
  Status try_save(Now now, uint64_t token, const Actor& actor, uint64_t number,
                  const std::optional<Hash>& expected, ByteView bytes);
  Status try_discard(Now now, uint64_t token, const Actor& actor, uint64_t number);
  Status try_submit(Now now, uint64_t token, const Actor& actor, uint64_t number, const Hash& hash);
  Status try_give_back(Now now, uint64_t token, const Actor& actor, uint64_t number,
                       const Hash& hash, const std::string& reason);
  // The open draft where its newest version is this one.
  Result<KeptDraft> find_version(uint64_t number, const Hash& hash) const;
  // Refuses a draft that accepts a conflict otherwise than as it stands, with what to do with it.
  Status check_accepted(const KeptDraft& draft) const;
  // Answers with what became of the draft by the entry that was recorded last.
  void answer_step(Now now, uint64_t token, const KeptDraft& draft);
  // Tells the person, and the record.
  void refuse(Now now, uint64_t token, const Actor& actor, uint64_t number, const Error& error);
  // Refuses a new draft that accepts a conflict which an open one accepts already.
  Status check_accepted_once(const wire::Draft& draft) const;
  // One more may be open.
  Status check_place(uint8_t precedence) const;
  // The open draft, or why there is none under this number.
  Result<KeptDraft> find(uint64_t number) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  const DiskState& disk_;
  const ChannelState& channel_state_;
  Conditions& conditions_;
  const Conflicts& conflicts_;
  Releases& releases_;
  DraftList current_;  // With what is not durable yet.
  DraftList durable_;
};

}  // namespace hotline
