// Random edits of an export, each with what a verifier must say of it: FAILED, and where.
//
// Edits change what somebody signed for. Edits that nobody can notice are left out: a cosigned
// checkpoint of the journal that is left out (the record is then covered less far), and a part that
// is erased (INCOMPLETE).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/base/result.h"
#include "protocol/base/signing.h"
#include "tests/simulation/seeded.h"

namespace hotline::audit {

struct Edit {
  std::string kind;  // "flip entry"
  std::string what;  // "bit 3 of byte 17 of sent entry 4"
  // Where a verifier may find it: entries of one log, one of these paths, or either.
  std::optional<ExportLog> log;
  uint64_t first = 0;
  uint64_t last = 0;
  bool exact = false;  // Entry `first` itself must be named, not a range about it.
  std::vector<std::string> paths;
  std::vector<std::string> changed;  // Files that were changed, added or removed.
};

// True: a fault by this name is where the edit was made.
bool is_named(const Edit& edit, const std::string& fault);

// One line for expected.tsv, tab-separated: kind, what, log, first, last, exact, paths.
std::string expectation(const Edit& edit);

class Tampering {
 public:
  // `original` is an export that verifies, of some 300 to 1,000 journal entries: all of it is read.
  explicit Tampering(const std::string& original);
  ~Tampering();

  // Edits the copy of the original in `copy`. The same seed makes the same edit.
  Edit edit(const std::string& copy, uint64_t seed);

  // Undoes it in `copy`.
  void restore(const std::string& copy, const Edit& edit) const;

 private:
  class Editor;
  struct Log;

  std::string original_;
  std::vector<Log> logs_;
  std::vector<std::string> files_;  // Sorted.
};

}  // namespace hotline::audit
