// The life of the core: recording facts, what follows from them at once and once they are durable,
// commits, time.
#include "protocol/channel/core.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

// A step of the wall clock that is worth a record; less is the slewing of a time service.
constexpr int64_t kClockStep_ms = 1000;
constexpr uint64_t kEpoch = 0;

wire::MessageKey to_wire(MessageKey key) {
  return {key.incoming, key.number};
}
MessageKey from_wire(const wire::MessageKey* key) {
  return key == nullptr ? MessageKey{} : MessageKey{key->incoming(), key->number()};
}
LadderKey to_ladder(MessageKey key) {
  return {key.incoming, key.number};
}
Hash evidence_name(const flatbuffers::String* first, const flatbuffers::String* second) {
  auto view = [](const flatbuffers::String* text) {
    return text ? as_bytes(text->string_view()) : ByteView();
  };
  return sha256({view(first), as_bytes("\n"), view(second)});
}

}  // namespace

Core::Core(CoreConfig config, Records& records, Random& random, Now started)
    : config_(std::move(config)),
      own_origin_(transcript_origin(config_.channel, config_.party, kEpoch)),
      peer_origin_(transcript_origin(config_.channel, config_.peer, kEpoch)),
      own_trust_{own_origin_, config_.own_keys.log, config_.own_keys.log_verifier,
                 config_.peer_keys.receipt, config_.peer_keys.receipt_verifier},
      peer_trust_{peer_origin_, config_.peer_keys.log, config_.peer_keys.log_verifier,
                  config_.own_keys.receipt, config_.own_keys.receipt_verifier},
      own_journal_trust_{journal_origin(config_.channel, config_.party, kEpoch),
                         config_.own_keys.log, config_.own_keys.log_verifier,
                         config_.peer_keys.witness, config_.peer_keys.witness_verifier},
      peer_journal_origin_(journal_origin(config_.channel, config_.peer, kEpoch)),
      records_(records),
      random_(random),
      started_(started),
      journal_(random),
      ladder_(config_.policy),
      test_calls_(config_.policy.link, config_.party < config_.peer, started.utc) {}

Core::~Core() = default;

Status Core::replay(uint64_t index, ByteView bytes) {
  auto entry = open_flatbuffer<wire::Entry>(bytes, kJournalEntryIdentifier);
  if (!entry) {
    return make_error(
        ErrorCode::store_failed,
        "journal entry " + std::to_string(index) + " is damaged: " + entry.error().reason,
        kKeepAsEvidence);
  }
  if (auto status = journal_.replay(index, bytes, (*entry)->at()); !status) return status;
  const wire::Entry& fact = **entry;
  if (index == 0) {
    const wire::StoreCreated* created = fact.fact_as_StoreCreated();
    bool ours = created != nullptr && created->party() &&
                created->party()->str() == config_.party && created->peer() &&
                created->peer()->str() == config_.peer &&
                std::equal(config_.channel.id.begin(), config_.channel.id.end(),
                           created->channel()->bytes()->begin()) &&
                created->exercise() == config_.channel.exercise;
    if (!ours) {
      return make_error(ErrorCode::configuration,
                        "journal entry 0: the store belongs to another party or channel",
                        "check [store] path, party, peer, channel and mode in the configuration");
    }
  }
  if (Status possible = check_replayed(index, fact); !possible) return possible;
  apply(fact);
  apply_durable(fact, replayed_time(fact.at(), started_));
  return ok();
}

Status Core::start(Now now, const Hash& stored_root) {
  if (Status whole = compare_with_records(stored_root); !whole) return whole;
  if (Status named = compare_prefix_with_records(); !named) return named;
  durable_ = current_state();
  receipt_recorded_ = own_.receipted_size();
  first_serial_of_run_ = own_.last_serial() + 1;
  live_ = true;
  journal_.replayed();
  own_.take_kept_subtrees();
  peer_.take_kept_subtrees();
  alone_since_ = now.boot;
  effects_.clear();  // What the replay asked for was done, or is asked for again by the ladder.

  if (journal_.size() == 0) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      wire::ChannelId id = to_wire(config_.channel.id);
      auto party = b.CreateString(config_.party);
      auto peer = b.CreateString(config_.peer);
      return wire::CreateStoreCreated(b, party, peer, &id, config_.channel.exercise);
    });
  }
  UtcMs last_at = journal_.last_at();
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateStarted(b, b.CreateString(config_.version));
  });
  if (now.utc < last_at) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, last_at, now.utc);
    });
    alarm(now, {},
          "the clock stands before the last journal entry (" + format_rfc3339(last_at) +
              "): check this host's time");
  }
  if (!numbering_stopped_.empty()) {
    alarm(now, {}, numbering_stopped_ + ": nothing is sent; use voice");
  }
  clock_offset_ = now.utc - now.boot;
  run_ladder(now);
  return ok();
}

