#include "daemon/api/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

// The store, the log, the event loop, the ports, and what the notifier holds for commands.
constexpr uint64_t kOwn = 64;
constexpr uint64_t kPorts = 2;
constexpr uint64_t kLinksAndDialling = limits::kLinksMax + limits::kAddressesPerNameMax;
constexpr uint64_t kCommands = 2 * 2 * limits::kAttemptsRunningMax;  // Both sides', two each.
constexpr uint64_t kConnections = kPorts * (limits::kHandshakesMax + limits::kHandshakesKnownMax) +
                                  limits::kClientsMax + limits::kStrangersMax +
                                  limits::kFarewellsMax;
constexpr uint64_t kShared = kLinksAndDialling + kCommands + kConnections;

}  // namespace

uint64_t descriptors_wanted() {
  return kOwn + kShared;
}

// No more than that: the commands have the same limit, and there are programs that close every
// descriptor that they might have.
uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return descriptors_wanted();
  if (limit.rlim_cur < descriptors_wanted() && limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{std::min<rlim_t>(descriptors_wanted(), limit.rlim_max), limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

ConnectionsMax share_descriptors(uint64_t count) {
  const uint64_t shared = std::min(count - std::min(count, kOwn), kShared);
  const auto share = [shared](size_t all, size_t least) {
    return std::max<size_t>(all * shared / kShared, least);
  };
  ConnectionsMax max;
  max.handshakes = {.strangers = share(limits::kHandshakesMax, 4),
                    .known = share(limits::kHandshakesKnownMax, 4),
                    .per_network_when_full = share(limits::kHandshakesPerNetworkMax, 2)};
  max.clients = {.with_role = share(limits::kClientsMax, 8),
                 .per_person = share(limits::kClientsPerPersonMax, 4),
                 .strangers = share(limits::kStrangersMax, 2),
                 .per_user = share(limits::kStrangersPerUserMax, 1),
                 .farewells = share(limits::kFarewellsMax, 2)};
  return max;
}

}  // namespace hotline
