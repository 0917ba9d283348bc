#include "daemon/watch/expiry_watch.h"

namespace hotline {
namespace {

constexpr int64_t kDay_ms = 86'400'000;
constexpr int64_t kSteps_days[] = {30, 7, 1, 0};

}  // namespace

void ExpiryWatch::watch(const std::string& name, Watched watched) {
  auto [known, fresh] = watched_.emplace(name, watched);
  if (!fresh && known->second.ends != watched.ends) known->second = watched;
}

void ExpiryWatch::watch_certificate(const std::string& name, UtcMs not_before, UtcMs not_after) {
  watch(name, {false, not_before, not_after, 0});
}

void ExpiryWatch::watch_list(const std::string& name, UtcMs next_update) {
  if (next_update == 0) {
    watched_.erase(name);
  } else {
    watch(name, {true, 0, next_update, 0});
  }
}

int ExpiryWatch::steps_reached(const Watched& watched, UtcMs now) {
  if (watched.is_list) return now > watched.ends ? 1 : 0;
  int reached = 0;
  int step = 0;
  for (int64_t days : kSteps_days) {
    ++step;
    const bool counts = days == 0 || 2 * days * kDay_ms < watched.ends - watched.begins;
    if (counts && watched.ends - now < days * kDay_ms) reached = step;
  }
  return reached;
}

std::string ExpiryWatch::words(const std::string& name, const Watched& watched, UtcMs now) {
  if (watched.is_list) {
    return name + " is out of date since " + format_rfc3339(watched.ends) +
           ": it stays in force, but who was revoked since is not known here; get the newest";
  }
  if (now < watched.begins) {
    return name + " is not valid before " + format_rfc3339(watched.begins) +
           ": check this host's clock first (timedatectl)";
  }
  if (now > watched.ends) {
    return name + " EXPIRED at " + format_rfc3339(watched.ends) + ": replace it";
  }
  const int64_t days = (watched.ends - now) / kDay_ms;
  return name + " expires in " +
         (days == 0 ? std::string("less than a day")
                    : std::to_string(days) + (days == 1 ? " day" : " days")) +
         ", at " + format_rfc3339(watched.ends) + ": have its CA issue the next";
}

std::vector<std::string> ExpiryWatch::alarms(UtcMs now) {
  std::vector<std::string> alarms;
  for (auto& [name, watched] : watched_) {
    const bool early = now < watched.begins;
    const int reached = steps_reached(watched, now);
    if ((early && !watched.told_early) || reached > watched.told) {
      alarms.push_back(words(name, watched, now));
    }
    // Also back: a clock that jumped ahead and was set right must not have used up what comes.
    watched.told_early = early;
    watched.told = reached;
  }
  return alarms;
}

std::vector<std::string> ExpiryWatch::warnings(UtcMs now) const {
  std::vector<std::string> warnings;
  for (const auto& [name, watched] : watched_) {
    if (now < watched.begins || steps_reached(watched, now) > 0)
      warnings.push_back(words(name, watched, now));
  }
  return warnings;
}

}  // namespace hotline
