#include "protocol/channel/case_clock.h"

#include <algorithm>
#include <iterator>

namespace hotline {
namespace {

struct RungName {
  CaseRung rung;
  const char* name;
};
constexpr RungName kRungNames[] = {{CaseRung::first_response, "first-response"},
                                   {CaseRung::consultation, "consultation"},
                                   {CaseRung::joint_response, "joint-response"}};

const CaseViolation* first_that_stands(const Case& one) {
  const auto found = std::find_if(one.violations.begin(), one.violations.end(),
                                  [](const CaseViolation& each) { return !each.is_cancelled; });
  return found == one.violations.end() ? nullptr : &*found;
}

const CaseDecision* newest_on(const Case& one, CaseRung rung) {
  const auto found = std::find_if(
      one.decisions.rbegin(), one.decisions.rend(),
      [rung](const CaseDecision& each) { return each.answers == rung && !each.is_cancelled; });
  return found == one.decisions.rend() ? nullptr : &*found;
}

// A repetition after the decision asks for another one.
RungStanding consultation_of(const CasePolicy& policy, const Case& one,
                             const ViolationTimes& times) {
  RungStanding stands{.rung = CaseRung::consultation,
                      .decision = newest_on(one, CaseRung::consultation)};
  if (stands.decision != nullptr) stands.state = RungState::decided;
  for (const CaseViolation& each : one.violations) {
    const bool is_newer =
        stands.decision == nullptr || each.journal_index > stands.decision->journal_index;
    const auto repeated =
        is_newer ? times.repeated_by(each, policy.repeated_within_ms) : std::nullopt;
    if (!repeated) continue;
    stands.repeating = &each;
    stands.repeated = *repeated;
    stands.state = RungState::due;
    stands.due_at = each.at;
    break;
  }
  return stands;
}

}  // namespace

const char* rung_name(CaseRung rung) {
  for (const RungName& one : kRungNames) {
    if (one.rung == rung) return one.name;
  }
  return "?";
}

std::optional<CaseRung> find_rung(std::string_view name) {
  for (const RungName& one : kRungNames) {
    if (one.name == name) return one.rung;
  }
  return std::nullopt;
}

void ViolationTimes::add(const CaseViolation& violation) {
  if (violation.is_cancelled || violation.kind.event == wire::ViolationEvent::unset) return;
  times_[violation.kind].emplace(std::pair(violation.at, violation.journal_index), violation.key);
}

void ViolationTimes::remove(const CaseViolation& violation) {
  const auto found = times_.find(violation.kind);
  if (found == times_.end()) return;
  found->second.erase({violation.at, violation.journal_index});
  if (found->second.empty()) times_.erase(found);
}

std::optional<MessageKey> ViolationTimes::repeated_by(const CaseViolation& violation,
                                                      int64_t within_ms) const {
  const auto of_kind = times_.find(violation.kind);
  if (of_kind == times_.end()) return std::nullopt;
  const auto found = of_kind->second.find({violation.at, violation.journal_index});
  if (found == of_kind->second.end() || found == of_kind->second.begin()) return std::nullopt;
  const auto& [before, key] = *std::prev(found);
  return violation.at - before.first <= within_ms ? std::optional(key) : std::nullopt;
}

uint64_t ViolationTimes::count(const ViolationKind& kind, UtcMs from, UtcMs until,
                               uint64_t most) const {
  const auto of_kind = times_.find(kind);
  if (of_kind == times_.end()) return 0;
  uint64_t found = 0;
  for (auto one = of_kind->second.lower_bound({from, 0});
       one != of_kind->second.end() && one->first.first <= until && found < most; ++one) {
    ++found;
  }
  return found;
}

std::vector<MessageKey> ViolationTimes::newest(const ViolationKind& kind, UtcMs from, UtcMs until,
                                               size_t most) const {
  std::vector<MessageKey> keys;
  const auto of_kind = times_.find(kind);
  if (of_kind == times_.end()) return keys;
  const auto first = of_kind->second.lower_bound({from, 0});
  for (auto end = of_kind->second.upper_bound({until, UINT64_MAX});
       end != first && keys.size() < most;) {
    keys.push_back((--end)->second);
  }
  std::reverse(keys.begin(), keys.end());
  return keys;
}

bool CaseStanding::is_open() const {
  return std::any_of(rungs.begin(), rungs.end(), [](const RungStanding& one) {
    return one.state == RungState::due || one.state == RungState::to_come;
  });
}

namespace {

constexpr UtcMs kEver = INT64_MAX;

// The kind of the case of which the most came by the time of the joint response.
struct MostOfKind {
  uint64_t by_then = 0;
  ViolationKind kind;
  UtcMs from = 0;
};

MostOfKind most_of_a_kind(const CasePolicy& policy, const Case& one, const ViolationTimes& times,
                          uint64_t most) {
  MostOfKind found;
  const CaseViolation* first = first_that_stands(one);
  if (first == nullptr) return found;
  found.from = first->at;
  const UtcMs until = first->at + policy.joint_response_ms;
  std::set<ViolationKind> kinds;
  for (const CaseViolation& each : one.violations) {
    if (!each.is_cancelled && each.at <= until) kinds.insert(each.kind);
  }
  for (const ViolationKind& kind : kinds) {
    const uint64_t count = times.count(kind, found.from, until, most);
    if (count <= found.by_then) continue;
    found.by_then = count;
    found.kind = kind;
  }
  return found;
}

}  // namespace

uint64_t count_of_its_kind(const CasePolicy& policy, const Case& one, const ViolationTimes& times,
                           uint64_t most) {
  const MostOfKind found = most_of_a_kind(policy, one, times, most);
  return found.by_then == 0 ? 0 : times.count(found.kind, found.from, kEver, most);
}

std::vector<MessageKey> newest_of_its_kind(const CasePolicy& policy, const Case& one,
                                           const ViolationTimes& times, size_t most) {
  const MostOfKind found = most_of_a_kind(policy, one, times, UINT64_MAX);
  if (found.by_then == 0) return {};
  return times.newest(found.kind, found.from, kEver, most);
}

const CaseDecision* replaced_by(const Case& one, const CaseDecision& later) {
  const CaseDecision* before = nullptr;
  if (!later.answers || later.is_cancelled) return before;
  for (const CaseDecision& each : one.decisions) {
    const bool is_before = each.journal_index < later.journal_index;
    if (is_before && each.answers == later.answers && !each.is_cancelled) before = &each;
  }
  if (before == nullptr || later.answers != CaseRung::consultation) return before;
  const bool is_of_another =
      std::any_of(one.violations.begin(), one.violations.end(), [&](const CaseViolation& each) {
        return !each.is_cancelled && each.journal_index > before->journal_index &&
               each.journal_index < later.journal_index;
      });
  return is_of_another ? nullptr : before;
}

CaseStanding case_standing(const CasePolicy& policy, const Case& one, const ViolationTimes& times,
                           UtcMs now) {
  CaseStanding stands;
  for (size_t i = 0; i < stands.rungs.size(); ++i) stands.rungs[i].rung = kRungNames[i].rung;
  stands.first = first_that_stands(one);
  if (stands.first == nullptr) return stands;
  auto& [first, consultation, joint] = stands.rungs;
  consultation = consultation_of(policy, one, times);
  for (RungStanding* rung : {&first, &joint}) {
    rung->decision = newest_on(one, rung->rung);
    rung->due_at =
        stands.first->at + (rung == &first ? policy.first_response_ms : policy.joint_response_ms);
    if (rung->decision != nullptr) {
      rung->state = RungState::decided;
    } else if (now < rung->due_at) {
      rung->state = RungState::to_come;
      stands.next_at = std::min(stands.next_at, rung->due_at);
    } else {
      rung->state = RungState::due;
    }
  }
  const auto widespread = static_cast<uint64_t>(policy.widespread);
  if (joint.state == RungState::due &&
      most_of_a_kind(policy, one, times, widespread).by_then < widespread) {
    joint.state = RungState::not_asked_for;
  }
  return stands;
}

}  // namespace hotline
