#include "client/after_action/joint_record.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "client/drill/deeds.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"

namespace hotline::client {
namespace {

bool is_to_come(InjectFate::Kind fate) {
  return fate == InjectFate::Kind::not_reached || fate == InjectFate::Kind::by_hand;
}

// Messages are seen by both sides.
bool is_seen_by_both(const Scenario& scenario, const DrillLog& log, size_t inject) {
  return scenario.injects[inject].message() != nullptr &&
         log.injects[inject].fate.kind == InjectFate::Kind::played;
}

// By the first STOP EXERCISE of a player, as the journal of that side has it.
std::optional<int64_t> stopped_ms(const SideRecords& records, const DrillLog& log) {
  std::optional<int64_t> first_ms;
  for (const auto& record : records) {
    if (!record) continue;
    for (const SideRecord::Message& released : record->messages) {
      const int64_t at_ms = released.at - log.begin;
      const auto body = open_body(released.body);
      const wire::Service* said = body ? (*body)->content_as_service() : nullptr;
      const bool is_stop = said != nullptr && said->action() == wire::ServiceAction::exercise_end;
      if (is_stop && at_ms >= 0) first_ms = std::min(first_ms.value_or(at_ms), at_ms);
    }
  }
  return first_ms;
}

// Without a stop: when the last expectation was settled that hangs on a message.
int64_t settled_ms(const Scenario& scenario, const SideRecords& records, const DrillLog& log) {
  DrillLog whole = log;
  for (const Expectation& expected : scenario.expectations) {
    if (!is_seen_by_both(scenario, log, expected.of)) continue;
    const int64_t over_ms = log.injects[expected.of].fate.at_ms + expected.within_ms;
    whole.ended_ms = std::max(whole.ended_ms.value_or(0), over_ms);
  }
  const JudgedDrill judged = judge_drill(scenario, whole, records);
  int64_t end_ms = 0;
  for (size_t i = 0; i < log.injects.size(); ++i) {
    if (is_seen_by_both(scenario, log, i)) end_ms = std::max(end_ms, log.injects[i].fate.at_ms);
  }
  for (size_t e = 0; e < scenario.expectations.size(); ++e) {
    const Expectation& expected = scenario.expectations[e];
    if (!is_seen_by_both(scenario, log, expected.of)) continue;
    const int64_t over_ms = log.injects[expected.of].fate.at_ms + expected.within_ms;
    const Outcome& outcome = judged.expectations[e].outcome;
    // Only their director knows when they judged it.
    end_ms =
        std::max(end_ms, expected.by_director || !outcome.is_settled() ? over_ms : outcome.at_ms);
  }
  return end_ms;
}

}  // namespace

void add_injects_of_peer(const Scenario& scenario, const SideRecords& records, DrillLog& log) {
  if (!log.side || !records[other_side(*log.side)]) return;
  const SideIndex peer = other_side(*log.side);
  std::vector<std::string> ids;
  for (const DrillLog::Inject& inject : log.injects) ids.push_back(inject.message);
  for (const SideRecord::Message& released : records[peer]->messages) {
    const auto envelope = open_envelope(released.envelope);
    const auto body = open_body(released.body);
    if (!envelope || !body || std::find(ids.begin(), ids.end(), released.id) != ids.end()) continue;
    const int64_t at_ms = (*envelope)->drafted_at() - log.begin;
    const SideMessage message{peer, static_cast<wire::MessageType>(released.type), **envelope,
                              **body, released.body};
    for (size_t i = 0; at_ms >= 0 && i < ids.size(); ++i) {
      DrillLog::Inject& inject = log.injects[i];
      if (!is_to_come(inject.fate.kind) || !is_message_of(scenario, i, ids, message)) continue;
      inject.fate = {InjectFate::Kind::played, at_ms};
      ids[i] = inject.message = released.id;
      break;
    }
  }
}

void take_joint_end(const Scenario& scenario, const SideRecords& records, DrillLog& log) {
  const auto stopped = stopped_ms(records, log);
  const int64_t settled = settled_ms(scenario, records, log);
  // A stop whose export is not there is known by the own program alone.
  if (log.is_stopped && !stopped) return;
  // Injects may have been to come still, of which no journal knows; and one that has ended before
  // was not stopped.
  log.is_stopped = log.is_stopped || (stopped && *stopped < settled);
  log.ended_ms = log.is_stopped ? *stopped : settled;
}

}  // namespace hotline::client
