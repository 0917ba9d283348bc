#include "protocol/channel/after_recovery.h"

#include <map>
#include <string>

#include "protocol/message/roles.h"

namespace hotline {

void AfterRecovery::confirm(Now now, uint64_t token, const Actor& actor, uint64_t epoch) {
  answer(now, token, actor, try_confirm(now, token, actor, epoch));
}

void AfterRecovery::resolve(Now now, uint64_t token, const Actor& actor, bool journal) {
  answer(now, token, actor, try_resolve(now, token, actor, journal));
}

// A refusal is answered at once; a deed once it is durable, where it was recorded.
void AfterRecovery::answer(Now now, uint64_t token, const Actor& actor, const Status& outcome) {
  if (outcome) return;
  noise_.record_refusal(now, actor, outcome.error());
  recorder_.say(AnswerRecovery{token, outcome.error()});
}

Status AfterRecovery::try_confirm(Now now, uint64_t token, const Actor& actor, uint64_t epoch) {
  const auto role = acting_role(actor.roles, 0, Right::recover);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may confirm a recovery",
                      "ask a supervisor of this watch");
  }
  if (!unconfirmed_) {
    return make_error(ErrorCode::refused, "no recovery waits to be confirmed", "hotline status");
  }
  if (*unconfirmed_ != epoch) {
    return make_error(ErrorCode::refused,
                      "the recovery that waits to be confirmed is that of epoch " +
                          std::to_string(*unconfirmed_) + ", and not of epoch " +
                          std::to_string(epoch),
                      "hotline status");
  }
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateRecoveryConfirmed(b, epoch, &by.submitter, &by.name_hash,
                                             static_cast<uint8_t>(*role));
      },
      by.part));
  note_conditions(now);
  recorder_.say_once_durable(AnswerRecovery{token, ok()});
  return ok();
}

Status AfterRecovery::try_resolve(Now now, uint64_t token, const Actor& actor, bool journal) {
  const auto role = acting_role(actor.roles, 0, Right::recover);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may resolve a fork",
                      "ask a supervisor of this watch");
  }
  const auto kind =
      journal ? wire::EvidenceKind::fork_of_peer_journal : wire::EvidenceKind::fork_of_peer;
  if (!evidence_.has(kind)) {
    return make_error(ErrorCode::refused, "no such fork of the peer stands", "hotline status");
  }
  const Signatory by = persons_.sign(now, actor);
  evidence_.apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateForkResolved(b, kind, &by.submitter, &by.name_hash,
                                        static_cast<uint8_t>(*role));
      },
      by.part));
  conditions_.clear(now, journal ? ConditionCode::witness_frozen : ConditionCode::peer_forked,
                    config_.peer);
  recorder_.say_once_durable(AnswerRecovery{token, ok()});
  return ok();
}

void AfterRecovery::note_conditions(Now now) {
  std::map<std::string, std::string> open;
  if (unconfirmed_) {
    const std::string number = std::to_string(*unconfirmed_);
    open[number] =
        config_.has_supervisor
            ? "this store was recovered, in epoch " + number +
                  ", and no supervisor has confirmed it: look through what waits, tell the other "
                  "watch, then hotline recover"
            : "this store was recovered, in epoch " + number +
                  ", and nobody here can confirm it: no [[person]] of the configuration is a "
                  "supervisor; make one, then hotline recover";
  }
  conditions_.set(now, ConditionCode::recovery_unconfirmed, open);
}

void AfterRecovery::apply(const wire::Entry& entry) {
  if (entry.fact_as_RecoveryConfirmed() != nullptr) unconfirmed_.reset();
  const wire::EpochBegan* began = entry.fact_as_EpochBegan();
  // One that was taken back had its own confirmation in the journal that was lost.
  if (began != nullptr && !began->incoming() && !began->taken_back()) {
    unconfirmed_ = began->number();
  }
}

const char* AfterRecovery::fault_in(const wire::Entry& entry) const {
  if (const auto* resolved = entry.fact_as_ForkResolved()) {
    return evidence_.has(resolved->kind()) ? nullptr : "it resolves no fork that stands";
  }
  const wire::RecoveryConfirmed* confirmed = entry.fact_as_RecoveryConfirmed();
  if (confirmed == nullptr || unconfirmed_ == confirmed->epoch()) return nullptr;
  return "it confirms no recovery that waits";
}

}  // namespace hotline
