#include "client/director/peer_ground.h"

#include <filesystem>

#include "client/connect/export_download.h"

namespace hotline::client {

Status PeerGround::revoke(SideIndex, std::optional<size_t>, UtcMs) {
  return make_error(ErrorCode::refused, "certificates of a channel are its parties' own");
}

Status PeerGround::leave_exports(const Surroundings& around) {
  if (std::filesystem::exists(export_path_)) return ok();
  const auto daemon = Connection::open({context_, around.connect, around.pause});
  if (!daemon) return daemon.error();
  if (!(*daemon)->may(Right::export_record)) {
    return make_error(ErrorCode::not_allowed, "an auditor of this side takes it",
                      "hotline --context NAME audit export " + export_path_);
  }
  const auto taken = audit::download_export(**daemon, export_path_, [](const auto&, unsigned) {});
  return taken ? ok() : Status(taken.error());
}

}  // namespace hotline::client
