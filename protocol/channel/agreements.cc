#include "protocol/channel/agreements.h"

#include <algorithm>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/policy_text.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;

Error refused(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::refused, reason, hint);
}

bool is_about_agreements(Action action) {
  return action == Action::agreement_proposed || action == Action::agreement_signed ||
         action == Action::agreement_concluded || action == Action::agreement_rejected;
}

bool is_over(ProposalState state) {
  return state != ProposalState::open && state != ProposalState::is_signed;
}

const char* word_of(ProposalState state) {
  switch (state) {
    case ProposalState::open:
      return "waits for an answer";
    case ProposalState::is_signed:
      return "is signed";
    case ProposalState::agreed:
      return "is agreed";
    case ProposalState::rejected:
      return "was rejected";
    case ProposalState::withdrawn:
      return "was withdrawn";
    case ProposalState::overtaken:
      return "was overtaken by another agreement";
    case ProposalState::expired:
      return "has expired";
  }
  return "";
}

constexpr char kShowHint[] = "hotline agreement history";

}  // namespace

bool is_about_agreements(const wire::Draft& draft) {
  const auto body = open_body(ByteView(draft.body()->data(), draft.body()->size()));
  const wire::Service* service = body ? (*body)->content_as_service() : nullptr;
  return service && is_about_agreements(service->action());
}

Agreements::Agreements(const CoreConfig& config, Policy& policy, Recorder& recorder,
                       Conditions& conditions)
    : config_(config),
      policy_(policy),
      configured_(policy),
      recorder_(recorder),
      conditions_(conditions) {
  agreed_.push_back({kFirstAgreement, hotline::digest(configured_), 0, 0, {}, {}, {}});
}

// ----------------------------------------------------------------------------------------------
// rules

Status Agreements::check(bool incoming, const wire::Envelope& envelope, const wire::Body& body,
                         const std::optional<MessageKey>& target) {
  const wire::Service* said = body.content_as_service();
  if (!said || !is_about_agreements(said->action())) return ok();
  const auto needed =
      said->action() == Action::agreement_concluded ? wire::Role::machine : wire::Role::supervisor;
  if (envelope.releaser_role() != needed) {
    return refused("only a " + word(needed, Language::en) + " says this of an agreement",
                   "ask a supervisor of this watch");
  }
  if (envelope.precedence() != wire::Precedence::priority) {
    return refused("what is said of agreements goes at PRIORITY", "-p priority");
  }
  if (said->action() == Action::agreement_proposed) {
    return check_proposal(incoming, envelope, *said);
  }
  const auto found = target ? proposals_.find(*target) : proposals_.end();
  if (found == proposals_.end()) {
    return refused("references: it names no proposal of an agreement that is known here",
                   kShowHint);
  }
  const Proposal& proposal = found->second;
  switch (said->action()) {
    case Action::agreement_signed:
      return check_signature(incoming, envelope, proposal);
    case Action::agreement_concluded:
      if (is_of_greater(incoming) && incoming == proposal.key.incoming &&
          proposal.state == ProposalState::is_signed) {
        return ok();
      }
      return refused("the proposal is not the sender's to conclude", kShowHint);
    default:
      return check_end(incoming, proposal);
  }
}

Status Agreements::check_proposal(bool incoming, const wire::Envelope& envelope,
                                  const wire::Service& said) {
  const auto agreement = parse_agreement(text_of(said.agreement()));
  if (!agreement) return agreement.error();
  const Agreed& newest = agreed_.back();
  // It crossed the conclusion of another, and was overtaken.
  if (incoming && agreement->number <= newest.number) return ok();
  if (agreement->number != newest.number + 1) {
    return refused("it is proposed as agreement " + std::to_string(agreement->number) +
                       ", and the newest one is " + std::to_string(newest.number),
                   "hotline agreement show");
  }
  // Number 2 replaces what each has configured, alike or not.
  if (newest.number != kFirstAgreement && agreement->follows != newest.digest) {
    return refused("it does not follow the newest agreement", "hotline agreement show");
  }
  if (agreement->from <= envelope.released_at() || agreement->from <= newest.from) {
    return refused("it would be in force from " + format_date_time_group(agreement->from) +
                       ", which is not later than now and than the newest agreement",
                   "--from \"" + format_date_time_group(envelope.released_at() + 86'400'000) +
                       "\"    gives the other side a day");
  }
  if (open_count(incoming, envelope.released_at()) >= limits::kProposalsOpenMax) {
    return refused(std::to_string(limits::kProposalsOpenMax) + " proposals of one party are open",
                   "hotline agreement reject ID    withdraws one of ours");
  }
  return ok();
}

