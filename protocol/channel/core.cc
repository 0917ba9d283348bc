// The life of the core: recording facts, what follows from them at once and once they are durable,
// commits, time.
#include "protocol/channel/core.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A step of the wall clock that is worth a record; less is the slewing of a time service.
constexpr int64_t kClockStep_ms = 1000;
}  // namespace

Core::Core(CoreConfig config, Records& records, Random& random, Now started)
    : config_(std::move(config)),
      trust_(config_),
      random_(random),
      started_(started),
      recorder_(records, random),
      noise_(recorder_, random),
      disk_(recorder_, noise_),
      evidence_(config_, recorder_, noise_),
      escalation_(config_, recorder_, started),
      witness_(config_, trust_, recorder_, noise_, evidence_),
      exports_(recorder_, noise_, witness_),
      releases_(config_, recorder_, random),
      submissions_(config_, recorder_, random, noise_, disk_, evidence_, releases_),
      outbox_(config_, trust_, recorder_, disk_, evidence_, releases_) {}

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

const char* Core::fault_in(const wire::Entry& entry) const {
  if (const char* fault = recorder_.fault_in(entry)) return fault;
  return Escalation::fault_in(entry);
}

Status Core::start(Now now, const Hash& stored_root) {
  if (Status whole = recorder_.compare_with_records(stored_root); !whole) return whole;
  if (Status named = compare_prefix_with_records(); !named) return named;
  recorder_.go_live();
  evidence_.go_live();
  witness_.go_live();
  outbox_.go_live();
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
  if (!evidence_.numbering_stopped().empty()) {
    recorder_.alarm(now, {}, evidence_.numbering_stopped() + ": nothing is sent; use voice");
  }
  clock_offset_ = now.utc - now.boot;
  escalation_.run_ladder(now);
  return ok();
}

void Core::apply(const wire::Entry& entry) {
  switch (entry.fact_type()) {
    case wire::Fact::Released:
      submissions_.apply(entry);
      break;
    case wire::Fact::JournalWitnessed:
      witness_.apply(entry);
      break;
    case wire::Fact::EvidenceKept:
      evidence_.apply(entry);
      break;
    default:
      break;
  }
}

void Core::apply_durable(const wire::Entry& entry, Now at) {
  escalation_.apply_durable(entry, at);
  outbox_.apply_durable(entry, at);
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

void Core::tick(Now now) {
  note_clock(now);
  outbox_.tick(now);
  tick_links(now);
  ask_for_next_path(now);
  noise_.tell_held_back(now.boot, now, adopted_.has_value(), disk_.peer_words());
  escalation_.tick(now);
  witness_.tick_put_off(now, adopted_);
  exports_.answer(now, adopted_);
}

BootMs Core::wake_at() const {
  BootMs next =
      std::min({escalation_.due(), witness_.due(), exports_.due(), noise_.due(), alone_due()});
  for (const auto& [id, link] : links_) {
    next = std::min({next, link_due(link), link.lane.next_path_due(config_.policy)});
  }
  return next;
}

bool Core::wants_commit() const {
  return !recorder_.gathering().empty() || (adopted_ && outbox_.can_number()) ||
         recorder_.peer().frontier().size() > recorder_.peer().receipted_size();
}

std::shared_ptr<const Batch> Core::seal(Now now) {
  HOTLINE_CHECK(recorder_.sealed() == nullptr);
  if (adopted_) outbox_.number_messages(now);
  sign_receipt(now);
  if (recorder_.gathering().empty()) return nullptr;
  sealed_peer_bytes_ = std::exchange(gathering_peer_bytes_, 0);
  releases_.seal();
  sealed_peer_serials_ = std::exchange(gathering_peer_serials_, {});
  witness_.seal();
  exports_.seal();
  auto batch = recorder_.seal();
  if (planted(PlantedBug::receipt_before_durable) && adopted_) send_receipt(*adopted_);
  if (planted(PlantedBug::index_reused_after_crash) && adopted_) pump(now);
  return batch;
}

void Core::committed(Now now) {
  HOTLINE_CHECK(recorder_.sealed() != nullptr);
  const bool receipt_is_new =
      recorder_.sealed_state().peer_receipted > recorder_.durable().peer_receipted;
  witness_.committed();
  recorder_.committed([&](const wire::Entry& entry) { apply_durable(entry, now); });
  sealed_peer_bytes_ = 0;
  sealed_peer_serials_ = {};
  if (receipt_is_new && adopted_) send_receipt(*adopted_);
  pump(now);
  outbox_.committed();
  if (adopted_) unstash(now, *adopted_);
  exports_.committed(now, adopted_);
}

void Core::attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                         const std::string& detail) {
  escalation_.attempt_ended(now, attempt, outcome, detail);
}

void Core::look_after_ladder(Now now) {
  escalation_.look_after_ladder(now);
}

void Core::record_refusal(Now now, const Actor& actor, const Error& error) {
  noise_.record_refusal(now, actor, error);
}

void Core::record_export(Now now, uint64_t token, const Actor& actor) {
  exports_.record(now, token, actor);
}

void Core::set_disk_room(Now now, const DiskRoom& room) {
  if (disk_.set_own(now, room) && adopted_) send_probe(now, *adopted_);
  ask_for_what_was_left(now);
}

std::vector<Effect> Core::take_effects() {
  return recorder_.take_effects();
}

void Core::stop(Now now) {
  while (!links_.empty()) {
    refuse_link(now, links_.begin()->first, wire::CloseReason::shutting_down,
                "the daemon is stopping");
  }
  noise_.tell_held_back(INT64_MAX, now, adopted_.has_value(), disk_.peer_words());
  record(now, [&](flatbuffers::FlatBufferBuilder& b) { return wire::CreateStopped(b); });
}

uint64_t Core::last_counter(const Hash& certificate) const {
  return submissions_.last_counter(certificate);
}

void Core::submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
                  std::string_view key) {
  submissions_.submit(now, token, actor, counter, draft, key);
}

void Core::pump(Now now) {
  if (adopted_) outbox_.pump(now, *adopted_, links_.at(*adopted_).lane);
}

// By its prefix every message is named, so that another one in the configuration would rename what
// was said. The peer's is compared in its hello.
Status Core::compare_prefix_with_records() {
  const auto record = recorder_.records().message({false, recorder_.own().last_serial()});
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto serial = envelope ? parse_written_serial(text_of((*envelope)->id())) : std::nullopt;
  if (!serial || serial->prefix == config_.prefix) return ok();
  return make_error(ErrorCode::configuration,
                    "the messages of this store are named with the prefix " + serial->prefix +
                        ", and the configuration says " + config_.prefix,
                    "write the old prefix in [party] again: it is for the life of a channel");
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
  status.numbering_stopped = evidence_.numbering_stopped();
  status.own_checkpoint = recorder_.durable().own_checkpoint;
  status.own_receipt = recorder_.own().receipt();
  status.peer_receipt = recorder_.durable().peer_receipt;
  status.disk_low = disk_.own() != DiskLevel::plenty;
  status.peer_flash_only = disk_.peer() != DiskLevel::plenty;
  return status;
}

}  // namespace hotline
