#include "daemon/watch/commit_watch.h"

#include <utility>

namespace hotline {
namespace {

// The slowest disk that is well, with others at work on it, flushes in less.
constexpr int64_t kHangs_ms = 2'000;
// The boot clock goes on while the machine sleeps, and so does a debugger's victim's: the time is
// the disk's only where it was looked at meanwhile.
constexpr int kLooksMin = 4;

std::string in_seconds(int64_t time_ms) {
  return std::to_string(time_ms / 1'000) + " s";
}

}  // namespace

void CommitWatch::begun(BootMs at) {
  begun_at_ = at;
  looks_ = 0;
  told_ = false;
}

std::optional<std::string> CommitWatch::look(BootMs at) {
  if (!begun_at_ || told_) return std::nullopt;
  if (++looks_ < kLooksMin || at - *begun_at_ <= kHangs_ms) return std::nullopt;
  told_ = true;
  return "the disk has not answered for " + in_seconds(at - *begun_at_) +
         ": until it does, nothing new is confirmed, sent or received. Use voice for what cannot "
         "wait, and look at the disk (dmesg)";
}

std::optional<std::string> CommitWatch::ended(BootMs at) {
  if (!begun_at_) return std::nullopt;
  const int64_t taken_ms = at - *std::exchange(begun_at_, std::nullopt);
  if (!told_) return std::nullopt;
  return "the disk answers again: it took " + in_seconds(taken_ms) +
         ", and what waited is stored now";
}

}  // namespace hotline
