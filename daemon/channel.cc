#include "daemon/channel.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/api/message_rows.h"
#include "daemon/store/account.h"
#include "daemon/store/failure.h"
#include "daemon/store/kinds.h"
#include "daemon/watch/alarm_words.h"
#include "protocol/base/limits.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A turn reads a TLS record of each link: mostly a tenth of a millisecond's work, but ten of them
// where many ask for much.
constexpr int kTurnsGatheredMax = 16;
constexpr int64_t kGathered_ms = 5;
constexpr int64_t kLookAround_ms = 1'000;
constexpr int64_t kLookAtCommands_ms = 10'000;

}  // namespace

// ----------------------------------------------------------------------------------------------
// beginning

Result<std::unique_ptr<Channel>> Channel::open(boost::asio::io_context& io, const Config& config,
                                               std::unique_ptr<ChannelKeys> keys, Clock& clock,
                                               const std::string& version, ChannelEvents events) {
  auto notifiers = open_web_endpoints(config.notifiers);
  if (!notifiers) return notifiers.error();
  auto store = open_store(kStoreKind, config.store_path);
  if (!store) return store.error();
  const StoreIdentity& identity = (*store)->identity();
  if (identity.party != config.party || identity.peer != config.peer ||
      identity.channel != config.channel || identity.exercise != config.exercise) {
    return make_error(ErrorCode::configuration,
                      config.store_path + " belongs to " + identity.party +
                          " on its channel with " + identity.peer +
                          (identity.exercise ? " (exercise)" : " (live)"),
                      "check [store] path, party, peer and channel in " + config.path);
  }
  std::unique_ptr<Channel> channel(new Channel(io, config, std::move(keys), *std::move(store),
                                               *std::move(notifiers), clock, version,
                                               std::move(events)));
  if (Status status = channel->rebuild_core(); !status) return status.error();
  channel->look_at_disk();
  return channel;
}

Channel::Channel(boost::asio::io_context& io, const Config& config,
                 std::unique_ptr<ChannelKeys> keys, std::unique_ptr<Store> store,
                 WebEndpoints notifiers, Clock& clock, const std::string& version,
                 ChannelEvents events)
    : io_(io),
      config_(config),
      keys_(std::move(keys)),
      store_(std::move(store)),
      web_endpoints_(std::move(notifiers)),
      clock_(clock),
      events_(std::move(events)),
      timer_(io),
      disk_(config.store_reserve_bytes) {
  CoreConfig core = keys_->core_config(config);
  core.version = version;
  runner_ =
      std::make_unique<ChannelRunner>(std::move(core), store_->reader(), random_, clock_, *this);
  watch_expiry();
}

Status Channel::rebuild_core() {
  StoreReader& reader = store_->reader();
  std::string fault;
  try {
    Status status = ok();
    store_->for_each_journal_entry([&](uint64_t index, ByteView entry) {
      if (status) status = core().replay(index, entry);
    });
    if (!status) return status;
    StoreHead head = reader.head();
    fault = fault_at_the_ends(reader, head, core().own_size(), core().last_serial(),
                              core().peer_size());
    if (fault.empty()) {
      if (status = core().start(head.root); status) return ok();
      // The refusal is of the whole; the row is found out now that time does not matter.
      fault = first_fault(reader);
      if (fault.empty()) return status;
    }
  } catch (const StoreError& error) {
    return describe_refusal("cannot read the store", error, config_.store_path);
  } catch (const RecordsError& error) {
    fault = error.what();
  }
  return describe_damage(config_.store_path, fault);
}

Result<std::shared_ptr<const TlsContext>> Channel::tls_context(TlsUse use) const {
  TlsSettings settings;
  settings.use = use;
  settings.certificate_path = config_.tls.certificate;
  settings.key_path = config_.tls.key;
  settings.expected_party = use == TlsUse::peer_link ? config_.peer : config_.party;
  settings.trust_anchor = [keys = keys_.get(), use]() -> std::shared_ptr<const TrustAnchor> {
    return use == TlsUse::peer_link ? keys->peer_anchor() : keys->own_anchor();
  };
  settings.utc_now = [] { return read_clocks().utc; };
  settings.exercise = config_.exercise;
  return TlsContext::create(std::move(settings));
}

