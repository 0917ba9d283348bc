// The words of one message of an export, as far as threads, incidents and lists ask for them. Works
// for whatever a peer sent: nothing here was verified.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/audit/exported_log.h"
#include "protocol/base/clock.h"
#include "protocol/message/incidents.h"

namespace hotline::client {

struct SaidInExport {
  std::string name;      // Its serial; empty where it has none of its own.
  std::string incident;  // The thread that it says it belongs to; mostly empty.
  std::vector<std::string> references;
  IncidentEffect effect = IncidentEffect::none;
  bool cancels = false;
  UtcMs released_at = 0;
  uint8_t role = 0;  // wire::Role in which it was released; 0: its envelope cannot be read.
  uint64_t peer_entries = 0;
  std::string subject;
  std::string code;  // The kind within its type, as it is typed.

  // The rules declined it: it stands in its thread, and a report is one, and it does nothing else.
  void take_as_declined();
};

// `serial` and `type`: as the journal has them.
SaidInExport said_by(const audit::ExportedEntry& entry, uint64_t serial, uint8_t type);

}  // namespace hotline::client
