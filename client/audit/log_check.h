// One log of an export: every bundle, the tiles above them, and the root at every signed size.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client/audit/bundle_check.h"
#include "client/audit/export_reader.h"
#include "client/audit/verdict.h"
#include "protocol/base/bytes.h"
#include "protocol/log/merkle.h"

namespace hotline::audit {

// A size at which somebody signed for a root.
struct SignedRoot {
  uint64_t size = 0;
  Hash root{};
  uint64_t epoch = 0;
};

struct LogCheckOptions {
  ExportLog log = ExportLog::journal;
  uint64_t size = 0;
  std::vector<SignedRoot> roots;        // Rising by size, none above the log's.
  const JournalTrust* trust = nullptr;  // The journal's.
  unsigned threads = 1;
  // Called with every bundle in order, as long as no entry was at fault.
  std::function<void(uint64_t bundle, const BundleOutcome&)> on_bundle;
};

// Faults go into `faults`. Returns the log's epochs, up to the first fault.
Epochs check_log(const ExportReader& reader, const LogCheckOptions& options, FaultBook& faults);

// The roots of a checked log at rising sizes, from its tiles.
class TileRoots {
 public:
  TileRoots(const ExportReader& reader, ExportLog log, uint64_t size)
      : bundle_roots_(reader, log, size, 1), leaves_(reader, log, size, 0) {}

  // `size` is at most the log's, and no smaller than the one asked for before. The empty tree's
  // root where a tile cannot be read.
  Hash root_at(uint64_t size);

 private:
  TileLevel bundle_roots_;
  TileLevel leaves_;
  Frontier bundles_;  // Whole bundles.
  Frontier within_;   // The bundle after them.
};

}  // namespace hotline::audit
