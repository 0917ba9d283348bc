#include "protocol/transport/socket_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace hotline {
namespace {

enum class SocketFile { absent, left_behind, listened_on, not_ours };

// A connection, without waiting, shows if somebody listens: a full queue means yes.
SocketFile look_at(const std::string& path, const sockaddr_un& name) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) {
    return errno == ENOENT ? SocketFile::absent : SocketFile::not_ours;
  }
  if (!S_ISSOCK(found.st_mode)) return SocketFile::not_ours;
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return SocketFile::not_ours;
  const int failed = connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  const int why = failed != 0 ? errno : 0;
  ::close(probe);
  if (why == 0 || why == EAGAIN) return SocketFile::listened_on;
  return why == ECONNREFUSED ? SocketFile::left_behind : SocketFile::not_ours;
}

}  // namespace

Status clear_the_way(const std::string& path, const sockaddr_un& name) {
  switch (look_at(path, name)) {
    case SocketFile::absent:
      return ok();
    case SocketFile::left_behind:
      if (unlink(path.c_str()) == 0 || errno == ENOENT) return ok();
      return cannot_listen("unix:" + path,
                           std::string("an old socket cannot be removed: ") + std::strerror(errno));
    case SocketFile::listened_on:
      return make_error(ErrorCode::conflict,
                        "cannot listen on unix:" + path + ": another program listens there",
                        "is this daemon running already?");
    case SocketFile::not_ours:
      break;
  }
  return make_error(ErrorCode::conflict,
                    "cannot listen on unix:" + path +
                        ": what is there is not a socket of ours, and is not replaced",
                    "ls -l " + path);
}

Error cannot_listen(const std::string& address, const std::string& why, std::string hint) {
  return make_error(ErrorCode::configuration, "cannot listen on " + address + ": " + why,
                    std::move(hint));
}

}  // namespace hotline