void Core::apply(const wire::Entry& entry) {
  switch (entry.fact_type()) {
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      own_.released(fact);
      if (fact.submitter()) {
        uint64_t& last = last_counter_[to_hash(*fact.submitter())];
        last = std::max(last, fact.counter());
      }
      if (fact.key_hash()) keyed_.insert(shorten(to_hash(*fact.key_hash())), fact.serial());
      break;
    }
    case wire::Fact::Numbered:
      own_.numbered(*entry.fact_as_Numbered());
      break;
    case wire::Fact::Received:
      peer_.received(*entry.fact_as_Received());
      break;
    case wire::Fact::ReceiptGiven:
      peer_.receipt_given(*entry.fact_as_ReceiptGiven());
      break;
    case wire::Fact::JournalWitnessed:
      peer_journal_.witnessed(*entry.fact_as_JournalWitnessed());
      break;
    case wire::Fact::EvidenceKept: {
      const wire::EvidenceKept& fact = *entry.fact_as_EvidenceKept();
      wire::EvidenceKind kind = fact.kind();
      evidence_.insert(evidence_name(fact.first(), fact.second()));
      ++evidence_kept_[kind];
      // The peer's fork says nothing of what we sent, and must not silence us.
      if (kind == wire::EvidenceKind::fork_of_own) {
        numbering_stopped_ = "two notes under our own key contradict each other (fork)";
      } else if (kind == wire::EvidenceKind::fork_of_peer_journal) {
        peer_journal_.frozen();
      } else if (kind == wire::EvidenceKind::own_store_old) {
        numbering_stopped_ = "this store is older than what the peer can prove";
        serials_in_doubt_ = true;
      }
      break;
    }
    default:
      break;
  }
}

void Core::apply_durable(const wire::Entry& entry, Now at) {
  switch (entry.fact_type()) {
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      note_test_call(fact.type(), {false, fact.serial()}, fact.refers_to(), entry.at());
      if (waits_for_acknowledgement(static_cast<wire::MessageType>(fact.type()))) {
        ladder_.opened({false, fact.serial()}, fact.precedence(), fact.answer_due(), at);
      }
      if (fact.refers_to()) settle(fact.type(), fact.role(), from_wire(fact.refers_to()));
      break;
    }
    case wire::Fact::Received: {
      const wire::Received& fact = *entry.fact_as_Received();
      if (waits_for_acknowledgement(fact)) {
        ladder_.opened({true, fact.index()}, known_precedence(fact.precedence()), fact.answer_due(),
                       at);
      }
      if (fact.decline_code() != 0) break;
      note_test_call(fact.type(), {true, fact.index()}, fact.refers_to(), entry.at());
      if (fact.refers_to()) settle(fact.type(), fact.role(), from_wire(fact.refers_to()));
      break;
    }
    case wire::Fact::ReceiptHeld: {
      const wire::ReceiptHeld& fact = *entry.fact_as_ReceiptHeld();
      for (uint64_t serial : own_.unreceipted_below(fact.size()))
        ladder_.receipted({false, serial}, at);
      uint64_t bytes_before = own_.unreceipted_bytes();
      own_.receipt_held(fact);
      issued_.erase(issued_.begin(), issued_.upper_bound(fact.size()));
      if (live_) {
        size_t bytes = static_cast<size_t>(bytes_before - own_.unreceipted_bytes());
        receipted_lately_.emplace_back(at.boot, bytes);
        receipted_lately_bytes_ += bytes;
      }
      break;
    }
    case wire::Fact::StepsDecided:
      if (!live_) replay_decision(*entry.fact_as_StepsDecided(), at);
      break;
    case wire::Fact::AttemptEnded:
      if (!live_) replay_attempt(*entry.fact_as_AttemptEnded(), at);
      break;
    default:
      break;
  }
}

