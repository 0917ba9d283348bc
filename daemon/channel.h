// One channel of this daemon: a core, driven with a store, links to the peer, a notifier that tells
// people, and the consoles. The daemon (daemon.h) has the process's affairs: ports for clients,
// signals, the log.
//
// Lives on the daemon's one thread; the store has its own writer. The channel's time is that of its
// clock; disks, certificates and connections go by the machine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/api.h"
#include "daemon/links/peer_door.h"
#include "daemon/links/peer_links.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/trials.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "daemon/process/system_clock.h"
#include "daemon/store/store.h"
#include "daemon/watch/certificate_alarms.h"
#include "daemon/watch/command_watch.h"
#include "daemon/watch/commit_watch.h"
#include "daemon/watch/disk_watch.h"
#include "daemon/watch/expiry_watch.h"
#include "daemon/watch/ladder_look.h"
#include "protocol/channel/channel_runner.h"

namespace hotline {

// News for its daemon, from the event loop.
struct ChannelEvents {
  // A commit failed, so that nothing more may be said: Channel::fail() comes next.
  std::function<void(const Error& error, bool disk_is_full)> store_failed;
  // After stop(): what was recorded last is durable.
  std::function<void()> stopped;
};

class Channel : public ChannelHost {
 public:
  // Opens the store and rebuilds the core from its journal. Everything borrowed outlives the
  // channel. Errors: what must be mended first.
  static Result<std::unique_ptr<Channel>> open(boost::asio::io_context& io, const Config& config,
                                               std::unique_ptr<ChannelKeys> keys, Clock& clock,
                                               const std::string& version, ChannelEvents events);
  ~Channel() override = default;
  // Waits for what the store has under way, before anything is destroyed that hears of it. Nothing
  // is asked of the channel afterwards.
  void close_store() { store_.reset(); }

  // Begins to dial, and lets the peer in by the `door`. `clients` hear of the answers and alarms.
  void start(ClientApi& clients, PeerDoor& door, std::shared_ptr<const TlsContext> peer_context);
  // Everything that is needed runs.
  void begin();

  Core& core() { return runner_->core(); }
  // The channel's own: an exercise may have another than the machine.
  Clock& clock() { return *runner_; }
  Store& store() { return *store_; }
  const ChannelKeys& keys() const { return *keys_; }
  const PeerLinks& links() const { return *links_; }
  Result<std::shared_ptr<const TlsContext>> tls_context(TlsUse use) const;

  // The core was told something: what follows from it is done in the next turns of the event loop.
  void settle_soon();
  void raise_alarm(const std::string& text);
  // `text`: what is wrong with it; empty where nothing is.
  void note_condition(ConditionCode code, const std::string& subject, const std::string& text);
  // Sends a trial notice through each command of a rung; as Trials::begin().
  Status try_notifiers(Trials::Done done);
  // To be called every kLook_ms: the core's time, and what ends a channel when nobody looks. Asio's
  // timers stop while the host sleeps: the clocks are compared at least this often.
  static constexpr int64_t kLook_ms = 250;
  void look();
  // Revocation lists are read again.
  void reload();

  // Says goodbye and records the stop; ChannelEvents::stopped comes once that is durable.
  void stop();
  // Ends without another word but this frame. Nothing asks the core, nor the store, any more.
  void fail(ByteView last_word);

 private:
  Channel(boost::asio::io_context& io, const Config& config, std::unique_ptr<ChannelKeys> keys,
          std::unique_ptr<Store> store, WebEndpoints notifiers, Clock& clock,
          const std::string& version, ChannelEvents events);
  Status rebuild_core();
  PeerLinkEvents link_events();

  template <typename... Parameters, typename... Arguments>
  void tell(void (Core::*what)(Now, Parameters...), Arguments&&... arguments) {
    (core().*what)(runner_->now(), std::forward<Arguments>(arguments)...);
    settle_soon();
  }

  void perform(SendFrame& send) override { links_->send(send); }
  void perform(const CloseLink& close) override;
  void perform(const TryNextPath& next) override { links_->try_next_path(next.link); }
  void perform(const AnswerSubmission& answer) override { clients_->answer(answer); }
  void perform(const AnswerDraft& answer) override { clients_->answer(answer); }
  void perform(const AnswerHandover& answer) override { clients_->answer(answer); }
  void perform(const AnswerLadder& answer) override { clients_->answer(answer); }
  void perform(const AnswerCase& answer) override { clients_->answer(answer); }
  void perform(const AnswerExerciseClock& answer) override { clients_->answer(answer); }
  void perform(const AnswerRecovery& answer) override { clients_->answer(answer); }
  void perform(const AnswerExport& answer) override { clients_->answer(answer); }
  void perform(const SoundStep& sound) override;
  void perform(const StartAttempt& start) override;
  void perform(const StopAttempt& stop) override { notifier_->stop(stop.id); }
  void perform(const Alarm& alarm) override;
  void commit(std::shared_ptr<const Batch> batch) override;

  void note_use(LinkId link);
  void plan_settling();
  void settle();
  bool gathers_more();
  void begin_commit();
  void end_commit(const CommitOutcome& outcome, const std::shared_ptr<const Batch>& batch);
  void plan_tick();
  void look_around();
  void look_at_disk();
  void watch_expiry();
  void keep_lists();
  void tell_alarm(const std::string& id, const std::string& text);
  void note_expiry(UtcMs now);
  void note_commands(BootMs now);
  std::string name_of(MessageKey key);
  AttemptText text_of(const Attempt& attempt);

  boost::asio::io_context& io_;
  const Config& config_;
  std::unique_ptr<ChannelKeys> keys_;
  std::unique_ptr<Store> store_;
  WebEndpoints web_endpoints_;
  Clock& clock_;
  ChannelEvents events_;
  SystemRandom random_;
  std::unique_ptr<ChannelRunner> runner_;
  std::unique_ptr<PeerLinks> links_;
  ClientApi* clients_ = nullptr;
  std::unique_ptr<Notifier> notifier_;
  Trials trials_{
      [this](const Attempt& attempt, const AttemptText& text) { notifier_->start(attempt, text); }};
  boost::asio::steady_timer timer_;  // For a tick that is due before the next look().
  DiskWatch disk_;
  CommitWatch commit_watch_;
  ExpiryWatch expiry_;
  CertificateAlarms certificate_alarms_;
  LadderLook ladder_look_;
  BootMs next_look_ = 0;
  BootMs next_command_look_ = 0;
  bool settle_planned_ = false;
  bool arrived_ = false;    // Since it was last asked whether to commit.
  int turns_gathered_ = 0;  // In a row with something new.
  BootMs gathered_since_ = 0;
  bool stopping_ = false;
  bool failed_ = false;
};

}  // namespace hotline
