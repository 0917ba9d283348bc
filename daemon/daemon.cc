#include "daemon/daemon.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/store/sqlite/store_account.h"
#include "daemon/store/sqlite/store_failure.h"
#include "daemon/watch/alarm_words.h"
#include "protocol/base/limits.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A turn reads a TLS record of each link: mostly a tenth of a millisecond's work, but ten of them
// where many ask for much.
constexpr int kTurnsGatheredMax = 16;
constexpr int64_t kGathered_ms = 5;
// Asio's timers stop while the host sleeps: the clocks are compared at least this often.
constexpr int64_t kTick_ms = 250;
constexpr int64_t kLook_ms = 1'000;

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::create(Config config, const DaemonOptions& options) {
  auto keys = ChannelKeys::load(config, options.allow_dev_pki);
  if (!keys) return keys.error();
  auto store = Store::open(config.store_path);
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
  std::unique_ptr<Daemon> daemon(
      new Daemon(std::move(config), options, *std::move(keys), *std::move(store)));
  if (Status status = daemon->rebuild_core(); !status) return status.error();
  daemon->look_at_disk();
  if (Status status = daemon->listen(); !status) return status.error();
  daemon->keep_lists();
  return daemon;
}

Daemon::Daemon(Config config, const DaemonOptions& options, std::unique_ptr<ChannelKeys> keys,
               std::unique_ptr<Store> store)
    : config_(std::move(config)),
      options_(options),
      keys_(std::move(keys)),
      store_(std::move(store)),
      timer_(io_),
      signals_(io_, SIGINT, SIGTERM, SIGHUP),
      service_manager_([](const char* name) -> const char* { return std::getenv(name); }),
      disk_(config_.store_reserve_bytes) {
  watch_expiry();
}

Daemon::~Daemon() {
  // The store first: it waits for the batch under way, whose completion must find the loop alive.
  store_.reset();
}

