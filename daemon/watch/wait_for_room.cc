#include "daemon/watch/wait_for_room.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "daemon/process/service_manager.h"
#include "daemon/store/kinds.h"
#include "daemon/watch/disk_watch.h"

namespace hotline {
namespace {

constexpr int64_t kLook_ms = 250;
constexpr int kLooksUntilSaidAgain = 240;

// The largest file of the store.
uint64_t largest_beside(const std::string& path) {
  uint64_t largest = 0;
  for (const std::string& file : growing_files(kStoreKind, path)) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(file, absent);
    if (!absent) largest = std::max<uint64_t>(largest, size);
  }
  return largest;
}

}  // namespace

bool has_room(const std::string& path, uint64_t bytes) {
  const auto room = free_bytes_at(path);
  if (!room || *room < bytes) return false;
  std::string probe = path + ".room-XXXXXX";
  const int file = mkostemp(probe.data(), O_CLOEXEC);
  if (file < 0) return false;
  unlink(probe.c_str());
  const int error = posix_fallocate(file, static_cast<off_t>(largest_beside(path)),
                                    static_cast<off_t>(std::max<uint64_t>(bytes, 1)));
  close(file);
  return error == 0;
}

bool wait_for_room(const std::string& path, uint64_t bytes) {
  boost::asio::io_context io;
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  boost::asio::signal_set others(io, SIGHUP);  // Taken, so that it ends nothing.
  const ServiceManager service_manager(
      [](const char* name) -> const char* { return std::getenv(name); });
  boost::asio::steady_timer timer(io);
  bool found = false;
  int looks = 0;
  std::function<void()> look = [&] {
    service_manager.tell_alive();
    found = has_room(path, bytes);
    if (found) return signals.cancel();
    if (looks++ % kLooksUntilSaidAgain == 0) {
      spdlog::critical(
          "there is no room for {}: this daemon waits until it can grow by {} KiB, and goes on by "
          "itself. Nothing is sent or received: use voice, and free space (df -h {}; a quota and "
          "ulimit -f bound it too)",
          path, bytes >> 10, path);
    }
    timer.expires_after(std::chrono::milliseconds(kLook_ms));
    timer.async_wait([&](const boost::system::error_code& cancelled) {
      if (!cancelled) look();
    });
  };
  signals.async_wait([&](const boost::system::error_code& cancelled, int) {
    if (!cancelled) timer.cancel();
  });
  look();
  io.run();
  return found;
}

int serve_while_there_is_room(const std::function<Served()>& serve,
                              const std::function<bool()>& wait) {
  for (;;) {
    const Served served = serve();
    if (!served.for_want_of_room) return served.code;
    if (!wait()) return 0;
  }
}

}  // namespace hotline
