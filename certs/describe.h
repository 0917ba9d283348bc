// What lies in a party's directory, in words, for `hotline pki show` (all of it) and `hotline pki
// check` (what is wrong with it), and when a certificate's end has to be spoken of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

struct PkiProblem {
  bool is_failure = false;  // Else it is a warning: it works today.
  std::string reason;
  std::string hint;  // What to do or type; may be empty.
};

struct PkiFile {
  std::string file;  // Relative to the directory: "tls.crt", "people/ann.key".
  std::string
      kind;  // "CA certificate", "certificate", "private key", "revocation list", "not used".
  std::string purpose;               // "tls", ...; empty where it has none.
  std::string identity;              // "hotline://north/tls"; empty where it has none.
  std::string serial;                // Of a certificate; the number of a list.
  std::optional<UtcMs> not_before;   // Of a list: thisUpdate.
  std::optional<UtcMs> not_after;    // Of a list: nextUpdate.
  std::optional<int64_t> days_left;  // Whole days; negative when it ended.
  bool dev_only = false;
  std::vector<PkiProblem> problems;
};

struct PkiDescription {
  std::string directory;
  std::string party;  // Empty where no certificate could be believed.
  std::vector<PkiFile> files;

  size_t failure_count() const;
  size_t warning_count() const;
};

// Reads the layout of dev_pki.h, which a production party keeps too: ca.crt and ca.crl, the four
// pairs, and people's certificates. Private keys of people and the CA's may be elsewhere.
// Everything is checked as a peer would, and that keys fit their certificates. Fails (not_found)
// only where the directory cannot be read; what is wrong with the files is in the answer.
Result<PkiDescription> describe_party_directory(const std::string& directory, UtcMs now);

// A table for people, the problems under it. Ends with a newline.
std::string describe_text(const PkiDescription& description);

// The shortest of 30, 7 and 1 days that the end is within, and 0 when it has passed; nothing while
// it is farther away. A threshold counts only for what lives more than twice as long, so that a
// certificate of seven days does not warn from its first day.
std::optional<int> expiry_threshold_days(UtcMs not_before, UtcMs not_after, UtcMs now);

}  // namespace hotline
