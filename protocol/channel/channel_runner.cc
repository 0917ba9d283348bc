#include "protocol/channel/channel_runner.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/base/check.h"

namespace hotline {

ChannelRunner::ChannelRunner(CoreConfig config, Records& records, Random& random, Clock& clock,
                             ChannelHost& host)
    : clock_(clock), host_(host), core_(std::move(config), records, random, clock.now()) {}

void ChannelRunner::settle() {
  perform();
  begin_commit();
  perform();  // Sealing may alarm.
}

void ChannelRunner::perform() {
  for (Effect& effect : core_.take_effects()) {
    std::visit([this](auto& one) { host_.perform(one); }, effect);
  }
}

void ChannelRunner::begin_commit() {
  if (!wants_commit()) return;
  std::shared_ptr<const Batch> batch = core_.seal(now());
  if (!batch) return;
  committing_ = true;
  host_.commit(std::move(batch));
}

void ChannelRunner::commit_ended() {
  HOTLINE_CHECK(committing_);
  committing_ = false;
  core_.committed(now());
}

void ChannelRunner::tick() {
  planned_for_.reset();
  core_.tick(now());
}

std::optional<int64_t> ChannelRunner::plan_tick() {
  const BootMs wake = core_.wake_at();
  if (planned_for_ == wake) return std::nullopt;
  planned_for_ = wake;
  const Now now = this->now();
  if (core_.ladder_due() <= now.timer()) return 0;
  return std::clamp<BootMs>(wake - now.boot, 0, kTickInterval_ms - 1) + 1;
}

}  // namespace hotline
