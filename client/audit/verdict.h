// A verifier's verdict on an export, and how it gets there: faults gather under the step of
// docs/protocol.md, "Exports", that finds them, and the first in that order is the one named.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/base/bytes.h"
#include "protocol/log/origin.h"

namespace hotline::audit {

enum class Outcome { verified, failed, incomplete };
const char* outcome_word(Outcome outcome);  // "VERIFIED", ...

struct Fault {
  std::string name;    // "journal entry 17", "sent/cosigned".
  std::string reason;  // "its hash is not the one in journal/tile/0/000".
};

// The steps in which faults are looked for, in order. Sent and received have one each.
enum class Step : uint8_t {
  version,
  certificates,
  checkpoints,
  files,
  journal_entries,
  journal_after,  // Bytes after the last entry or part of a bundle.
  journal_tiles,
  journal_cosigned,
  journal_roots,
  journal_facts,
  sent_entries,
  sent_after,
  sent_tiles,
  sent_cosigned,
  sent_roots,
  sent_epochs,
  received_entries,
  received_after,
  received_tiles,
  received_cosigned,
  received_roots,
  received_epochs,
  sent_receipts,
  received_receipts,
  numbered_roots,
};

// The steps of one log.
struct LogSteps {
  Step entries;
  Step after;
  Step tiles;
  Step cosigned;
  Step roots;
};
LogSteps steps_of(ExportLog log);

// Keeps the first fault of each step. One thread at a time.
class FaultBook {
 public:
  // The fault of a step at the lowest place counts, and at one place the earlier.
  void note(Step step, uint64_t place, Fault fault);
  bool empty() const { return faults_.empty(); }
  bool has(Step step) const { return faults_.contains(step); }
  std::optional<Fault> first() const;

 private:
  std::map<Step, std::pair<uint64_t, Fault>> faults_;
};

// "journal entry 17"; "sent entry 3 (N-000004)" where the envelope's id is known.
std::string entry_name(ExportLog log, uint64_t entry, const std::string& id = {});
// "journal entries 10 to 24", both counted; one alone as above.
std::string entries_name(ExportLog log, uint64_t first, uint64_t last);

struct Verdict {
  Outcome outcome = Outcome::failed;
  std::optional<Fault> fault;            // FAILED has one.
  std::vector<std::string> not_checked;  // INCOMPLETE has them, one sentence each.
  std::string party;                     // The one that exported; empty when that is not known.
  std::string peer;
  ChannelName channel;
  std::array<uint64_t, kExportLogCount> sizes{};
  uint64_t checkpoints = 0;    // With signatures that hold: cosigned, and the newest of each log.
  uint64_t cosigned_size = 0;  // Journal entries below are cosigned.
  Hash root{};                 // The journal's at that size, or where it is 0, as it is.
  bool dev_only = false;       // A certificate is for development only.
  std::vector<std::string> trusted;  // "north-ca.crt"
};

}  // namespace hotline::audit
