#include "tests/simulation/simulation.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/restored_store.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/body.h"
#include "protocol/message/serial.h"
#include "tests/made_draft.h"
#include "tests/simulation/announcing.h"

namespace hotline::simulation {
namespace {

// One party is north, the other south; index 0 and 1.
constexpr size_t kParties = 2;
constexpr BootMs kFaultPhase_ms = 12'000;
constexpr BootMs kConvergence_ms = 120'000;
constexpr UtcMs kEpochStart = 1'795'000'000'000;

// Signatures by a keyed hash: as good as real ones where nobody attacks, and a hundred times
// faster.
class HashSigner : public Signer {
 public:
  explicit HashSigner(Hash key) : key_(key) {}
  Bytes sign(ByteView message) override {
    Hash first = sha256({key_, message});
    Hash second = sha256({first, key_});
    Bytes signature(first.begin(), first.end());
    signature.insert(signature.end(), second.begin(), second.end());
    return signature;
  }

 private:
  Hash key_;
};
class HashVerifier : public SignatureVerifier {
 public:
  explicit HashVerifier(Hash key) : key_(key) {}
  bool verify(ByteView message, ByteView signature) const override {
    Bytes expected = HashSigner(key_).sign(message);
    return std::equal(expected.begin(), expected.end(), signature.begin(), signature.end());
  }

 private:
  Hash key_;
};

struct KeyPair {
  std::unique_ptr<Signer> signer;
  std::unique_ptr<SignatureVerifier> verifier;
  Bytes public_key;
};

KeyPair make_key(bool real, Seeded& random) {
  Hash seed = random.salt();
  KeyPair pair;
  if (real) {
    auto signer = Ed25519Signer::create(seed);
    HOTLINE_CHECK(signer);
    pair.public_key = signer->public_key();
    auto verifier = Ed25519Verifier::create(pair.public_key);
    HOTLINE_CHECK(verifier);
    pair.signer = std::make_unique<Ed25519Signer>(*std::move(signer));
    pair.verifier = std::make_unique<Ed25519Verifier>(*std::move(verifier));
  } else {
    pair.public_key.assign(seed.begin(), seed.end());
    pair.signer = std::make_unique<HashSigner>(seed);
    pair.verifier = std::make_unique<HashVerifier>(seed);
  }
  return pair;
}

constexpr uint64_t kTicksPerLook = 32;
constexpr int64_t kLadderLate_ms = 2'000;  // A tick comes within half a second.
constexpr int64_t kOutageMax_ms = 10'000;  // A crash lasts four seconds at the most, a disk hangs.

struct Violation {
  std::string what;
};

class Simulation {
 public:
  explicit Simulation(const Options& options)
      : options_(options), random_(options.seed * 0x9e3779b97f4a7c15u + 1) {
    choose_weather();
    for (size_t i = 0; i < kParties; ++i) set_up_party(i);
  }

  Outcome run() {
    Outcome outcome;
    try {
      for (size_t i = 0; i < kParties; ++i) start(i);
      schedule(0, [this] { weather(); });
      run_until(kFaultPhase_ms);
      calm_down();
      BootMs deadline = now_ + kConvergence_ms;
      while (now_ < deadline && !converged()) run_until(std::min(deadline, now_ + 500));
      if (!converged()) throw Violation{"no convergence: " + describe()};
      outcome.converged_after_ms = now_ - kFaultPhase_ms;
      check_everything();
      outcome.passed = true;
    } catch (const Violation& violation) {
      outcome.failure = "at " + std::to_string(now_) + " ms: " + violation.what;
    }
    outcome.trace = trace_;
    for (size_t i = 0; i < kParties; ++i) {
      outcome.messages += parties_[i].disk.log(LogId::own_transcript).size();
    }
    outcome.crashes = crashes_;
    outcome.cuts = cuts_;
    outcome.lost_disks = lost_disks_;
    outcome.rungs = rungs_;
    outcome.on_time = on_time_;
    return outcome;
  }

 private:
  // ------------------------------------------------------------------------------------------
  // parties
  struct Request {
    uint64_t counter = 0;
    Bytes draft;
    bool answered = false;
    uint64_t serial = 0;
    std::optional<Volume> announces =
        std::nullopt;  // A notice's, as it stands; nothing after its end.
    std::optional<size_t> changes =
        std::nullopt;          // The notice's request, of a correction or cancellation.
    bool refused = false;      // A change that came too late for what changed before it.
    uint64_t saved_draft = 0;  // The one that it sends, which may have been changed or sent before.
    bool accepts = false;      // A conflict, which may stand otherwise by then.
    bool of_exercise = false;  // A stop, or a beginning where nothing is stopped.
    bool lost = false;         // With the disk, before the peer had it.
  };
  // The surroundings of its core, on its own clocks.
  struct Party : ChannelHost, Clock {
    Simulation* simulation = nullptr;
    size_t index = 0;
    std::string name;
    KeyPair log_key;
    KeyPair receipt_key;
    KeyPair witness_key;
    CoreConfig config;
    SimulatedDisk disk;
    std::unique_ptr<ChannelRunner> runner;  // Null while crashed.
    std::shared_ptr<const Batch> pending;   // On its way to the disk.
    uint64_t life = 0;                      // Counts restarts: events of an earlier life are void.
    int64_t drift_ppm = 0;
    UtcMs wall_offset = 0;
    BootMs boot_offset = 0;
    Actor actor;
    uint64_t counter = 0;
    bool alarmed_of_difference = false;  // In what both find in conflict.
    std::vector<Request> requests;
    std::map<uint64_t, Hash> drafts_saved;  // By token, until the answer.
    uint64_t draft_tokens = 0;
    std::set<uint64_t>
        acknowledged;  // Indices of the peer's messages that our operators acknowledged.
    uint64_t ticks = 0;
    BootMs stopped_until = 0;             // Its exercise was, when it was looked at last.
    std::map<uint64_t, Attempt> running;  // Commands under way, by their attempt's id.
    // These outlive a crash and must never be contradicted.
    std::map<uint64_t, Hash> sent_leaves;  // Index -> leaf hash, as first put on a link.
    std::set<std::pair<MessageKey, std::string>> rungs_decided;
    UtcMs recorded_at = 0;  // By the clock of the exercise, the newest entry.
    // The peer's journal's, by our witness: by epoch and size.
    std::map<std::string, std::map<uint64_t, Hash>> cosigned_roots;
    std::map<uint64_t, Hash> released;  // Serial -> leaf hash, of every own message ever on a disk.
    std::optional<SimulatedDisk> backup;
    bool recovers = false;  // Its disk was lost, and its next epoch has not begun.
    bool lost_a_disk = false;
    uint64_t epoch_serial = 0;  // The one that began the newest epoch.
    uint64_t epoch = 0;         // The newest of its own.

    Core& core() const { return runner->core(); }
    Now now() override { return simulation->machine(index); }

    void perform(SendFrame& send) override { simulation->transmit(index, send.link, send.frame); }
    void perform(const CloseLink& close) override { simulation->close_end(index, close.link); }
    void perform(const TryNextPath&) override { simulation->plan_next_path(index); }
    void perform(const AnswerSubmission& answer) override {
      simulation->take_answer(*this, answer);
    }
    void perform(const AnswerDraft& answer) override { simulation->take_answer(*this, answer); }
    void perform(const AnswerHandover&) override {}
    void perform(const AnswerLadder&) override {}
    void perform(const AnswerCase&) override {}
    void perform(const AnswerExerciseClock&) override {}  // Many orders fit no clock.
    void perform(const AnswerRecovery&) override {}
    void perform(const AnswerExport&) override {}
    void perform(const SoundStep& sound) override { simulation->hear(index, sound); }
    void perform(const StartAttempt& start) override {
      simulation->begin_attempt(index, start.attempt);
    }
    void perform(const StopAttempt& stop) override {
      simulation->end_attempt(index, stop.id, life, wire::Outcome::stopped);
    }
    void perform(const Alarm& alarm) override {
      if (alarm.text.starts_with("the peer finds other conflicts")) alarmed_of_difference = true;
    }
    void commit(std::shared_ptr<const Batch> batch) override {
      simulation->begin_commit(index, std::move(batch));
    }
  };

