#include <algorithm>
#include <map>
#include <utility>

#include "daemon/api/api.h"

namespace hotline {
namespace {

// Like the ladder's alarms they do not wait for their commit: the disk may be what is wrong.
std::vector<flatbuffers::Offset<wire::ConditionRow>> condition_rows(
    flatbuffers::FlatBufferBuilder& builder, const Conditions& conditions) {
  std::vector<flatbuffers::Offset<wire::ConditionRow>> rows;
  for (const Condition& one : conditions.shown()) {
    rows.push_back(wire::CreateConditionRowDirect(
        builder, one.kind->name, one.subject.c_str(),
        one.kind->is_critical ? wire::Severity::critical : wire::Severity::warning, one.since,
        one.text.c_str()));
  }
  return rows;
}

// By side and precedence.
std::map<std::pair<bool, uint8_t>, uint64_t> count_paused(const Core& core, UtcMs now) {
  std::map<std::pair<bool, uint8_t>, uint64_t> counts;
  for (const auto& [key, pause] : core.pauses().list(now)) {
    ++counts[{key.incoming, core.ladder().precedence_of(key)}];
  }
  return counts;
}

// What both signed or a party declared, and what holds only later.
std::vector<flatbuffers::Offset<wire::ToCome>> rows_to_come(flatbuffers::FlatBufferBuilder& b,
                                                            Core& core, UtcMs now) {
  struct Coming {
    UtcMs at = 0;
    uint32_t agreement = 0;
    wire::ChannelState state = wire::ChannelState::unset;
    bool by_peer = false;
    MessageKey key;
  };
  std::vector<Coming> all;
  const uint32_t in_force = core.agreements().in_force().number;
  for (const Agreed& one : core.agreements().agreed()) {
    if (one.number > in_force) {
      all.push_back({.at = one.from, .agreement = one.number, .key = one.proposal});
    }
  }
  const ChannelStanding standing = core.channel_state().standing(now);
  for (const auto& next : standing.next) {
    if (next) all.push_back({next->from, 0, next->state, next->key.incoming, next->key});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Coming& a, const Coming& other) { return a.at < other.at; });
  std::vector<flatbuffers::Offset<wire::ToCome>> rows;
  for (const Coming& one : all) {
    rows.push_back(wire::CreateToComeDirect(b, one.at, one.agreement,
                                            static_cast<uint8_t>(one.state), one.by_peer,
                                            core.name_of(one.key).c_str()));
  }
  return rows;
}

}  // namespace

// At most one for each side and precedence, however many messages wait.
std::vector<flatbuffers::Offset<wire::WaitingSummary>> ClientApi::summarize_waiting(
    flatbuffers::FlatBufferBuilder& builder) const {
  const Ladder& ladder = core_.ladder();
  const BootMs now = clock_.now().timer();
  const auto paused = count_paused(core_, clock_.now().utc);
  std::vector<flatbuffers::Offset<wire::WaitingSummary>> summaries;
  for (uint8_t precedence = kPrecedenceFirst; precedence <= kPrecedenceLast; ++precedence) {
    for (const bool incoming : {true, false}) {
      const WaitingFilter filter{!incoming, incoming, precedence};
      const std::vector<WaitingPlace> oldest = ladder.waiting(filter, 1);
      if (oldest.empty()) continue;
      const auto next = ladder.next_rung(oldest.front().key);
      const auto count = paused.find({incoming, precedence});
      const std::string rung =
          rung_before(core_.config().policy, precedence, next ? next->name : std::string());
      summaries.push_back(wire::CreateWaitingSummaryDirect(
          builder, incoming, precedence, ladder.waiting_count(filter), now - oldest.front().since,
          rung.c_str(), tells_nobody(core_.config().policy, precedence, rung),
          count == paused.end() ? 0 : count->second));
    }
  }
  return summaries;
}

