#include "protocol/channel/core.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A step of the wall clock that is worth a record; less is the slewing of a time service.
constexpr int64_t kClockStep_ms = 1000;

}  // namespace

Core::Core(CoreConfig config, Records& records, Random& random, Now started)
    : config_(std::move(config)),
      trust_(config_),
      started_(started),
      recorder_(records, random),
      persons_(recorder_, random),
      noise_(recorder_, random),
      conditions_(recorder_),
      exercise_(config_, recorder_, persons_, noise_, conditions_),
      disk_(config_, conditions_),
      evidence_(config_, recorder_, noise_, conditions_),
      after_recovery_(config_, recorder_, persons_, noise_, conditions_, evidence_),
      agreements_(config_, config_.policy, recorder_, conditions_),
      flash_share_(config_, conditions_),
      channel_state_(config_, recorder_, conditions_),
      escalation_(config_, recorder_, conditions_, started),
      corrections_(config_, recorder_),
      cases_(config_, recorder_, persons_, noise_, conditions_, corrections_),
      read_backs_(config_, recorder_, conditions_, corrections_),
      answers_(config_, recorder_, corrections_),
      conflicts_(config_, recorder_, noise_, conditions_, corrections_, started),
      conflict_digests_(config_, recorder_, conditions_, agreements_, corrections_, conflicts_),
      witness_(config_, trust_, recorder_, noise_, conditions_, evidence_),
      exports_(recorder_, noise_, witness_),
      releases_(config_, recorder_, random, exercise_, agreements_, channel_state_, corrections_,
                cases_, read_backs_, answers_, conflicts_),
      drafts_(config_, recorder_, persons_, noise_, disk_, channel_state_, conditions_, conflicts_,
              releases_),
      handover_(config_, recorder_, persons_, noise_, conditions_),
      pauses_(recorder_, persons_, noise_, escalation_, releases_),
      by_hand_(recorder_, persons_, noise_, escalation_, corrections_, releases_, pauses_),
      submissions_(config_, recorder_, persons_, noise_, disk_, evidence_, channel_state_,
                   corrections_, drafts_, releases_),
      outbox_(config_, trust_, recorder_, disk_, evidence_, releases_),
      inbox_(config_, trust_, recorder_, noise_, exercise_, disk_, evidence_, agreements_,
             channel_state_, corrections_, cases_, read_backs_, answers_, witness_, releases_),
      recovery_(config_, trust_, recorder_, noise_, evidence_, after_recovery_, witness_, releases_,
                outbox_, inbox_),
      claims_(config_, trust_, recorder_, evidence_, outbox_),
      session_(config_, recorder_, noise_, conditions_, exercise_, disk_, agreements_,
               conflict_digests_, witness_, outbox_, inbox_, claims_, recovery_) {}

// ----------------------------------------------------------------------------------------------
// start and stop

Status Core::replay(uint64_t index, ByteView bytes) {
  const auto opened = open_stored_entry(index, bytes);
  if (!opened) return opened.error();
  const wire::Entry& entry = **opened;
  if (auto status = recorder_.replay(index, bytes, entry.at()); !status) return status;
  if (index == 0) {
    if (Status ours = check_owner(entry); !ours) return ours;
  }
  if (const char* fault = fault_in(entry)) {
    return store_altered("journal entry " + std::to_string(index) + " cannot be true: " + fault);
  }
  // An entry of the future, since the wall clock was set back, counts as of now.
  const BootMs boot = replayed_time(machine_time(entry), started_).boot;
  recorder_.apply(entry);
  persons_.apply(entry);
  exercise_.apply(entry, boot);
  conditions_.apply(entry);
  submissions_.apply(entry);
  evidence_.apply(entry);
  after_recovery_.apply(entry);
  const Separation separation = config_.policy.separation;
  agreements_.apply(entry);
  const Now then{boot, entry.at(), entry.ahead_ms()};
  if (entry.fact_as_AgreementBegan()) follow_policy(then, separation);
  channel_state_.apply(entry);
  corrections_.apply(entry);
  cases_.apply(entry);
  read_backs_.apply(entry);
  answers_.apply(entry);
  conflicts_.apply(entry);
  session_.apply(entry);
  witness_.apply(entry);
  drafts_.apply(entry);
  handover_.apply(entry);
  pauses_.apply(entry);
  apply_durable(index, entry, then);
  return ok();
}