Status Daemon::rebuild_core() {
  Now started = clock_.now();
  CoreConfig core = keys_->core_config(config_);
  core.version = options_.version;
  core_ = std::make_unique<Core>(std::move(core), store_->reader(), random_, started);
  StoreReader& reader = store_->reader();
  std::string fault;
  try {
    Status status = ok();
    store_->for_each_journal_entry([&](uint64_t index, ByteView entry) {
      if (status) status = core_->replay(index, entry);
    });
    if (!status) return status;
    StoreHead head = reader.head();
    fault = fault_at_the_ends(reader, head, core_->own_size(), core_->last_serial(),
                              core_->peer_size());
    if (fault.empty()) {
      if (status = core_->start(started, head.root); status) return ok();
      // What it says is of the whole; which row it is, is found out now that time does not matter.
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

std::shared_ptr<const TlsContext> Daemon::tls_context(TlsUse use, Status& status) const {
  TlsSettings settings;
  settings.use = use;
  settings.certificate_path = config_.tls.certificate;
  settings.key_path = config_.tls.key;
  settings.expected_party = use == TlsUse::peer_link ? config_.peer : config_.party;
  settings.trust_anchor = [keys = keys_.get(), use]() -> std::shared_ptr<const TrustAnchor> {
    return use == TlsUse::peer_link ? keys->peer_anchor() : keys->own_anchor();
  };
  settings.utc_now = [] { return read_clocks().utc; };
  auto context = TlsContext::create(std::move(settings));
  if (context) return *context;
  status = context.error();
  return nullptr;
}

Status Daemon::listen() {
  Status status = ok();
  auto peer_context = tls_context(TlsUse::peer_link, status);
  auto api_context = tls_context(TlsUse::api_service, status);
  if (!status) return status;

  PeerLinkEvents events;
  events.opened = [this](LinkId link, const LinkPeer& peer) {
    if (const auto& certificate = peer.certificate) {
      expiry_.watch_certificate(config_.peer + "'s tls certificate", certificate->not_before,
                                certificate->not_after);
    }
    core_->link_opened(clock_.now(), link, peer.address);
    settle_soon();
  };
  events.frame = [this](LinkId link, Bytes frame) {
    core_->frame_received(clock_.now(), link, frame);
    if (!links_->is_in_use(link)) note_use(link);
    settle_soon();
  };
  events.closed = [this](LinkId link, const std::string& reason, bool silent) {
    if (!silent) spdlog::info("link to {} ended: {}", config_.peer, reason);
    core_->link_closed(clock_.now(), link, reason);
    settle_soon();
  };
  events.refused = [this](const std::string& remote, const std::string& reason) {
    spdlog::warn("no link to {}: {}", config_.peer, reason);
    core_->link_refused(clock_.now(), remote, reason);
    settle_soon();
  };
  events.certificate_refused = [this](const std::string& remote, const Error& error) {
    if (!certificate_alarms_.admit(!remote.empty(), error.reason)) return;
    const std::string who = remote.empty()
                                ? "no link to " + config_.peer + ", a certificate is refused"
                                : "somebody at " + remote + " wanted a link and was refused";
    core_->raise_alarm(clock_.now(),
                       who + ": " + error.reason + (error.hint.empty() ? "" : "; " + error.hint));
    settle_soon();
  };
  events.path_news = [this](const PathNews& news) {
    if (!news.alarm) return spdlog::warn("{}", news.text);
    core_->raise_alarm(clock_.now(), news.text);
    settle_soon();
  };
  const ConnectionsMax connections = share_descriptors(options_.descriptors);
  PeerLinkSettings settings;
  settings.caps.handshakes = connections.handshakes;
  settings.peer = config_.peer;
  settings.addresses = config_.peer_addresses;
  settings.context = peer_context;
  Hash seed_bytes = random_.salt();
  for (size_t i = 0; i < 8; ++i) settings.seed = settings.seed << 8 | seed_bytes[i];
  settings.path_check_ms = config_.path_check_ms;
  settings.utc_now = [] { return read_clocks().utc; };
  links_ = std::make_unique<PeerLinks>(io_, std::move(settings), std::move(events));
  if (status = links_->start(config_.listen_peer); !status) return status;

  api_ = std::make_unique<ClientApi>(io_, config_, *core_, *store_, clock_, connections,
                                     [this] { settle_soon(); });
  api_->set_dev_pki(keys_->dev_pki());
  api_->set_signing_certificates(keys_->signing_certificates());
  api_->set_last_refusal([this] { return links_->last_refusal(); });
  api_->set_warnings([this] { return expiry_.warnings(read_clocks().utc); });
  api_->set_paths([this] { return links_->paths(); });
  if (status = api_->start(api_context, config_.listen_client); !status) return status;
  if (!config_.client_socket.empty()) {
    if (status = api_->start_socket(config_.client_socket); !status) return status;
  }

  notifier_ = std::make_unique<Notifier>(io_, [this](const AttemptReport& report) {
    core_->attempt_ended(clock_.now(), report.name, report.outcome, report.detail);
    settle_soon();
  });
  return write_port_file();
}

// A link is in use once the core has adopted it: it may go down at any time before.
void Daemon::note_use(LinkId link) {
  const CoreStatus status = core_->status();
  if (status.link == wire::LinkState::up) links_->note_use(link, status.remote);
}

// For those who let the system choose the ports: written whole, then renamed, so that nobody reads
// half of it.
Status Daemon::write_port_file() const {
  if (config_.port_file.empty()) return ok();
  std::string temporary = config_.port_file + ".new";
  std::ofstream file(temporary);
  file << "peer " << links_->port() << "\nclient " << api_->port() << "\n";
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, config_.port_file, error);
  if (file && !error) return ok();
  return make_error(ErrorCode::configuration, config_.port_file + ": cannot be written",
                    "check [listen] port_file and the directory's permissions");
}

int Daemon::run() {
  spdlog::info("{}: store {} with {} journal entries; links on port {}, clients on port {}{}",
               config_.party, config_.store_path, core_->journal_size(), links_->port(),
               api_->port(),
               keys_->dev_pki() ? "; DEVELOPMENT CERTIFICATES, not for real use" : "");
  if (options_.descriptors < descriptors_wanted()) {
    spdlog::warn(
        "this process may open only {} files, so that fewer can be connected at once: give it {} "
        "(LimitNOFILE= of the service, ulimit -n)",
        options_.descriptors, descriptors_wanted());
  }
  on_signal();
  arm_timer();
  settle_soon();
  service_manager_.tell_ready();
  try {
    io_.run();
    return exit_code_;
  } catch (const StoreError& error) {
    // A record that the core needs cannot be read. Nothing was said because of it.
    const FailedStore failed = describe_failure(error, config_.store_path);
    end_with_store_failed(failed.error.reason, failed.error.hint);
  } catch (const RecordsError& error) {
    end_with_store_failed(config_.store_path + ": " + error.what(), kKeepAsEvidence);
  }
  io_.run();  // The goodbyes: nothing asks the core, nor the store, any more.
  return exit_code_;
}

// What is on disk is not known any more, so nothing more may be said but this. The next start
// rebuilds from the journal.
void Daemon::end_with_store_failed(const std::string& why, const std::string& hint) {
  spdlog::critical("STORE FAILED: {}. {}. Nothing is sent or received: use voice.", why, hint);
  say_what_comes_next();
  exit_code_ = 1;
  stopping_ = true;
  if (!ended_with_full_disk_) service_manager_.tell_stopping();
  api_->sound("", "STORE FAILED: " + why + ". hotlined ends: use voice, and " +
                      (ended_with_full_disk_ ? "have room made for its store: it then goes on"
                                             : "have it started again"));
  api_->stop();
  const Bytes last_word =
      make_close_frame(wire::CloseReason::store_failed, config_.party + "'s store has failed");
  links_->stop(last_word);
  signals_.cancel();
  // The goodbyes have their time, and commands that tell people are not waited for.
  timer_.expires_after(std::chrono::milliseconds(limits::kGoodbyeDeadline_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) io_.stop();
  });
}

void Daemon::say_what_comes_next() {
  if (ended_with_full_disk_) {
    return spdlog::critical(
        "All links and connections are closed. Once there is room the channel is rebuilt from the "
        "disk and goes on by itself; nothing that was confirmed is lost");
  }
  spdlog::critical(
      "This daemon ends now (exit 1), and may be started again at once: it rebuilds from the "
      "disk, and nothing that was confirmed is lost. If it ends again: df -h {}; hotlined store "
      "check -c {}",
      config_.store_path, config_.path);
}

// Everything that is there already shares one commit, its signatures and its flush: while each turn
// of the loop finds something new, what is recorded waits for it, for a few turns.
void Daemon::settle_soon() {
  arrived_ = true;
  plan_settling();
}

void Daemon::plan_settling() {
  if (settle_planned_) return;
  settle_planned_ = true;
  boost::asio::post(io_, [this] {
    settle_planned_ = false;
    settle();
  });
}

void Daemon::settle() {
  if (exit_code_ != 0) return;
  std::vector<Effect> effects = core_->take_effects();
  for (Effect& effect : effects) perform(effect);
  begin_commit();
  go_on_deciding();
  // Nothing but the links' goodbyes is left to do; the loop ends with them.
  if (stopping_ && !committing_) signals_.cancel();
}

// The ladder decides of a flood in bites, and everything else that waits has its turn in between.
void Daemon::go_on_deciding() {
  const std::optional<BootMs> due = core_->ladder().next_due();
  if (stopping_ || decision_planned_ || !due || *due > clock_.now().boot) return;
  decision_planned_ = true;
  boost::asio::post(io_, [this] {
    decision_planned_ = false;
    if (stopping_) return;
    core_->tick(clock_.now());
    settle_soon();
  });
}

void Daemon::perform(Effect& effect) {
  if (auto* send = std::get_if<SendFrame>(&effect)) {
    links_->send(*send);
  } else if (auto* close = std::get_if<CloseLink>(&effect)) {
    spdlog::info("link to {} closed: {}", config_.peer, close->reason);
    links_->close(close->link, close->reason);
  } else if (auto* next = std::get_if<TryNextPath>(&effect)) {
    links_->try_next_path(next->link);
  } else if (auto* answer = std::get_if<AnswerSubmission>(&effect)) {
    api_->answer(*answer);
  } else if (auto* exported = std::get_if<AnswerExport>(&effect)) {
    api_->answer(*exported);
  } else if (auto* sound = std::get_if<SoundStep>(&effect)) {
    const AlarmWords words = alarm_words(*sound, sound->incoming ? config_.peer : config_.party,
                                         [this](MessageKey key) { return name_of(key); });
    spdlog::error("ALARM {}{}{}", words.id, words.id.empty() ? "" : ": ", words.text);
    api_->sound(words.id, words.text);
  } else if (auto* start = std::get_if<StartAttempt>(&effect)) {
    notifier_->start(start->attempt, text_of(start->attempt));
  } else if (auto* stop = std::get_if<StopAttempt>(&effect)) {
    notifier_->stop(stop->id);
  } else if (auto* alarm = std::get_if<Alarm>(&effect)) {
    const bool about_a_message = alarm->key.incoming || alarm->key.number != 0;
    tell_alarm(about_a_message ? name_of(alarm->key) : "", alarm->text,
               about_a_message && !alarm->key.incoming);
  }
}

void Daemon::tell_alarm(const std::string& id, const std::string& text, bool about_own) {
  spdlog::error("ALARM {}", text);
  api_->note_alarm(text, about_own);
  api_->sound(id, text);
}

void Daemon::begin_commit() {
  if (committing_ || exit_code_ != 0 || !core_->wants_commit()) return;
  if (turns_gathered_ == 0) gathered_since_ = read_clocks().boot;
  if (std::exchange(arrived_, false) && !stopping_ && ++turns_gathered_ < kTurnsGatheredMax &&
      read_clocks().boot - gathered_since_ < kGathered_ms) {
    return plan_settling();
  }
  turns_gathered_ = 0;
  std::shared_ptr<const Batch> batch = core_->seal(clock_.now());
  if (!batch) return;
  committing_ = true;
  commit_watch_.begun(read_clocks().boot);
  store_->submit(batch, [this, batch](CommitOutcome outcome) {
    boost::asio::post(io_,
                      [this, batch, outcome = std::move(outcome)] { end_commit(outcome, batch); });
  });
}

void Daemon::end_commit(const CommitOutcome& outcome, const std::shared_ptr<const Batch>& batch) {
  committing_ = false;
  if (exit_code_ != 0) return;
  if (!outcome.ok()) {
    ended_with_full_disk_ = outcome.failure == StoreFailure::full;
    return end_with_store_failed(outcome.error.reason, outcome.error.hint);
  }
  look_at_disk();  // Before the peer's next messages are looked at.
  core_->committed(clock_.now());
  if (const auto news = commit_watch_.ended(read_clocks().boot)) {
    core_->raise_alarm(clock_.now(), *news);
  }
  std::vector<Effect> effects = core_->take_effects();
  // The disk first, unless more is coming in: while it writes the next batch, what this one allows
  // is said.
  begin_commit();
  for (Effect& effect : effects) perform(effect);
  api_->journal_grew(batch);
  plan_settling();
}

void Daemon::arm_timer() {
  timer_.expires_after(std::chrono::milliseconds(kTick_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    service_manager_.tell_alive();
    core_->tick(clock_.now());
    api_->tick(read_clocks().boot);
    // No record of it: that would wait for the disk.
    if (const auto news = commit_watch_.look(read_clocks().boot)) tell_alarm("", *news);
    look_around();
    settle_soon();
    arm_timer();
  });
}

// What is not the channel's and yet ends it when nobody looks: the disk's room, and what runs out.
void Daemon::look_around() {
  const Now now = read_clocks();
  if (now.boot < next_look_) return;
  next_look_ = now.boot + kLook_ms;
  look_at_disk();
  for (const std::string& alarm : expiry_.alarms(now.utc)) core_->raise_alarm(now, alarm);
  certificate_alarms_.set_link_up(core_->status().link == wire::LinkState::up);
  look_at_log(now);
  if (ladder_look_.is_time(now.boot, core_->ladder().next_due())) core_->look_after_ladder(now);
}

// The channel goes on without its log. People are told that it does, but not each time that a
// reader stops and goes on.
void Daemon::look_at_log(Now now) {
  const std::string trouble = options_.log_trouble();
  if (trouble.empty() || now.boot < next_log_alarm_) return;
  next_log_alarm_ = now.boot + limits::kLogAlarmAgain_ms;
  core_->raise_alarm(now, "the log of this daemon cannot be written (" + trouble +
                              "); what is left out is counted there, and the channel goes on");
}

void Daemon::look_at_disk() {
  if (auto room = free_bytes_at(config_.store_path)) {
    core_->set_disk_room(clock_.now(), disk_.update(*room));
  } else {
    spdlog::warn("the disk's room is not known: {}", room.error().reason);
  }
}

void Daemon::watch_expiry() {
  for (const Validity& one : keys_->validities())
    expiry_.watch_certificate(one.name, one.not_before, one.not_after);
  for (const auto& [party, anchor] :
       {std::pair{config_.party, keys_->own_anchor()}, {config_.peer, keys_->peer_anchor()}}) {
    expiry_.watch_list(party + "'s revocation list", anchor->crl_next_update());
  }
}

void Daemon::on_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    on_signal();  // Until the record of the stop is committed this also keeps the loop going.
    if (stopping_) return;
    if (signal == SIGHUP) return reload();
    shut_down();
  });
}

