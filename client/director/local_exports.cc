// A drill leaves this behind for its report.
#include <filesystem>

#include "client/connect/export_download.h"
#include "client/director/local_ground.h"

namespace hotline::client {
namespace {

constexpr int64_t kLinkPatience_ms = 10'000;
constexpr int64_t kLookAtLink_ms = 50;

}  // namespace

Status LocalGround::leave_exports(const Surroundings& around) {
  if (const auto mended = set(Faults{}); !mended) return mended.error();
  const int64_t until_ms = around.steady_ms() + kLinkPatience_ms;
  for (SideIndex side = 0; side < kSides; ++side) {
    const std::string path = drill_export_path(directory_, scenario_.sides[side]);
    if (std::filesystem::exists(path)) continue;
    // A program that was killed left it.
    std::error_code none;
    std::filesystem::remove_all(path + ".partial", none);
    const auto auditor =
        Connection::open({context(side, kAuditorPerson), around.connect, around.pause});
    if (!auditor) return auditor.error();
    // Without a link nobody can cosign; where a certificate was revoked it never comes.
    for (bool is_up = false; !is_up && around.steady_ms() < until_ms;) {
      if (const auto mended = set(Faults{}); !mended) return mended.error();
      const auto status = (*auditor)->status();
      if (!status) return status.error();
      is_up = (*status)->link() == wire::LinkState::up;
      if (!is_up) around.pause(kLookAtLink_ms);
    }
    const auto taken = audit::download_export(**auditor, path, [](const auto&, unsigned) {});
    if (!taken) return taken.error();
  }
  return ok();
}

}  // namespace hotline::client
