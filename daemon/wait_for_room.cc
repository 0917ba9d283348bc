#include "daemon/wait_for_room.h"

#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>

#include "daemon/disk_watch.h"
#include "daemon/service_manager.h"

namespace hotline {
namespace {

constexpr int64_t kLook_ms = 250;
constexpr int kLooksUntilSaidAgain = 240;

}  // namespace

bool wait_for_room(const std::string& path, uint64_t bytes) {
  boost::asio::io_context io;
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  boost::asio::signal_set others(io, SIGHUP);  // Taken, so that it ends nothing.
  const ServiceManager service_manager(
      [](const char* name) -> const char* { return std::getenv(name); });
  boost::asio::steady_timer timer(io);
  bool has_room = false;
  int looks = 0;
  std::function<void()> look = [&] {
    service_manager.tell_alive();
    const auto room = free_bytes_at(path);
    has_room = room && *room >= bytes;
    if (has_room) return signals.cancel();
    if (looks++ % kLooksUntilSaidAgain == 0) {
      spdlog::critical(
          "the disk of {} is full: this daemon waits until {} KiB are free, and goes on by itself. "
          "Nothing is sent or received: use voice, and free space (df -h {})",
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
  return has_room;
}

}  // namespace hotline
