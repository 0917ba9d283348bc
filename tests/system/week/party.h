// One party of the week, as its daemon would be: a core with its store, keys and people, driven by
// the simulated clock. Frames go to whoever is given for the link.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "certs/openssl_ptr.h"
#include "client/compose/draft.h"
#include "daemon/process/keys.h"
#include "daemon/store/store.h"
#include "protocol/channel/channel_runner.h"
#include "protocol/message/statement.h"
#include "tests/simulation/seeded.h"
#include "tests/system/week/clockwork.h"

namespace hotline::week {

// The script, or what it is played on, is wrong: it ends, and says when.
class WeekFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The name of what came of something that was asked for: "N-000123", "D-4", or nothing.
using Outcome = Result<std::string>;
using Then = std::function<void(const Outcome&)>;

// The network, as a party sees it. Neither calls the party back at once.
struct Line {
  std::function<void(LinkId, Bytes)> send;
  std::function<void(LinkId)> close;
};

class Party : public ChannelHost, public Clock {
 public:
  // `directory` has pki/; the store is made in it. Borrows the clockwork.
  Party(Clockwork& clockwork, const std::string& directory, const std::string& id,
        const std::string& peer, const Policy& policy);
  ~Party() override;

  void set_line(Line line) { line_ = std::move(line); }
  // Called for each message of the peer once it is durable.
  void set_reader(std::function<void(const MessageRecord&)> read) { read_ = std::move(read); }

  // A life of the daemon, from its store on. It ends in order, or without a word.
  void start();
  void stop();
  void crash();
  bool runs() const { return runner_ != nullptr; }
  ChannelRunner& runner() { return *runner_; }
  Core& core() { return runner_->core(); }
  void settle();

  const std::string& id() const { return config_.party; }
  const std::string& peer() const { return config_.peer; }
  Now now() override {
    const int64_t true_ms = clockwork_.now_ms();
    return {true_ms, kWeekBegins + true_ms + clock_error_ms};
  }
  int64_t clock_error_ms = 0;
  // While false, whoever is called by a rung does not answer.
  bool pagers_work = true;

  // By a person, who signs for it. `draft_number`: a saved draft, whose bytes are taken.
  void submit(const std::string& person, client::DraftFields fields, Then then);
  void release_draft(const std::string& person, uint64_t number, Then then);
  void save_draft(const std::string& person, client::DraftFields fields, Then then);
  void hand_in_draft(const std::string& person, uint64_t number, Then then);
  void return_draft(const std::string& person, uint64_t number, const std::string& why, Then then);
  void pause(const std::string& person, const std::string& id, UtcMs until, const std::string& why,
             Then then);
  void note_guarantor(const std::string& person, const std::string& id, const GuarantorNote& note,
                      Then then);
  void start_handover(const std::string& person, const std::string& note, Then then);
  void accept_handover(const std::string& person, Then then);
  // An auditor's export, into a directory of its own.
  void export_record(const std::string& person, const std::string& directory, Then then);

  std::string name_of_peers(uint64_t serial) const;
  // By what people call it. Throws WeekFailed where there is none.
  MessageRecord message(const std::string& id);
  // With all its corrections.
  Bytes newest_body(const MessageRecord& message);

  void perform(SendFrame& effect) override { line_.send(effect.link, std::move(effect.frame)); }
  void perform(const CloseLink& effect) override { line_.close(effect.link); }
  void perform(const TryNextPath&) override {}
  void perform(const AnswerSubmission& effect) override;
  void perform(const AnswerDraft& effect) override;
  void perform(const AnswerHandover& effect) override;
  void perform(const AnswerLadder& effect) override;
  void perform(const AnswerCase& effect) override;
  void perform(const AnswerExerciseClock&) override {}
  void perform(const AnswerRecovery&) override {}
  void perform(const AnswerExport& effect) override;
  void perform(const SoundStep&) override {}
  void perform(const StartAttempt& effect) override;
  void perform(const StopAttempt&) override {}
  void perform(const Alarm&) override {}
  void commit(std::shared_ptr<const Batch> batch) override;

 private:
  struct Person {
    PkeyPtr key;
    std::shared_ptr<const Bytes> certificate;
    std::vector<uint8_t> roles;
    uint64_t counter = 0;
  };
  void add_person(const std::string& pki, const std::string& name, std::vector<wire::Role> roles);
  Actor actor(const std::string& person, const std::string& statement);
  Addressed addressed() const { return {config_.party, config_.peer, config_.exercise}; }
  uint64_t asked(Then then);
  void answer(uint64_t token, const Outcome& outcome);
  void look();
  void plan_tick();
  void end_commit(const std::shared_ptr<const Batch>& batch);
  void write_export(const ExportHead& head, const std::string& directory);

  Clockwork& clockwork_;
  Config config_;
  std::unique_ptr<ChannelKeys> keys_;
  std::map<std::string, Person> people_;
  simulation::Seeded random_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<ChannelRunner> runner_;
  uint64_t life_ = 0;  // What was planned in another life does not happen.
  Line line_;
  std::function<void(const MessageRecord&)> read_;

  uint64_t token_ = 0;
  std::map<uint64_t, Then> asked_;
  std::map<uint64_t, Bytes> drafts_;         // By number.
  std::map<uint64_t, std::string> exports_;  // By token: where to.
};

}  // namespace hotline::week
