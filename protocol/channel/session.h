// The links to the peer, of which one is in use: hello and adoption, frames handed to the parts
// they are for, probes, and how a link ends. A part that refuses a frame returns why, and the
// session closes the link; nothing else does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "protocol/channel/agreements.h"
#include "protocol/channel/claims.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/conflict_digests.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_state.h"
#include "protocol/channel/exercise.h"
#include "protocol/channel/inbox.h"
#include "protocol/channel/lane.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/outbox.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/recovery.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/channel/witness.h"

namespace hotline {

struct LinkStatus {
  wire::LinkState link = wire::LinkState::down;
  UtcMs link_since = 0;  // Without a link: when there was one last, at least; 0: never.
  std::string remote;
  int64_t round_trip_ms = -1;  // -1: not measured yet.
  int64_t clock_skew_ms = 0;   // The peer's clock minus ours.
  bool agreement_matches = true;
};

class Session {
 public:
  // All of them outlive it.
  Session(const CoreConfig& config, Recorder& recorder, Noise& noise, Conditions& conditions,
          Exercise& exercise, DiskState& disk, Agreements& agreements,
          ConflictDigests& conflict_digests, Witness& witness, Outbox& outbox, Inbox& inbox,
          Claims& claims, Recovery& recovery)
      : config_(config),
        recorder_(recorder),
        noise_(noise),
        conditions_(conditions),
        exercise_(exercise),
        disk_(disk),
        agreements_(agreements),
        conflict_digests_(conflict_digests),
        witness_(witness),
        outbox_(outbox),
        inbox_(inbox),
        claims_(claims),
        recovery_(recovery) {}

  // An entry that was read back: says when there was a link last, before this start.
  void apply(const wire::Entry& entry);
  void go_live(Now now) { alone_since_ = now.boot; }

  // As Core's of the same names.
  void link_opened(Now now, LinkId id, std::string remote);
  void frame_received(Now now, LinkId id, ByteView bytes);
  void link_closed(Now now, LinkId id, const std::string& reason) { drop(now, id, reason); }

  // We dialled, and this is why it came to nothing.
  void note_failure(Now now, const std::string& reason);

  // The link in use.
  std::optional<LinkId> adopted() const { return adopted_; }
  LinkStatus status() const;

  // Silence, probes, and a peer that is not reached.
  void tick(Now now);
  void ask_for_next_path(Now now);
  BootMs due() const;

  // The sealed batch is durable: our receipt for it, if it is a new one, and our messages leave.
  void committed(Now now, bool receipt_is_new);
  void send_receipt();
  void pump(Now now);
  // Tells the peer how full the disk is; and asks, once there is room again, for what was left.
  void tell_disk_room(Now now);
  // Tells the peer which agreement we follow from now on.
  void tell_agreement(Now now);
  void ask_for_what_was_left(Now now);
  // Says goodbye on every link.
  void close_all(Now now);

 private:
  // One link to the peer. Its life, from link_opened() on, with our hello sent:
  //
  //   greeting ──(the peer's hello)──▶ ready ──(ADOPT sent or received)──▶ adopted
  //                                                                            │
  //                                        (no room on the disk for its messages)
  //                                                                            ▼
  //                                                                         leaving
  //
  // It ends in any stage: closed by either side, or replaced by another that was adopted. Then it
  // is erased from links_. One link at most is adopted or leaving: adopted_.
  enum class Stage : uint8_t {
    greeting,
    ready,
    adopted,
    leaving,  // Messages are left, also those that follow; everything else goes on.
  };
  struct Link {
    std::string remote;
    Stage stage = Stage::greeting;
    BootMs opened_at = 0;  // On the boot clock, like every time here.
    BootMs heard_at = 0;
    BootMs adopted_at = 0;
    Claims::Before before;
    Claims::Shown shown;
    Lane lane;
    uint64_t barrier = 0;     // Messages wait until this batch is durable.
    std::deque<Bytes> stash;  // Frames that wait for the barrier.
    size_t stash_bytes = 0;
    BootMs probe_sent_at = 0;
    uint64_t probe_sequence = 0;
    int probes_unanswered = 0;
    bool probe_answered = true;  // The newest one.
  };
  using Refused = std::optional<Refusal>;

  // session_hello.cc
  Bytes hello_frame(Now now) const;
  Refused on_hello(Now now, LinkId id, Link& link, const wire::Hello& hello);
  Refused check_identity(const wire::Hello& hello) const;
  Status compare_prefixes(const wire::Hello& hello) const;
  // Closes the links that it replaces, never its own.
  void adopt(Now now, LinkId id, Link& link);

  // session.cc
  void make_room_for_link(Now now);
  Refused on_frame(Now now, LinkId id, Link& link, const wire::Frame& frame, ByteView bytes);
  // On the adopted link.
  Refused on_channel_frame(Now now, LinkId id, Link& link, const wire::Frame& frame,
                           ByteView bytes);
  Refused on_messages(Now now, LinkId id, Link& link, const wire::Messages& messages,
                      ByteView bytes);
  void on_probe(Now now, LinkId id, const wire::Probe& probe);
  void on_probe_reply(Now now, Link& link, const wire::ProbeReply& reply);
  void on_close(Now now, LinkId id, const wire::Close& close);
  void on_clock(Now now, int64_t peer_clock, int64_t round_trip_ms);
  void unstash(Now now, LinkId id);
  void send_receipt(LinkId id, const Link& link);
  BootMs link_due(const Link& link) const;
  void tick_link(Now now, LinkId id);
  BootMs alone_due() const;
  void tell_alone(Now now);
  // Why no link came to be, or why the last one ended. One that was refused is told at once.
  void note_no_link(Now now, const std::string& reason, bool is_refused);
  void raise_link_down(Now now);
  BootMs trusted_due() const;
  // There is one: that there was none is over.
  void note_link(Now now);
  void send_probe(Now now, LinkId id, Link& link);
  // Tells the peer why, closes, and keeps a record: what was refused must be explainable.
  void close(Now now, LinkId id, const Refusal& refusal);
  void drop(Now now, LinkId id, const std::string& reason);

  const CoreConfig& config_;
  Recorder& recorder_;
  Noise& noise_;
  Conditions& conditions_;
  Exercise& exercise_;
  DiskState& disk_;
  Agreements& agreements_;
  ConflictDigests& conflict_digests_;
  Witness& witness_;
  Outbox& outbox_;
  Inbox& inbox_;
  Claims& claims_;
  Recovery& recovery_;

  std::map<LinkId, Link> links_;
  std::optional<LinkId> adopted_;
  UtcMs link_since_ = 0;
  BootMs alone_since_ = 0;  // Without a link: when the peer was heard last.
  bool alone_told_ = false;
  std::string no_link_reason_;  // The last one.
  bool was_refused_ = false;    // By either side, and no link has lasted since.
  int64_t round_trip_ms_ = -1;
  int64_t clock_skew_ms_ = 0;
  int skew_level_ = 0;
};

}  // namespace hotline
