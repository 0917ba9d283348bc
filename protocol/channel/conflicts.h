// The notices of both parties, held against each other: which volumes of the one come too near to
// which of the other. Both hold the same notices and corrections, and compute in integers, so that
// both find the same.
//
// A conflict is found when the second of its notices is durable here. It ends when a notice is
// changed or cancelled so that they keep the separation, when both parties accept it, or when the
// time for it has passed. Where several volumes of the two come too near, it is about the pair that
// comes nearest, and once the time for that one has passed, about the nearest of the others.
// Notices that are held against nothing (Kind::announces_place) are kept
// beside the others, so that all that is announced can be listed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/corrections.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/recorder.h"
#include "protocol/geometry/volume_index.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {

// Two volumes that come too near, by their numbers in their notices, from 1.
struct VolumePair {
  uint32_t own = 0;
  uint32_t peers = 0;
  Nearness nearness;
};

struct Conflict {
  MessageKey own;
  MessageKey peers;
  uint64_t peers_serial = 0;
  uint32_t own_volume = 0;  // Its number in its notice, from 1: the pair that comes nearest.
  uint32_t peers_volume = 0;
  Nearness nearness;
  uint32_t pairs = 1;  // Of their volumes that come too near and are not over.
  bool accepted_by_us = false;
  bool accepted_by_peer = false;
  // The serials of the notices' last corrections, 0 where there is none: what an acceptance names.
  uint64_t own_version = 0;
  uint64_t peers_version = 0;
  // The ANSWER by which each party accepted it last. One that is named although that party does not
  // accept it has lapsed: it was said of an earlier state of the two.
  std::optional<MessageKey> own_acceptance = {};
  std::optional<MessageKey> peers_acceptance = {};
  // The other pairs, the nearest first; only where it was asked for (Conflicts::check, others_of).
  std::vector<VolumePair> others = {};
  // How near the two come as they stand, where a change of ours is only asked about.
  std::optional<Nearness> before = {};

  std::optional<MessageKey> own_lapsed() const {
    return accepted_by_us ? std::nullopt : own_acceptance;
  }
  std::optional<MessageKey> peers_lapsed() const {
    return accepted_by_peer ? std::nullopt : peers_acceptance;
  }
  bool is_open() const { return !accepted_by_us || !accepted_by_peer; }
};

// A notice that was neither cancelled nor is over, as its newest state has it.
struct ActiveNotice {
  MessageKey key;
  UtcMs start = 0;
  UtcMs end = 0;
  size_t conflicts = 0;  // Open ones.
  size_t accepted = 0;   // By both parties.
};

// Which of them are wanted; all, where nothing is set.
struct NoticesWanted {
  uint8_t type = 0;
  std::optional<bool> incoming;
  std::optional<UtcMs> at;     // Those of which a volume is there then.
  std::optional<Circle> near;  // Those of which a volume reaches into it, with `at` then. No fault.
};

class Conflicts {
 public:
  // All of them outlive it.
  Conflicts(const CoreConfig& config, Recorder& recorder, Noise& noise, Conditions& conditions,
            Corrections& corrections, Now started)
      : config_(config),
        recorder_(recorder),
        noise_(noise),
        conditions_(conditions),
        corrections_(corrections),
        started_(started) {}

