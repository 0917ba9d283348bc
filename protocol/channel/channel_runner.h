// The one driver of a Core: performs what it asks for, hands its batches to a store one at a time,
// and says when it must be told the time. The daemon, the simulator and the tests drive with it, so
// that what they prove of the order of things holds for each.
//
//   runner.core().link_opened(runner.now(), link, remote);   // on every event, then:
//   runner.settle();
//   runner.commit_ended();  runner.settle();                 // when the batch is durable
//   runner.tick();          runner.settle();                 // as plan_tick() says
//
// Belongs to the core's thread. Pure like the core: time comes from the clock it is handed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/core.h"
#include "protocol/channel/effects.h"

namespace hotline {

// The surroundings of a runner. They have one function for each effect: an effect that somebody
// forgets does not compile (tests/does_not_compile). None of these may call the runner.
class ChannelHost {
 public:
  virtual ~ChannelHost() = default;

  virtual void perform(SendFrame& effect) = 0;
  virtual void perform(const CloseLink& effect) = 0;
  virtual void perform(const TryNextPath& effect) = 0;
  virtual void perform(const AnswerSubmission& effect) = 0;
  virtual void perform(const AnswerDraft& effect) = 0;
  virtual void perform(const AnswerHandover& effect) = 0;
  virtual void perform(const AnswerLadder& effect) = 0;
  virtual void perform(const AnswerCase& effect) = 0;
  virtual void perform(const AnswerExerciseClock& effect) = 0;
  virtual void perform(const AnswerRecovery& effect) = 0;
  virtual void perform(const AnswerExport& effect) = 0;
  virtual void perform(const SoundStep& effect) = 0;
  virtual void perform(const StartAttempt& effect) = 0;
  virtual void perform(const StopAttempt& effect) = 0;
  virtual void perform(const Alarm& effect) = 0;

  // Makes this durable, whole or not at all. Once it is, ChannelRunner::commit_ended(). When that
  // failed, or may have failed, the runner is destroyed, and a new one begins from the journal.
  virtual void commit(std::shared_ptr<const Batch> batch) = 0;
};

// It is the channel's clock: the one that it is handed, as an exercise has it.
class ChannelRunner : public Clock {
 public:
  // Everything borrowed outlives the runner. The core is replayed and started by the caller.
  ChannelRunner(CoreConfig config, Records& records, Random& random, Clock& clock,
                ChannelHost& host);

  Core& core() { return core_; }
  const Core& core() const { return core_; }
  Now now() override { return core_.channel_time(clock_.now()); }
  bool is_committing() const { return committing_; }

  // Performs what the core asks for, and hands over what waits for a commit.
  void settle();
  // Each half by itself, for a host that gathers more before a commit, or lets the disk begin
  // before it speaks.
  void perform();
  void begin_commit();
  // begin_commit() has something to do.
  bool wants_commit() const { return !committing_ && core_.wants_commit(); }

  // The batch under way is durable.
  void commit_ended();

  // Tells the core the time.
  void tick();
  // Asked after settle(): in how many ms tick() is to be called, as the core's wake_at() says, and
  // at least twice a second; 0 where the ladder has more to decide, for it decides of a flood in
  // bites, so that everything else that waits has its turn in between. Nothing while that is as it
  // was when it was asked last.
  std::optional<int64_t> plan_tick();

 private:
  static constexpr int64_t kTickInterval_ms = 500;

  Clock& clock_;
  ChannelHost& host_;
  Core core_;
  bool committing_ = false;
  std::optional<BootMs> planned_for_;
};

}  // namespace hotline