  void set_up_party(size_t i) {
    Party& party = parties_[i];
    party.simulation = this;
    party.index = i;
    party.name = i == 0 ? "north" : "south";
    party.log_key = make_key(options_.real_keys, random_);
    party.receipt_key = make_key(options_.real_keys, random_);
    party.witness_key = make_key(options_.real_keys, random_);
    party.drift_ppm = random_.between(-100, 100);
    party.wall_offset = random_.between(-1500, 1500);
    party.boot_offset = random_.between(0, 1'000'000);
    party.actor.name = "Ann of " + party.name;
    party.actor.certificate = random_.salt();
    party.actor.roles = {static_cast<uint8_t>(wire::Role::operator_)};
    if (options_.exercise) party.actor.roles.push_back(static_cast<uint8_t>(wire::Role::director));
    if (i + 1 < kParties) return;
    ChannelName channel;
    random_.fill(channel.id);
    channel.exercise = options_.exercise;
    for (size_t j = 0; j < kParties; ++j) {
      CoreConfig& config = parties_[j].config;
      config.party = parties_[j].name;
      config.peer = parties_[1 - j].name;
      config.prefix = serial_prefix(j == 0 ? "N" : "S", options_.exercise);
      config.peer_prefix = serial_prefix(j == 0 ? "S" : "N", options_.exercise);
      config.channel = channel;
      config.own_keys = keys_of(channel, parties_[j]);
      config.peer_keys = keys_of(channel, parties_[1 - j]);
      config.log_signer = parties_[j].log_key.signer.get();
      config.receipt_signer = parties_[j].receipt_key.signer.get();
      config.witness_signer = parties_[j].witness_key.signer.get();
      config.policy = short_policy();
      config.version = "simulated";
    }
  }

  static PartyKeys keys_of(const ChannelName& channel, const Party& party) {
    return {{log_key_name(channel, party.name), kNoteTypeEd25519, party.log_key.public_key},
            {receipt_key_name(channel, party.name), kNoteTypeCosignatureV1,
             party.receipt_key.public_key},
            {witness_key_name(channel, party.name), kNoteTypeCosignatureV1,
             party.witness_key.public_key},
            party.log_key.verifier.get(),
            party.receipt_key.verifier.get(),
            party.witness_key.verifier.get()};
  }

  // The default ladder with minutes for seconds, so that rungs are reached within a run.
  static Policy short_policy() {
    Policy policy = default_policy();
    for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
      PrecedencePolicy& one = policy.at(p);
      for (int64_t* ms : {&one.next_path_ms, &one.undelivered_alarm_ms, &one.alarm_again_ms})
        *ms /= 20;
      for (Rung& rung : one.rungs) rung.after_ms /= 20;
      one.rungs[0].commands = {{"/page", "supervisor"}, {"/phone", "supervisor"}};
      one.rungs[1].commands = {{"/page", "director"}};
    }
    policy.link.channel_check_interval_ms = 2'000;
    return policy;
  }

  void start(size_t i) {
    Party& party = parties_[i];
    ++party.life;
    party.running.clear();
    party.runner = std::make_unique<ChannelRunner>(party.config, party.disk, random_, party, party);
    const std::vector<Bytes>& journal = party.disk.journal();
    for (uint64_t index = 0; index < journal.size(); ++index) {
      Bytes entry = journal[index];
      if (Status status = party.core().replay(index, entry); !status) {
        throw Violation{party.name + " cannot replay its journal: " + status.error().reason};
      }
    }
    if (Status status = party.core().start(party.disk.journal_root()); !status) {
      throw Violation{party.name + " cannot start: " + status.error().reason};
    }
    note("start", i, party.disk.journal().size());
    settle(i);
    schedule(random_.between(1, 300), [this, i, life = party.life] { dial(i, life); });
    // Operators whose submission was not answered ask again, under the same counter.
    for (size_t r = 0; r < party.requests.size(); ++r) {
      if (!party.requests[r].answered) submit(i, r);
    }
  }

  void crash(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    ++crashes_;
    note("crash", i, party.disk.journal().size());
    // A commit under way may have reached the disk although nobody will ever say so.
    if (party.pending && random_.chance(400)) persist(i, *party.pending);
    party.pending.reset();
    party.runner.reset();
    ++party.life;
    for (auto& [id, connection] : connections_) {
      if (connection.open) cut(id, connection);
    }
    schedule(random_.between(50, 4000), [this, i] {
      if (!parties_[i].runner) start(i);
    });
  }

  // ------------------------------------------------------------------------------------------
  // lost disks: a backup takes its place, or a store that is made anew
  void back_up(size_t i) {
    note("backup", i, parties_[i].disk.journal().size());
    parties_[i].backup = parties_[i].disk;
  }

  // Nobody can give back what only a lost disk held.
  void lose_disk(size_t i) {
    Party& party = parties_[i];
    if (party.recovers || parties_[1 - i].recovers) return;
    crash(i);
    if (knows_too_many_serials(i)) return;
    note("lost", i, party.disk.journal().size());
    ++lost_disks_;
    party.recovers = party.lost_a_disk = true;
    party.disk = party.backup && random_.chance(700) ? *party.backup : SimulatedDisk();
    mark(party);
    party.rungs_decided.clear();
    // Its machine alone ever knew of it, unless the peer took it.
    const auto& held = parties_[1 - i].disk.log(LogId::peer_transcript);
    const auto epoch = party.released.find(party.epoch_serial);
    if (epoch != party.released.end() && std::find(held.leaves().begin(), held.leaves().end(),
                                                   epoch->second) == held.leaves().end()) {
      party.released.erase(epoch);
    }
    for (Request& request : party.requests) {
      // Its watch looks through what waits, and asks for none of it again.
      if (!request.answered) request.answered = request.refused = request.lost = true;
    }
  }

  // Only so many serials that nobody but the lost disk knows are sure not to be given again.
  bool knows_too_many_serials(size_t i) const {
    constexpr uint64_t kSerialsSkippedMin = 500;  // protocol/channel/recovery.cc
    if (parties_[i].released.empty()) return false;
    uint64_t known = 0;
    for (const auto& [key, message] : parties_[1 - i].disk.messages()) {
      if (key.incoming) known = std::max(known, message.serial);
    }
    return parties_[i].released.rbegin()->first > known + kSerialsSkippedMin;
  }

  void mark(Party& party) {
    const Now at = machine(party.index);
    if (party.disk.journal().empty()) {
      return party.disk.persist(*first_of_restored_store(at, party.config, random_));
    }
    RestoredStore restored(party.disk, random_);
    for (uint64_t index = 0; index < party.disk.journal().size(); ++index) {
      HOTLINE_CHECK(restored.replay(index, party.disk.journal()[index]));
    }
    const auto batch = restored.mark(at, party.disk.journal_root());
    HOTLINE_CHECK(batch);
    party.disk.persist(**batch);
  }

  // Its next epoch begins behind all that the peer holds, and takes back all of it.
  void check_recovered(size_t i, const wire::EpochBegan& began) {
    Party& party = parties_[i];
    const SimulatedLog& held = parties_[1 - i].disk.log(LogId::peer_transcript);
    if (held.size() > began.first()) {
      throw Violation{party.name + " begins an epoch at place " + std::to_string(began.first()) +
                      ", where the peer holds a message"};
    }
    const SimulatedLog& own = party.disk.log(LogId::own_transcript);
    for (uint64_t place = 0; place < held.size(); ++place) {
      if (own.leaf(place) != held.leaf(place))
        throw Violation{party.name + " took another message back for place " +
                        std::to_string(place)};
    }
    if (parties_[1 - i].runner && parties_[1 - i].core().status().own_receipted >
                                      party.disk.log(LogId::peer_transcript).size()) {
      throw Violation{party.name + " lacks messages for which it gave a receipt"};
    }
    // Places of the lost epoch that nobody holds.
    party.sent_leaves.erase(party.sent_leaves.lower_bound(began.first()), party.sent_leaves.end());
    party.recovers = false;
    party.epoch_serial = party.released.rbegin()->first;
    party.epoch = began.number();
    for (Request& request : party.requests) {
      if (!request.answered || request.refused) continue;
      if (!party.disk.messages().contains({false, request.serial})) {
        request.refused = request.lost = true;
        request.announces.reset();
      }
    }
  }

