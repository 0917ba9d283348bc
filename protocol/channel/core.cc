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
      trust_(config_),
      random_(random),
      started_(started),
      recorder_(records, random),
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
  if (auto status = recorder_.replay(index, bytes, (*entry)->at()); !status) return status;
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
  if (const char* fault = fault_in(fact)) {
    return store_altered("journal entry " + std::to_string(index) + " cannot be true: " + fault);
  }
  recorder_.apply(fact);
  apply(fact);
  apply_durable(fact, replayed_time(fact.at(), started_));
  return ok();
}

Status Core::start(Now now, const Hash& stored_root) {
  if (Status whole = recorder_.compare_with_records(stored_root); !whole) return whole;
  if (Status named = compare_prefix_with_records(); !named) return named;
  recorder_.go_live();
  durable_witness_ = {peer_journal_.size(), cosigned_size_};
  receipt_recorded_ = recorder_.own().receipted_size();
  first_serial_of_run_ = recorder_.own().last_serial() + 1;
  alone_since_ = now.boot;

  if (recorder_.size() == 0) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      wire::ChannelId id = to_wire(config_.channel.id);
      auto party = b.CreateString(config_.party);
      auto peer = b.CreateString(config_.peer);
      return wire::CreateStoreCreated(b, party, peer, &id, config_.channel.exercise);
    });
  }
  UtcMs last_at = recorder_.last_at();
  record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateStarted(b, b.CreateString(config_.version));
  });
  if (now.utc < last_at) {
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, last_at, now.utc);
    });
    recorder_.alarm(now, {},
                    "the clock stands before the last journal entry (" + format_rfc3339(last_at) +
                        "): check this host's time");
  }
  if (!numbering_stopped_.empty()) {
    recorder_.alarm(now, {}, numbering_stopped_ + ": nothing is sent; use voice");
  }
  clock_offset_ = now.utc - now.boot;
  run_ladder(now);
  return ok();
}

void Core::apply(const wire::Entry& entry) {
  switch (entry.fact_type()) {
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      if (fact.submitter()) {
        uint64_t& last = last_counter_[to_hash(*fact.submitter())];
        last = std::max(last, fact.counter());
      }
      if (fact.key_hash()) keyed_.insert(shorten(to_hash(*fact.key_hash())), fact.serial());
      break;
    }
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
      for (uint64_t serial : recorder_.own().unreceipted_below(fact.size()))
        ladder_.receipted({false, serial}, at);
      const size_t bytes = recorder_.receipt_held(fact);
      issued_.erase(issued_.begin(), issued_.upper_bound(fact.size()));
      if (recorder_.is_live()) {
        receipted_lately_.emplace_back(at.boot, bytes);
        receipted_lately_bytes_ += bytes;
      }
      break;
    }
    case wire::Fact::StepsDecided:
      if (!recorder_.is_live()) replay_decision(*entry.fact_as_StepsDecided(), at);
      break;
    case wire::Fact::AttemptEnded:
      if (!recorder_.is_live()) replay_attempt(*entry.fact_as_AttemptEnded(), at);
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
  for (uint64_t attempt : to_stop) recorder_.say(StopAttempt{attempt});
}

void Core::note_clock(Now now) {
  int64_t offset = now.utc - now.boot;
  if (clock_offset_ && std::abs(offset - *clock_offset_) >= kClockStep_ms) {
    UtcMs expected = now.boot + *clock_offset_;
    record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, expected, now.utc);
    });
    recorder_.alarm(now, {},
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
    recorder_.alarm(
        now, {},
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
  return !recorder_.gathering().empty() || can_number() ||
         recorder_.peer().frontier().size() > recorder_.peer().receipted_size();
}

std::shared_ptr<const Batch> Core::seal(Now now) {
  HOTLINE_CHECK(recorder_.sealed() == nullptr);
  number_messages(now);
  sign_receipt(now);
  if (recorder_.gathering().empty()) return nullptr;
  sealed_peer_bytes_ = std::exchange(gathering_peer_bytes_, 0);
  sealed_exports_ = std::exchange(gathering_exports_, {});
  gathering_own_ = {};
  sealed_peer_serials_ = std::exchange(gathering_peer_serials_, {});
  sealed_witness_ = {peer_journal_.size(), cosigned_size_};
  auto batch = recorder_.seal();
  if (planted(PlantedBug::receipt_before_durable) && adopted_) send_receipt(*adopted_);
  if (planted(PlantedBug::index_reused_after_crash) && adopted_) pump(now);
  return batch;
}

void Core::committed(Now now) {
  HOTLINE_CHECK(recorder_.sealed() != nullptr);
  const bool receipt_is_new =
      recorder_.sealed_state().peer_receipted > recorder_.durable().peer_receipted;
  durable_witness_ = sealed_witness_;
  recorder_.committed([&](const wire::Entry& entry) { apply_durable(entry, now); });
  sealed_peer_bytes_ = 0;
  sealed_peer_serials_ = {};
  if (receipt_is_new && adopted_) send_receipt(*adopted_);
  pump(now);
  built_frames_.clear();
  if (adopted_) unstash(now, *adopted_);
  begin_exports(now, std::exchange(sealed_exports_, {}));
  answer_exports(now);
}

std::vector<Effect> Core::take_effects() {
  return recorder_.take_effects();
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
  status.journal_size = recorder_.durable().journal_size;
  status.own_size = recorder_.durable().own_size;
  status.own_receipted = recorder_.own().receipted_size();
  status.peer_size = recorder_.durable().peer_size;
  status.own_root = recorder_.durable().own_root;
  status.peer_root = recorder_.durable().peer_root;
  for (uint8_t i = 0; i < 4; ++i) {
    status.queued[i] =
        static_cast<uint32_t>(recorder_.own().waiting_count(static_cast<uint8_t>(i + 1)));
  }
  status.unreceipted = static_cast<uint32_t>(recorder_.own().unreceipted_count());
  status.agreement_matches = agreement_matches_;
  status.numbering_stopped = numbering_stopped_;
  status.own_checkpoint = recorder_.durable().own_checkpoint;
  status.own_receipt = recorder_.own().receipt();
  status.peer_receipt = recorder_.durable().peer_receipt;
  status.disk_low = disk_room_.level != DiskLevel::plenty;
  status.peer_flash_only = peer_room_ != DiskLevel::plenty;
  return status;
}

}  // namespace hotline
