#include "client/drill/faults.h"

#include <algorithm>

namespace hotline::client {
namespace {

int64_t lasts_ms(const InjectContent& content) {
  return std::visit(
      [](const auto& fault) -> int64_t {
        if constexpr (requires { fault.for_ms; }) return fault.for_ms;
        return 0;
      },
      content);
}

void add(Faults& faults, SideIndex from, const LinkCut& cut) {
  switch (cut.how) {
    case LinkCut::How::whole:
      faults.is_cut = true;
      return;
    case LinkCut::How::one_way:
      faults.is_silent[from] = true;
      return;
    case LinkCut::How::slow:
      faults.delay_ms = std::max(faults.delay_ms, cut.delay_ms);
      return;
  }
}
void add(Faults& faults, SideIndex from, const DaemonKilled&) {
  faults.is_down[from] = true;
}
void add(Faults& faults, SideIndex from, const PathLost& lost) {
  faults.lost_paths.insert({from, lost.path});
}
void add(Faults& faults, SideIndex, const CertificateRevoked& revoked) {
  if (revoked.player) {
    faults.absent.insert(*revoked.player);
  } else {
    faults.is_cut = true;
  }
}
void add(Faults& faults, SideIndex from, const ClockWrong& wrong) {
  faults.clock_ahead_ms[from] += wrong.ahead_ms;
}
void add(Faults& faults, SideIndex, const PlayerAbsent& absent) {
  faults.absent.insert(absent.player);
}
void add(Faults&, SideIndex, const MessageSent&) {}
void add(Faults&, SideIndex, const DirectorNote&) {}

}  // namespace

Faults faults_at(const Scenario& scenario, const Play& play, int64_t now_ms) {
  Faults faults;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const Inject& inject = scenario.injects[i];
    const InjectFate& fate = play.injects[i];
    if (fate.kind != InjectFate::Kind::played || fate.at_ms > now_ms) continue;
    const auto end_ms = fault_end_ms(inject, fate);
    if (end_ms && *end_ms <= now_ms) continue;
    std::visit([&](const auto& content) { add(faults, inject.from, content); }, inject.content);
  }
  for (size_t p = 0; p < scenario.players.size(); ++p) {
    if (faults.is_down[scenario.players[p].side]) faults.absent.insert(p);
  }
  return faults;
}

int64_t wrong_clock_ms(const Scenario& scenario, const Play& play, SideIndex side, int64_t now_ms) {
  int64_t newest_ms = -1;
  int64_t ahead_ms = 0;
  for (size_t i = 0; i < scenario.injects.size(); ++i) {
    const auto* wrong = std::get_if<ClockWrong>(&scenario.injects[i].content);
    const InjectFate& fate = play.injects[i];
    const bool has_come = fate.kind == InjectFate::Kind::played && fate.at_ms <= now_ms;
    if (wrong == nullptr || scenario.injects[i].from != side || !has_come) continue;
    if (fate.at_ms < newest_ms) continue;
    newest_ms = fate.at_ms;
    ahead_ms = wrong->ahead_ms;
  }
  return ahead_ms;
}

int64_t happened_at_most_ms(int64_t at_ms, int64_t seen_ms, int64_t wrong_ms) {
  if (wrong_ms == 0) return at_ms;
  return std::min(at_ms - std::min<int64_t>(wrong_ms, 0), seen_ms);
}

std::optional<int64_t> fault_end_ms(const Inject& inject, const InjectFate& fate) {
  const int64_t for_ms = lasts_ms(inject.content);
  if (fate.kind != InjectFate::Kind::played || for_ms == 0) return std::nullopt;
  return fate.at_ms > INT64_MAX - for_ms ? INT64_MAX : fate.at_ms + for_ms;
}

}  // namespace hotline::client
