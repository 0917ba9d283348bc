// When the core asks for another path to the peer: what it put on the adopted link has had no
// receipt for longer than the policy allows (next_path_ms). The link may be fine and the peer's
// disk slow; another path costs little and is closed again by adoption.
#include <algorithm>

#include "protocol/channel/core.h"

namespace hotline {

void Core::note_sent(Now now, Link& link, uint64_t first, uint64_t end) {
  link.sent_at[recorder_.own().most_urgent(first, end) - kPrecedenceFirst].emplace_back(end,
                                                                                        now.boot);
}

void Core::note_receipted(Link& link, uint64_t size) {
  for (auto& frames : link.sent_at) {
    while (!frames.empty() && frames.front().first <= size) frames.pop_front();
  }
}

// A link that is not adopted has sent nothing. After one request the next waits as long again.
BootMs Core::next_path_due(const Link& link) const {
  BootMs due = INT64_MAX;
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    const auto& frames = link.sent_at[p - kPrecedenceFirst];
    if (frames.empty()) continue;
    BootMs since = frames.front().second;
    if (link.next_path_asked_at) since = std::max(since, *link.next_path_asked_at);
    due = std::min(due, since + config_.policy.at(p).next_path_ms);
  }
  return due;
}

void Core::ask_for_next_path(Now now) {
  if (!adopted_) return;
  Link& link = links_.at(*adopted_);
  if (next_path_due(link) > now.boot) return;
  link.next_path_asked_at = now.boot;
  recorder_.say(TryNextPath{*adopted_});
}

}  // namespace hotline