  // The conflicts that these volumes of ours would have, without sending them; they have no key.
  // For each notice of the peer the pair that comes nearest, with the others. The volumes have no
  // fault. `corrected`: the notice of ours that would have them, and how near it comes as it stands
  // is said beside.
  struct Checked {
    std::vector<Conflict> conflicts;
    bool incomplete = false;  // There may be more: too much is announced.
  };
  Checked check(const std::vector<Volume>& volumes,
                std::optional<MessageKey> corrected = std::nullopt) const;
  // Refuses a notice of ours that is in conflict and does not say why it is sent all the same.
  Status check_reason(const wire::Body& body) const;
  // Refuses also a correction that moves one of our notices into a conflict, or nearer to what it
  // is in conflict with already, and gives no reason for that. The correction keeps its own rules.
  Status check_moved(MessageKey notice, const wire::Body& correction, UtcMs corrected_at) const;
  // Refuses a word of ours that would accept a conflict otherwise than as it stands. `references`:
  // of the message that accepts it. Such a word of the peer's is taken, and counts for nothing.
  Status check_accepted(const std::vector<std::string>& references) const;
  // Refuses also one that reads as such a word and names no conflict: it would count for nothing.
  // `references`: as above.
  Status check_meant(const wire::Body& body, const std::vector<std::string>& references) const;
  // The conflict of the two notices that such a message names, as it stands; none where there is
  // none.
  std::vector<Conflict> accepted_by(const std::vector<std::string>& references) const;
  // The volumes that one of ours would announce once it is corrected so. Error: refused, where it
  // announces nothing that is compared, or where the correction breaks a rule.
  Result<std::vector<Volume>> volumes_after(MessageKey notice, const wire::Body& correction,
                                            UtcMs corrected_at) const;
  // Open ones, by the time at which both are there; with `accepted` also those that both accepted.
  std::vector<Conflict> list(bool accepted = false) const;
  // Notices that are not over, by their start.
  std::vector<ActiveNotice> notices(const NoticesWanted& wanted, UtcMs now) const;
  // Also the conflicts that both parties accepted. Key: our notice, the peer's.
  using Pair = std::pair<MessageKey, MessageKey>;
  const std::map<Pair, Conflict>& known() const { return open_; }
  // The conflict of the two as it stands from then on; nothing once it is over.
  std::optional<Conflict> standing(const Pair& pair, UtcMs from) const;
  // The pairs of their volumes beside the nearest whose time is not over then, the nearest first.
  std::vector<VolumePair> others_of(const Pair& pair, UtcMs from) const;
  // Notices were left out, because more was announced than can be kept.
  bool overflowed() const { return overflowed_; }

  // The separation is another one from now on: all that is announced is compared anew.
  void follow_separation(const Separation& before);

  void apply_durable(const wire::Entry& entry);
  // Entries that were read back say what was told of.
  void apply(const wire::Entry& entry);
  // Records and tells what was found or ended since, so many in a minute
  // (limits::kConflictsToldMax): a peer that moves its notices again and again does not fill the
  // journal. Call after each commit and at the start.
  void tell(Now now);
  // Forgets what is over; does nothing for a second after it was called.
  void tick(Now now);

 private:
  struct Place {
    MessageKey notice;
    uint32_t volume = 0;
  };
  struct Notice {
    uint64_t serial = 0;
    uint8_t type = 0;
    std::vector<uint64_t> volumes;  // Their numbers in the index.
    UtcMs start = 0;
    UtcMs end = 0;
    UtcMs over_at = 0;  // From then on it is in nobody's way.

    bool is_compared() const { return kind_of(type).announces_volumes(); }
  };
  // A party's word that it accepts a conflict of two notices as they then were: by the serials of
  // their last corrections (Corrections::version_of). All of these are of one pair.
  struct Acceptance {
    bool by_us = false;
    uint64_t own_version = 0;
    uint64_t peers_version = 0;
    auto operator<=>(const Acceptance&) const = default;
  };
  using Serials = std::pair<uint64_t, uint64_t>;  // The own notice's, and the peer's.
  // The notices that an acceptance names, and the last correction of each that its writer knew.
  struct NamedConflict {
    Serials notices;  // 0 where none is named.
    uint64_t own_version = 0;
    uint64_t peers_version = 0;
  };
  // A conflict as the journal last said that it was found.
  struct Told {
    Nearness nearness;
    uint32_t pairs = 1;
    std::optional<MessageKey> own_lapsed;
    std::optional<MessageKey> peers_lapsed;
  };

