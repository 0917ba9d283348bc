// The agreements of the two parties, as the core folds them.
#include "daemon/api/api.h"
#include "protocol/base/limits.h"
#include "protocol/channel/policy_text.h"

namespace hotline {
namespace {

flatbuffers::Offset<wire::AgreementRow> build_agreement(flatbuffers::FlatBufferBuilder& b,
                                                        Core& core, const Agreed& agreed) {
  const bool is_configured = agreed.number == kFirstAgreement;
  const auto text =
      b.CreateString(is_configured ? canonical_text(core.agreements().configured()) : agreed.text);
  const auto proposal = is_configured ? 0 : b.CreateString(core.name_of(agreed.proposal));
  const auto concluded = is_configured ? 0 : b.CreateString(core.name_of(agreed.concluded));
  const wire::Digest digest = to_digest(agreed.digest);
  return wire::CreateAgreementRow(b, agreed.number, text, &digest, agreed.from, agreed.began_at,
                                  proposal, agreed.proposal.incoming, concluded);
}

flatbuffers::Offset<wire::ProposalRow> build_proposal(flatbuffers::FlatBufferBuilder& b, Core& core,
                                                      const Proposal& proposal, UtcMs now) {
  Agreements& agreements = core.agreements();
  const bool waits =
      proposal.state == ProposalState::open || proposal.state == ProposalState::is_signed;
  const bool is_late = waits && proposal.from <= now;
  const bool is_decided =
      proposal.state != ProposalState::open && proposal.state != ProposalState::expired;
  const auto id = b.CreateString(core.name_of(proposal.key));
  const auto text = waits ? b.CreateString(agreements.text_of_proposal(proposal.key)) : 0;
  const auto decided_by = is_decided ? b.CreateString(core.name_of(proposal.decided_by)) : 0;
  const auto reason = b.CreateString(agreements.reason_of(proposal));
  const wire::Digest digest = to_digest(proposal.digest);
  return wire::CreateProposalRow(
      b, id, proposal.key.incoming, proposal.number, text, &digest, proposal.from, proposal.at,
      static_cast<uint8_t>(is_late ? ProposalState::expired : proposal.state), decided_by, reason);
}

}  // namespace

void ClientApi::agreements(ClientSession& session, uint32_t request) {
  Agreements& agreements = core_.agreements();
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    const std::vector<Agreed>& all = agreements.agreed();
    std::vector<flatbuffers::Offset<wire::AgreementRow>> rows;
    const size_t first =
        all.size() > limits::kAgreementsShown ? all.size() - limits::kAgreementsShown : 0;
    for (size_t i = first; i < all.size(); ++i) rows.push_back(build_agreement(b, core_, all[i]));
    std::vector<flatbuffers::Offset<wire::ProposalRow>> proposals;
    for (const auto& [key, proposal] : agreements.proposals()) {
      proposals.push_back(build_proposal(b, core_, proposal, clock_.now().utc));
    }
    const auto rows_offset = b.CreateVector(rows);
    const auto proposals_offset = b.CreateVector(proposals);
    const wire::Digest peers = to_digest(agreements.peers().value_or(Hash{}));
    return wire::CreateAgreementRows(b, agreements.in_force().number, rows_offset, proposals_offset,
                                     agreements.matches_peer(),
                                     agreements.peers() ? &peers : nullptr);
  });
}

}  // namespace hotline
