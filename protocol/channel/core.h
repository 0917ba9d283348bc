// The core: one party's side of one channel, as plain deterministic code. It is told the time and
// handed bytes, requests and the outcome of commits; it answers with a Batch to make durable and
// with Effects to perform.
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
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/base/noise_gate.h"
#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_room.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/escalation.h"
#include "protocol/channel/evidence.h"
#include "protocol/channel/exports.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/outbox.h"
#include "protocol/channel/own_transcript.h"
#include "protocol/channel/peer_transcript.h"
#include "protocol/channel/policy.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/records.h"
#include "protocol/channel/submissions.h"
#include "protocol/channel/wire_generated.h"
#include "protocol/channel/witness.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"
#include "protocol/message/geo.h"
#include "protocol/message/serial.h"

namespace hotline {

struct CoreStatus {
  wire::LinkState link = wire::LinkState::down;
  UtcMs link_since = 0;
  std::string remote;
  int64_t round_trip_ms = -1;  // -1: not measured yet.
  int64_t clock_skew_ms = 0;   // The peer's clock minus ours.
  uint64_t journal_size = 0;   // Durable.
  uint64_t own_size = 0;
  uint64_t own_receipted = 0;
  uint64_t peer_size = 0;
  Hash own_root{};
  Hash peer_root{};
  std::array<uint32_t, 4> queued{};
  uint32_t unreceipted = 0;
  bool agreement_matches = true;
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
  ~Core();

  Status replay(uint64_t index, ByteView entry);
  // After the last entry; a journal without any is founded now. `stored_root` is the journal's root
  // as the store has it; another one means that the store is damaged.
  Status start(Now now, const Hash& stored_root);

  void link_opened(Now now, LinkId link, std::string remote);
  void frame_received(Now now, LinkId link, ByteView frame);
  void link_closed(Now now, LinkId link, const std::string& reason);
  // A stranger who knocked, or who could not show whom it is.
  void link_refused(Now now, const std::string& remote, const std::string& reason);