// What a message of this type does to the one it speaks of. A machine is nobody: its DECLINE ends
// no wait.
void Core::settle(uint8_t type, uint8_t role, MessageKey refers_to) {
  std::vector<uint64_t> to_stop;
  switch (static_cast<wire::MessageType>(type)) {
    case wire::MessageType::acknowledgement:
      to_stop = ladder_.acknowledged(to_ladder(refers_to));
      break;
    case wire::MessageType::decline:
      if (role == static_cast<uint8_t>(wire::Role::machine)) break;
      [[fallthrough]];
    case wire::MessageType::cancellation:
      to_stop = ladder_.closed(to_ladder(refers_to));
      break;
    case wire::MessageType::answer:
      ladder_.answered(to_ladder(refers_to), true);
      break;
    default:
      break;
  }
  for (uint64_t attempt : to_stop) effects_.push_back(StopAttempt{attempt});
}

void Core::alarm(Now now, MessageKey key, const std::string& text) {
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    wire::MessageKey wire_key = to_wire(key);
    auto words = b.CreateString(text);
    return wire::CreateAlarmRaised(b, &wire_key, 0, words);
  });
  effects_.push_back(Alarm{key, text});
}

void Core::note_clock(Now now) {
  int64_t offset = now.utc - now.boot;
  if (clock_offset_ && std::abs(offset - *clock_offset_) >= kClockStep_ms) {
    UtcMs expected = now.boot + *clock_offset_;
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, expected, now.utc);
    });
    alarm(now, {},
          "this host's clock was set from " + format_rfc3339(expected) + " to " +
              format_rfc3339(now.utc));
    clock_offset_ = offset;
  }
  if (!clock_offset_) clock_offset_ = offset;
}

void Core::note_test_call(uint8_t type, MessageKey key, const wire::MessageKey* refers_to,
                          UtcMs at) {
  if (type == static_cast<uint8_t>(wire::MessageType::test)) test_calls_.called(key, at);
  if (type == static_cast<uint8_t>(wire::MessageType::acknowledgement) && refers_to) {
    test_calls_.acknowledged(from_wire(refers_to), at);
  }
}

void Core::judge_test_calls(Now now) {
  for (const TestCalls::Missed& missed : test_calls_.judge(now.utc)) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateTestCallMissed(b, missed.began / 3'600'000, missed.ours, missed.in_a_row);
    });
    alarm(now, {},
          (missed.in_a_row == 1 ? "AMBER: no acknowledged test call since "
                                : "RED: " + std::to_string(missed.in_a_row) +
                                      " test calls in a row were missed, the last one due from ") +
              format_date_time_group(missed.began) +
              (missed.ours ? ": it was our turn; hotline test-call"
                           : ": it was the peer's turn; ask them, by voice if need be"));
  }
}

void Core::tick(Now now) {
  note_clock(now);
  while (!receipted_lately_.empty() && receipted_lately_.front().first + 1000 <= now.boot) {
    receipted_lately_bytes_ -= receipted_lately_.front().second;
    receipted_lately_.pop_front();
  }
  tick_links(now);
  ask_for_next_path(now);
  tell_held_back(now.boot, now);
  run_ladder(now);
  tell_unpaged(now);
  judge_test_calls(now);
  if (offer_soon_at_ <= now.boot) check_channel(now);
  answer_exports(now);
}

BootMs Core::wake_at() const {
  BootMs next = INT64_MAX;
  if (auto due = ladder_.next_due()) next = *due;
  next =
      std::min({next, next_channel_check_, offer_soon_at_, noise_due(), alone_due(), told_due()});
  for (const WaitingExport& waiting : exports_) next = std::min(next, waiting.give_up_at);
  for (const auto& [id, link] : links_) {
    next = std::min({next, link_due(link), next_path_due(link)});
  }
  return next;
}

bool Core::wants_commit() const {
  return !journal_.gathering_is_empty() || can_number() ||
         peer_.frontier().size() > peer_.receipted_size();
}

