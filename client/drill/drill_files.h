// The files in the directory of a drill, as it is played and as its report reads them.
#pragma once

#include <string>

namespace hotline::client {

inline std::string drill_scenario_path(const std::string& directory) {
  return directory + "/scenario.toml";
}
// The drill's own record, a line for each thing done.
inline std::string drill_record_path(const std::string& directory) {
  return directory + "/drill.jsonl";
}
inline std::string drill_orders_path(const std::string& directory) {
  return directory + "/orders.jsonl";
}
// The contexts with which the drill, and people in it, reach its daemons.
inline std::string drill_contexts_path(const std::string& directory) {
  return directory + "/hotline.toml";
}
// Each side's export, as the drill leaves it at its end.
inline std::string drill_export_path(const std::string& directory, const std::string& side) {
  return directory + "/" + side + ".export";
}
// The CA certificate of each side, as SIDE-ca.crt.
inline std::string drill_trust_path(const std::string& directory) {
  return directory + "/pki/trust";
}

}  // namespace hotline::client