  // A serial is that of one message for ever, whatever was lost.
  void check_serials(Party& party, const Batch& batch) {
    for (const MessageRecord& message : batch.messages) {
      if (message.key.incoming) continue;
      const auto [known, fresh] = party.released.emplace(message.key.number, message.leaf_hash);
      if (!fresh && known->second != message.leaf_hash) {
        throw Violation{party.name + " gave serial " + std::to_string(message.key.number) +
                        " to two messages"};
      }
    }
  }

  // ------------------------------------------------------------------------------------------ time
  // and events
  struct Event {
    BootMs at;
    uint64_t order;
    std::function<void()> action;
    bool operator>(const Event& other) const {
      return std::tie(at, order) > std::tie(other.at, other.order);
    }
  };

  void schedule(BootMs delay, std::function<void()> action) {
    events_.push({now_ + delay, order_++, std::move(action)});
  }

  void run_until(BootMs end) {
    while (!events_.empty() && events_.top().at <= end) {
      Event event = events_.top();
      events_.pop();
      now_ = std::max(now_, event.at);
      event.action();
    }
    now_ = end;
  }

  BootMs boot(size_t i) const {
    const Party& party = parties_[i];
    return party.boot_offset + now_ + now_ * party.drift_ppm / 1'000'000;
  }
  UtcMs utc(size_t i) const {
    return kEpochStart + boot(i) - parties_[i].boot_offset + parties_[i].wall_offset;
  }
  Now machine(size_t i) const { return {boot(i), utc(i)}; }
  // The channel's time.
  Now now(size_t i) const {
    return parties_[i].runner ? parties_[i].core().channel_time(machine(i)) : machine(i);
  }

  // The trace is a hash over everything that happened, in order.
  void note(const char* what, size_t party, uint64_t number, ByteView bytes = {}) {
    std::string line = std::to_string(now_) + " " + what + " " + std::to_string(party) + " " +
                       std::to_string(number);
    Hash content = bytes.empty() ? Hash{} : sha256({bytes});
    trace_ = sha256({trace_, as_bytes(line), content});
    if (options_.verbose)
      std::fprintf(stderr, "%s %s\n", line.c_str(), to_hex(ByteView(content).first(4)).c_str());
  }

  // ------------------------------------------------------------------------------------------
  // driving a core After every event: perform effects, start a commit, set the alarm clock.
  void settle(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    party.runner->settle();
    if (const auto delay = party.runner->plan_tick())
      schedule(std::max<BootMs>(*delay, 1), [this, i, life = party.life] { tick(i, life); });
  }

  void tick(size_t i, uint64_t life) {
    Party& party = parties_[i];
    if (party.life != life || !party.runner) return;
    party.runner->tick();
    check_wake(party, i);
    if (party.core().exercise().stopped() != nullptr) party.stopped_until = now_;
    settle(i);
    check_commands(party);
    if (++party.ticks % kTicksPerLook == 0) look_after_ladder(party, i);
  }

  // A core that wants to be woken for what a tick does not do would keep its daemon busy for ever.
  void check_wake(const Party& party, size_t i) const {
    const std::optional<BootMs> more = party.core().ladder().next_due();
    if (party.core().wake_at() > boot(i) || (more && *more <= now(i).timer())) return;
    if (party.core().exercise_clock().jumping_to()) return;  // It goes on in bites.
    throw Violation{party.name + " wants to be woken for what its tick did not do"};
  }

  // Every message that waits has a deadline to come (E20).
  void look_after_ladder(const Party& party, size_t i) const {
    if (now_ < party.stopped_until + kLadderLate_ms) return;  // The rest is decided in bites.
    const Now on_ladder{now(i).timer(), now(i).utc, now(i).ahead_ms};
    const int64_t times_as_fast = (party.core().exercise_clock().speed_permille() + 999) / 1000;
    for (MessageKey key :
         party.core().ladder().unattended(on_ladder, kLadderLate_ms * times_as_fast)) {
      throw Violation{"the ladder of " + party.name + " has lost sight of message " +
                      std::to_string(key.number)};
    }
  }

  void begin_commit(size_t i, std::shared_ptr<const Batch> batch) {
    Party& party = parties_[i];
    party.pending = std::move(batch);
    BootMs latency = disk_slow_ ? random_.between(1, 300) : random_.between(0, 4);
    schedule(latency, [this, i, life = party.life] {
      if (parties_[i].life == life && parties_[i].runner) end_commit(i);
    });
  }

  void end_commit(size_t i) {
    Party& party = parties_[i];
    // A commit that failed, perhaps after it reached the disk: the core is thrown away and rebuilt
    // from the journal.
    if (faults_ && random_.chance(disk_failure_per_mille_)) {
      note("commit failed", i, party.pending->id);
      crash(i);
      return;
    }
    persist(i, *party.pending);
    party.pending.reset();
    party.runner->commit_ended();
    settle(i);
  }

  void persist(size_t i, const Batch& batch) {
    note("commit", i, batch.id, batch.journal_root);
    parties_[i].disk.persist(batch);
    check_serials(parties_[i], batch);
    for (const JournalRecord& record : batch.journal) {
      const auto* began =
          flatbuffers::GetRoot<wire::Entry>(record.entry.data())->fact_as_EpochBegan();
      if (began && !began->incoming() && !began->taken_back()) check_recovered(i, *began);
    }
    check_commit(i, batch);
    check_decisions(i, batch);
  }

  static void take_answer(Party& party, const AnswerSubmission& answer) {
    Request& request = party.requests.at(answer.token);
    if (!answer.outcome) {
      if (!request.changes && request.saved_draft == 0 && !request.accepts &&
          !request.of_exercise && party.core().status().numbering_stopped.empty())
        throw Violation{"a submission was refused: " + answer.outcome.error().reason};
      request.answered = request.refused = true;
      return;
    }
    uint64_t serial = answer.outcome->serial;
    if (request.answered && request.serial != serial)
      throw Violation{"one submission got two serials"};
    if (!party.disk.messages().contains({false, serial})) {
      throw Violation{party.name + " confirmed a submission that is not on its disk"};
    }
    if (request.changes && !request.answered)
      party.requests.at(*request.changes).announces = request.announces;
    request.answered = true;
    request.serial = serial;
  }

  // A confirmed draft stands in the journal; a refusal is that of somebody who came too late.
  static void take_answer(Party& party, const AnswerDraft& answer) {
    const auto saved = party.drafts_saved.extract(answer.token);
    if (!answer.outcome || saved.empty()) return;
    const std::vector<Bytes>& journal = party.disk.journal();
    const uint64_t index = answer.outcome->journal_index;
    const wire::DraftSaved* kept =
        index < journal.size()
            ? flatbuffers::GetRoot<wire::Entry>(journal[index].data())->fact_as_DraftSaved()
            : nullptr;
    if (kept == nullptr || kept->number() != answer.outcome->number ||
        sha256({{kept->draft()->data(), kept->draft()->size()}}) != saved.mapped()) {
      throw Violation{party.name + " confirmed a draft that is not on its disk"};
    }
  }

  void hear(size_t i, const SoundStep& sound) {
    note("sound", i, sound.count);
    if (sound.count > 0 && parties_[i].disk.is_acknowledged({sound.incoming, sound.first})) {
      throw Violation{parties_[i].name + " sounded a rung after the acknowledgement was committed"};
    }
  }

  // ------------------------------------------------------------------------------------------
  // commands that tell people: some fail, some hang until they are killed
  static bool same_place(const Attempt& a, const Attempt& b) {
    AttemptName name = a.name;
    name.id = b.name.id;
    name.number = b.name.number;
    return name == b.name;
  }

