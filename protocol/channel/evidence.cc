#include "protocol/channel/evidence.h"

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

Hash name_of(std::string_view first, std::string_view second) {
  return sha256({as_bytes(first), as_bytes("\n"), as_bytes(second)});
}

ConditionCode code_of(wire::EvidenceKind kind) {
  switch (kind) {
    case wire::EvidenceKind::fork_of_peer:
      return ConditionCode::peer_forked;
    case wire::EvidenceKind::fork_of_own:
      return ConditionCode::own_forked;
    case wire::EvidenceKind::own_store_old:
      return ConditionCode::own_store_old;
    case wire::EvidenceKind::peer_store_old:
      return ConditionCode::peer_store_old;
    case wire::EvidenceKind::fork_of_peer_journal:
    case wire::EvidenceKind::unset:
      break;
  }
  return ConditionCode::witness_frozen;
}

bool is_own(wire::EvidenceKind kind) {
  return kind == wire::EvidenceKind::fork_of_own || kind == wire::EvidenceKind::own_store_old;
}

// To be told beside the fact itself.
std::string consequence(wire::EvidenceKind kind) {
  switch (kind) {
    case wire::EvidenceKind::fork_of_own:
      return "; nothing more is sent, use voice";
    case wire::EvidenceKind::own_store_old:
      return "; it is recovered from the peer at once, and until then nothing is sent, use voice";
    case wire::EvidenceKind::fork_of_peer:
      return "; both notes are kept as evidence, and our own messages go on";
    default:
      return "";
  }
}

}  // namespace

void Evidence::keep(Now now, wire::EvidenceKind kind, const std::string& first,
                    const std::string& second, const std::string& text) {
  if (names_.contains(name_of(first, second))) return;
  // The first of each kind is always told. More of the same proves no more, and a peer could make
  // notes without end.
  const auto kept = kept_.find(kind);
  const bool is_first = kept == kept_.end();
  const bool begins_recovery = kind == wire::EvidenceKind::own_store_old && !serials_in_doubt_;
  if (is_first || begins_recovery || kept->second < limits::kEvidenceKeptMax) {
    apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
      auto one = b.CreateString(first);
      auto other = b.CreateString(second);
      return wire::CreateEvidenceKept(b, kind, one, other);
    }));
  }
  const ConditionCode code = code_of(kind);
  const std::string& subject = is_own(kind) ? config_.party : config_.peer;
  if (conditions_.is_open(code, subject)) {
    return noise_.alarm(now, NoiseKind::evidence, {}, text + consequence(kind));
  }
  conditions_.raise(now, code, subject, text + consequence(kind));
  if (begins_recovery) tell_doubtful_serials(now);
}

void Evidence::peer_shows_all(Now now) {
  conditions_.clear(now, ConditionCode::peer_store_old, config_.peer);
}

void Evidence::note_conditions(Now now) {
  if (numbering_stopped_.empty() || conditions_.is_open(ConditionCode::own_forked, config_.party) ||
      conditions_.is_open(ConditionCode::own_store_old, config_.party)) {
    return;
  }
  conditions_.raise(now,
                    serials_in_doubt_ ? ConditionCode::own_store_old : ConditionCode::own_forked,
                    config_.party, numbering_stopped_ + ": nothing is sent; use voice");
}

void Evidence::note_receipt(Now now, const wire::Entry& receipt) {
  apply(receipt);
  if (serials_in_doubt_) return;
  conditions_.clear(now, ConditionCode::own_store_old, config_.party);
}

void Evidence::apply(const wire::Entry& entry) {
  if (const wire::EvidenceKept* fact = entry.fact_as_EvidenceKept()) {
    names_.insert(name_of(text_of(fact->first()), text_of(fact->second())));
    ++kept_[fact->kind()];
  }
  // The pairs stay known, so that showing them again tells nothing new.
  if (const wire::ForkResolved* resolved = entry.fact_as_ForkResolved()) {
    kept_.erase(resolved->kind());
  }
  follow_recovery(entry);
  // The peer's fork says nothing of what we sent, and must not silence us.
  if (kept_.contains(wire::EvidenceKind::fork_of_own)) {
    numbering_stopped_ = "two notes under our own key contradict each other (fork)";
  }
}

void Evidence::follow_recovery(const wire::Entry& entry) {
  const auto recovers = recovers_from(entry);
  if (recovers == true) {
    serials_in_doubt_ = true;
    epoch_first_.reset();
    numbering_stopped_ = entry.fact_as_StoreRestored()
                             ? "this store was restored, and first takes back what the peer holds"
                             : "this store is older than what the peer can prove";
  } else if (recovers == false) {
    epoch_first_ = entry.fact_as_EpochBegan()->first();
    numbering_stopped_ = "this store was recovered, and the peer does not know it yet";
  }
  const wire::ReceiptHeld* receipt = entry.fact_as_ReceiptHeld();
  if (receipt == nullptr || !epoch_first_ || receipt->size() <= *epoch_first_) return;
  serials_in_doubt_ = false;
  epoch_first_.reset();
  numbering_stopped_.clear();
}

Status Evidence::check_numbering(wire::MessageType type) const {
  if (numbering_stopped_.empty() || (!serials_in_doubt_ && kind_of(type).ends_a_wait)) return ok();
  return make_error(ErrorCode::refused, numbering_stopped_ + ": nothing can be sent",
                    serials_in_doubt_
                        ? "use voice; it is recovered as soon as there is a link: hotline status"
                        : "use voice; the store must be recovered first");
}

// An old store gives serials a second time until a hello shows how old it is.
void Evidence::tell_doubtful_serials(Now now) {
  const uint64_t last = recorder_.own().last_serial();
  if (last < first_serial_of_run_) return;
  const std::string first = format_serial(config_.prefix, first_serial_of_run_);
  recorder_.alarm(
      now, {},
      (last == first_serial_of_run_
           ? first + " was"
           : first + " to " + format_serial(config_.prefix, last) + " were") +
          " released since this old store was started and will not be sent: say it by voice, "
          "without the serial, which the peer may hold as another message");
}

}  // namespace hotline