Status Core::check_owner(const wire::Entry& first) const {
  const wire::StoreCreated* created = first.fact_as_StoreCreated();
  const bool ours = created != nullptr && created->party() &&
                    created->party()->str() == config_.party && created->peer() &&
                    created->peer()->str() == config_.peer &&
                    std::equal(config_.channel.id.begin(), config_.channel.id.end(),
                               created->channel()->bytes()->begin()) &&
                    created->exercise() == config_.channel.exercise;
  if (ours) return ok();
  return make_error(ErrorCode::configuration,
                    "journal entry 0: the store belongs to another party or channel",
                    "check [store] path, party, peer, channel and mode in the configuration");
}

const char* Core::fault_in(const wire::Entry& entry) const {
  if (const char* fault = recorder_.fault_in(entry)) return fault;
  if (const char* fault = conditions_.fault_in(entry)) return fault;
  if (const char* fault = exercise_.fault_in(entry)) return fault;
  if (const char* fault = after_recovery_.fault_in(entry)) return fault;
  if (const char* fault = drafts_.fault_in(entry)) return fault;
  if (const char* fault = handover_.fault_in(entry)) return fault;
  return Escalation::fault_in(entry);
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

Status Core::start(const Hash& stored_root) {
  const Now now = ticked_ = channel_time(started_);
  if (Status whole = recorder_.compare_with_records(stored_root, evidence_.is_recovering()); !whole)
    return whole;
  if (Status named = compare_prefix_with_records(); !named) return named;
  recorder_.go_live();
  evidence_.go_live();
  witness_.go_live();
  outbox_.go_live();
  session_.go_live(now);
  escalation_.go_live(now);

  if (recorder_.size() == 0) recorder_.record_created(now, config_);
  UtcMs last_at = recorder_.last_at();
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateStarted(b, b.CreateString(config_.version));
  });
  if (now.utc < last_at) {
    recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, last_at, now.utc);
    });
    recorder_.alarm(now, {},
                    "the clock stands before the last journal entry (" + format_rfc3339(last_at) +
                        "): check this host's time");
  }
  evidence_.note_conditions(now);
  after_recovery_.note_conditions(now);
  clock_offset_ = now.machine_utc() - now.boot;
  read_backs_.tell(now);
  conflicts_.tell(now);
  escalation_.review_unreachable(now);
  follow_exercise(now);
  escalation_.run_ladder(now);
  return ok();
}

void Core::stop(Now now) {
  session_.close_all(now);
  noise_.tell_held_back(INT64_MAX, now, false);
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) { return wire::CreateStopped(b); });
}

// ----------------------------------------------------------------------------------------------
// commits

bool Core::wants_commit() const {
  return !recorder_.gathering().empty() || (session_.adopted() && outbox_.can_number()) ||
         inbox_.owes_receipt();
}

std::shared_ptr<const Batch> Core::seal(Now now) {
  HOTLINE_CHECK(recorder_.sealed() == nullptr);
  if (session_.adopted()) outbox_.number_messages(now);
  inbox_.sign_receipt(now);
  if (recorder_.gathering().empty()) return nullptr;
  inbox_.seal();
  exports_.seal();
  releases_.seal();
  witness_.seal();
  auto batch = recorder_.seal();
  if (planted(PlantedBug::receipt_before_durable)) session_.send_receipt();
  if (planted(PlantedBug::index_reused_after_crash)) session_.pump(now);
  return batch;
}

void Core::committed(Now now) {
  HOTLINE_CHECK(recorder_.sealed() != nullptr);
  const bool receipt_is_new =
      recorder_.sealed_state().peer_receipted > recorder_.durable().peer_receipted;
  recorder_.committed([&](uint64_t journal_index, const wire::Entry& entry) {
    apply_durable(journal_index, entry, now);
  });
  follow_exercise(now);
  escalation_.note_conditions(now);
  agreements_.note_conditions(now);
  channel_state_.note_conditions(now);
  read_backs_.tell(now);
  conflicts_.tell(now);
  conflict_digests_.committed(now, session_.adopted());
  witness_.committed();
  inbox_.committed();
  session_.committed(now, receipt_is_new);
  exports_.committed(now, session_.adopted());
  by_hand_.committed(now);
}

void Core::apply_durable(uint64_t journal_index, const wire::Entry& entry, Now at) {
  escalation_.apply_durable(entry, at);
  const auto answered = answered_by(entry);
  if (answered && answers_.is_answered(*answered)) escalation_.answered_in_full(*answered);
  outbox_.apply_durable(entry, at);
  exercise_.apply_durable(entry);
  agreements_.apply_durable(entry);
  flash_share_.apply_durable(entry);
  channel_state_.apply_durable(entry);
  conflicts_.apply_durable(entry);
  conflict_digests_.apply_durable(entry);
  drafts_.apply_durable(journal_index, entry);
  handover_.apply_durable(entry);
}

