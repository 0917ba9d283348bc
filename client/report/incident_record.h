// The incidents of a channel and how both parties stand to each, from the messages of an export: by
// the rules that a daemon follows too (protocol/channel/incidents.h), from the record alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/exported_log.h"
#include "client/connect/connection.h"
#include "client/report/case_record.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

struct RecordedStand {
  std::optional<UtcMs> closed_at;  // Nothing while that party has not closed it.
  bool disputed = false;
};

struct RecordedIncident {
  std::string name;        // Its thread's.
  bool incoming = false;   // The peer began it.
  uint8_t precedence = 0;  // The highest of what was reported, asked or opened.
  UtcMs began_at = 0;
  std::string subject;  // Of the message with which it began.
  RecordedStand own = {};
  RecordedStand peers = {};
  bool cancelled = false;  // All with which it began was taken back.

  bool is_closed() const { return !cancelled && own.closed_at && peers.closed_at; }
  bool is_disputed() const { return own.disputed || peers.disputed; }
  // It began before the period's end, and was not over before its beginning. A cancelled one is of
  // the period in which it began: nothing of it was left to be settled.
  bool is_of(const Period& period) const;
};

struct RecordedIncidents {
  std::vector<RecordedIncident> incidents;  // By their beginning.
  // Messages that may say something of an incident, and of which the record does not have the text.
  uint64_t not_readable = 0;
  bool cut = false;  // A daemon did not look at everything.
};

class IncidentRecord {
 public:
  // Every entry of the journal from the first on, in order.
  void take(uint64_t index, const wire::Entry& entry);
  // After the last: looks into the messages. Error: verification_failed, where the export is
  // damaged.
  // The cases are told of each message too.
  Result<RecordedIncidents> read(audit::ExportedLog& sent, audit::ExportedLog& received,
                                 CaseRecord& cases) const;

 private:
  struct Message {
    uint64_t journal_index = 0;
    UtcMs at = 0;
    bool incoming = false;
    uint64_t serial = 0;
    std::optional<uint64_t> place = {};  // In its sender's transcript.
    uint8_t type = 0;
    uint8_t precedence = 0;
    bool declined = false;  // By the rules.
  };

  std::vector<Message> messages_;
  std::map<uint64_t, size_t> unnumbered_;  // Own ones by serial: into `messages_`.
};

// The incidents as the daemon tells of them, which has read the same messages.
Result<RecordedIncidents> incidents_of(Connection& connection);

}  // namespace hotline::client
