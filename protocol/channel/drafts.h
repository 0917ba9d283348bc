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

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/channel/channel_state.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/draft_list.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/releases.h"

namespace hotline {

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

  // A draft that waits for its release is a condition: raises those that do, and ends the others.
  void tell_waiting(Now now);
  // The same, at its first call after a start alone.
  void note_conditions(Now now);
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
  bool is_told_ = false;
};

}  // namespace hotline