  void begin_attempt(size_t i, const Attempt& attempt) {
    Party& party = parties_[i];
    note("attempt", i, attempt.messages.size());
    attempt.messages.visit([&](uint64_t number) {
      if (party.disk.is_acknowledged({attempt.name.incoming, number})) {
        throw Violation{party.name + " tells of a message after its acknowledgement"};
      }
      return true;
    });
    for (const auto& [id, other] : party.running) {
      if (same_place(attempt, other) && !attempt.messages.intersected(other.messages).empty()) {
        throw Violation{party.name + " tells twice at once"};
      }
    }
    party.running.emplace(attempt.name.id, attempt);
    // In fair weather they tell people, and a jump need not wait for them for long.
    const BootMs lasts = faults_ && random_.chance(100) ? 10'000 : random_.between(1, 800);
    const auto outcome = !faults_              ? wire::Outcome::done
                         : random_.chance(200) ? wire::Outcome::failed
                         : random_.chance(100) ? wire::Outcome::impossible
                                               : wire::Outcome::done;
    schedule(lasts, [this, i, id = attempt.name.id, life = party.life, outcome] {
      end_attempt(i, id, life, outcome);
    });
  }

  // The core hears of it from the loop, never from inside a call.
  void end_attempt(size_t i, uint64_t id, uint64_t life, wire::Outcome outcome) {
    Party& party = parties_[i];
    if (party.life != life) return;
    const auto running = party.running.find(id);
    if (running == party.running.end()) return;  // It was stopped before.
    const AttemptName name = running->second.name;
    party.running.erase(running);
    schedule(0, [this, i, name, life, outcome] {
      if (parties_[i].life != life || !parties_[i].runner) return;
      parties_[i].core().attempt_ended(now(i), name, outcome, "");
      settle(i);
    });
  }

  // No command runs on when all that it tells of was acknowledged.
  void check_commands(const Party& party) const {
    if (party.stopped_until == now_ && now_ > 0 && !party.running.empty())
      throw Violation{party.name + " tells people although the exercise is stopped"};
    for (const auto& running : party.running) {
      const Attempt& attempt = running.second;
      bool waits = false;
      attempt.messages.visit([&](uint64_t number) {
        waits = !party.disk.is_acknowledged({attempt.name.incoming, number});
        return !waits;
      });
      if (!waits) throw Violation{party.name + " still tells of what was acknowledged"};
    }
  }

  // A rung is decided once, whatever crashed, and of a message that is there.
  void check_decisions(size_t i, const Batch& batch) {
    Party& party = parties_[i];
    for (const JournalRecord& record : batch.journal) {
      const auto* entry = flatbuffers::GetRoot<wire::Entry>(record.entry.data());
      if (options_.exercise) check_time_of_exercise(party, *entry);
      const wire::StepsDecided* decided = entry->fact_as_StepsDecided();
      if (decided == nullptr) continue;
      from_blocks(decided->messages()).visit([&](uint64_t number) {
        const MessageKey key{decided->incoming(), number};
        if (!party.disk.messages().contains(key)) {
          throw Violation{party.name + " decided of a message that it does not hold"};
        }
        for (const wire::Step* step : *decided->steps()) {
          if (step->rung() == nullptr) continue;
          if (!party.rungs_decided.emplace(key, step->rung()->str()).second) {
            throw Violation{party.name + " decided a rung twice"};
          }
        }
        return true;
      });
    }
  }

  // It never goes back, and however it is set no rung is decided before its time, or passed over
  // and decided later: only an outage, or a turn that lasts, makes one late.
  void check_time_of_exercise(Party& party, const wire::Entry& entry) {
    if (entry.at() < party.recorded_at - 1) throw Violation{party.name + "'s exercise went back"};
    party.recorded_at = entry.at();
    const wire::StepsDecided* decided = entry.fact_as_StepsDecided();
    if (decided == nullptr || decided->steps() == nullptr) return;
    if (decided->late_ms() > kOutageMax_ms * ExerciseClock::kSpeedMax_permille / 1000) {
      throw Violation{party.name + " passed over a rung: it is " +
                      std::to_string(decided->late_ms()) + " ms late"};
    }
    from_blocks(decided->messages()).visit([&](uint64_t number) {
      const MessageRecord& message = party.disk.messages().at({decided->incoming(), number});
      for (const wire::Step* step : *decided->steps()) {
        for (const Rung& rung : party.config.policy.at(message.precedence).rungs) {
          if (step->rung() == nullptr || step->rung()->str() != rung.name) continue;
          ++rungs_;
          if (decided->late_ms() == 0) ++on_time_;
          if (entry.at() < message.committed_at + rung.after_ms) {
            throw Violation{party.name + " decided a rung before its time"};
          }
        }
      }
      return true;
    });
  }