  // A person submits a draft (wire::Draft). The outcome comes as AnswerSubmission with this token.
  // With a `key` of the caller's own, the core takes the counter itself (wire::Submit).
  void submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
              std::string_view key = {});
  // The outcome of a StartAttempt, also of one that was stopped.
  void attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                     const std::string& detail);
  // A person's request was refused. Of each person the first few a minute are recorded one by one.
  void record_refusal(Now now, const Actor& actor, const Error& error);
  // An auditor takes an export: AnswerExport with this token follows, once that is recorded and the
  // peer has cosigned the journal or did not answer soon. Beyond the first few of a person in a
  // minute it follows at once, and they are recorded as a number.
  void record_export(Now now, uint64_t token, const Actor& actor);
  // Looks whether every message that waits has a deadline and an end, and alarms where not: the
  // ladder is judged by what it promised, and not by its own agenda. Looks at every open message.
  void look_after_ladder(Now now);
  // Something that the daemon noticed and the watch must know: journaled, and told by Alarm.
  void raise_alarm(Now now, const std::string& text) { recorder_.alarm(now, {}, text); }

  // How much room the disk of the store has. To be told after every commit, and once a second. As
  // long as it is not plenty, new messages are refused but for FLASH and what ends a wait.
  void set_disk_room(Now now, const DiskRoom& room);

  void tick(Now now);
  BootMs wake_at() const;

  bool wants_commit() const;
  // Null when there is nothing to commit.
  std::shared_ptr<const Batch> seal(Now now);
  void committed(Now now);
  std::vector<Effect> take_effects();
  void stop(
      Now now);  // Says goodbye on every link and records the stop; commit once more, then destroy.

  CoreStatus status() const;
  uint64_t journal_size() const { return recorder_.durable().journal_size; }
  // As the journal tells of them; after replay(), what the store must hold.
  uint64_t own_size() const { return recorder_.own().frontier().size(); }
  uint64_t last_serial() const { return recorder_.own().last_serial(); }
  uint64_t peer_size() const { return recorder_.peer().frontier().size(); }
  uint64_t last_counter(const Hash& certificate) const;
  const Ladder& ladder() const { return escalation_.ladder(); }
  const CoreConfig& config() const { return config_; }

 private:
  // One link to the peer. Its life: hello sent -> hello received -> adopted -> closed (erased from
  // links_).
  struct Link {
    std::string remote;
    BootMs opened_at = 0;  // On the boot clock, like every time here.
    BootMs heard_at = 0;
    bool hello_received = false;
    // The peer's hello must show at least this. It may be older than what came on another link
    // since.
    uint64_t own_receipted_before = 0;
    uint64_t peer_size_before = 0;
    uint64_t resend_from = 0;         // The peer holds our transcript up to here.
    uint64_t peer_holds_receipt = 0;  // Size of the newest of our receipts that the peer showed.
    Lane lane;
    uint64_t barrier = 0;     // Messages wait until this batch is durable.
    std::deque<Bytes> stash;  // Frames that wait for the barrier.
    size_t stash_bytes = 0;
    BootMs probe_sent_at = 0;
    uint64_t probe_sequence = 0;
    int probes_unanswered = 0;
    bool probe_answered = true;    // The newest one.
    bool leaves_messages = false;  // For want of room: also those that follow.
    bool peer_is_old = false;      // It showed less of its transcript than we receipted.
  };
  // A leaf of the peer's that is not durable yet.
  struct PeerLeaf {
    uint64_t index = 0;
    Hash leaf_hash{};
  };
  // What the rules say of a message of the peer.
  struct Judgement {
    wire::DeclineCode code = wire::DeclineCode::unset;  // Unset: the message stands.
    std::string reason;
    uint64_t serial = 0;
    std::optional<MessageKey> refers_to;
    bool answer_due = false;
    std::optional<ReadBackDifference> mismatch;
  };

  // core.cc: recording and its consequences
  template <typename Build>
  uint64_t record(Now now, Build build, std::optional<SaltedText> name = std::nullopt) {
    apply(recorder_.record(now, build, std::move(name)));
    return recorder_.last_index();
  }
  void apply(const wire::Entry& entry);                  // Decisions: at once.
  void apply_durable(const wire::Entry& entry, Now at);  // Consequences: after the commit.
  void note_clock(Now now);

  // core_links.cc
  Bytes hello_frame(Now now) const;
  void on_hello(Now now, LinkId id, Link& link, const wire::Hello& hello);
  Status compare_prefixes(const wire::Hello& hello) const;
  Status judge_claims(Now now, Link& link, const wire::Hello& hello);
  Status judge_own_claim(Now now, Link& link, const wire::Hello& hello);
  Status judge_peer_claim(Now now, Link& link, const wire::Hello& hello);
  Hash peer_root_at(uint64_t size);
  void adopt(Now now, LinkId id);
  void on_close(Now now, LinkId id, const Link& link, const wire::Close& close);
  void unstash(Now now, LinkId id);
  void on_clock(Now now, int64_t peer_clock, int64_t round_trip_ms);
  BootMs link_due(const Link& link) const;
  BootMs alone_due() const;
  void tell_alone(Now now);
  void tick_links(Now now);
  void send_probe(Now now, LinkId id);
  void drop_link(Now now, LinkId id, const std::string& reason);
  void refuse_link(Now now, LinkId id, wire::CloseReason reason, const std::string& text);

  void pump(Now now);

  // Why an entry that is read back cannot follow those before it; null when it can.
  const char* fault_in(const wire::Entry& entry) const;
  Status compare_prefix_with_records();

  void make_room_for_link(Now now);
  bool has_room_for(uint64_t bytes, uint64_t count) const;
  void leave_messages(Now now, Link& link);
  void ask_for_what_was_left(Now now);

  void ask_for_next_path(Now now);

  // core_peer_messages.cc
  void on_messages(Now now, LinkId id, const wire::Messages& messages);
  // A message of the peer as it came, with its leaf. Borrows the frame.
  struct Arrival {
    Hash leaf{};
    ByteView envelope;
    ByteView body;
    Hash salt{};
    Result<Opened<wire::Envelope>> opened;
  };
  static Arrival open_arrival(const wire::Message& message, const Hash& leaf);
  // The first that came without the body that its envelope names; as many as there are, if none.
  static size_t first_without_body(const std::vector<Arrival>& arrivals);
  // Keeps it and judges it.
  void receive(Now now, uint64_t index, const Arrival& arrival);
  Judgement judge(const wire::Envelope& envelope, const Hash& leaf, ByteView body);
  std::optional<Hash> known_peer_leaf(uint64_t serial);
  std::optional<MessageKey> known_reference(const wire::Reference& named);
  std::optional<MessageKey> key_at(const Serial& place);
  std::optional<ReadBackDifference> read_back_mismatch(MessageKey own,
                                                       const wire::Body& acknowledgement);
  void sign_receipt(Now now);
  void send_receipt(LinkId id);

  void decline(Now now, uint64_t index, const Hash& leaf, const wire::Envelope* envelope,
               const Judgement& judgement);

  CoreConfig config_;
  ChannelTrust trust_;
  Random& random_;
  Now started_;

  // Derived from the journal.
  Recorder recorder_;
  Noise noise_;
  DiskState disk_;
  Evidence evidence_;
  Escalation escalation_;
  Witness witness_;
  Exports exports_;
  Releases releases_;
  Submissions submissions_;
  Outbox outbox_;
  // Serials of the peer that are not durable yet, and so not in records_, with their leaf hashes.
  SortedBlocks<uint64_t, PeerLeaf> gathering_peer_serials_;
  SortedBlocks<uint64_t, PeerLeaf> sealed_peer_serials_;
  std::string peer_checkpoint_;  // Newest one received; its size is peer_.frontier().size().
  // Bytes of the peer's messages that are not durable yet.
  size_t gathering_peer_bytes_ = 0;
  size_t sealed_peer_bytes_ = 0;

  // Links and clocks: gone at a restart.
  std::map<LinkId, Link> links_;
  std::optional<LinkId> adopted_;
  UtcMs link_since_ = 0;
  BootMs alone_since_ = 0;  // Without a link: when the peer was heard last.
  bool alone_told_ = false;
  int64_t round_trip_ms_ = -1;
  int64_t clock_skew_ms_ = 0;
  int skew_level_ = 0;
  bool agreement_matches_ = true;
  std::optional<int64_t> clock_offset_;  // utc - boot, to notice steps of the wall clock.
};

}  // namespace hotline
