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

}  // namespace hotline