void ClientApi::status(ClientSession& session, uint32_t request) {
  CoreStatus state = core_.status();
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    auto remote = b.CreateString(state.remote);
    auto refusal =
        b.CreateString(state.link == wire::LinkState::up || !last_refusal_ ? "" : last_refusal_());
    auto queued = b.CreateVector(state.queued.data(), state.queued.size());
    auto stopped = b.CreateString(state.numbering_stopped);
    auto own_checkpoint = b.CreateString(state.own_checkpoint);
    auto own_receipt = b.CreateString(state.own_receipt);
    auto peer_receipt = b.CreateString(state.peer_receipt);
    auto peer_checkpoint =
        b.CreateString(state.peer_receipt.substr(0, state.peer_receipt.rfind("\xe2\x80\x94")));
    std::vector<flatbuffers::Offset<wire::PathRow>> path_rows;
    for (const PeerPath& path : paths_ ? paths_() : std::vector<PeerPath>()) {
      auto address = b.CreateString(path.address);
      auto failure = b.CreateString(path.failure);
      path_rows.push_back(
          wire::CreatePathRow(b, address, path.in_use, path.proved_at, path.failed_at, failure));
    }
    auto paths = b.CreateVector(path_rows);
    auto waiting = b.CreateVector(summarize_waiting(b));
    auto conditions = b.CreateVector(condition_rows(b, core_.conditions()));
    auto to_come = b.CreateVector(rows_to_come(b, core_, clock_.now().utc));
    wire::Digest own_root = to_digest(state.own_root);
    wire::Digest agreement = to_digest(core_.agreements().digest());
    wire::Digest peer_root = to_digest(state.peer_root);
    wire::StatusReplyBuilder reply(b);
    reply.add_link(state.link);
    reply.add_link_since(state.link_since);
    reply.add_remote(remote);
    reply.add_last_refusal(refusal);
    reply.add_round_trip_ms(static_cast<int32_t>(state.round_trip_ms));
    reply.add_clock_skew_ms(state.clock_skew_ms);
    reply.add_clock(clock_.now().utc);
    reply.add_journal_size(state.journal_size);
    reply.add_own_size(state.own_size);
    reply.add_own_root(&own_root);
    reply.add_own_receipted(state.own_receipted);
    reply.add_peer_size(state.peer_size);
    reply.add_peer_root(&peer_root);
    reply.add_queued(queued);
    reply.add_unreceipted(state.unreceipted);
    reply.add_waiting_in(static_cast<uint32_t>(core_.ladder().waiting_count(true)));
    reply.add_waiting_out(static_cast<uint32_t>(core_.ladder().waiting_count(false)));
    reply.add_agreement_matches(state.agreement_matches);
    reply.add_numbering_stopped(stopped);
    reply.add_own_checkpoint(own_checkpoint);
    reply.add_own_receipt(own_receipt);
    reply.add_peer_checkpoint(peer_checkpoint);
    reply.add_peer_receipt(peer_receipt);
    reply.add_paths(paths);
    reply.add_disk_low(state.disk_low);
    reply.add_peer_flash_only(state.peer_flash_only);
    reply.add_waiting(waiting);
    reply.add_conditions(conditions);
    reply.add_agreement(core_.agreements().in_force().number);
    reply.add_agreement_digest(&agreement);
    reply.add_to_come(to_come);
    return reply.Finish();
  });
}

void ClientApi::confirm_recovery(ClientSession& session, uint32_t request,
                                 const wire::ConfirmRecovery& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.confirm_recovery(clock_.now(), token, session.actor, wanted.epoch());
  changed_();
}

void ClientApi::resolve_fork(ClientSession& session, uint32_t request,
                             const wire::ResolveFork& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.resolve_fork(clock_.now(), token, session.actor, wanted.journal());
  changed_();
}

void ClientApi::answer(const AnswerRecovery& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  status(*session, request);
}

}  // namespace hotline