PeerLinkEvents Channel::link_events() {
  PeerLinkEvents events;
  events.opened = [this](LinkId link, const LinkPeer& peer) {
    if (const auto& certificate = peer.certificate) {
      expiry_.watch_certificate(config_.peer + "'s tls certificate", certificate->not_before,
                                certificate->not_after);
    }
    tell(&Core::link_opened, link, peer.address);
  };
  events.frame = [this](LinkId link, Bytes frame) {
    tell(&Core::frame_received, link, frame);
    if (!links_->is_in_use(link)) note_use(link);
  };
  events.closed = [this](LinkId link, const std::string& reason, bool silent) {
    if (!silent) spdlog::info("link to {} ended: {}", config_.peer, reason);
    tell(&Core::link_closed, link, reason);
  };
  events.refused = [this](const std::string& remote, const std::string& reason) {
    spdlog::warn("no link to {}: {}", config_.peer, reason);
    tell(&Core::link_refused, remote, reason);
  };
  events.certificate_refused = [this](const std::string& remote, const Error& error) {
    if (!certificate_alarms_.admit(!remote.empty(), error.reason)) return;
    const std::string who = remote.empty()
                                ? "no link to " + config_.peer + ", a certificate is refused"
                                : "somebody at " + remote + " wanted a link and was refused";
    raise_alarm(who + ": " + error.reason + (error.hint.empty() ? "" : "; " + error.hint));
  };
  events.path_news = [this](const PathNews& news) {
    if (!news.alarm) return spdlog::warn("{}", news.text);
    note_condition(ConditionCode::no_spare_path, config_.peer, news.text);
  };
  return events;
}

void Channel::start(ClientApi& clients, PeerDoor& door,
                    std::shared_ptr<const TlsContext> peer_context) {
  clients_ = &clients;
  PeerLinkSettings settings;
  settings.peer = config_.peer;
  settings.addresses = config_.peer_addresses;
  settings.context = std::move(peer_context);
  Hash seed_bytes = random_.salt();
  for (size_t i = 0; i < 8; ++i) settings.seed = settings.seed << 8 | seed_bytes[i];
  settings.path_check_ms = config_.path_check_ms;
  settings.keep_places_for = [&door](const Addresses& addresses) {
    door.keep_places_for(addresses);
  };
  settings.utc_now = [] { return read_clocks().utc; };
  links_ = std::make_unique<PeerLinks>(io_, std::move(settings), link_events());
  door.lead_to(config_.peer, *links_);
  links_->start();
  notifier_ = std::make_unique<Notifier>(io_, web_endpoints_, [this](const AttemptReport& report) {
    if (trials_.take(report)) return;
    tell(&Core::attempt_ended, report.name, report.outcome, report.detail);
  });
}

void Channel::begin() {
  note_condition(ConditionCode::disk_hangs, config_.party, "");  // It answered the start.
  keep_lists();
  settle_soon();
}

// A link is in use once the core has adopted it: it may go down at any time before.
void Channel::note_use(LinkId link) {
  const CoreStatus status = core().status();
  if (status.link == wire::LinkState::up) links_->note_use(link, status.remote);
}

// ----------------------------------------------------------------------------------------------
// driving the core

// Everything that is there already shares one commit, its signatures and its flush: while each turn
// of the loop finds something new, what is recorded waits for it, for a few turns.
void Channel::settle_soon() {
  arrived_ = true;
  plan_settling();
}

void Channel::plan_settling() {
  if (settle_planned_) return;
  settle_planned_ = true;
  boost::asio::post(io_, [this] {
    settle_planned_ = false;
    settle();
  });
}

void Channel::settle() {
  if (failed_) return;
  runner_->perform();
  begin_commit();
  plan_tick();
  // Nothing but the links' goodbyes is left to do; the loop ends with them.
  if (stopping_ && !runner_->is_committing()) events_.stopped();
}