  VolumeIndex& index_of(bool incoming) { return incoming ? peers_ : own_; }
  VolumeIndex& index_of(MessageKey notice, bool compared) {
    return compared ? index_of(notice.incoming) : places_alone_;
  }
  std::set<MessageKey> notices_near(const Circle& circle, std::optional<UtcMs> at) const;
  bool is_there(MessageKey key, const Notice& notice, UtcMs at) const;
  // Refuses a notice that is in conflict; one that is `corrected` only where it comes nearer than
  // it stands now.
  Status check_apart(const wire::Body& body,
                     std::optional<MessageKey> corrected = std::nullopt) const;
  static bool is_news(const Told& told, const Conflict& conflict);
  void refresh(MessageKey notice);
  void forget(MessageKey notice);
  void announce(MessageKey notice, const CorrectedMessage& message);
  void meet(const Place& place, const PreparedVolume& volume);
  // Calls `found` with each place that comes too near to the volume; false where there were more to
  // compare than one volume may cost.
  template <class Found>
  bool compare(const PreparedVolume& volume, const VolumeIndex& others, Found found) const;
  bool comes_nearer(const VolumePair& a, const VolumePair& b) const;
  void sort_by_nearness(std::vector<VolumePair>& pairs) const;
  // Those whose time is not over then, the nearest first.
  std::vector<VolumePair> pairs_of(const Pair& pair, UtcMs from) const;
  bool is_compared(MessageKey notice) const;
  // Refuses what is said of a notice, where a conflict would have to be named.
  Status check_names_conflict(const std::vector<std::string>& references) const;
  void keep(const Pair& pair, const Conflict& found);
  // Gives up those whose time has passed, or goes on with the next pair of their volumes.
  void pass(Now now);
  // References: the other side's notice, the answerer's own, and the last corrections of both.
  // Nothing where one of them is no serial.
  std::optional<NamedConflict> named_by(const std::vector<std::string>& references) const;
  void note_acceptance(MessageKey answer);
  void forget_acceptances(MessageKey notice);
  // Finds out which versions are in conflict, and whether the parties have accepted these.
  void judge_acceptance(Conflict& conflict) const;
  size_t& accepted_count(bool by_us) { return by_us ? accepted_by_us_ : accepted_by_peer_; }
  void record_found(Now now, const Conflict& conflict);
  void record_ended(Now now, const Pair& pair);
  bool may_tell(BootMs now);
  void note_conditions(Now now);

  static constexpr int64_t kLook_ms = 1'000;
  static constexpr int64_t kToldWindow_ms = 60'000;
  static constexpr int64_t kClockStep_ms = 60'000;
  static constexpr int64_t kClockTrust_ms = 600'000;

  const CoreConfig& config_;
  Recorder& recorder_;
  Noise& noise_;
  Conditions& conditions_;
  Corrections& corrections_;
  const Now started_;

  VolumeIndex own_;
  VolumeIndex peers_;
  VolumeIndex places_alone_;  // Both sides' notices that are held against nothing.
  uint64_t next_number_ = 1;
  std::map<uint64_t, Place> places_;  // By number in the indices.
  std::map<MessageKey, Notice> notices_;
  std::set<std::pair<UtcMs, MessageKey>> ends_;  // The same, by when they are over.
  std::map<Pair, Conflict> open_;
  std::map<Pair, Told> told_;
  std::map<Serials, std::map<Acceptance, MessageKey>> accepted_;  // With the last ANSWER of each.
  // How many there are, by whose word it is: a peer that accepts without end uses up its own
  // places.
  size_t accepted_by_us_ = 0;
  size_t accepted_by_peer_ = 0;
  std::set<Pair> changed_;  // And not told yet.
  UtcMs passed_until_ = started_.utc;
  BootMs tells_until_ = 0;  // The end of this minute.
  size_t told_in_window_ = 0;
  bool overflowed_ = false;
  BootMs next_tick_ = 0;
  int64_t clock_offset_ms_ = started_.utc - started_.boot;
  BootMs forgets_from_ = 0;
};

}  // namespace hotline