  // A director does anything at any time, whether it fits or not.
  void direct(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    ClockOrder order;
    order.change = static_cast<wire::ExerciseClockChange>(random_.between(1, 4));
    if (order.change == wire::ExerciseClockChange::speed)
      order.speed_permille = static_cast<uint32_t>(random_.between(100, 60'000));
    if (order.change == wire::ExerciseClockChange::jump && random_.chance(500))
      order.by_ms = random_.between(1, 2 * 3'600'000);
    note("direct", i, static_cast<uint64_t>(order.change));
    party.core().set_exercise_clock(now(i), 1, party.actor, order);
    settle(i);
  }

  void say_of_exercise(size_t i, ServiceFields said, const std::vector<std::string>& references) {
    BodyFields body;
    body.subject = "Of the exercise";
    body.texts.push_back({"en", body.subject, true, ""});
    body.content = std::move(said);
    Party& party = parties_[i];
    party.requests.push_back(
        {.counter = ++party.counter,
         .draft = made_draft(wire::MessageType::service, kPrecedenceFirst, built(body), references),
         .of_exercise = true});
    submit(i, party.requests.size() - 1);
  }

  // A director proposes a change, or answers the one that is open, whether it is so still or not.
  void agree_on_clock(size_t i) {
    if (!parties_[i].runner) return;
    const JointClock& joint = parties_[i].core().exercise().joint();
    const bool of_peer = random_.chance(800);
    const auto& open = joint.proposed(of_peer);
    if (!open || random_.chance(200)) {
      ClockChange change{static_cast<wire::ExerciseClockChange>(random_.between(1, 4))};
      if (change.change == wire::ExerciseClockChange::speed)
        change.speed_permille = static_cast<uint32_t>(random_.between(1, 600)) * 100;
      if (change.change == wire::ExerciseClockChange::jump)
        change.until = now(i).utc + random_.between(1, 2 * 3'600'000);
      return say_of_exercise(
          i, {wire::ServiceAction::exercise_clock_proposed, "", "", "", clock_change_text(change)},
          {});
    }
    const bool agrees = of_peer && random_.chance(700);
    say_of_exercise(i,
                    {agrees ? wire::ServiceAction::exercise_clock_agreed
                            : wire::ServiceAction::exercise_clock_declined,
                     "", "", ""},
                    {parties_[i].core().name_of(open->key)});
  }

  // Any player stops it, and a director begins it again, whether it is stopped or not.
  void stop_or_begin(size_t i) {
    say_of_exercise(i,
                    {random_.chance(400) ? wire::ServiceAction::exercise_end
                                         : wire::ServiceAction::exercise_start,
                     "", "", ""},
                    {});
  }

  Bytes built(BodyFields body) const {
    for (TextFields& one : body.texts) {
      if (options_.exercise) one.text = mark_exercise(one.text);
    }
    return build_body(body);
  }

  // ------------------------------------------------------------------------------------------
  // network
  struct Connection {
    bool open = true;
    bool silent = false;  // Half-open: bytes vanish, nobody is told.
    std::array<LinkId, kParties> link{};
    std::array<uint64_t, kParties> life{};
    std::array<bool, kParties> ended{};  // This end was closed.
    std::array<FrameDecoder, kParties> decoder;
    std::array<BootMs, kParties> last_arrival{};
  };

  void dial(size_t i, uint64_t life) {
    Party& party = parties_[i];
    if (party.life != life) return;
    schedule(random_.between(300, 3000), [this, i, life] { dial(i, life); });
    Party& other = parties_[1 - i];
    if (!party.runner || !other.runner || party.core().status().link != wire::LinkState::down)
      return;
    if (faults_ && random_.chance(200)) return;  // No way through.
    connect(i);
  }

  // Another path, beside the link that stands: the same weather, other dice.
  void plan_next_path(size_t i) {
    note("next path", i, 0);
    schedule(random_.between(1, 300),
             [this, i, life = parties_[i].life] { try_next_path(i, life); });
  }

  void try_next_path(size_t i, uint64_t life) {
    if (parties_[i].life != life || !parties_[i].runner || !parties_[1 - i].runner) return;
    if (faults_ && random_.chance(200)) return;
    connect(i);
  }

  void connect(size_t i) {
    uint64_t id = ++last_connection_;
    Connection& connection = connections_[id];
    for (size_t end = 0; end < kParties; ++end) {
      connection.link[end] = id;
      connection.life[end] = parties_[end].life;
    }
    note("dial", i, id);
    for (size_t end : {i, 1 - i}) {
      parties_[end].core().link_opened(now(end), id, parties_[1 - end].name);
      settle(end);
    }
  }

  void transmit(size_t from, LinkId id, const Bytes& frame) {
    Connection& connection = connections_.at(id);
    note("send", from, id, frame);
    remember_leaves(from, frame);
    if (!connection.open || connection.silent || connection.ended[from]) return;
    Bytes stream = encode_frame(frame);
    size_t end = stream.size();
    bool cut_here = faults_ && random_.chance(cut_per_mille_);
    if (cut_here) end = random_.below(stream.size() + 1);
    size_t start = 0;
    while (start < end) {
      size_t piece =
          fragmenting_ ? 1 + random_.below(std::min<size_t>(end - start, 700)) : end - start;
      deliver(from, id, connection,
              Bytes(stream.begin() + static_cast<ptrdiff_t>(start),
                    stream.begin() + static_cast<ptrdiff_t>(start + piece)));
      start += piece;
    }
    if (cut_here) {
      schedule(random_.between(0, 50), [this, id] {
        Connection& victim = connections_.at(id);
        if (victim.open) cut(id, victim);
      });
      connection.silent = true;
    } else if (faults_ && random_.chance(silence_per_mille_)) {
      connection.silent = true;
    }
  }

  void deliver(size_t from, LinkId id, Connection& connection, Bytes bytes) {
    size_t to = 1 - from;
    BootMs arrival =
        std::max(connection.last_arrival[to], now_ + random_.between(1, latency_max_ms_));
    connection.last_arrival[to] = arrival;
    schedule(arrival - now_, [this, to, id, bytes = std::move(bytes)] { arrive(to, id, bytes); });
  }

  void arrive(size_t to, LinkId id, const Bytes& bytes) {
    Connection& connection = connections_.at(id);
    Party& party = parties_[to];
    if (!party.runner || party.life != connection.life[to] || connection.ended[to]) return;
    HOTLINE_CHECK(connection.decoder[to].feed(bytes));
    while (auto frame = connection.decoder[to].next()) {
      party.core().frame_received(now(to), id, *frame);
      settle(to);
      if (!party.runner || party.life != connection.life[to] || connection.ended[to]) return;
    }
  }

  // One end closes; the other learns of it a little later, after what was sent before.
  void close_end(size_t i, LinkId id) {
    Connection& connection = connections_.at(id);
    if (connection.ended[i]) return;
    connection.ended[i] = true;
    if (connection.silent || !connection.open) return;
    size_t other = 1 - i;
    BootMs arrival =
        std::max(connection.last_arrival[other], now_ + random_.between(1, latency_max_ms_));
    schedule(arrival - now_ + 1, [this, other, id] { learn_of_end(other, id); });
  }

  void cut(LinkId id, Connection& connection) {
    ++cuts_;
    connection.open = false;
    note("cut", 0, id);
    for (size_t i = 0; i < kParties; ++i) {
      schedule(random_.between(1, 200), [this, i, id] { learn_of_end(i, id); });
    }
  }

  void learn_of_end(size_t i, LinkId id) {
    Connection& connection = connections_.at(id);
    Party& party = parties_[i];
    if (connection.ended[i] || !party.runner || party.life != connection.life[i]) return;
    connection.ended[i] = true;
    party.core().link_closed(now(i), id, "connection lost");
    settle(i);
  }

  // ------------------------------------------------------------------------------------------
  // weather and operators Each seed has its own weather: which faults there are, and how often
  // (swarm testing).
  void choose_weather() {
    auto some = [this](uint64_t most) { return random_.chance(500) ? random_.below(most + 1) : 0; };
    cut_per_mille_ = some(120);
    silence_per_mille_ = some(15);
    crash_per_mille_ = some(60);
    clock_step_per_mille_ = some(30);
    disk_failure_per_mille_ = some(40);
    disk_slow_ = random_.chance(300);
    fragmenting_ = random_.chance(700);
    latency_max_ms_ = random_.chance(500) ? 3 : random_.between(10, 400);
    send_per_mille_ = 100 + random_.below(700);
    burst_max_ = random_.chance(200) ? 30 : 3;
    flood_ = random_.chance(20);
    announce_per_mille_ = some(300);
    draft_per_mille_ = some(200);
    if (!options_.exercise) return;
    // Notices have words of their own, and a wall clock that steps takes the exercise's with it.
    announce_per_mille_ = clock_step_per_mille_ = 0;
    direct_per_mille_ = 20 + random_.below(200);
    stop_per_mille_ = some(100);
    joint_per_mille_ = some(400);
    if (random_.chance(500)) direct_per_mille_ = 0;
  }

  void weather() {
    if (!faults_) return;
    schedule(random_.between(50, 250), [this] { weather(); });
    // Once, and more than a ladder decides in one turn.
    if (flood_ && !flooded_) {
      flooded_ = true;
      for (size_t n = 0; n < limits::kDecisionsPerCallMax + 100; ++n) {
        compose(0, kPrecedenceFirst);
      }
    }
    for (size_t i = 0; i < kParties; ++i) {
      if (random_.chance(crash_per_mille_)) crash(i);
      if (random_.chance(clock_step_per_mille_))
        parties_[i].wall_offset += random_.between(-3'600'000, 3'600'000);
      if (random_.chance(send_per_mille_)) {
        uint64_t burst = 1 + random_.below(burst_max_);
        for (uint64_t n = 0; n < burst; ++n) {
          compose(i, static_cast<uint8_t>(random_.between(kPrecedenceFirst, kPrecedenceLast)));
        }
      }
      if (random_.chance(300)) acknowledge_something(i);
      if (random_.chance(announce_per_mille_)) announce(i);
      if (random_.chance(announce_per_mille_)) change_a_notice(i);
      if (random_.chance(announce_per_mille_)) accept_a_conflict(i);
      if (random_.chance(draft_per_mille_)) work_on_drafts(i);
      if (options_.lost_disks && random_.chance(100)) back_up(i);
      if (options_.lost_disks && random_.chance(20)) lose_disk(i);
      if (options_.exercise && random_.chance(direct_per_mille_)) direct(i);
      if (options_.exercise && random_.chance(stop_per_mille_)) stop_or_begin(i);
      if (options_.exercise && random_.chance(joint_per_mille_)) agree_on_clock(i);
    }
  }

  void calm_down() {
    faults_ = false;
    disk_slow_ = false;
    for (size_t i = 0; i < kParties; ++i) {
      if (!parties_[i].runner) start(i);
    }
  }

  void compose(size_t i, uint8_t precedence) {
    BodyFields body;
    body.subject = "Simulated message " + std::to_string(random_.below(1000));
    body.texts.push_back({"en", "Text " + std::string(random_.below(600), 'x') + ".", true, ""});
    body.content = TextContentFields{};
    std::vector<std::string> references;
    Party& party = parties_[i];
    if (random_.chance(100)) {
      for (const Request& request : party.requests) {
        if (request.answered && !request.refused && random_.chance(300)) {
          references = {format_serial(party.config.prefix, request.serial)};
          break;
        }
      }
    }
    add_request(i, wire::MessageType::text, precedence, built(body), references);
  }

  uint8_t some_precedence() {
    return static_cast<uint8_t>(random_.between(kPrecedenceFirst, kPrecedenceLast));
  }

  void announce(size_t i) {
    const Volume volume = some_volume(random_);
    add_request(i, wire::MessageType::activity, some_precedence(), activity_body(volume), {},
                volume);
  }

  void change_a_notice(size_t i) {
    Party& party = parties_[i];
    for (size_t r = 0; r < party.requests.size(); ++r) {
      const Request& notice = party.requests[r];
      if (!notice.answered || !notice.announces || notice.changes || random_.chance(700)) continue;
      const std::string id = format_serial(party.config.prefix, notice.serial);
      if (random_.chance(200)) {
        return add_request(i, wire::MessageType::cancellation, some_precedence(),
                           cancellation_body(), {id}, std::nullopt, r);
      }
      const Volume moved = some_volume(random_);
      return add_request(i, wire::MessageType::correction, some_precedence(),
                         correction_body(*notice.announces, moved), {id}, moved, r);
    }
  }

  void accept_a_conflict(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    for (const Conflict& conflict : party.core().conflicts().list()) {
      if (conflict.accepted_by_us || random_.chance(500)) continue;
      const std::string& own = party.config.prefix;
      const std::string& peers = party.config.peer_prefix;
      std::vector<std::string> references = {format_serial(peers, conflict.peers_serial),
                                             format_serial(own, conflict.own.number)};
      const Corrections& corrections = party.core().corrections();
      for (const auto& [prefix, notice] :
           {std::pair{peers, conflict.peers}, std::pair{own, conflict.own}}) {
        const auto& made = corrections.of(notice);
        if (made.empty()) continue;
        // One that is not durable may be lost.
        if (!party.disk.messages().contains(made.back().key)) return;
        references.push_back(format_serial(prefix, made.back().serial));
      }
      return add_request(i, wire::MessageType::answer, some_precedence(), acceptance_body(),
                         references);
    }
  }

  // Saves a draft, or changes, sends or discards one, as it was last seen on the disk.
  void work_on_drafts(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    const DraftList::Open& open = party.core().drafts().open();
    if (open.empty() || random_.chance(300)) return save_draft(i, 0, std::nullopt);
    const KeptDraft seen =
        std::next(open.begin(), static_cast<ptrdiff_t>(random_.below(open.size())))->second;
    if (random_.chance(300)) return save_draft(i, seen.number, seen.hash);
    if (random_.chance(300)) {
      party.core().discard_draft(now(i), ++party.draft_tokens, party.actor, seen.number);
      return settle(i);
    }
    const auto* entry =
        flatbuffers::GetRoot<wire::Entry>(party.disk.journal()[seen.journal_index].data());
    const auto& bytes = *entry->fact_as_DraftSaved()->draft();
    // Now and then two people send it at once.
    for (uint64_t senders = random_.chance(300) ? 2 : 1; senders > 0; --senders) {
      party.requests.push_back({++party.counter, Bytes(bytes.begin(), bytes.end())});
      party.requests.back().saved_draft = seen.number;
      submit(i, party.requests.size() - 1);
    }
  }

  void save_draft(size_t i, uint64_t number, const std::optional<Hash>& expected) {
    Party& party = parties_[i];
    BodyFields body;
    body.subject = "Simulated draft " + std::to_string(random_.below(1000));
    body.texts.push_back({"en", "To be sent later.", true, ""});
    body.content = TextContentFields{};
    const Bytes draft = made_draft(wire::MessageType::text, some_precedence(), built(body));
    party.drafts_saved[++party.draft_tokens] = sha256({draft});
    party.core().save_draft(now(i), party.draft_tokens, party.actor, number, expected, draft);
    settle(i);
  }

  void acknowledge_something(size_t i) {
    Party& party = parties_[i];
    if (!party.runner) return;
    for (const auto& [key, message] : party.disk.messages()) {
      if (!key.incoming || party.acknowledged.contains(key.number) ||
          message.type != static_cast<uint8_t>(wire::MessageType::text) || random_.chance(300)) {
        continue;
      }
      party.acknowledged.insert(key.number);
      BodyFields body;
      body.subject = "Acknowledged";
      body.content =
          AcknowledgementFields{wire::Role::operator_, now(i).utc, std::nullopt, std::nullopt};
      add_request(i, wire::MessageType::acknowledgement, message.precedence, build_body(body),
                  {format_serial(party.config.peer_prefix, message.serial)});
      return;
    }
  }

  void add_request(size_t i, wire::MessageType type, uint8_t precedence, const Bytes& body,
                   const std::vector<std::string>& references,
                   std::optional<Volume> announces = std::nullopt,
                   std::optional<size_t> changes = std::nullopt) {
    Party& party = parties_[i];
    party.requests.push_back({++party.counter, made_draft(type, precedence, body, references),
                              false, 0, std::move(announces), changes});
    party.requests.back().accepts = type == wire::MessageType::answer;
    submit(i, party.requests.size() - 1);
  }

  void submit(size_t i, size_t request) {
    Party& party = parties_[i];
    if (!party.runner) return;  // Asked again when the daemon is back.
    const Request& asked = party.requests[request];
    party.core().submit(now(i), request, party.actor, asked.counter, asked.draft, {},
                        asked.saved_draft);
    settle(i);
  }

  // ------------------------------------------------------------------------------------------
  // checkers No byte leaves that contradicts one that left before, whatever was lost in between.
  void remember_leaves(size_t from, const Bytes& bytes) {
    auto frame = open_frame(bytes);
    if (!frame) throw Violation{"a malformed frame was sent: " + frame.error().reason};
    if (const wire::Messages* messages = (*frame)->body_as_Messages()) {
      uint64_t index = messages->first();
      for (const wire::Message* message : *messages->messages()) {
        Hash leaf = leaf_hash({message->envelope()->data(), message->envelope()->size()});
        auto [known, fresh] = parties_[from].sent_leaves.emplace(index, leaf);
        if (!fresh && known->second != leaf) {
          throw Violation{parties_[from].name + " sent two messages for place " +
                          std::to_string(index)};
        }
        if (index >= parties_[from].disk.log(LogId::own_transcript).size()) {
          throw Violation{parties_[from].name + " sent a message that is not on its disk"};
        }
        ++index;
      }
    }
    if (const wire::JournalCosigned* cosigned = (*frame)->body_as_JournalCosigned()) {
      check_cosigned(from, cosigned->note()->string_view());
    }
    if (const wire::Receipt* receipt = (*frame)->body_as_Receipt()) {
      auto note = parse_note(receipt->note()->string_view());
      auto checkpoint = parse_checkpoint_text(note->text);
      if (checkpoint->size > parties_[from].disk.log(LogId::peer_transcript).size()) {
        throw Violation{parties_[from].name + " gave a receipt for what is not on its disk"};
      }
    }
  }

  // A witness never signs two histories, and nothing that its own disk has forgotten or the owner's
  // disk does not hold.
  void check_cosigned(size_t from, std::string_view text) {
    auto note = parse_note(text);
    auto checkpoint = parse_checkpoint_text(note->text);
    // The journal that was lost in between cannot be compared.
    if (parties_[1 - from].recovers) return;
    auto& roots = parties_[from].cosigned_roots[checkpoint->origin];
    const bool is_newest = roots.empty() || roots.rbegin()->first < checkpoint->size;
    const auto [known, fresh] = roots.emplace(checkpoint->size, checkpoint->root);
    if (known->second != checkpoint->root) {
      throw Violation{parties_[from].name + " cosigned two journals of one size"};
    }
    if (fresh && !is_newest && !parties_[from].lost_a_disk) {
      throw Violation{parties_[from].name + " cosigned a smaller journal than before"};
    }
    // Its owner has begun the next one, of which the witness has not heard.
    const size_t slash = checkpoint->origin.rfind('/');
    if (std::stoull(checkpoint->origin.substr(slash + 1)) < parties_[1 - from].epoch) return;
    const SimulatedLog& owned = parties_[1 - from].disk.log(LogId::journal);
    if (checkpoint->size > owned.size() || root_at(owned, checkpoint->size) != checkpoint->root) {
      throw Violation{parties_[from].name + " cosigned what the owner's disk does not hold"};
    }
  }

  // One party's disk tells the truth of the other's.
  void check_commit(size_t i, const Batch& batch) {
    const SimulatedDisk& own = parties_[i].disk;
    const SimulatedDisk& peer = parties_[1 - i].disk;
    if (parties_[1 - i].recovers) return;
    for (const ReceiptRecord& receipt : batch.receipts) {
      if (receipt.log != LogId::own_transcript) continue;
      if (peer.log(LogId::peer_transcript).size() < receipt.size) {
        throw Violation{parties_[i].name + " holds a receipt for what the peer lost"};
      }
    }
    for (const LeafRecord& leaf : batch.leaves) {
      if (leaf.log != LogId::peer_transcript) continue;
      if (leaf.index >= peer.log(LogId::own_transcript).size() ||
          peer.log(LogId::own_transcript).leaf(leaf.index) != leaf.leaf_hash) {
        throw Violation{parties_[i].name + " holds at place " + std::to_string(leaf.index) +
                        " what the peer does not have there"};
      }
    }
    (void)own;
  }

  // The peer's witness cosigned some of this party's journal.
  static bool was_cosigned(const Party& party) {
    const std::vector<ReceiptRecord>& receipts = party.disk.receipts();
    return std::any_of(receipts.begin(), receipts.end(),
                       [](const ReceiptRecord& receipt) { return receipt.log == LogId::journal; });
  }

  bool converged() const {
    for (size_t i = 0; i < kParties; ++i) {
      const Party& party = parties_[i];
      if (!party.runner || party.pending) return false;
      CoreStatus status = party.core().status();
      if (status.link != wire::LinkState::up || status.unreceipted != 0) return false;
      for (uint32_t queued : status.queued) {
        if (queued != 0) return false;
      }
      for (const Request& request : party.requests) {
        if (!request.answered) return false;
      }
      if (party.disk.log(LogId::own_transcript).size() !=
          parties_[1 - i].disk.log(LogId::peer_transcript).size()) {
        return false;
      }
      if (!was_cosigned(party)) return false;
      // Some are looked at once a second, and a link that was refused must last for a while.
      if (!untrue_conditions(party).empty()) return false;
    }
    if (options_.exercise && !clocks_settled()) return false;
    // Only the party whose clock is behind can be sure to compare.
    return parties_[0].core().conflicts_compared().is_current ||
           parties_[1].core().conflicts_compared().is_current;
  }

  // Where it is a DECLINE, why.
  static std::string reason_in(const MessageRecord& message) {
    const auto body = open_body(message.body);
    const wire::Decline* decline = body ? (*body)->content_as_decline() : nullptr;
    return decline ? ": " + text_of(decline->reason()) : "";
  }

  // A party's conflicts by the serials of north's and south's notices.
  std::map<std::pair<uint64_t, uint64_t>, Nearness> conflicts_of(size_t i) const {
    std::map<std::pair<uint64_t, uint64_t>, Nearness> found;
    for (const Conflict& conflict : parties_[i].core().conflicts().list()) {
      const uint64_t own = conflict.own.number;
      const uint64_t peers = parties_[i].disk.messages().at(conflict.peers).serial;
      found[i == 0 ? std::pair{own, peers} : std::pair{peers, own}] = conflict.nearness;
    }
    return found;
  }

  void check_conflicts() const {
    const bool alarmed = parties_[0].alarmed_of_difference || parties_[1].alarmed_of_difference;
    if (conflicts_of(0) != conflicts_of(1)) {
      throw Violation{std::string("the lists of conflicts differ, ") +
                      (alarmed ? "which was alarmed" : "and nobody was alarmed")};
    }
    if (alarmed) throw Violation{"an alarm about a difference that is none"};
  }

  // Stopped at both, and their clocks with it, or at neither.
  void check_stops() const {
    const auto is_stopped = [this](size_t i) {
      return parties_[i].core().exercise().stopped() != nullptr;
    };
    if (is_stopped(0) != is_stopped(1))
      throw Violation{"the exercise is stopped at one party only"};
    for (const Party& party : parties_) {
      if (is_stopped(0) && !party.core().exercise_clock().goes_as_real_time())
        throw Violation{party.name + "'s clock goes its own way after a stop"};
    }
  }

  // As both call it: who proposed it, and the serial.
  std::string word_of(size_t i, const std::optional<ProposedChange>& one) const {
    if (!one) return "nothing";
    return std::to_string(one->key.incoming ? 1 - i : i) + "-" +
           std::to_string(parties_[i].disk.messages().at(one->key).serial) +
           (one->is_agreed ? " agreed" : "");
  }

  void check_joint_clock() const {
    const JointClock& north = parties_[0].core().exercise().joint();
    const JointClock& south = parties_[1].core().exercise().joint();
    for (const bool incoming : {false, true}) {
      const std::string one = word_of(0, north.proposed(incoming));
      const std::string other = word_of(1, south.proposed(!incoming));
      if (one != other)
        throw Violation{"a proposal of the clock is open otherwise: " + one + ", " + other};
    }
    const auto agreed = [](const JointClock& joint) {
      return joint.agreed() ? std::to_string(joint.agreed()->serial) + " " +
                                  clock_change_text(joint.agreed()->change)
                            : "nothing";
    };
    if (agreed(north) != agreed(south)) {
      throw Violation{"the parties agreed on other changes of the clock: " + agreed(north) + ", " +
                      agreed(south)};
    }
  }

  // Both clocks go alike, or both know that they do not.
  bool clocks_settled() const {
    for (const Party& party : parties_) {
      const Exercise& exercise = party.core().exercise();
      if (exercise.clock().jumping_to() || exercise.joint().to_take()) return false;
    }
    if (!parties_[0].core().exercise().joint().agreed()) return true;
    const int64_t apart_ms = std::abs(now(0).utc - now(1).utc);
    if (apart_ms <= 2 * limits::kClocksApart_ms) return true;
    return std::all_of(parties_.begin(), parties_.end(), [](const Party& party) {
      return party.core().conditions().is_open(ConditionCode::clocks_apart, party.config.peer);
    });
  }

  // The drafts that were kept in every life are those that the journal tells of.
  void check_drafts() const {
    for (const Party& party : parties_) {
      DraftList told;
      uint64_t index = 0;
      std::set<uint64_t> sent;
      for (const Bytes& bytes : party.disk.journal()) {
        const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
        told.apply(index++, *entry);
        const wire::Released* released = entry->fact_as_Released();
        if (released == nullptr || released->draft() == 0) continue;
        if (!sent.insert(released->draft()).second) {
          throw Violation{party.name + " sent a draft twice"};
        }
      }
      if (told == party.core().drafts()) continue;
      throw Violation{party.name + " keeps other drafts than its journal tells of"};
    }
  }

  // They are those that the journal tells of.
  void check_conditions() const {
    const auto as_tuple = [](const Condition& one) {
      return std::tuple(one.kind->code, one.subject, one.since);
    };
    for (size_t i = 0; i < kParties; ++i) {
      const Party& party = parties_[i];
      SimulatedDisk nowhere;
      Seeded random(1);
      Recorder unused(nowhere, random);
      Conditions told(unused);
      for (const Bytes& bytes : party.disk.journal()) {
        told.apply(*flatbuffers::GetRoot<wire::Entry>(bytes.data()));
      }
      const auto open = party.core().conditions().list();
      const auto expected = told.list();
      if (!std::equal(open.begin(), open.end(), expected.begin(), expected.end(),
                      [&](const auto& a, const auto& b) { return as_tuple(a) == as_tuple(b); })) {
        throw Violation{party.name + " has other conditions than its journal tells of"};
      }
    }
  }

  // Said to be wrong, and not so.
  static std::string untrue_conditions(const Party& party) {
    std::string texts;
    for (const Condition& one : party.core().conditions().list()) {
      if (!may_hold(party, one)) texts += one.text + "; ";
    }
    return texts;
  }

  // When all is delivered, over a link, between honest parties.
  static bool may_hold(const Party& party, const Condition& one) {
    const Ladder& ladder = party.core().ladder();
    switch (one.kind->code) {
      case ConditionCode::link_down:
      case ConditionCode::agreement_differs:
      case ConditionCode::agreement_proposed:
      case ConditionCode::channel_suspended:
      case ConditionCode::channel_restricted:
      case ConditionCode::channel_reopening:
      case ConditionCode::decision_due:
      case ConditionCode::peer_store_old:
      case ConditionCode::peer_forked:
      case ConditionCode::own_forked:
      case ConditionCode::own_store_old:
      case ConditionCode::witness_frozen:
      case ConditionCode::conflicts_differ:
      case ConditionCode::flash_undelivered:
      case ConditionCode::undelivered:
      case ConditionCode::ladder_lost:
        return false;
      case ConditionCode::exercise_clock_proposed:
        return party.core().exercise().joint().proposed(true).has_value();
      case ConditionCode::clocks_apart:
        return party.core().exercise().joint().agreed().has_value();
      case ConditionCode::exercise_stopped:
        return party.core().exercise().stopped() != nullptr;
      case ConditionCode::flash_share:
      case ConditionCode::notifier_unreachable:
        return true;
      case ConditionCode::recovery_unconfirmed:
        return party.lost_a_disk;
      case ConditionCode::no_handover:
        return party.config.channel.exercise;  // Of a watch that jumps over days.
      case ConditionCode::clocks_differ:
        return std::abs(party.core().status().clock_skew_ms) > limits::kClockSkewWarn_ms;
      case ConditionCode::flash_unacknowledged: {
        const auto serial = parse_written_serial(one.subject);
        if (!serial) return one.subject == party.name || one.subject == party.config.peer;
        if (serial->prefix == party.config.prefix) return ladder.waits({false, serial->number});
        return std::any_of(
            party.disk.messages().begin(), party.disk.messages().end(), [&](const auto& message) {
              return message.first.incoming && message.second.serial == serial->number &&
                     ladder.waits(message.first);
            });
      }
      case ConditionCode::conflicts_open: {
        const auto conflicts = party.core().conflicts().list();
        return std::any_of(conflicts.begin(), conflicts.end(),
                           [](const Conflict& conflict) { return conflict.is_open(); });
      }
      default:
        return true;
    }
  }

  void check_everything() const {
    check_conflicts();
    check_stops();
    check_joint_clock();
    check_drafts();
    check_conditions();
    for (size_t i = 0; i < kParties; ++i) {
      const Party& party = parties_[i];
      const SimulatedLog& mine = party.disk.log(LogId::own_transcript);
      const SimulatedLog& theirs = parties_[1 - i].disk.log(LogId::peer_transcript);
      if (root_at(mine, mine.size()) != root_at(theirs, theirs.size())) {
        throw Violation{"the transcripts of " + party.name + " differ"};
      }
      std::set<uint64_t> serials;
      for (const Request& request : party.requests) {
        if (request.refused) continue;
        if (!serials.insert(request.serial).second) throw Violation{"a serial was given twice"};
      }
      if (party.lost_a_disk) {
        // Taken back, and asked for by somebody who never heard of it.
        for (const auto& [key, message] : party.disk.messages()) {
          if (!key.incoming && party.released.contains(key.number)) serials.insert(key.number);
        }
      }
      for (const auto& [key, message] : party.disk.messages()) {
        const bool concludes = !key.incoming &&
                               message.type == static_cast<uint8_t>(wire::MessageType::service) &&
                               message.submitter == Hash{};
        if (concludes) serials.insert(key.number);
        if (!key.incoming && !serials.contains(key.number)) {
          throw Violation{party.name + " released a message that nobody asked for, " +
                          std::to_string(key.number) + reason_in(message)};
        }
      }
      if (serials.size() != mine.size())
        throw Violation{"a message of " + party.name + " is missing"};
      if (!party.core().status().numbering_stopped.empty()) {
        throw Violation{party.name +
                        " believes in a fork: " + party.core().status().numbering_stopped};
      }
      // Both are honest, whatever became of their links and disks.
      for (const Bytes& bytes : party.disk.journal()) {
        const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
        const auto* kept = entry->fact_as_EvidenceKept();
        if (kept != nullptr && !is_of_lost_disk(*kept)) {
          throw Violation{party.name + " keeps evidence against an honest party, of kind " +
                          std::to_string(static_cast<int>(kept->kind()))};
        }
      }
    }
  }

  bool is_of_lost_disk(const wire::EvidenceKept& kept) const {
    return lost_disks_ > 0 && (kept.kind() == wire::EvidenceKind::own_store_old ||
                               kept.kind() == wire::EvidenceKind::peer_store_old);
  }

  std::string describe_clock(size_t i) const {
    const Exercise& exercise = parties_[i].core().exercise();
    const ExerciseClock& clock = exercise.clock();
    return "clock " + std::to_string(now(i).utc - kEpochStart) + ", speed " +
           std::to_string(clock.speed_permille()) + (clock.is_paused() ? ", paused" : "") +
           (clock.jumping_to() ? ", jumps" : "") + (exercise.stopped() ? ", stopped" : "") +
           ", follows " + std::to_string(exercise.followed()) + ", apart " +
           std::to_string(exercise.apart_ms().value_or(0)) + "; ";
  }

  std::string describe() const {
    std::string text;
    for (size_t i = 0; i < kParties; ++i) {
      const Party& party = parties_[i];
      if (!party.runner) {
        text += party.name + " is down; ";
        continue;
      }
      CoreStatus status = party.core().status();
      text += party.name + ": link " + std::to_string(static_cast<int>(status.link)) + ", own " +
              std::to_string(status.own_size) + " receipted " +
              std::to_string(status.own_receipted) + ", queued " +
              std::to_string(status.queued[0] + status.queued[1] + status.queued[2] +
                             status.queued[3]) +
              ", peer " + std::to_string(status.peer_size) + " " + status.numbering_stopped + "; " +
              untrue_conditions(party) + (options_.exercise ? describe_clock(i) : "");
    }
    return text;
  }

  Options options_;
  Seeded random_;
  std::array<Party, kParties> parties_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::map<LinkId, Connection> connections_;
  uint64_t last_connection_ = 0;
  uint64_t order_ = 0;
  BootMs now_ = 0;
  bool faults_ = true;
  Hash trace_{};
  uint64_t crashes_ = 0;
  uint64_t cuts_ = 0;
  uint64_t lost_disks_ = 0;

  uint64_t cut_per_mille_ = 0;
  uint64_t silence_per_mille_ = 0;
  uint64_t crash_per_mille_ = 0;
  uint64_t clock_step_per_mille_ = 0;
  uint64_t disk_failure_per_mille_ = 0;
  uint64_t send_per_mille_ = 0;
  uint64_t burst_max_ = 1;
  uint64_t announce_per_mille_ = 0;
  uint64_t draft_per_mille_ = 0;
  uint64_t direct_per_mille_ = 0;
  uint64_t stop_per_mille_ = 0;
  uint64_t joint_per_mille_ = 0;
  uint64_t rungs_ = 0;
  uint64_t on_time_ = 0;
  int64_t latency_max_ms_ = 1;
  bool disk_slow_ = false;
  bool fragmenting_ = false;
  bool flood_ = false;
  bool flooded_ = false;
};

}  // namespace

Outcome run(const Options& options) {
  return Simulation(options).run();
}

}  // namespace hotline::simulation