bool Channel::gathers_more() {
  const BootMs now = read_clocks().boot;
  if (turns_gathered_ == 0) gathered_since_ = now;
  if (std::exchange(arrived_, false) && !stopping_ && ++turns_gathered_ < kTurnsGatheredMax &&
      now - gathered_since_ < kGathered_ms) {
    plan_settling();
    return true;
  }
  turns_gathered_ = 0;
  return false;
}

void Channel::begin_commit() {
  if (runner_->wants_commit() && !gathers_more()) runner_->begin_commit();
}

void Channel::commit(std::shared_ptr<const Batch> batch) {
  commit_watch_.begun(read_clocks().boot);
  store_->submit(batch, [this, batch](CommitOutcome outcome) {
    boost::asio::post(io_,
                      [this, batch, outcome = std::move(outcome)] { end_commit(outcome, batch); });
  });
}

void Channel::end_commit(const CommitOutcome& outcome, const std::shared_ptr<const Batch>& batch) {
  if (failed_) return;
  if (!outcome.ok())
    return events_.store_failed(outcome.error, outcome.failure == StoreFailure::full);
  look_at_disk();  // Before the peer's next messages are looked at.
  runner_->commit_ended();
  if (const auto news = commit_watch_.ended(read_clocks().boot)) {
    note_condition(ConditionCode::disk_hangs, config_.party, "");
    core().raise_alarm(runner_->now(), *news);
  }
  // The disk first, unless more is coming in: while it writes the next batch, what this one allows
  // is said.
  begin_commit();
  runner_->perform();
  clients_->journal_grew(batch);
  plan_settling();
}

// A timer of its own for what is due before look() comes again.
void Channel::plan_tick() {
  if (stopping_) return;
  const std::optional<int64_t> sleep_ms = runner_->plan_tick();
  if (!sleep_ms || *sleep_ms >= kLook_ms) return;
  timer_.expires_after(std::chrono::milliseconds(*sleep_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    runner_->tick();
    settle_soon();
  });
}

void Channel::stop() {
  stopping_ = true;
  timer_.cancel();
  core().stop(runner_->now());
  runner_->perform();
  links_->stop();
  settle();
}

void Channel::fail(ByteView last_word) {
  failed_ = true;
  stopping_ = true;
  timer_.cancel();
  links_->stop(last_word);
}

// ----------------------------------------------------------------------------------------------
// effects

void Channel::perform(const CloseLink& close) {
  spdlog::info("link to {} closed: {}", config_.peer, close.reason);
  links_->close(close.link, close.reason);
}

void Channel::perform(const SoundStep& sound) {
  const AlarmWords words =
      alarm_words(sound, sound.incoming ? config_.peer : config_.party, core().config().policy,
                  [this](MessageKey key) { return name_of(key); });
  spdlog::error("ALARM {}{}{}", words.id, words.id.empty() ? "" : ": ", words.text);
  clients_->sound(words.id, words.text);
}

void Channel::perform(const StartAttempt& start) {
  notifier_->start(start.attempt, text_of(start.attempt));
}

void Channel::perform(const Alarm& alarm) {
  const bool about_a_message = alarm.key.incoming || alarm.key.number != 0;
  tell_alarm(about_a_message ? name_of(alarm.key) : "", alarm.text);
}

void Channel::tell_alarm(const std::string& id, const std::string& text) {
  spdlog::error("ALARM {}", text);
  clients_->sound(id, text);
}

Status Channel::try_notifiers(Trials::Done done) {
  const AttemptText text{config_.party, config_.party, {}, config_.exercise};
  return trials_.begin(core().config().policy, text, std::move(done));
}

AttemptText Channel::text_of(const Attempt& attempt) {
  const bool incoming = attempt.name.incoming;
  AttemptText text{config_.party, incoming ? config_.peer : config_.party, {}, config_.exercise};
  const Policy& policy = core().config().policy;
  const Rung* rung = find_rung(policy, attempt.name.precedence, attempt.name.rung);
  if (rung != nullptr && rung->proposes_voice) text.contacts = policy.contacts;
  attempt.messages.visit([&](uint64_t number) {
    text.messages.push_back(name_of({incoming, number}));
    return text.messages.size() < limits::kAttemptNamesMax;
  });
  return text;
}

