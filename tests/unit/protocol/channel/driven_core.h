// A core with its disk and its clock under a test's hand. Everything is durable at once unless
// hold_commits is set, and time stands unless the test moves it. Where frames go is for those who
// build on this: ScriptedPeer, TwoCores.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocol/channel/channel_runner.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/test_party.h"

namespace hotline {

// A party's keys on a channel, made from its name.
struct TestPartyKeys {
  TestPartyKeys(const ChannelName& channel, const std::string& party);
  PartyKeys keys() const;

  std::string party;
  TestKey log;
  TestKey receipt;
  TestKey witness;
};

// The configuration of `own` on its channel with `peer`; prefixes are the first letters of names.
CoreConfig test_core_config(const ChannelName& channel, TestPartyKeys& own,
                            const TestPartyKeys& peer);

class DrivenCore : public ChannelHost, public Clock {
 public:
  explicit DrivenCore(Random& random) : random_(random) {}

  // A life of the core, from the journal on; crash() ends it, and what was not committed is gone.
  Status start(const CoreConfig& config, const std::vector<Bytes>& journal);
  void crash();
  ChannelRunner& runner() { return *runner_; }
  Core& core() { return runner_->core(); }
  simulation::SimulatedDisk& disk() { return disk_; }
  Now now() override { return now_; }
  void set_wall_clock(UtcMs utc) { now_.utc = utc; }
  void advance(int64_t ms);
  void tick() { runner_->tick(); }

  // Performs effects and commits until nothing is left to do.
  void settle();
  bool hold_commits = false;
  void commit();  // Ends the commit under way, and those that follow while they are not held.

  // Asked for by the core, in order; cleared by the test.
  std::vector<std::string> alarms;
  std::vector<SoundStep> sounded;
  std::vector<Attempt> attempts;
  std::vector<uint64_t> stopped;  // Attempts, by AttemptName::id.
  std::vector<TryNextPath> next_paths;
  std::map<uint64_t, Result<Submission>> answers;  // By token.
  std::map<uint64_t, Result<DraftChange>> draft_answers;
  std::map<uint64_t, Status> handover_answers;
  std::map<uint64_t, Status> ladder_answers;
  std::function<void()> when_ladder_answered;
  std::map<uint64_t, Status> case_answers;
  std::map<uint64_t, Status> clock_answers;
  std::map<uint64_t, Status> recovery_answers;

  using ChannelHost::perform;
  void perform(const TryNextPath& next) override { next_paths.push_back(next); }
  void perform(const AnswerSubmission& answer) override {
    answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerDraft& answer) override {
    draft_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerHandover& answer) override {
    handover_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerLadder& answer) override {
    if (when_ladder_answered) when_ladder_answered();
    ladder_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerExerciseClock& answer) override {
    clock_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerRecovery& answer) override {
    recovery_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerCase& answer) override {
    case_answers.insert_or_assign(answer.token, answer.outcome);
  }
  void perform(const AnswerExport&) override {}
  void perform(const SoundStep& sound) override { sounded.push_back(sound); }
  void perform(const StartAttempt& start) override { attempts.push_back(start.attempt); }
  void perform(const StopAttempt& stop) override { stopped.push_back(stop.id); }
  void perform(const Alarm& alarm) override { alarms.push_back(alarm.text); }
  void commit(std::shared_ptr<const Batch> batch) override { pending_ = std::move(batch); }

 protected:
  Now now_{1'000'000, 1'795'000'000'000};

 private:
  void end_commit();

  Random& random_;
  simulation::SimulatedDisk disk_;
  std::unique_ptr<ChannelRunner> runner_;
  std::shared_ptr<const Batch> pending_;
};

}  // namespace hotline
