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

std::optional<int64_t> stopped_ms(const SideRecords& records, const DrillLog& log) {
  std::optional<int64_t> first_ms;
  for (const auto& record : records) {
    if (!record || !log.is_stopped) continue;
    for (const SideRecord::ClockChange& one : record->clock_changes) {
      const int64_t at_ms = one.at - log.begin;
      if (one.change != wire::ExerciseClockChange::stopped || at_ms < 0) continue;
      first_ms = std::min(first_ms.value_or(at_ms), at_ms);
      break;
    }
  }
  return first_ms;
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

int64_t joint_end_ms(const Scenario& scenario, const SideRecords& records, const DrillLog& log) {
  if (const auto stopped = stopped_ms(records, log)) return *stopped;
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

}  // namespace hotline::client
