// A file layer of SQLite (sqlite.org/vfs.html) in which pages reach the system many at a time.
// SQLite writes each page by itself, and the call takes longer than its 4 KiB.
//
// The write-ahead log: what a commit writes is gathered, and written at the latest when this
// connection flushes, reads, measures or cuts the log. Pages of a transaction that ended without a
// flush are forgotten. A write that fails makes the call fail that needed it, and every later one:
// the connection can only be closed. For connections with synchronous=FULL, which flush the log
// before they show others what is new in it; without SQLite's "powersafe overwrite" a flush may end
// ahead of the commit, and nothing is gathered.
//
// The database: before a copy of the log makes it grow it gets its new size, in zeros, which costs
// less than growing page by page. The pages of a copy are not gathered: a copy that does not reach
// the end of the log is shown to others without a flush, and so without asking whether the disk
// took it.
#pragma once

#include <string>

namespace hotline {

// The name of such a layer over the one named `parent` (empty: SQLite's default), which must be
// registered when a file is opened. Any thread.
std::string large_writes_vfs(const std::string& parent);

}  // namespace hotline