void Daemon::reload() {
  if (keys_->reload_lists(config_)) {
    spdlog::info("revocation lists reloaded; everything else is read at the next start");
  }
  keep_lists();
  watch_expiry();
  links_->check_again();
  api_->check_again();
}

void Daemon::keep_lists() {
  keys_->keep_lists(config_);
  for (const std::string& problem : keys_->list_problems()) {
    core_->raise_alarm(clock_.now(), problem);
  }
  settle_soon();
}

void Daemon::shut_down() {
  spdlog::info("stopping");
  stopping_ = true;
  service_manager_.tell_stopping();
  timer_.cancel();
  core_->stop(clock_.now());
  std::vector<Effect> effects = core_->take_effects();
  for (Effect& effect : effects) perform(effect);
  links_->stop();
  api_->stop();
  settle();
}

AttemptText Daemon::text_of(const Attempt& attempt) {
  const bool incoming = attempt.name.incoming;
  AttemptText text{incoming ? config_.peer : config_.party, {}, config_.exercise};
  attempt.messages.visit([&](uint64_t number) {
    text.messages.push_back(name_of({incoming, number}));
    return text.messages.size() < limits::kAttemptNamesMax;
  });
  return text;
}

std::string Daemon::name_of(MessageKey key) {
  if (key.incoming) {
    std::optional<MessageRecord> record;
    try {
      record = store_->reader().message(key);
    } catch (const StoreError& error) {
      // An alarm about it must not wait for its name.
      spdlog::error("{}: {}", config_.store_path, error.what());
    }
    return record && record->serial != 0 ? format_serial(config_.peer_prefix, record->serial)
                                         : format_place(config_.peer_prefix, key.number);
  }
  return format_serial(config_.prefix, key.number);
}

}  // namespace hotline
