// The cases of violations that a record tells of: who reported what, which decisions were asked for
// and made, and how guarantors stood. From the messages of an export, or as the daemon tells of
// them; what was asked for and noted is in the journal of either.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/exported_log.h"
#include "client/connect/connection.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

struct RecordedViolation {
  std::string id;
  bool incoming = false;
  UtcMs at = 0;
  bool cancelled = false;
};

struct RecordedDecision {
  std::string id;
  bool incoming = false;
  std::string rung;      // As it was written.
  std::string decision;  // Likewise.
  UtcMs at = 0;
  wire::Role decided_by = wire::Role::unset;
  bool cancelled = false;
};

// A rung on which this watch was asked to decide: a condition.
struct RecordedDemand {
  std::string rung;
  UtcMs began_at = 0;
  std::optional<UtcMs> ended_at = {};
};

// The last note of a person about a guarantor.
struct RecordedGuarantor {
  std::string name;
  wire::GuarantorStanding standing = wire::GuarantorStanding::unset;
  UtcMs at = 0;
};

struct RecordedCase {
  std::string name;  // Its thread's.
  std::vector<RecordedViolation> violations = {};
  std::vector<RecordedDecision> decisions = {};
  std::vector<RecordedDemand> demands = {};
  std::vector<RecordedGuarantor> guarantors = {};  // By name.

  UtcMs began_at() const { return violations.empty() ? 0 : violations.front().at; }
  uint64_t standing_of(bool incoming) const;  // Violations that were not cancelled.
  uint64_t cancelled() const;
  // Something of it happened in the period.
  bool is_of(const Period& period) const;
};

struct RecordedCases {
  std::vector<RecordedCase> cases;  // By their beginning.
  uint64_t demands_not_named = 0;   // Times that others than the eight named ones waited.
  uint64_t not_readable = 0;        // Decisions whose text the record does not have.
  bool cut = false;                 // The daemon told of the newest messages of a case only.
};

// The numbers of the report over all cases.
struct CaseCounts {
  uint64_t own_violations = 0;
  uint64_t peers_violations = 0;
  uint64_t cancelled = 0;
  uint64_t own_decisions = 0;  // That were not cancelled.
  uint64_t peers_decisions = 0;
  uint64_t demands = 0;
  uint64_t demands_open = 0;
  // Guarantors of cases, by their last note.
  uint64_t asked = 0;
  uint64_t answered = 0;
  uint64_t silent = 0;
};
CaseCounts count_cases(const RecordedCases& cases);
const char* guarantor_standing_code(wire::GuarantorStanding standing);  // "silent"

// A message of the record as cases ask for it.
struct ReadMessage {
  std::string name;
  std::string thread;     // Empty: it is in none.
  std::string speaks_of;  // The first message to which it refers.
  bool incoming = false;
  uint8_t type = 0;
  UtcMs at = 0;
  std::optional<ByteView> body = {};
};

class CaseRecord {
 public:
  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);
  // Every message that broke no rule, in the order of the journal. `thread_named`: the name of the
  // thread to which a name leads.
  using ThreadNamed = std::function<std::string(const std::string& name)>;
  void take(const ReadMessage& message, const ThreadNamed& thread_named);
  // A case as the daemon tells of it.
  void take(RecordedCase told) { cases_[told.name] = std::move(told); }
  void cut() { all_.cut = true; }
  // After the last.
  RecordedCases finish();

 private:
  void take_decision(const ReadMessage& message, const ThreadNamed& thread_named);
  void cancel(const ReadMessage& message);

  std::map<std::string, RecordedCase> cases_;
  std::map<std::string, std::vector<RecordedDemand>> demands_;  // By case.
  std::map<std::string, std::map<std::string, RecordedGuarantor>> guarantors_;
  RecordedCases all_;
};

// Tells of all cases of a running daemon.
Status read_cases(Connection& connection, CaseRecord& record);

}  // namespace hotline::client
