#include "protocol/terminal/standard_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace hotline {

bool open_standard_files() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file) {
    if (fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free is taken, and those below are open by now.
    const int mode = file == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) != file) return false;
  }
  return true;
}

int take_standard_error() {
  const int taken = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (taken < 0) return STDERR_FILENO;
  // Not O_NONBLOCK on the one there is: that would be so for everybody who shares it.
  const int mode = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const int last_words = open("/proc/self/fd/2", mode);
  if (last_words < 0) return taken;
  dup2(last_words, STDERR_FILENO);
  close(last_words);
  return taken;
}

}  // namespace hotline
