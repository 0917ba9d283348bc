// Which signals may end the daemon: TERM and INT, in order, and none else. daemon.cc takes those
// two, and HUP, which is ignored until it does.
#pragma once

namespace hotline {

// Ignores every signal that would end or stop the process and that nobody needs, however the parent
// left it, and unblocks all. Those by which a process reports a fault of its own (SEGV, BUS, FPE,
// ILL, ABRT) stay: a service manager's watchdog sends ABRT. Commands that the daemon starts get the
// defaults back (notifier.cc). Call before the first thread is made.
void ignore_other_signals();

}  // namespace hotline
