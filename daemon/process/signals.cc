#include "daemon/process/signals.h"

#include <csignal>

namespace hotline {
namespace {

bool stays(int signal) {
  switch (signal) {
    case SIGTERM:
    case SIGINT:
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
    case SIGABRT:
    case SIGCHLD:  // Ignored, it would take the exit codes of commands away.
    case SIGCONT:
      return true;
    default:
      return false;
  }
}

}  // namespace

void ignore_other_signals() {
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    // KILL, STOP and those that the C library keeps for itself cannot be set: that fails.
    if (!stays(signal)) std::signal(signal, SIG_IGN);
  }
  std::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace hotline
