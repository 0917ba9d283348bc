// The case clock: at which rungs a case of violations asks this party for a decision, and since
// when. It decides nothing. Times are those of our commits, in milliseconds UTC.
//
//   rung             a decision is due
//   first-response   so long after the first violation of the case
//   consultation     once a violation of the case repeats one of its kind soon after it
//   joint-response   so long after the first violation, if its kind was widespread by then
//
// Two violations are of one kind if the same party reported them, as the same event, of the same
// side: both parties may report one event, and that repeats nothing. What was cancelled counts for
// nothing, and what was corrected counts as it stands.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/channel/message_key.h"
#include "protocol/channel/policy.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// The client API has these two: never renumber.
enum class CaseRung : uint8_t { first_response = 1, consultation = 2, joint_response = 3 };
enum class RungState : uint8_t {
  not_asked_for = 1,
  to_come = 2,  // At its time; the joint response only if the kind is widespread by then.
  due = 3,
  decided = 4
};

// As a DECISION writes it: "first-response".
const char* rung_name(CaseRung rung);
std::optional<CaseRung> find_rung(std::string_view name);

struct ViolationKind {
  bool incoming = false;                                     // The peer reported it.
  wire::ViolationEvent event = wire::ViolationEvent::unset;  // Unset: it cannot be read.
  wire::Side attribution = wire::Side::unset;                // As its sender sees it.
  friend auto operator<=>(const ViolationKind&, const ViolationKind&) = default;
};

struct CaseViolation {
  MessageKey key;
  UtcMs at = 0;
  uint64_t journal_index = 0;
  ViolationKind kind;
  bool is_cancelled = false;
};

struct CaseDecision {
  MessageKey key = {};
  UtcMs at = 0;
  uint64_t journal_index = 0;
  uint8_t role = 0;                      // In which it was released.
  std::optional<CaseRung> answers = {};  // Ours alone, by the role that the agreement named.
  bool is_cancelled = false;
};

// The newest note of a person about a guarantor, of this standing.
struct GuarantorNote {
  std::string guarantor = {};
  wire::GuarantorStanding standing = wire::GuarantorStanding::unset;
  std::string reason = {};
  UtcMs at = 0;
  uint64_t journal_index = 0;
  uint8_t role = 0;
};

struct Case {
  std::string thread;                     // Its name.
  std::vector<CaseViolation> violations;  // By journal_index, as the next.
  std::vector<CaseDecision> decisions;
  std::map<std::pair<std::string, wire::GuarantorStanding>, GuarantorNote> notes;
};

// When violations of each kind were committed, over all cases.
class ViolationTimes {
 public:
  // Nothing happens for one that was cancelled or cannot be read.
  void add(const CaseViolation& violation);
  void remove(const CaseViolation& violation);

  // The one of its kind that was committed last before it, at most so long.
  std::optional<MessageKey> repeated_by(const CaseViolation& violation, int64_t within_ms) const;
  // Those of this kind, from one time to another, both included; counted up to `most`.
  uint64_t count(const ViolationKind& kind, UtcMs from, UtcMs until, uint64_t most) const;
  // The newest of them, oldest first.
  std::vector<MessageKey> newest(const ViolationKind& kind, UtcMs from, UtcMs until,
                                 size_t most) const;

 private:
  using Times = std::map<std::pair<UtcMs, uint64_t>, MessageKey>;  // With the index in the journal.
  std::map<ViolationKind, Times> times_;
};

struct RungStanding {
  CaseRung rung = CaseRung::first_response;
  RungState state = RungState::not_asked_for;
  UtcMs due_at = 0;                        // 0: it has no time.
  const CaseDecision* decision = nullptr;  // The newest on it; borrowed from the case.
  // Where a consultation is due: which violation repeats which. Borrowed likewise.
  const CaseViolation* repeating = nullptr;
  MessageKey repeated = {};
};

struct CaseStanding {
  const CaseViolation* first = nullptr;  // From which the clock runs; null: all were cancelled.
  std::array<RungStanding, 3> rungs;
  UtcMs next_at = INT64_MAX;  // Then it stands otherwise by itself.

  // Somebody decides still, or may have to.
  bool is_open() const;
};
// The decision of ours that this later one replaces, the newest that stands on its rung; null:
// none. One on an earlier repetition stays beside one on the next.
const CaseDecision* replaced_by(const Case& one, const CaseDecision& later);

CaseStanding case_standing(const CasePolicy& policy, const Case& one, const ViolationTimes& times,
                           UtcMs now);

// Violations of one kind, over all cases, since the first of the case: of the kind of which the
// most came by the joint response. Counted up to `most`.
uint64_t count_of_its_kind(const CasePolicy& policy, const Case& one, const ViolationTimes& times,
                           uint64_t most);
// The newest of those that it counts, oldest first.
std::vector<MessageKey> newest_of_its_kind(const CasePolicy& policy, const Case& one,
                                           const ViolationTimes& times, size_t most);

}  // namespace hotline
