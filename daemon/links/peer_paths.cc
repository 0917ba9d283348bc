#include "daemon/links/peer_paths.h"

#include <algorithm>

namespace hotline {

PeerPaths::PeerPaths(std::string peer, const std::vector<std::string>& addresses)
    : peer_(std::move(peer)) {
  for (const std::string& address : addresses) paths_.push_back({address, false, 0, 0, ""});
}

void PeerPaths::set_in_use(size_t path, bool in_use) {
  paths_.at(path).in_use = in_use;
}

std::vector<PathNews> PeerPaths::proved(size_t path, UtcMs at) {
  PeerPath& one = paths_.at(path);
  const bool was_failing = one.failed_at != 0;
  one.proved_at = at;
  one.failed_at = 0;
  one.failure.clear();
  std::vector<PathNews> news;
  if (was_failing) news.push_back({"path " + one.address + " to " + peer_ + " works again"});
  if (!no_spare_works()) spares_lost_ = false;
  return news;
}

std::vector<PathNews> PeerPaths::failed(size_t path, UtcMs at, const std::string& why,
                                        bool link_up) {
  PeerPath& one = paths_.at(path);
  std::vector<PathNews> news;
  if (one.failed_at == 0) {
    one.failed_at = at;
    news.push_back({"path " + one.address + " to " + peer_ +
                    (one.proved_at != 0 ? " no longer works: " : " does not work: ") + why});
  }
  one.failure = why;
  if (!link_up) return {};
  if (no_spare_works() && !spares_lost_) {
    spares_lost_ = true;
    news.push_back({"no spare path to " + peer_ + " works: if the link falls there is no other (" +
                        one.address + ": " + why + ")",
                    true});
  }
  return news;
}

bool PeerPaths::has_spare() const {
  const auto is_spare = [](const PeerPath& path) { return !path.in_use; };
  const auto works = [](const PeerPath& path) {
    return !path.in_use && path.proved_at != 0 && path.failed_at == 0;
  };
  return std::none_of(paths_.begin(), paths_.end(), is_spare) ||
         std::any_of(paths_.begin(), paths_.end(), works);
}

// A path that was not tried yet may work. The only path of a party that has never worked says
// nothing about the link, which the peer dialled: it may always do so.
bool PeerPaths::no_spare_works() const {
  const auto spare_fails = [](const PeerPath& path) { return path.in_use || path.failed_at != 0; };
  const auto is_spare = [](const PeerPath& path) { return !path.in_use; };
  if (std::none_of(paths_.begin(), paths_.end(), is_spare)) return false;
  if (paths_.size() == 1 && paths_.front().proved_at == 0) return false;
  return std::all_of(paths_.begin(), paths_.end(), spare_fails);
}

}  // namespace hotline