Status Agreements::check_signature(bool incoming, const wire::Envelope& envelope,
                                   const Proposal& proposal) {
  if (incoming == proposal.key.incoming) {
    return refused("a proposal is signed by the other party", kShowHint);
  }
  if (envelope.released_at() >= proposal.from) {
    return refused("the agreement should have been in force from " +
                       format_date_time_group(proposal.from) + ", which is past",
                   "propose it again for a later time");
  }
  // It may cross a withdrawal of ours; what they held says which came first.
  const bool crossed =
      incoming && proposal.state == ProposalState::withdrawn &&
      (!proposal.withdrawn_at || envelope.peer_transcript_size() <= *proposal.withdrawn_at);
  const bool in_time = proposal.state == ProposalState::open ||
                       (incoming && proposal.state == ProposalState::expired);
  // And one by the lesser party may be too late in any other way; then it has no effect.
  const bool has_no_effect = incoming && !is_of_greater(incoming);
  if (in_time || crossed || has_no_effect) return ok();
  return refused(std::string("the proposal ") + word_of(proposal.state), kShowHint);
}

Status Agreements::check_end(bool incoming, const Proposal& proposal) const {
  // What the peer says of one that has ended meanwhile has no effect.
  if (incoming || !is_over(proposal.state)) {
    const bool takes_back =
        !incoming && proposal.key.incoming && proposal.state == ProposalState::is_signed;
    if (!takes_back) return ok();
    return refused("this party has signed it", "hotline agreement show");
  }
  return refused(std::string("the proposal ") + word_of(proposal.state), kShowHint);
}

size_t Agreements::open_count(bool incoming, UtcMs at) const {
  return static_cast<size_t>(
      std::count_if(proposals_.begin(), proposals_.end(), [&](const auto& one) {
        return one.first.incoming == incoming && !is_over(one.second.state) && one.second.from > at;
      }));
}

// ----------------------------------------------------------------------------------------------
// folded

std::optional<Agreements::Said> Agreements::said_in(const wire::Entry& entry) {
  Said said;
  said.at = entry.at();
  const auto brought = message_in(entry);
  if (!brought || brought->type != static_cast<uint8_t>(wire::MessageType::service)) {
    return std::nullopt;
  }
  said.by = brought->key;
  const auto record = recorder_.message(said.by);
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Service* service = body ? (*body)->content_as_service() : nullptr;
  if (!service || !is_about_agreements(service->action())) return std::nullopt;
  said.action = service->action();
  said.of = brought->target;
  said.agreement = text_of(service->agreement());
  return said;
}

void Agreements::apply(const wire::Entry& entry) {
  if (const wire::AgreementBegan* began = entry.fact_as_AgreementBegan()) {
    const auto agreement = parse_agreement(began->text()->string_view());
    if (!agreement || in_force_ + 1 >= agreed_.size()) return;
    ++in_force_;
    agreed_[in_force_].began_at = entry.at();
    return follow(*agreement);
  }
  const auto said = said_in(entry);
  if (!said) return;
  if (said->action == Action::agreement_proposed) return propose(*said);
  const auto found = said->of ? proposals_.find(*said->of) : proposals_.end();
  if (found == proposals_.end()) return;
  Proposal& proposal = found->second;
  const bool by_proposer = said->by.incoming == proposal.key.incoming;
  switch (said->action) {
    case Action::agreement_signed:
      return note_signature(*said, proposal);
    case Action::agreement_concluded:
      return conclude(proposal, said->by);
    default:
      if (is_over(proposal.state)) return;
      if (by_proposer && !said->by.incoming) withdrawals_.emplace(said->by.number, proposal.key);
      // Whoever signed it cannot reject it any more.
      if (!by_proposer && proposal.state == ProposalState::is_signed) return;
      end(proposal, by_proposer ? ProposalState::withdrawn : ProposalState::rejected, said->by);
  }
}

