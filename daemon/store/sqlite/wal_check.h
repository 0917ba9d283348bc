// Looks at SQLite's write-ahead log before SQLite does
// (https://www.sqlite.org/fileformat2.html#walformat).
//
// SQLite ends a log at the first frame whose checksum is wrong, because that is where a write was
// torn when the power failed. It does so too when a bit has rotted in the middle, and then forgets,
// without a word, commits that were receipted. The difference shows: a commit is only begun when
// the one before is on disk, so a torn end is one commit; more than one behind the first bad frame
// means that good ones would be lost. A bad header is a torn one where the database holds all that
// stands behind it: a log starts again from its beginning once it was copied.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace hotline {

// A missing or empty log is good. The caller holds the store's lock.
Status check_write_ahead_log(const std::string& wal_path);

}  // namespace hotline
