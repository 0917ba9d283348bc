#include "client/report/report_json.h"

#include "client/report/report_rows.h"
#include "protocol/message/names.h"
#include "protocol/terminal/output.h"

namespace hotline::client {
namespace {

template <class Number>
JsonValue json_optional(const std::optional<Number>& number) {
  return number ? JsonValue(*number) : JsonValue();
}

JsonValue json_optional_time(const std::optional<UtcMs>& time) {
  return time ? json_time(*time) : JsonValue();
}

JsonValue json_tally(const WaitTally& tally) {
  const auto time = [&](int percent) {
    return tally.times_ms.empty() ? JsonValue() : JsonValue(percentile_ms(tally.times_ms, percent));
  };
  return JsonValue()
      .add("messages", tally.count)
      .add("done", tally.done)
      .add("closed", tally.closed)
      .add("waiting", tally.waiting())
      .add("measured", tally.times_ms.size())
      .add("not_measured", tally.not_measured)
      .add("median_ms", time(50))
      .add("p95_ms", time(95))
      .add("longest_ms", time(100));
}

JsonValue json_messages(const PartyReport& record) {
  JsonValue rows = JsonValue::Array();
  for (const bool incoming : {false, true}) {
    const uint64_t all = record.statistics.message_count(incoming);
    for (const auto& [precedence, messages] : record.statistics.messages(incoming)) {
      JsonValue row = JsonValue()
                          .add("from", record.party(incoming))
                          .add("precedence", precedence_label(precedence))
                          .add("messages", messages.count())
                          .add("share_permille", share_permille(messages.count(), all))
                          .add("escalated", messages.escalated)
                          .add("acknowledgement", json_tally(messages.acknowledgement));
      row.add("delivery", incoming ? JsonValue() : json_tally(messages.delivery));
      row.add("dissemination", json_tally(messages.dissemination))
          .add("answer", json_tally(messages.answer));
      rows.append(std::move(row));
    }
  }
  return rows;
}

JsonValue json_test_calls(const PartyReport& record) {
  JsonValue rows = JsonValue::Array();
  for (const bool incoming : {false, true}) {
    const JournalStatistics::TestCalls& calls = record.statistics.test_calls(incoming);
    rows.append(JsonValue()
                    .add("from", record.party(incoming))
                    .add("hours_missed", calls.missed)
                    .add("acknowledgement", json_tally(calls.acknowledgement)));
  }
  return rows;
}

JsonValue json_months(const PartyReport& record) {
  return json_each(flash_months(record.statistics), [&](const FlashMonth& month) {
    return JsonValue()
        .add("from", record.party(month.incoming))
        .add("month", month.month)
        .add("messages", month.messages)
        .add("flash", month.flash)
        .add("share_permille", share_permille(month.flash, month.messages))
        .add("above_5_percent", month.is_above());
  });
}

JsonValue json_days(const PartyReport& record) {
  JsonValue rows = JsonValue::Array();
  for (const bool incoming : {false, true}) {
    for (const auto& [day, counts] : record.statistics.days(incoming)) {
      for (const auto& [precedence, count] : counts) {
        rows.append(JsonValue()
                        .add("from", record.party(incoming))
                        .add("day", day_name(day))
                        .add("precedence", precedence_label(precedence))
                        .add("messages", count));
      }
    }
  }
  return rows;
}

JsonValue json_link(const LinkTimeline::Seen& link) {
  const auto json_outage = [](const Outage& outage) {
    return JsonValue()
        .add("from", json_time(outage.from))
        .add("to", json_optional_time(outage.to))
        .add("not_before", json_optional_time(outage.not_before))
        .add("clock_was_set", outage.clock_was_set)
        .add("length_ms", json_optional(outage.length_ms))
        .add("reason", outage.reason);
  };
  return JsonValue()
      .add("up_ms", link.up_ms)
      .add("down_ms", link.down_ms)
      .add("unknown_ms", link.unknown_ms)
      .add("outages", link.outages.size())
      .add("outages_not_measured", link.not_measured)
      .add("longest_ms", json_optional(link.longest_ms))
      .add("changes_not_recorded", link.not_recorded)
      .add("list", json_each(link.outages, json_outage));
}

JsonValue json_conflicts(const std::vector<RecordedConflict>& conflicts) {
  const auto json_conflict = [](const RecordedConflict& one) {
    return JsonValue()
        .add("own", one.own)
        .add("peers", one.peers)
        .add("found_at", json_time(one.found_at))
        .add("ended_at", json_optional_time(one.ended_at))
        .add("fate", fate_name(one.fate))
        .add("horizontal_m", one.horizontal_m)
        .add("vertical_m", one.vertical_m)
        .add("time_s", one.time_s);
  };
  JsonValue json = JsonValue().add("found", conflicts.size());
  for (const auto& [fate, count] : conflict_fates(conflicts)) json.add(fate_name(fate), count);
  return std::move(json).add("list", json_each(conflicts, json_conflict));
}

JsonValue json_incidents(const PartyReport& record) {
  const auto json_incident = [&](const RecordedIncident& one) {
    return JsonValue()
        .add("id", one.name)
        .add("from", record.party(one.incoming))
        .add("state", incident_state_code(one, record))
        .add("precedence", precedence_label(one.precedence))
        .add("began_at", json_time(one.began_at))
        .add("closed_by_" + record.names.party + "_at", json_optional_time(one.own.closed_at))
        .add("closed_by_" + record.names.peer + "_at", json_optional_time(one.peers.closed_at))
        .add("subject", one.subject);
  };
  const IncidentCounts counts = count_incidents(record.incidents);
  return JsonValue()
      .add("incidents", record.incidents.incidents.size())
      .add("open", counts.open)
      .add("closed", counts.closed)
      .add("disputed", counts.disputed)
      .add("cancelled", counts.cancelled)
      .add("not_readable", record.incidents.not_readable)
      .add("cut", record.incidents.cut)
      .add("list", json_each(record.incidents.incidents, json_incident));
}

JsonValue json_case(const PartyReport& record, const RecordedCase& one) {
  const auto json_decision = [&](const RecordedDecision& decision) {
    return JsonValue()
        .add("id", decision.id)
        .add("from", record.party(decision.incoming))
        .add("rung", decision.rung)
        .add("decision", decision.decision)
        .add("at", json_time(decision.at))
        .add("decided_by", role_name(static_cast<uint8_t>(decision.decided_by)))
        .add("cancelled", decision.cancelled);
  };
  const auto json_demand = [](const RecordedDemand& demand) {
    return JsonValue()
        .add("rung", demand.rung)
        .add("asked_at", json_time(demand.began_at))
        .add("ended_at", json_optional_time(demand.ended_at));
  };
  const auto json_guarantor = [](const RecordedGuarantor& guarantor) {
    return JsonValue()
        .add("name", guarantor.name)
        .add("state", guarantor_standing_code(guarantor.standing))
        .add("at", json_time(guarantor.at));
  };
  return JsonValue()
      .add("id", one.name)
      .add("began_at", json_time(one.began_at()))
      .add("violations_of_" + record.names.party, one.standing_of(false))
      .add("violations_of_" + record.names.peer, one.standing_of(true))
      .add("violations_cancelled", one.cancelled())
      .add("rungs", json_each(one.demands, json_demand))
      .add("decisions", json_each(one.decisions, json_decision))
      .add("guarantors", json_each(one.guarantors, json_guarantor));
}

JsonValue json_cases(const PartyReport& record) {
  const CaseCounts counts = count_cases(record.cases);
  return JsonValue()
      .add("cases", record.cases.cases.size())
      .add("violations_of_" + record.names.party, counts.own_violations)
      .add("violations_of_" + record.names.peer, counts.peers_violations)
      .add("violations_cancelled", counts.cancelled)
      .add("rungs_asked", counts.demands)
      .add("rungs_open", counts.demands_open)
      .add("rungs_not_named", record.cases.demands_not_named)
      .add("decisions_of_" + record.names.party, counts.own_decisions)
      .add("decisions_of_" + record.names.peer, counts.peers_decisions)
      .add("guarantors_asked", counts.asked)
      .add("guarantors_answered", counts.answered)
      .add("guarantors_silent", counts.silent)
      .add("not_readable", record.cases.not_readable)
      .add("cut", record.cases.cut)
      .add("list", json_each(record.cases.cases,
                             [&](const RecordedCase& one) { return json_case(record, one); }));
}

JsonValue json_record(const PartyReport& record) {
  JsonValue json = JsonValue()
                       .add("source", record.directory.empty() ? "daemon" : "export")
                       .add("directory", json_text(record.directory))
                       .add("verification", json_verification(record));
  if (record.failed() || record.names.party.empty()) return json;
  const JournalStatistics& statistics = record.statistics;
  json.add("party", record.names.party)
      .add("peer", record.names.peer)
      .add("entries", record.entries)
      .add("left_out",
           JsonValue()
               .add("entries", record.left_out.entries)
               .add("messages", record.left_out.messages)
               .add("since",
                    record.left_out.entries == 0 ? JsonValue() : json_time(record.left_out.since)))
      .add("observed_from", json_time(record.observed.from))
      .add("observed_to", json_time(record.observed.to))
      .add("clock_steps", record.clock_steps)
      .add("messages", json_messages(record))
      .add("mismatches", statistics.mismatches())
      .add("rules_broken_by_peer", statistics.rules_broken())
      .add("flash_months", json_months(record))
      .add("days", json_days(record))
      .add("test_calls", json_test_calls(record))
      .add("test_calls_missed_in_a_row", statistics.missed_in_a_row())
      .add("link", json_link(record.link))
      .add("conflicts", json_conflicts(record.conflicts))
      .add("incidents", json_incidents(record))
      .add("cases", json_cases(record))
      .add("alarms", json_alarms(record.alarms));
  return json;
}

JsonValue json_differences(const Report& report) {
  if (!report.reconciliation) return JsonValue();
  const audit::Reconciliation& found = *report.reconciliation;
  const auto each = [&](const auto& counts) {
    return JsonValue().add(found.parties[0], counts[0]).add(found.parties[1], counts[1]);
  };
  const auto json_transcript = [&](const audit::TranscriptComparison& transcript) {
    return JsonValue()
        .add("sent_by", transcript.sender)
        .add("entries", each(transcript.sizes))
        .add("different", transcript.different)
        .add("first", transcript.differences)
        .add("unreceipted", transcript.unreceipted);
  };
  return JsonValue()
      .add("reconciled", found.differences() == 0)
      .add("differences", found.differences())
      .add("transcripts", json_each(found.transcripts, json_transcript))
      .add("receipts_different", found.receipts_different)
      .add("receipts_first", found.receipt_differences)
      .add("conflicts_in_both", report.conflicts.both)
      .add("conflicts_only_" + found.parties[0], report.conflicts.only_first)
      .add("conflicts_only_" + found.parties[1], report.conflicts.only_second)
      .add("conflicts_ended_otherwise", report.conflicts.ended_otherwise);
}

}  // namespace

JsonValue json_verification(const PartyReport& record) {
  if (!record.verdict) return JsonValue();
  const audit::Verdict& verdict = *record.verdict;
  const bool covered = !verdict.fault && verdict.cosigned_size != 0;
  return JsonValue()
      .add("verdict", audit::outcome_word(verdict.outcome))
      .add("fault", verdict.fault ? JsonValue(verdict.fault->name) : JsonValue())
      .add("reason", verdict.fault ? JsonValue(verdict.fault->reason) : JsonValue())
      .add("unchecked", verdict.not_checked)
      .add("up_to", covered ? JsonValue(verdict.cosigned_size - 1) : JsonValue())
      .add("root", covered ? JsonValue(to_hex(verdict.root)) : JsonValue())
      .add("dev_only", verdict.dev_only)
      .add("trusted", verdict.trusted);
}

JsonValue json_alarms(const AlarmRates::Measured& alarms) {
  const auto json_cause = [](const AlarmRates::Cause& one) {
    return JsonValue().add("cause", one.cause).add("alarms", one.count);
  };
  const auto json_standing = [](const AlarmRates::Standing& one) {
    return JsonValue()
        .add("code", one.code)
        .add("subject", one.subject)
        .add("since", json_time(one.since));
  };
  JsonValue hours = JsonValue::Array();
  for (const auto& [hour, count] : alarms.hours) {
    hours.append(JsonValue().add("hour", json_time(hour * kOneHour_ms)).add("alarms", count));
  }
  return JsonValue()
      .add("alarms", alarms.alarms)
      .add("per_day_tenths", json_optional(alarms.per_day_tenths))
      .add("stretches_of_10_min", alarms.stretches)
      .add("busiest_10_min", alarms.busiest)
      .add("floods", alarms.floods)
      .add("flood_permille", share_permille(alarms.floods, alarms.stretches))
      .add("causes", alarms.causes)
      .add("top", json_each(alarms.top, json_cause))
      .add("top_permille", alarms.top_permille)
      .add("chattering", alarms.chattering)
      .add("stale", json_each(alarms.stale, json_standing))
      .add("hours", std::move(hours));
}

JsonValue json_report(const Report& report) {
  return json_document()
      .add("standing", standing_words(report.standing()))
      .add("exercise", report.exercise)
      .add("from", json_optional_time(report.from))
      .add("to", json_optional_time(report.to))
      .add("records", json_each(report.records, json_record))
      .add("differences", json_differences(report));
}

}  // namespace hotline::client
