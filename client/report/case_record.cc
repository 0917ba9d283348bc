#include "client/report/case_record.h"

#include <algorithm>
#include <tuple>

#include "client/show/measures.h"
#include "protocol/base/limits.h"
#include "protocol/channel/conditions.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {
namespace {

constexpr uint64_t kCasesAPage = 200;

bool is_demand(uint8_t code) {
  return code == static_cast<uint8_t>(ConditionCode::decision_due);
}

// "N-000123 first-response"; nothing where the condition names no case.
std::optional<std::pair<std::string, std::string>> case_and_rung(const std::string& subject) {
  const size_t space = subject.rfind(' ');
  if (space == std::string::npos) return std::nullopt;
  return std::pair(subject.substr(0, space), subject.substr(space + 1));
}

bool cancel_in(std::vector<RecordedViolation>& all, const ReadMessage& message) {
  for (RecordedViolation& one : all) {
    if (one.id == message.speaks_of && one.incoming == message.incoming)
      return one.cancelled = true;
  }
  return false;
}

RecordedCase told_case(const wire::CaseRows& rows) {
  RecordedCase told{.name = text(tables(rows.rows()).front()->id())};
  for (const wire::CaseViolationRow* one : tables(rows.violations())) {
    told.violations.push_back({text(one->id()), one->incoming(), one->at(), one->cancelled()});
  }
  for (const wire::CaseDecisionRow* one : tables(rows.decisions())) {
    told.decisions.push_back({text(one->id()), one->incoming(), text(one->rung()),
                              text(one->decision()), one->at(),
                              static_cast<wire::Role>(one->decided_by()), one->cancelled()});
  }
  return told;
}

}  // namespace

const char* guarantor_standing_code(wire::GuarantorStanding standing) {
  switch (standing) {
    case wire::GuarantorStanding::asked:
      return "asked";
    case wire::GuarantorStanding::answered:
      return "answered";
    case wire::GuarantorStanding::silent:
      return "silent";
    case wire::GuarantorStanding::unset:
      break;
  }
  return "unknown";
}

uint64_t RecordedCase::standing_of(bool incoming) const {
  return static_cast<uint64_t>(std::count_if(
      violations.begin(), violations.end(),
      [&](const RecordedViolation& one) { return one.incoming == incoming && !one.cancelled; }));
}

uint64_t RecordedCase::cancelled() const {
  return static_cast<uint64_t>(
      std::count_if(violations.begin(), violations.end(),
                    [](const RecordedViolation& one) { return one.cancelled; }));
}

bool RecordedCase::is_of(const Period& period) const {
  const auto any = [&](const auto& all) {
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return period.has(one.at); });
  };
  return any(violations) || any(decisions) || any(guarantors) ||
         std::any_of(demands.begin(), demands.end(), [&](const RecordedDemand& one) {
           return period.has(one.began_at) || (one.ended_at && period.has(*one.ended_at));
         });
}

CaseCounts count_cases(const RecordedCases& cases) {
  CaseCounts counts;
  for (const RecordedCase& one : cases.cases) {
    counts.own_violations += one.standing_of(false);
    counts.peers_violations += one.standing_of(true);
    counts.cancelled += one.cancelled();
    for (const RecordedDecision& decision : one.decisions) {
      if (decision.cancelled) continue;
      ++(decision.incoming ? counts.peers_decisions : counts.own_decisions);
    }
    counts.demands += one.demands.size();
    for (const RecordedDemand& demand : one.demands) counts.demands_open += !demand.ended_at;
    for (const RecordedGuarantor& guarantor : one.guarantors) {
      counts.asked += guarantor.standing == wire::GuarantorStanding::asked;
      counts.answered += guarantor.standing == wire::GuarantorStanding::answered;
      counts.silent += guarantor.standing == wire::GuarantorStanding::silent;
    }
  }
  return counts;
}

void CaseRecord::take(const wire::Entry& entry) {
  const UtcMs at = on_a_clock(entry.at());
  if (const auto* noted = entry.fact_as_GuarantorNoted()) {
    const std::string name = text_of(noted->guarantor());
    guarantors_[text_of(noted->thread())][name] = {name, noted->standing(), at};
  } else if (const auto* began = entry.fact_as_ConditionBegan()) {
    if (!is_demand(began->code())) return;
    const auto named = case_and_rung(text_of(began->subject()));
    if (!named) return void(++all_.demands_not_named);
    demands_[named->first].push_back({named->second, at});
  } else if (const auto* ended = entry.fact_as_ConditionEnded()) {
    const auto named = case_and_rung(text_of(ended->subject()));
    if (!is_demand(ended->code()) || !named) return;
    for (RecordedDemand& one : demands_[named->first]) {
      if (one.rung == named->second && !one.ended_at) one.ended_at = at;
    }
  }
}

void CaseRecord::take(const ReadMessage& message, const ThreadNamed& thread_named) {
  switch (kind_of(message.type).type) {
    case wire::MessageType::violation: {
      if (message.thread.empty()) return;
      RecordedCase& one = cases_[message.thread];
      one.name = message.thread;
      one.violations.push_back({message.name, message.incoming, message.at});
      return;
    }
    case wire::MessageType::decision:
      return take_decision(message, thread_named);
    case wire::MessageType::cancellation:
      return cancel(message);
    default:
      return;
  }
}

void CaseRecord::take_decision(const ReadMessage& message, const ThreadNamed& thread_named) {
  const auto body = message.body ? open_body(*message.body) : Error{};
  const wire::Decision* said = body ? (*body)->content_as_decision() : nullptr;
  if (said == nullptr) return void(++all_.not_readable);
  const auto found = cases_.find(thread_named(text_of(said->incident())));
  if (found == cases_.end()) return;
  found->second.decisions.push_back({message.name, message.incoming, text_of(said->rung()),
                                     text_of(said->decision()), message.at, said->decided_by()});
}

void CaseRecord::cancel(const ReadMessage& message) {
  for (auto& [name, one] : cases_) {
    if (cancel_in(one.violations, message)) return;
    for (RecordedDecision& decision : one.decisions) {
      if (decision.id == message.speaks_of && decision.incoming == message.incoming) {
        decision.cancelled = true;
      }
    }
  }
}

RecordedCases CaseRecord::finish() {
  for (auto& [name, one] : cases_) {
    if (const auto asked = demands_.find(name); asked != demands_.end())
      one.demands = asked->second;
    for (const auto& [guarantor, note] : guarantors_[name]) one.guarantors.push_back(note);
    all_.cases.push_back(std::move(one));
  }
  std::sort(all_.cases.begin(), all_.cases.end(), [](const RecordedCase& a, const RecordedCase& b) {
    return std::pair(a.began_at(), a.name) < std::pair(b.began_at(), b.name);
  });
  return std::move(all_);
}

Status read_cases(Connection& connection, CaseRecord& record) {
  std::vector<std::string> names;
  while (true) {
    const auto page = connection.cases(true, kCasesAPage, names.size());
    if (!page) return page.error();
    const auto rows = tables((*page)->rows());
    for (const wire::CaseRow* row : rows) names.push_back(text(row->id()));
    if (rows.empty() || names.size() >= (*page)->total()) break;
  }
  for (const std::string& name : names) {
    const auto rows = connection.show_case(name);
    if (!rows) return rows.error();
    RecordedCase told = told_case(**rows);
    if (told.violations.size() >= limits::kCaseMessagesShown ||
        told.decisions.size() >= limits::kCaseMessagesShown) {
      record.cut();
    }
    record.take(std::move(told));
  }
  return ok();
}

}  // namespace hotline::client
