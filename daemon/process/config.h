// The daemon's configuration: one TOML file, read once at start. HUP reads the revocation lists
// again, and nothing else. Unknown keys are errors with a suggestion; errors carry
// file:line:column. Secrets are never in the file, only the paths of the files that hold them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/process/config_section.h"
#include "daemon/process/notifier_config.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/channel/policy.h"

namespace hotline {

struct CertificateFiles {
  std::string certificate;
  std::string key;
};

struct PersonConfig {
  std::string id;                    // As in the certificate's URI: hotline://north/person/ann
  std::vector<uint8_t> roles;        // wire::Role
  std::optional<uint32_t> unix_uid;  // The user that this is on the local socket.
};

struct Config {
  std::string path;  // The file's; relative paths in it start from its directory.

  std::string party;
  std::string prefix;
  std::string peer;
  std::string peer_prefix;
  std::vector<Endpoint> peer_addresses;  // Paths to the peer, tried in order.
  int64_t path_check_ms = limits::kPathCheckInterval_ms;

  std::array<uint8_t, 16> channel{};
  bool exercise = false;
  int64_t clock_ahead_ms = 0;  // Of an exercise: its clock is so wrong on purpose; below 0, slow.

  std::string ca;
  std::string crl;
  CertificateFiles tls;
  CertificateFiles log;
  CertificateFiles receipt;
  CertificateFiles witness;
  std::string peer_ca;
  std::string peer_crl;
  std::string peer_log_certificate;
  std::string peer_receipt_certificate;
  std::string peer_witness_certificate;

  Endpoint listen_peer;
  Endpoint listen_client;
  std::string client_socket;  // For people on this machine; may be empty.
  std::string port_file;      // Where to write the ports that were taken; may be empty.

  std::string store_path;
  uint64_t store_reserve_bytes = 64u << 20;  // Less free: see protocol/channel/disk_room.h.
  std::vector<PersonConfig> people;
  std::vector<NotifierConfig> notifiers;
  Policy policy;  // Commands of its rungs name only notifiers that there are.
};

// Error: configuration, with file:line:column and a hint.
Result<Config> read_config(const std::string& path);

// A commented configuration that read_config accepts once the files it names exist. Two ids of
// parties, not the same one.
std::string example_config(const std::string& party, const std::string& peer);

}  // namespace hotline