void Agreements::propose(const Said& said) {
  const auto agreement = parse_agreement(said.agreement);
  if (!agreement) return;
  expire(said.at);
  Proposal proposal;
  proposal.key = said.by;
  proposal.number = agreement->number;
  proposal.digest = agreement_digest(said.agreement);
  proposal.from = agreement->from;
  proposal.at = said.at;
  // It may have crossed the conclusion of another.
  const bool is_late = agreement->number <= agreed_.back().number;
  Proposal& kept = proposals_[said.by] = proposal;
  if (is_late) end(kept, ProposalState::overtaken, agreed_.back().concluded);
}

// So that those whose time has come are not kept for ever. A signed one may be concluded by a
// message that is on its way.
void Agreements::expire(UtcMs at) {
  for (auto& [key, proposal] : proposals_) {
    const bool is_signed = proposal.state == ProposalState::is_signed;
    const int64_t patience_ms = is_signed ? limits::kSignedProposalKept_ms : 0;
    if (!is_over(proposal.state) && proposal.from + patience_ms <= at) {
      end(proposal, ProposalState::expired, {});
    }
  }
}

void Agreements::note_signature(const Said& said, Proposal& proposal) {
  if (is_of_greater(said.by.incoming)) return conclude(proposal, said.by);
  if (proposal.state != ProposalState::open) return;
  proposal.state = ProposalState::is_signed;
  proposal.decided_by = said.by;
}

void Agreements::end(Proposal& proposal, ProposalState state, MessageKey by) {
  proposal.state = state;
  proposal.decided_by = by;
  ended_.push_back(proposal.key);
  if (ended_.size() <= limits::kProposalsEndedKept) return;
  const MessageKey oldest = ended_.front();
  ended_.pop_front();
  const auto found = proposals_.find(oldest);
  if (found != proposals_.end() && is_over(found->second.state)) proposals_.erase(found);
}

void Agreements::conclude(Proposal& proposal, MessageKey by) {
  if (proposal.number != agreed_.back().number + 1) return;
  Agreed agreed{proposal.number,
                proposal.digest,
                proposal.from,
                0,
                text_of_proposal(proposal.key),
                proposal.key,
                by};
  agreed_.push_back(std::move(agreed));
  for (auto& [key, other] : proposals_) {
    if (key != proposal.key && !is_over(other.state)) end(other, ProposalState::overtaken, by);
  }
  end(proposal, ProposalState::agreed, by);
}

void Agreements::apply_durable(const wire::Entry& entry) {
  const wire::Numbered* numbered = entry.fact_as_Numbered();
  if (numbered == nullptr || withdrawals_.empty()) return;
  for (flatbuffers::uoffset_t i = 0; i < numbered->serials()->size(); ++i) {
    const auto found = withdrawals_.find(numbered->serials()->Get(i));
    if (found == withdrawals_.end()) continue;
    const auto proposal = proposals_.find(found->second);
    if (proposal != proposals_.end()) proposal->second.withdrawn_at = numbered->first() + i;
    withdrawals_.erase(found);
  }
}

std::string Agreements::text_of_proposal(MessageKey key) {
  const auto record = recorder_.message(key);
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Service* service = body ? (*body)->content_as_service() : nullptr;
  return service ? text_of(service->agreement()) : "";
}

std::string Agreements::reason_of(const Proposal& proposal) {
  if (!is_over(proposal.state) || proposal.state == ProposalState::expired) return "";
  const auto record = recorder_.message(proposal.decided_by);
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Service* service = body ? (*body)->content_as_service() : nullptr;
  return service ? text_of(service->detail()) : "";
}

