// A file layer of SQLite (sqlite.org/vfs.html) in which the writes of a commit reach the system
// together. SQLite writes each page of a commit to the write-ahead log with two calls, which take
// longer than the pages.
//
// Only the log is gathered, and only for connections with synchronous=FULL on files with SQLite's
// "powersafe overwrite": they flush the log before they show others what is new in it, and what was
// gathered is written before that, and before the log is read, measured or cut. A write that fails
// makes that call fail. The database itself is not gathered: a copy of the log that
// stops half-way is shown to others without a flush.
#pragma once

#include <string>

namespace hotline {

// The name of such a layer over the one named `parent` (empty: SQLite's default), which must be
// registered when a file is opened. Any thread.
std::string gathering_vfs(const std::string& parent);

}  // namespace hotline
