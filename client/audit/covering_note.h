// The smallest cosigned checkpoint of an exported log that covers an entry. The file may hold a
// million of them: it is searched, not read.
#pragma once

#include <cstdint>
#include <string>

#include "client/audit/export_directory.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// The whole note, not believed. `directory` is the export's; `origin` is the log's, of any epoch.
// Errors: incomplete when no note covers the entry, verification_failed when the file is damaged.
Result<std::string> find_covering_note(const std::string& directory, ExportLog log,
                                       const std::string& origin, uint64_t entry);

}  // namespace hotline::audit