std::string Channel::name_of(MessageKey key) {
  if (key.incoming) {
    std::optional<MessageRecord> record;
    try {
      record = store_->reader().message(key);
    } catch (const StoreError& error) {
      // An alarm about it must not wait for its name.
      spdlog::error("{}: {}", config_.store_path, error.what());
    }
    return format_peers_name(config_.peer_prefix, record ? record->serial : 0, key.number);
  }
  return format_serial(config_.prefix, key.number);
}

// ----------------------------------------------------------------------------------------------
// watching

void Channel::raise_alarm(const std::string& text) {
  tell(&Core::raise_alarm, text);
}

void Channel::note_condition(ConditionCode code, const std::string& subject,
                             const std::string& text) {
  if (text.empty()) {
    core().clear_condition(runner_->now(), code, subject);
  } else {
    core().raise_condition(runner_->now(), code, subject, text);
  }
  settle_soon();
}

void Channel::look() {
  runner_->tick();
  // Its record waits for the disk; people hear of it now.
  if (const auto news = commit_watch_.look(read_clocks().boot))
    note_condition(ConditionCode::disk_hangs, config_.party, *news);
  look_around();
  settle_soon();
}

// The disk's room and certificates that run out are not the channel's, and yet end it when nobody
// looks.
void Channel::look_around() {
  const Now machine = read_clocks();
  if (machine.boot < next_look_) return;
  next_look_ = machine.boot + kLookAround_ms;
  look_at_disk();
  note_expiry(machine.utc);
  note_commands(machine.boot);
  notifier_->end_alerts([this](MessageKey key) { return core().ladder().waits(key); });
  if (links_->has_spare_path()) note_condition(ConditionCode::no_spare_path, config_.peer, "");
  certificate_alarms_.set_link_up(core().status().link == wire::LinkState::up);
  const Now now = runner_->now();
  auto due = core().ladder().next_due();
  if (due) due = core().exercise_clock().machine_boot(*due);
  if (ladder_look_.is_time(now.boot, due)) core().look_after_ladder(now);
}

void Channel::note_expiry(UtcMs now) {
  for (const std::string& text : expiry_.last_days(now)) raise_alarm(text);
  for (const ExpiryWatch::Standing& one : expiry_.standings(now)) {
    for (const ConditionCode code : ExpiryWatch::kCodes)
      note_condition(code, one.name, code == one.code ? one.text : "");
  }
}

void Channel::note_commands(BootMs now) {
  if (now < next_command_look_) return;
  next_command_look_ = now + kLookAtCommands_ms;
  core().set_conditions(runner_->now(), ConditionCode::command_missing,
                        missing_commands(config_.policy));
}

void Channel::look_at_disk() {
  if (auto room = free_bytes_at(config_.store_path)) {
    core().set_disk_room(runner_->now(), disk_.update(*room));
  } else {
    spdlog::warn("the disk's room is not known: {}", room.error().reason);
  }
}

void Channel::watch_expiry() {
  for (const Validity& one : keys_->validities())
    expiry_.watch_certificate(one.name, one.not_before, one.not_after);
  for (const auto& [party, anchor] :
       {std::pair{config_.party, keys_->own_anchor()}, {config_.peer, keys_->peer_anchor()}}) {
    expiry_.watch_list(party + "'s revocation list", anchor->crl_next_update());
  }
}

void Channel::reload() {
  if (keys_->reload_lists(config_)) {
    spdlog::info("revocation lists reloaded; everything else is read at the next start");
  }
  keep_lists();
  watch_expiry();
  links_->check_again();
}

void Channel::keep_lists() {
  keys_->keep_lists(config_);
  for (const std::string& problem : keys_->list_problems()) raise_alarm(problem);
}

}  // namespace hotline
