// The core: one party's side of one channel, as plain deterministic code. It is told the time and
// handed bytes, requests and the outcome of commits; it answers with a Batch to make durable and
// with Effects to perform. It is a face: its parts do the work, and docs/architecture.md says which
// keeps what.
//
// Durable before spoken: what promises something is given out as an effect only after committed()
// for the batch that holds what it promises. One batch at a time is on its way to disk; meanwhile
// the next one gathers (group commit).
//
// A driver (the daemon, the simulator) uses it so:
//   replay() every journal entry in order, then start();
//   on every event call the method that fits, then: perform take_effects(), in order; while no
//   batch is on its way and wants_commit(), seal() and hand the batch to the store; call
//   committed() when it is durable; call tick() at wake_at(), and at least twice a second.
// When a commit failed, or may have failed: destroy the core and build a new one from the journal.
// Not thread-safe, never blocks except in Records.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/after_recovery.h"
#include "protocol/channel/agreements.h"
#include "protocol/channel/answers.h"
#include "protocol/channel/cases.h"
#include "protocol/channel/channel_state.h"
#include "protocol/channel/claims.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/conflict_digests.h"
#include "protocol/channel/conflicts.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/corrections.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/drafts.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/exercise.h"
#include "protocol/channel/exports.h"
#include "protocol/channel/flash_share.h"
#include "protocol/channel/handover.h"
#include "protocol/channel/inbox.h"
#include "protocol/channel/ladder_by_hand.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/outbox.h"
#include "protocol/channel/pauses.h"
#include "protocol/channel/read_backs.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/recovery.h"
#include "protocol/channel/releases.h"
#include "protocol/channel/session.h"
#include "protocol/channel/submissions.h"
#include "protocol/channel/witness.h"

namespace hotline {

struct CoreStatus : LinkStatus {
  uint64_t journal_size = 0;  // Durable.
  uint64_t own_size = 0;
  uint64_t own_receipted = 0;
  uint64_t peer_size = 0;
  Hash own_root{};
  Hash peer_root{};
  std::array<uint32_t, 4> queued{};
  uint32_t unreceipted = 0;
  std::string numbering_stopped;  // Why nothing more is sent; empty while all is well.
  std::string own_checkpoint;
  std::string own_receipt;
  std::string peer_receipt;
  bool disk_low = false;
  bool peer_flash_only = false;
};

class Core {
 public:
  // `started`: when this core was made; what the journal says lies before it.
  Core(CoreConfig config, Records& records, Random& random, Now started);
  Core(const Core&) = delete;  // Its parts refer to each other.
  Core& operator=(const Core&) = delete;

  // The entries of the journal, in order. An entry that cannot follow those before it fails: the
  // store is damaged.
  Status replay(uint64_t index, ByteView entry);
  // After the last entry, at the time at which the core was made: a clock that was set while the
  // journal was replayed is noticed. A journal without any entry is founded now. `stored_root` is
  // the journal's root as the store has it; another one means that the store is damaged.
  Status start(const Hash& stored_root);

  void link_opened(Now now, LinkId link, std::string remote) {
    session_.link_opened(now, link, std::move(remote));
  }
  void frame_received(Now now, LinkId link, ByteView frame) {
    session_.frame_received(now, link, frame);
  }
  void link_closed(Now now, LinkId link, const std::string& reason) {
    session_.link_closed(now, link, reason);
  }
  // A stranger who knocked, or who could not show whom it is.
  void link_refused(Now now, const std::string& remote, const std::string& reason);

