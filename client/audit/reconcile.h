// Two exports of one channel, one by each party, held against each other: both transcripts entry by
// entry, and the receipts.
//
// Says nothing about signatures: verify both exports first (verify.h). Journals differ by nature
// and are not compared with each other.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "client/audit/export_directory.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// One transcript, as both parties hold it.
struct TranscriptComparison {
  std::string sender;
  // Entries at each party, in the order of Reconciliation::parties.
  std::array<uint64_t, 2> sizes{};
  uint64_t different = 0;  // Places where the two have different entries, or only one has one.
  // The first kDifferencesMax, in words: "S-000044 only at NORTH".
  std::vector<std::string> differences;
  // Entries at the end that both have and for which the sender holds no receipt. No difference: it
  // may be on its way.
  uint64_t unreceipted = 0;
  // Receipts that the sender holds, and that whoever gave them lost with its store: it says in its
  // journal that it took back the messages under them. No difference: the sender's proof is as good
  // without the giver's copy. Receipts for other messages, or for another root, are differences as
  // ever.
  uint64_t receipts_lost = 0;
};

struct Reconciliation {
  std::array<std::string, 2> parties;               // As the exports were given.
  std::array<TranscriptComparison, 2> transcripts;  // Sent by parties[0], by parties[1].
  // Receipts of both transcripts: held and given. A receipt on its way is no difference; one that
  // is held and was not given is, and so are two of one size.
  std::array<uint64_t, 2> receipts{};
  uint64_t receipts_different = 0;
  std::vector<std::string> receipt_differences;

  uint64_t differences() const;
};

inline constexpr size_t kDifferencesMax = 20;

// Error: usage, where the exports are not of one channel and its two parties; not_found, or
// malformed where an export cannot be read.
Result<Reconciliation> reconcile_exports(const std::string& first, const std::string& second);

}  // namespace hotline::audit
