// Whether the channel works, and what to look at if not: its values, then lines or JSON made from
// them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// As protocol/api/client.fbs says it in StatusReply. A time of 0 says that it has not happened.
struct ShownStatus {
  std::string party;
  std::string peer;
  bool exercise = false;
  bool dev_pki = false;
  UtcMs clock = 0;  // The daemon's.

  struct Waiting {
    bool incoming = false;
    uint8_t precedence = 0;
    uint64_t count = 0;
    int64_t oldest_ms = 0;
    std::string rung;  // May be empty.
    bool rung_tells_nobody = false;
  };
  std::vector<Waiting> waiting;  // The most urgent first.
  uint32_t waiting_in = 0;
  uint32_t waiting_out = 0;

  wire::LinkState link = wire::LinkState::down;
  UtcMs link_since = 0;
  std::string remote;
  std::string last_refusal;
  int32_t round_trip_ms = -1;  // Negative: not measured.
  int64_t clock_skew_ms = 0;
  bool agreement_matches = true;
  struct Path {
    std::string address;
    bool in_use = false;
    UtcMs proved_at = 0;
    UtcMs failed_at = 0;
    std::string failure;
  };
  std::vector<Path> paths;

  std::string numbering_stopped;  // Not empty: why.
  bool disk_low = false;
  bool peer_flash_only = false;
  std::vector<std::string> warnings;
  std::vector<std::string> alarms;

  std::vector<uint32_t> queued;  // By precedence, FLASH first.
  uint32_t unreceipted = 0;
  uint64_t journal_size = 0;
  uint64_t own_size = 0;
  uint64_t own_receipted = 0;
  std::string own_root;  // Hex; empty where there is none yet, as the notes are.
  uint64_t peer_size = 0;
  std::string peer_root;
  std::string own_checkpoint;
  std::string own_receipt;
  std::string peer_checkpoint;
  std::string peer_receipt;
};

ShownStatus shown_status(const Connection& connection, const wire::StatusReply& status);

// What may have to be acted on comes first. Paths that work are shown with `all_paths` only.
void print_status(Output& output, const ShownStatus& status, bool all_paths);
// The signed notes that both parties hold.
void print_notes(Output& output, const ShownStatus& status);

JsonValue json_status(const ShownStatus& status);

}  // namespace hotline::client
