#include "protocol/terminal/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hotline {

Status write_new_file(const std::string& path, std::string_view text) {
  constexpr mode_t kFileMode = 0600;
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (descriptor < 0 && errno == EEXIST) {
    return make_error(ErrorCode::conflict, path + " exists already",
                      "no file is ever written over; choose a new name");
  }
  bool good = descriptor >= 0;
  while (good && !text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    good = written >= 0;
    if (good) text.remove_prefix(static_cast<size_t>(written));
  }
  const int error = errno;
  if (descriptor >= 0 && close(descriptor) == 0 && good) return ok();
  if (descriptor >= 0) unlink(path.c_str());
  return make_error(ErrorCode::failed,
                    path + " cannot be written: " + std::strerror(good ? errno : error),
                    "choose another place");
}

}  // namespace hotline
