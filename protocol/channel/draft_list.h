// The drafts of a watch, as the journal tells of them: a fold over its entries, up to any of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// A draft that may be kept, whatever it still lacks: it can be read, and shown.
Result<Opened<wire::Draft>> open_to_be_kept(ByteView bytes);
// The messages that an acceptance of a conflict names; nothing for any other draft.
std::vector<std::string> accepted_by(const wire::Draft& draft);

// Something that a person did to a draft.
struct DraftStep {
  UtcMs at = 0;                // 0: nobody did.
  uint64_t journal_index = 0;  // Its entry has the person's name.
  uint8_t role = 0;
  Hash person{};  // SHA-256 of the certificate.

  bool operator==(const DraftStep&) const = default;
};

// A draft in its newest version.
struct KeptDraft {
  uint64_t number = 0;         // People call it D-3.
  uint32_t version = 0;        // From 1.
  uint64_t journal_index = 0;  // Its entry has the bytes, and the name of who saved it.
  Hash hash{};                 // SHA-256 of its bytes.
  uint8_t type = 0;
  uint8_t precedence = 0;  // 0: not said yet.
  bool danger_to_life = false;
  std::string subject;  // Cut as in a list.
  UtcMs saved_at = 0;
  uint8_t role = 0;
  Hash submitter{};              // SHA-256 of the certificate of who saved it.
  DraftStep submitted;           // It waits for its release.
  DraftStep returned;            // It waits no more, and was not changed since.
  std::string returned_because;  // Empty: withdrawn.
  // The conflict that it accepts, as it stood (Conflicts::check_accepted); else empty.
  std::vector<std::string> accepts;
  Bytes draft;  // As it was saved; empty once it has ended.

  // The entry of the last step.
  uint64_t last_index() const {
    return std::max({journal_index, submitted.journal_index, returned.journal_index});
  }
  bool operator==(const KeptDraft&) const = default;
};

struct EndedDraft {
  KeptDraft last;
  uint64_t serial = 0;  // The message that was made from it; 0: it was discarded.
  UtcMs at = 0;
  uint8_t role = 0;
  uint64_t journal_index = 0;

  bool operator==(const EndedDraft&) const = default;
};

// Drafts as the journal tells of them, up to one of its entries.
class DraftList {
 public:
  using Open = std::map<uint64_t, KeptDraft>;

  // By number.
  const Open& open() const { return open_; }
  // Null where none is open under this number; where none of those that ended lately had it.
  const KeptDraft* find(uint64_t number) const;
  const EndedDraft* find_ended(uint64_t number) const;
  uint64_t last_number() const { return last_number_; }
  size_t count_submitted() const;
  // Those that are open, by precedence, and of one precedence the one first that has waited
  // longest: since it was handed in, or else saved. One without a precedence comes last.
  std::vector<const KeptDraft*> waiting() const;
  // Says what became of one that is not open, for a person. `prefix`: of our messages.
  Error why_not_open(uint64_t number, const std::string& prefix) const;

  // Why this entry cannot be the next; null when it can.
  const char* fault_in(const wire::Entry& entry) const;
  void apply(uint64_t journal_index, const wire::Entry& entry);

  bool operator==(const DraftList&) const = default;

 private:
  void end(uint64_t number, EndedDraft ended);

  Open open_;
  std::map<uint64_t, EndedDraft> ended_;  // limits::kDraftsEndedKept of them, the highest numbers.
  uint64_t last_number_ = 0;
};

}  // namespace hotline