// ----------------------------------------------------------------------------------------------
// time

void Core::begin_agreements(Now now) {
  const Separation separation = config_.policy.separation;
  if (!agreements_.begin_due(now)) return;
  follow_policy(now, separation);
  session_.tell_agreement(now);
}

void Core::tick(Now now) {
  const int64_t before = ticked_.boot / limits::kProbeInterval_ms;
  ticked_ = now;
  note_clock(now);
  follow_exercise(now);
  // A probe has our clock of the exercise, and a link that is never silent has no other.
  const bool is_time = now.boot / limits::kProbeInterval_ms != before;
  if (is_time && exercise_.joint().agreed()) session_.tell_agreement(now);
  conditions_.tick(now);
  begin_agreements(now);
  agreements_.note_conditions(now);
  channel_state_.note_conditions(now);
  agreements_.judge_peer(now);
  flash_share_.note_conditions(now);
  drafts_.note_conditions(now);
  cases_.tick(now);
  handover_.tick(now);
  outbox_.tick(now);
  witness_.tick(now, session_.adopted());
  session_.tick(now);
  session_.ask_for_next_path(now);
  noise_.tell_held_back(now.boot, now, session_.adopted().has_value());
  escalation_.tick(now);
  conflicts_.tick(now);
  conflict_digests_.tick(now, session_.adopted());
  witness_.tick_put_off(now, session_.adopted());
  exports_.answer(now, session_.adopted());
  if (exercise_.clock().jumping_to()) walk(now);
}

// The parts that do not look at the policy each time.
void Core::follow_policy(Now now, const Separation& before) {
  escalation_.follow(config_.policy, now);
  cases_.follow_policy();
  conflicts_.follow_separation(before);
}

BootMs Core::wake_at() const {
  const BootMs due = std::min({escalation_.due(), conflict_digests_.due(), witness_.due(),
                               exports_.due(), noise_.due(), conditions_.due(), session_.due()});
  const ExerciseClock& clock = exercise_.clock();
  if (!clock.is_set()) return std::min(due, escalation_.ladder_due());
  if (clock.jumping_to()) return std::min(due, walk_due());
  const auto next = next_due(ticked_);
  return next ? std::min(due, clock.machine_boot(next->at - ticked_.utc + ticked_.timer())) : due;
}

void Core::note_clock(Now now) {
  int64_t offset = now.machine_utc() - now.boot;
  if (clock_offset_ && std::abs(offset - *clock_offset_) >= kClockStep_ms) {
    UtcMs expected = now.boot + *clock_offset_;
    recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      return wire::CreateClockStepped(b, expected, now.machine_utc());
    });
    recorder_.alarm(now, {},
                    "this host's clock was set from " + format_rfc3339(expected) + " to " +
                        format_rfc3339(now.machine_utc()));
    clock_offset_ = offset;
  }
  if (!clock_offset_) clock_offset_ = offset;
}

// ----------------------------------------------------------------------------------------------
// requests

void Core::link_refused(Now now, const std::string& remote, const std::string& reason) {
  noise_.note_refusal_of_link(now, NoiseKind::stranger, remote, reason);
  if (remote.empty())
    session_.note_failure(now, reason);  // We dialled; else anybody may have knocked.
}

void Core::set_disk_room(Now now, const DiskRoom& room) {
  if (disk_.set_own(now, room)) session_.tell_disk_room(now);
  session_.ask_for_what_was_left(now);
}

CoreStatus Core::status() const {
  const Recorder::State& durable = recorder_.durable();
  CoreStatus status;
  static_cast<LinkStatus&>(status) = session_.status();
  status.journal_size = durable.journal_size;
  status.own_size = durable.own_size;
  status.own_receipted = recorder_.own().receipted_size();
  status.peer_size = durable.peer_size;
  status.own_root = durable.own_root;
  status.peer_root = durable.peer_root;
  for (uint8_t i = 0; i < 4; ++i) {
    status.queued[i] =
        static_cast<uint32_t>(recorder_.own().waiting_count(static_cast<uint8_t>(i + 1)));
  }
  status.unreceipted = static_cast<uint32_t>(recorder_.own().unreceipted_count());
  status.numbering_stopped = evidence_.numbering_stopped();
  status.own_checkpoint = durable.own_checkpoint;
  status.own_receipt = recorder_.own().receipt();
  status.peer_receipt = durable.peer_receipt;
  status.disk_low = disk_.own() != DiskLevel::plenty;
  status.peer_flash_only = disk_.peer() != DiskLevel::plenty;
  return status;
}

}  // namespace hotline
