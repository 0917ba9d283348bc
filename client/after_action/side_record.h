// A drill as one side's journal and transcripts have it: the messages that it released, what its
// ladder did, the conflicts that it found. From an export, with the entry that proves each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/exported_log.h"
#include "client/connect/journal_source.h"
#include "client/drill/scenario.h"
#include "client/report/link_timeline.h"
#include "client/show/journal_statistics.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/policy.h"
#include "protocol/message/message_generated.h"

namespace hotline::client {

// An entry of the journal.
struct EntryProof {
  uint64_t index = 0;
  Hash hash{};              // As the journal's log has it as a leaf.
  bool cosigned = false;    // By the other party.
  std::string person = {};  // Did it; empty for a machine.
};

struct SideRecord {
  struct Message {
    std::string id;  // Empty where the transcript has no place for it yet.
    uint8_t type = 0;
    wire::Role role = wire::Role::unset;
    UtcMs at = 0;  // It was committed.
    EntryProof entry;
    Bytes envelope;  // Empty where the export does not have it. Likewise:
    Bytes body;
  };
  // A step of the ladder, told of a message of either side.
  struct Told {
    std::string message;
    StepKind kind = StepKind::rung;
    std::string rung;  // Empty but for a rung.
    UtcMs at = 0;
    EntryProof entry;
  };
  struct Conflict {
    std::string own;
    std::string peers;
    UtcMs at = 0;
    EntryProof entry;
  };
  // An acknowledgement of the peer's that reads back another place or time than we sent.
  struct Misread {
    std::string message;  // Ours, that was misread.
    UtcMs at = 0;
    EntryProof entry;
  };
  struct ClockChange {
    wire::ExerciseClockChange change = wire::ExerciseClockChange::unset;
    uint32_t speed_permille = 0;
    UtcMs at = 0;
    std::string person;  // Empty where the other side's director proposed it, or nobody did it.
    UtcMs until = 0;     // Of a jump.
  };

  ChannelNames names;
  uint64_t entries = 0;
  uint64_t not_cosigned = 0;  // Among them.
  UtcMs last_at = 0;          // The exercise's time of the newest entry.
  UtcMs first_wall = 0;       // The machine's time of the first one in the drill; 0: there is none.
  UtcMs last_wall = 0;        // Likewise, of the newest one.
  std::vector<Message> messages;
  std::map<std::string, UtcMs> received;  // When the other side's messages came, by their ids.
  std::vector<Told> told;
  std::vector<Conflict> conflicts;
  std::vector<Misread> misread;
  std::vector<ClockChange> clock_changes;
  JournalStatistics statistics{Period{}};
  LinkTimeline link;
  Policy policy = default_policy();  // That it followed at the end.
};

class SideReading {
 public:
  // `cosigned`: entries below are. `drill`: its beginning, from which on messages are counted, and
  // its end, where it had one.
  SideReading(ChannelNames names, uint64_t cosigned, Period drill);

  // Every entry from the first on, in order. `incoming_name`: as JournalSource has it.
  void take(const JournalItem& item, const wire::Entry& entry,
            const std::function<std::string(uint64_t place)>& incoming_name);
  // After the last: with the messages' texts. Error: verification_failed, where it is damaged.
  Result<SideRecord> finish(audit::ExportedLog& sent);

 private:
  using NameOf = std::function<std::string(uint64_t place)>;

  std::string name_of(const wire::MessageKey& key, const NameOf& incoming_name) const;
  void take_released(const wire::Released& released, UtcMs at, EntryProof proof);
  void take_steps(const wire::StepsDecided& decided, UtcMs at, const EntryProof& proof,
                  const NameOf& incoming_name);

  const uint64_t cosigned_;
  const Period drill_;
  SideRecord record_;
  std::map<uint64_t, size_t> by_serial_;  // Into the messages. Likewise:
  std::map<uint64_t, size_t> by_place_;   // In the own transcript.
};

// Reads an export that was verified, with its `cosigned` entries. Error: verification_failed.
Result<SideRecord> read_side(const std::string& directory, uint64_t cosigned, const Period& drill);

}  // namespace hotline::client
