// A copy of a store that may be put in its place one day: marked, so that whoever starts it takes
// back from the peer what it lacks, and read through before it has its name.
#pragma once

#include <string>

#include "daemon/process/config.h"
#include "protocol/base/result.h"
#include "protocol/terminal/output.h"

namespace hotline {

// How much stands in a copy.
struct CopiedStore {
  uint64_t journal = 0;
  uint64_t sent = 0;
  uint64_t received = 0;
};

// The store of this configuration in a directory of backups.
std::string backup_path(const Config& config, const std::string& directory);

// Copies the store of this configuration, or a backup of it. Refuses one of another channel, and
// one that is damaged.
Result<CopiedStore> copy_marked(const Config& config, const std::string& from,
                                const std::string& path);

// Tells of it, and gives the exit code. `text` says what was made of what.
int tell_copied(Output& output, const std::string& path, const CopiedStore& copied,
                const std::string& text);

}  // namespace hotline
