// Two cores in one test, joined by hand: the test says when bytes arrive, when commits end and what
// time it is. Everything is durable at once unless the test holds it back.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocol/channel/core.h"
#include "tests/simulation/seeded.h"
#include "tests/simulation/simulated_disk.h"

namespace hotline {

class TwoCores {
 public:
  static constexpr size_t kNorth = 0;
  static constexpr size_t kSouth = 1;

  // `policy` is that of both parties.
  explicit TwoCores(Policy policy = default_policy());

  Core& core(size_t party) { return *sides_[party].core; }
  simulation::SimulatedDisk& disk(size_t party) { return sides_[party].disk; }
  Now now() const { return {boot_, kStart + boot_}; }

  // Opens a link, and exchanges what both say on it. Returns its id.
  LinkId connect();
  // The link's end, seen by both.
  void disconnect(LinkId link);
  // While held, frames from `party` wait and are delivered when it is released.
  void hold_frames_from(size_t party, bool hold);
  // Moves time on in steps of a quarter of a second, as the daemon's timer does.
  void pass(int64_t ms);
  // Performs effects and commits until nothing is left to do.
  void settle();

  // A TEXT of ann's, or what `content` makes of it. The outcome as it was answered.
  Result<Submission> submit(size_t party, uint8_t precedence,
                            ContentFields content = TextContentFields{},
                            const std::vector<std::string>& references = {});

  // What the core asked for and settle() did not perform, in order; cleared by the test.
  std::vector<TryNextPath> next_paths[2];
  std::vector<std::string> alarms[2];

 private:
  static constexpr UtcMs kStart = 1'795'000'000'000;

  struct Side {
    std::unique_ptr<Ed25519Signer> log, receipt, witness;
    std::unique_ptr<Ed25519Verifier> log_verifier, receipt_verifier, witness_verifier;
    simulation::SimulatedDisk disk;
    std::unique_ptr<Core> core;
    std::map<uint64_t, Result<Submission>> answers;
    uint64_t counter = 0;
    bool holding = false;
    std::vector<std::pair<LinkId, Bytes>> held;
  };
  void perform(size_t party, Effect& effect);

  simulation::Seeded random_{1};
  BootMs boot_ = 1'000'000;
  std::array<Side, 2> sides_;
  std::map<LinkId, std::array<bool, 2>> open_;  // Which end is.
  LinkId last_link_ = 0;
};

}  // namespace hotline
