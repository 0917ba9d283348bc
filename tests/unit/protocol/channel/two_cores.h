// Two cores in one test, joined by hand: the test says when bytes arrive, when commits end and what
// time it is. Everything is durable at once unless the test holds it back.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "protocol/message/body.h"
#include "tests/simulation/seeded.h"
#include "tests/unit/protocol/channel/driven_core.h"

namespace hotline {

inline constexpr size_t kNorth = 0;
inline constexpr size_t kSouth = 1;

class TwoCores {
 public:
  // `policy` is that of both parties.
  explicit TwoCores(Policy policy = default_policy(), bool exercise = false);

  Core& core(size_t party) { return sides_[party].core(); }
  simulation::SimulatedDisk& disk(size_t party) { return sides_[party].disk(); }
  // The channel's time at this party.
  Now now(size_t party = kNorth) { return sides_[party].runner().now(); }

  // Opens a link, and exchanges what both say on it. Returns its id.
  LinkId connect();
  // The link's end, seen by both.
  void disconnect(LinkId link);
  // This party starts anew from its journal; every link ends.
  void restart(size_t party);
  // This party's disk is lost, and it starts from this one: a backup, or an empty one.
  void restart(size_t party, simulation::SimulatedDisk disk);
  // While held, frames from `party` wait and are delivered when it is released.
  void hold_frames_from(size_t party, bool hold);
  // Moves time on in steps of a quarter of a second, as the daemon's timer does.
  void pass(int64_t ms, int64_t step_ms = 250);
  // Sets one party's wall clock ahead, or back.
  void step_clock(size_t party, int64_t ms) {
    sides_[party].set_wall_clock(sides_[party].now().utc + ms);
  }
  // Performs effects and commits until nothing is left to do.
  void settle();

  // A TEXT of ann's, or what `content` makes of it. The outcome as it was answered.
  Result<Submission> submit(size_t party, uint8_t precedence,
                            ContentFields content = TextContentFields{},
                            const std::vector<std::string>& references = {},
                            wire::Role role = wire::Role::operator_, bool danger_to_life = false,
                            const std::string& incident = {}, UtcMs expires_at = 0);
  // Ann saves this draft under a new number; she hands it in; bob, a supervisor, releases it.
  Result<DraftChange> save_draft(size_t party, const Bytes& draft);
  Result<DraftChange> hand_in(size_t party, uint64_t number, const Bytes& draft);
  Result<Submission> release(size_t party, uint64_t number, const Bytes& draft);
  // By bob too.
  Result<DraftChange> give_back(size_t party, uint64_t number, const Bytes& draft,
                                const std::string& reason);
  // By bob, in this role.
  Status note_guarantor(size_t party, const std::string& name, const GuarantorNote& note,
                        wire::Role role = wire::Role::supervisor);

  // By carol, a director unless another role is named.
  Status set_clock(size_t party, const ClockOrder& order, wire::Role role = wire::Role::director);

  // In order; cleared by the test.
  std::vector<TryNextPath>& next_paths(size_t party) { return sides_[party].next_paths; }
  std::vector<std::string>& alarms(size_t party) { return sides_[party].alarms; }
  std::vector<SoundStep>& sounded(size_t party) { return sides_[party].sounded; }
  std::vector<Attempt>& attempts(size_t party) { return sides_[party].attempts; }
  std::vector<uint64_t>& stopped(size_t party) { return sides_[party].stopped; }
  std::map<uint64_t, Status>& ladder_answers(size_t party) { return sides_[party].ladder_answers; }
  std::map<uint64_t, Status>& recovery_answers(size_t party) {
    return sides_[party].recovery_answers;
  }
  std::function<void()>& when_ladder_answered(size_t party) {
    return sides_[party].when_ladder_answered;
  }

 private:
  struct Side : DrivenCore {
    Side(TwoCores& both, size_t place) : DrivenCore(both.random_), cores(both), party(place) {}
    using DrivenCore::perform;
    void perform(SendFrame& send) override;
    void perform(const CloseLink& close) override { cores.open_[close.link][party] = false; }

    TwoCores& cores;
    size_t party;
    CoreConfig config;
    uint64_t counter = 0;
    uint64_t draft_tokens = 1'000'000;  // Far from the tokens that count submissions.
    bool holding = false;
    std::vector<std::pair<LinkId, Bytes>> held;
  };

  Result<DraftChange> drafted(size_t party, uint64_t token);

  simulation::Seeded random_{1};
  ChannelName channel_;
  std::array<TestPartyKeys, 2> keys_{TestPartyKeys(channel_, "north"),
                                     TestPartyKeys(channel_, "south")};
  std::array<Side, 2> sides_{Side(*this, kNorth), Side(*this, kSouth)};
  bool delivered_ = false;                      // A frame, since settle() began its round.
  std::map<LinkId, std::array<bool, 2>> open_;  // Which end is.
  LinkId last_link_ = 0;
};

}  // namespace hotline