  // A person submits a draft (wire::Draft). The outcome comes as AnswerSubmission with this token.
  // With a `key` of the caller's own, the core takes the counter itself (wire::Submit). With the
  // number of a saved draft, whose bytes these are, the draft ends with it; 0: none.
  void submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
              std::string_view key = {}, uint64_t draft_number = 0) {
    submissions_.submit(now, token, actor, counter, draft, key, draft_number);
  }
  // A person saves a draft (wire::Draft) for later: a new one for the number 0, or in place of the
  // version with the hash `expected`. It may break rules that a message keeps. The outcome of both
  // comes as AnswerDraft with this token.
  void save_draft(Now now, uint64_t token, const Actor& actor, uint64_t number,
                  const std::optional<Hash>& expected, ByteView draft) {
    drafts_.save(now, token, actor, number, expected, draft);
  }
  void discard_draft(Now now, uint64_t token, const Actor& actor, uint64_t number) {
    drafts_.discard(now, token, actor, number);
  }
  // A person hands a draft in, so that another one releases the version with this hash, which
  // submit() does with its number; or ends its wait: withdraws it, or gives it back with a reason.
  // The outcome comes as AnswerDraft.
  void submit_draft(Now now, uint64_t token, const Actor& actor, uint64_t number,
                    const Hash& hash) {
    drafts_.submit(now, token, actor, number, hash);
  }
  // Why this draft (wire::Draft) would be refused for a rule, were it released now by whoever may.
  Status check_draft(Now now, ByteView draft) { return releases_.check_draft(now, draft); }
  void return_draft(Now now, uint64_t token, const Actor& actor, uint64_t number, const Hash& hash,
                    const std::string& reason) {
    drafts_.give_back(now, token, actor, number, hash, reason);
  }
  // A person of the outgoing watch signs this list; one of the incoming watch accepts the list that
  // the entry `started` has, under the hash under which it was read, with a tick for each item. The
  // outcome of both comes as AnswerHandover.
  void start_handover(Now now, uint64_t token, const Actor& actor,
                      const std::vector<HandoverItem>& items, const std::string& note) {
    handover_.start(now, token, actor, items, note);
  }
  void accept_handover(Now now, uint64_t token, const Actor& actor, uint64_t started,
                       const Hash& hash, const std::vector<uint32_t>& ticks) {
    handover_.accept(now, token, actor, started, hash, ticks);
  }
  // A person pauses the ladder of a message, by its id, until then, or ends a pause: 0. The outcome
  // comes as AnswerLadder with this token, as of the next.
  void pause_ladder(Now now, uint64_t token, const Actor& actor, const std::string& id, UtcMs until,
                    const std::string& reason) {
    pauses_.pause(now, token, actor, id, until, reason);
  }
  // A director sets the clock of the exercise. The outcome comes as AnswerExerciseClock.
  void set_exercise_clock(Now now, uint64_t token, const Actor& actor, const ClockOrder& order);
  // A person escalates a message by hand: its next rung is told now, and one that was acknowledged
  // waits again.
  void raise_ladder(Now now, uint64_t token, const Actor& actor, const std::string& id,
                    const std::string& reason) {
    by_hand_.raise(now, token, actor, id, reason);
  }
  // A person may have a trial notice sent through each command of a rung; the driver sends them,
  // and then tells how it ended. AnswerLadder comes with this token once that is durable.
  Status check_trial(const Actor& actor) const { return by_hand_.check_trial(actor); }
  void record_trial(Now now, uint64_t token, const Actor& actor,
                    const std::vector<TriedNotifier>& tried) {
    by_hand_.record_trial(now, token, actor, tried);
  }
  // A person records how a guarantor stands to the case to which this name leads; of the note the
  // guarantor, the standing and the reason count. The outcome comes as AnswerCase.
  void note_guarantor(Now now, uint64_t token, const Actor& actor, const std::string& name,
                      const GuarantorNote& note) {
    cases_.note_guarantor(now, token, actor, name, note);
  }
  // A supervisor confirms the recovery that began this epoch. The outcome comes as AnswerRecovery.
  void confirm_recovery(Now now, uint64_t token, const Actor& actor, uint64_t epoch) {
    after_recovery_.confirm(now, token, actor, epoch);
  }
  // A supervisor resolves a fork of the peer's transcript, or of its journal. Likewise.
  void resolve_fork(Now now, uint64_t token, const Actor& actor, bool journal) {
    after_recovery_.resolve(now, token, actor, journal);
  }
  // The outcome of a StartAttempt, also of one that was stopped.
  void attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                     const std::string& detail) {
    escalation_.attempt_ended(now, attempt, outcome, detail);
  }
  // A person's request was refused. The first few of each person in a minute are recorded one by
  // one.
  void record_refusal(Now now, const Actor& actor, const Error& error) {
    noise_.record_refusal(now, actor, error);
  }
  // This store lacks what the peer holds, and takes it back (protocol/channel/recovery.h). Its
  // journal gives no checkpoint meanwhile: it could contradict those of the lost store.
  bool is_recovering() const { return evidence_.is_recovering(); }
  // An auditor takes an export: AnswerExport with this token follows, once that is recorded and the
  // peer has cosigned the journal or did not answer soon. Beyond the first few of a person in a
  // minute it follows at once, and they are recorded as a number.
  void record_export(Now now, uint64_t token, const Actor& actor) {
    exports_.record(now, token, actor);
  }
  // Looks whether every message that waits has a deadline and an end, and alarms where not: the
  // ladder is judged by what it promised, and not by its own agenda. Looks at every open message.
  void look_after_ladder(Now now) {
    escalation_.look_after_ladder(now, (exercise_.clock().speed_permille() + 999) / 1000);
  }
  // How things stand that the daemon sees and the core does not: the certificates, the log, the
  // commands. As Conditions' raise(), clear() and set().
  void raise_condition(Now now, ConditionCode code, const std::string& subject,
                       const std::string& text) {
    conditions_.raise(now, code, subject, text);
  }
  void clear_condition(Now now, ConditionCode code, const std::string& subject) {
    conditions_.clear(now, code, subject);
  }
  void set_conditions(Now now, ConditionCode code,
                      const std::map<std::string, std::string>& texts) {
    conditions_.set(now, code, texts);
    if (code == ConditionCode::command_missing) escalation_.review_unreachable(now);
  }
  // Something that the daemon noticed and the watch must know: journaled, and told by Alarm.
  void raise_alarm(Now now, const std::string& text) { recorder_.alarm(now, {}, text); }

  // The room on the disk of the store: tell it after every commit, and once a second. As
  // long as it is not plenty, new messages are refused but for FLASH and what ends a wait.
  void set_disk_room(Now now, const DiskRoom& room);

  void tick(Now now);
  // When tick() has something to do, by the machine's clock; INT64_MAX: never, as for due() of each
  // part.
  BootMs wake_at() const;
  // The time of this channel; every `now` above and below is one.
  Now channel_time(Now machine) const { return exercise_.clock().at(machine); }

  bool wants_commit() const;
  // Null when there is nothing to commit.
  std::shared_ptr<const Batch> seal(Now now);
  void committed(Now now);
  std::vector<Effect> take_effects() { return recorder_.take_effects(); }
  // Says goodbye on every link and records the stop; commit once more, then destroy.
  void stop(Now now);

  CoreStatus status() const;
  uint64_t journal_size() const { return recorder_.durable().journal_size; }
  // As the journal tells of them; after replay(), what the store must hold.
  uint64_t own_size() const { return recorder_.own().frontier().size(); }
  uint64_t last_serial() const { return recorder_.own().last_serial(); }
  uint64_t peer_size() const { return recorder_.peer().frontier().size(); }
  uint64_t last_counter(const Hash& certificate) const {
    return submissions_.last_counter(certificate);
  }
  Agreements& agreements() { return agreements_; }
  const ChannelState& channel_state() const { return channel_state_; }
  Corrections& corrections() { return corrections_; }
  Cases& cases() { return cases_; }
  Answers& answers() { return answers_; }
  const Conflicts& conflicts() const { return conflicts_; }
  const Conditions& conditions() const { return conditions_; }
  const DraftList& drafts() const { return drafts_.durable(); }
  const Handover& handover() const { return handover_; }
  const Pauses& pauses() const { return pauses_; }
  const Exercise& exercise() const { return exercise_; }
  const ExerciseClock& exercise_clock() const { return exercise_.clock(); }
  // When the ladder has something to decide, by Now::timer(); INT64_MAX: never.
  BootMs ladder_due() const { return escalation_.ladder_due(); }
  // The next deadline by this channel's clock, and the part that has it; a deadline that has passed
  // is one of the ladder's, which decides in bites.
  struct NextDue {
    UtcMs at = 0;
    const char* of = "";  // A word for programs.
  };
  std::optional<NextDue> next_due(Now now) const;
  ConflictComparison conflicts_compared() const { return conflict_digests_.last(); }
  const Ladder& ladder() const { return escalation_.ladder(); }
  // With the policy of the agreement in force.
  const CoreConfig& config() const { return config_; }
  // The name of the person of whom an entry speaks; empty where there is none any more.
  std::string person_at(uint64_t journal_index) { return recorder_.person_at(journal_index); }
  // A message as people call it.
  std::string name_of(MessageKey key) { return recorder_.name_of(config_, key); }

 private:
  Status check_owner(const wire::Entry& first) const;
  const char* fault_in(const wire::Entry& entry) const;
  // Runs what follows once an entry is on disk. Its part has changed its state already, when the
  // entry was recorded.
  void apply_durable(uint64_t journal_index, const wire::Entry& entry, Now at);
  Status compare_prefix_with_records();
  void begin_agreements(Now now);  // Those whose time has come.
  void follow_policy(Now now, const Separation& before);
  void note_clock(Now now);
  void follow_exercise(Now now);
  // A jump of the exercise's clock goes from one thing that is due to the next.
  void walk(Now now);
  bool walk_waits(Now now);
  bool has_receipts_to_come() const;
  BootMs walk_due() const;

  CoreConfig config_;
  ChannelTrust trust_;
  Now started_;
  std::optional<int64_t> clock_offset_;  // Wall clock - boot, to notice steps of the wall clock.
  Now ticked_;                           // When it was told the time last.
  std::optional<BootMs> walk_waits_since_;

  // Each knows only the earlier ones.
  Recorder recorder_;
  Persons persons_;
  Noise noise_;
  Conditions conditions_;
  Exercise exercise_;
  DiskState disk_;
  Evidence evidence_;
  AfterRecovery after_recovery_;
  Agreements agreements_;
  FlashShare flash_share_;
  ChannelState channel_state_;
  Escalation escalation_;
  Corrections corrections_;
  Cases cases_;
  ReadBacks read_backs_;
  Answers answers_;
  Conflicts conflicts_;
  ConflictDigests conflict_digests_;
  Witness witness_;
  Exports exports_;
  Releases releases_;
  Drafts drafts_;
  Handover handover_;
  Pauses pauses_;
  LadderByHand by_hand_;
  Submissions submissions_;
  Outbox outbox_;
  Inbox inbox_;
  Recovery recovery_;
  Claims claims_;
  Session session_;
};

}  // namespace hotline
