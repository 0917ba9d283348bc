// Fetches an export from a running daemon and writes it down. The daemon's words are written as
// they are, so that a verifier can judge them; only what no export can hold is refused.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "client/audit/export_directory.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::audit {

struct DownloadedLog {
  uint64_t entries = 0;
  uint64_t parts = 0;  // How many entries have the part that they name: a body, a name.
  uint64_t notes = 0;  // Cosigned checkpoints.
};

using Downloaded = PerLog<DownloadedLog>;

// Told after each page: what is fetched, and how much of all entries is there, in per cent.
using DownloadProgress = std::function<void(const std::string& what, unsigned percent)>;

// Errors: conflict where the directory exists, not_allowed without the auditor's role, malformed
// for answers that no export can be made of, and what the connection gives. After an error nothing
// is left behind.
Result<Downloaded> download_export(client::Connection& connection, const std::string& directory,
                                   const DownloadProgress& progress);

}  // namespace hotline::audit
