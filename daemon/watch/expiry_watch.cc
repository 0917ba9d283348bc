#include "daemon/watch/expiry_watch.h"

#include <utility>

namespace hotline {
namespace {

constexpr int64_t kDay_ms = 86'400'000;
constexpr int64_t kSteps_days[] = {30, 7, 1, 0};
constexpr int kWeek = 2;  // Places among these, from 1.
constexpr int kLastDay = 3;
constexpr int kExpired = 4;

}  // namespace

void ExpiryWatch::watch(const std::string& name, Watched watched) {
  auto [known, fresh] = watched_.emplace(name, watched);
  if (!fresh && known->second.ends != watched.ends) known->second = watched;
}

void ExpiryWatch::watch_certificate(const std::string& name, UtcMs not_before, UtcMs not_after) {
  watch(name, {false, not_before, not_after, 0});
}

void ExpiryWatch::watch_list(const std::string& name, UtcMs next_update) {
  watch(name, {true, 0, next_update == 0 ? INT64_MAX : next_update, 0});
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

std::optional<ConditionCode> ExpiryWatch::code_of(const Watched& watched, UtcMs now) {
  const int reached = steps_reached(watched, now);
  if (watched.is_list) {
    return reached == 0 ? std::nullopt : std::optional(ConditionCode::list_out_of_date);
  }
  if (now < watched.begins) return ConditionCode::certificate_early;
  if (reached == 0) return std::nullopt;
  return reached == kExpired ? ConditionCode::certificate_expired
         : reached >= kWeek  ? ConditionCode::certificate_near_end
                             : ConditionCode::certificate_expiring;
}

std::vector<ExpiryWatch::Standing> ExpiryWatch::standings(UtcMs now) const {
  std::vector<Standing> all;
  for (const auto& [name, watched] : watched_) {
    const auto code = code_of(watched, now);
    all.push_back({name, code, code ? words(name, watched, now) : ""});
  }
  return all;
}

std::vector<std::string> ExpiryWatch::last_days(UtcMs now) {
  std::vector<std::string> texts;
  for (auto& [name, watched] : watched_) {
    // Also back: a clock that jumped ahead and was set right must not have used up what comes.
    const int before = std::exchange(watched.reached, steps_reached(watched, now));
    if (!watched.is_list && watched.reached == kLastDay && before == kWeek)
      texts.push_back(words(name, watched, now));
  }
  return texts;
}

}  // namespace hotline
