// Connections from all over 127.0.0.0/8 that say nothing, as fast as they are told to be made.
// 127.0.0.1 itself is left to the others of this machine. A connection stays until the daemon
// closes it, or ours are too many.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <deque>
#include <stdexcept>
#include <thread>

#include "tests/hostile/hostile.h"
#include "tests/hostile/words.h"

namespace hotline::hostile {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(uint32_t address, uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  name.sin_port = htons(port);
  return name;
}

void close_at_once(int socket) {
  const linger none{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close(socket);
}

// -1 when the system has no more room for now.
int connect_from(uint32_t address, uint16_t port) {
  const int end = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (end < 0) return -1;
  const int yes = 1;
  setsockopt(end, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  const sockaddr_in from = loopback(address, 0);
  const sockaddr_in to = loopback(INADDR_LOOPBACK, port);
  if (bind(end, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      (connect(end, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
       errno != EINPROGRESS)) {
    close(end);
    return -1;
  }
  return end;
}

bool input_ended() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, 0) <= 0) return false;
  char unread[256];
  return read(STDIN_FILENO, unread, sizeof unread) <= 0;
}

}  // namespace

int run_strangers(const std::vector<std::string>& arguments) {
  const Words words = read_words(arguments);
  const auto port = static_cast<uint16_t>(words.count_at(0));
  const uint64_t rate = words.number("rate", 2000);
  const uint64_t count = words.number("connections", UINT64_MAX);
  const uint64_t open_max = words.number("open", 500);
  std::deque<int> open;
  uint64_t made = 0, failed = 0;
  const auto begin = Clock::now();
  while (made + failed < count && !input_ended()) {
    const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto due = static_cast<uint64_t>(passed * static_cast<double>(rate));
    for (; made + failed < due;) {
      // 127.1.0.0 and on, in steps that visit all of them.
      const auto number = static_cast<uint32_t>((made + failed) * 7919);
      const int end = connect_from(0x7f010000u + number % 0x00fe0000u, port);
      if (end < 0) {
        ++failed;
        continue;
      }
      open.push_back(end);
      if (++made == 1) {
        std::printf("begun\n");
        std::fflush(stdout);
      }
      if (open.size() <= open_max) continue;
      close_at_once(open.front());
      open.pop_front();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (const int end : open) close_at_once(end);
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::printf("made=%llu failed=%llu seconds=%.1f\n", static_cast<unsigned long long>(made),
              static_cast<unsigned long long>(failed), seconds);
  return 0;
}

}  // namespace hotline::hostile
