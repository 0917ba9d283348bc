// A file layer of SQLite (sqlite.org/vfs.html) in which pages reach the system many at a time.
// SQLite writes each page by itself, and the call takes longer than its 4 KiB.
//
// The write-ahead log: what a commit writes is gathered, and written before the log is flushed,
// read, measured or cut. A write that fails makes that call fail. Only for connections with
// synchronous=FULL, and on files with SQLite's "powersafe overwrite": they flush the log before
// they show others what is new in it.
//
// The database: before a copy of the log makes it grow it gets its new size, in zeros, which costs
// less than growing page by page. The pages of a copy are not gathered: one that stops half-way is
// shown to others without a flush, and so without asking whether the disk took it.
#pragma once

#include <string>

namespace hotline {

// The name of such a layer over the one named `parent` (empty: SQLite's default), which must be
// registered when a file is opened. Any thread.
std::string large_writes_vfs(const std::string& parent);

}  // namespace hotline