std::shared_ptr<const Batch> Core::seal(Now now) {
  HOTLINE_CHECK(!sealed_);
  number_messages(now);
  sign_receipt(now);
  if (journal_.gathering_is_empty()) return nullptr;
  Batch& batch = journal_.gathering();
  batch.add_subtrees(LogId::own_transcript, own_.take_kept_subtrees());
  batch.add_subtrees(LogId::peer_transcript, peer_.take_kept_subtrees());
  sealed_ = journal_.take();
  sealed_peer_bytes_ = std::exchange(gathering_peer_bytes_, 0);
  sealed_effects_ = std::move(gathering_effects_);
  gathering_effects_.clear();
  sealed_exports_ = std::exchange(gathering_exports_, {});
  gathering_own_ = {};
  sealed_peer_serials_ = std::exchange(gathering_peer_serials_, {});
  sealed_state_ = current_state();
  if (planted(PlantedBug::receipt_before_durable) && adopted_) {
    durable_.peer_receipt = sealed_state_.peer_receipt;
    send_receipt(*adopted_);
  }
  if (planted(PlantedBug::index_reused_after_crash) && adopted_) {
    durable_.own_size = sealed_state_.own_size;
    pump(now);
  }
  return sealed_;
}

Core::DurableState Core::current_state() const {
  return {.journal_size = journal_.size(),
          .own_size = own_.frontier().size(),
          .peer_size = peer_.frontier().size(),
          .own_checkpoint = own_.checkpoint(),
          .peer_receipt = peer_.receipt(),
          .peer_receipted = peer_.receipted_size(),
          .journal_root = journal_.root(),
          .own_root = own_.frontier().root(),
          .peer_root = peer_.frontier().root(),
          .witnessed_size = peer_journal_.size(),
          .cosigned_size = cosigned_size_};
}

void Core::committed(Now now) {
  HOTLINE_CHECK(sealed_);
  bool receipt_is_new = sealed_state_.peer_receipted > durable_.peer_receipted;
  durable_ = sealed_state_;
  for (const JournalRecord& entry : sealed_->journal) {
    apply_durable(*flatbuffers::GetRoot<wire::Entry>(entry.entry.data()), now);
  }
  last_committed_ = sealed_->id;
  sealed_.reset();
  sealed_peer_bytes_ = 0;
  sealed_peer_serials_ = {};
  if (effects_.empty()) effects_.swap(sealed_effects_);
  std::move(sealed_effects_.begin(), sealed_effects_.end(), std::back_inserter(effects_));
  sealed_effects_.clear();
  if (receipt_is_new && adopted_) send_receipt(*adopted_);
  pump(now);
  built_frames_.clear();
  if (adopted_) unstash(now, *adopted_);
  begin_exports(now, std::exchange(sealed_exports_, {}));
  answer_exports(now);
}

std::vector<Effect> Core::take_effects() {
  return std::exchange(effects_, {});
}

void Core::stop(Now now) {
  while (!links_.empty()) {
    refuse_link(now, links_.begin()->first, wire::CloseReason::shutting_down,
                "the daemon is stopping");
  }
  tell_held_back(INT64_MAX, now);
  record(now, [&](flatbuffers::FlatBufferBuilder& b) { return wire::CreateStopped(b); });
}

uint64_t Core::last_counter(const Hash& certificate) const {
  auto found = last_counter_.find(certificate);
  return found == last_counter_.end() ? 0 : found->second;
}

Core::ShortHash Core::shorten(const Hash& hash) {
  ShortHash half{};
  std::copy_n(hash.begin(), half.size(), half.begin());
  return half;
}

CoreStatus Core::status() const {
  CoreStatus status;
  status.link = adopted_ ? wire::LinkState::up
                         : (links_.empty() ? wire::LinkState::down : wire::LinkState::handshaking);
  status.link_since = link_since_;
  if (adopted_) status.remote = links_.at(*adopted_).remote;
  status.round_trip_ms = round_trip_ms_;
  status.clock_skew_ms = clock_skew_ms_;
  status.journal_size = durable_.journal_size;
  status.own_size = durable_.own_size;
  status.own_receipted = own_.receipted_size();
  status.peer_size = durable_.peer_size;
  status.own_root = durable_.own_root;
  status.peer_root = durable_.peer_root;
  for (uint8_t i = 0; i < 4; ++i) {
    status.queued[i] = static_cast<uint32_t>(own_.waiting_count(static_cast<uint8_t>(i + 1)));
  }
  status.unreceipted = static_cast<uint32_t>(own_.unreceipted_count());
  status.agreement_matches = agreement_matches_;
  status.numbering_stopped = numbering_stopped_;
  status.own_checkpoint = durable_.own_checkpoint;
  status.own_receipt = own_.receipt();
  status.peer_receipt = durable_.peer_receipt;
  status.disk_low = disk_room_.level != DiskLevel::plenty;
  status.peer_flash_only = peer_room_ != DiskLevel::plenty;
  return status;
}

}  // namespace hotline