std::optional<MessageKey> Agreements::to_conclude(UtcMs now) const {
  for (const auto& [key, proposal] : proposals_) {
    const bool is_due = !key.incoming && proposal.state == ProposalState::is_signed;
    if (is_due && we_conclude() && now < proposal.from) return key;
  }
  return std::nullopt;
}

// ----------------------------------------------------------------------------------------------
// in force

bool Agreements::begin_due(Now now) {
  if (in_force_ + 1 >= agreed_.size() || now.utc < agreed_[in_force_ + 1].from) return false;
  const Agreed& next = agreed_[in_force_ + 1];
  apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    const wire::MessageKey proposal = to_wire(next.proposal), concluded = to_wire(next.concluded);
    return wire::CreateAgreementBegan(b, b.CreateString(next.text), &proposal, &concluded);
  }));
  began_ = now.boot;
  recorder_.alarm(now, next.proposal,
                  "agreement " + std::to_string(next.number) +
                      " is in force from now on: hotline agreement show");
  judge_peer(now);
  return true;
}

void Agreements::follow(const Agreement& agreement) {
  policy_ = with_local_rungs(agreement.policy, configured_);
}

void Agreements::note_conditions(Now now) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, proposal] : proposals_) {
    if (!key.incoming || proposal.state != ProposalState::open || now.utc >= proposal.from)
      continue;
    const std::string id = recorder_.name_of(config_, key);
    texts[id] = "the peer proposes agreement " + std::to_string(proposal.number) + ", from " +
                format_date_time_group(proposal.from) + " on: hotline agreement diff " + id;
  }
  conditions_.set(now, ConditionCode::agreement_proposed, texts);
}

UtcMs Agreements::due(UtcMs now) const {
  UtcMs next = INT64_MAX;
  const auto take = [&](UtcMs from) {
    if (from > now) next = std::min(next, from);
  };
  for (size_t i = in_force_ + 1; i < agreed_.size(); ++i) take(agreed_[i].from);
  for (const auto& [key, proposal] : proposals_) {
    if (proposal.state == ProposalState::open) take(proposal.from);
  }
  return next;
}

void Agreements::peer_follows(Now now, const Hash& peers) {
  // Where there was no link its signature may have come with the new one.
  const bool was_silent = now.boot - peers_said_ >= limits::kAgreementPatience_ms;
  if (matches_peer_ && was_silent) differs_since_.reset();
  peers_ = peers;
  peers_said_ = now.boot;
  judge_peer(now);
}

bool Agreements::knows(const Hash& digest) const {
  return std::any_of(agreed_.begin(), agreed_.end(),
                     [&](const Agreed& one) { return one.digest == digest; }) ||
         std::any_of(proposals_.begin(), proposals_.end(),
                     [&](const auto& one) { return one.second.digest == digest; });
}

// Two clocks do not pass one time together, and a signature may be on its way: an agreement that we
// know is no difference until it has lasted. Nor is what the other side said before a time came.
void Agreements::judge_peer(Now now) {
  if (!peers_) return;
  const bool is_same = *peers_ == digest();
  const bool is_known = knows(*peers_);
  const bool was_said_before = is_known && began_ && peers_said_ < *began_;
  if (is_same || was_said_before) {
    differs_since_.reset();
  } else if (!differs_since_) {
    differs_since_ = now.boot;
  }
  const bool has_lasted =
      differs_since_ && now.boot - *differs_since_ >= limits::kAgreementPatience_ms;
  matches_peer_ = !differs_since_ || (is_known && !has_lasted);
  if (is_same) {
    conditions_.clear(now, ConditionCode::agreement_differs, config_.peer);
  } else if (!matches_peer_) {
    conditions_.raise(now, ConditionCode::agreement_differs, config_.peer,
                      "the peer follows another agreement than we do: compare the digests of "
                      "hotline agreement show by voice");
  }
}

}  // namespace hotline
