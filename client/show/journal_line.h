// An entry of the own journal as one line for a person, and as JSON.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "client/command_line/command_line.h"
#include "client/connect/journal_source.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// The journal that a command is about: that of an export where --export names one, else that of the
// daemon. `hear`, if given, is told of the daemon's alarms while the journal is read.
Result<std::unique_ptr<JournalSource>> open_journal(Invocation& invocation, HearAlarm hear = {});

// When the hour began in which a test call was missed.
UtcMs hour_of(const wire::TestCallMissed& missed);

// Turns entries into words. Entries name the peer's messages by their place in its transcript; the
// serials are learnt from the entries that go by, so feed one describer in the order of the
// journal.
class JournalDescriber {
 public:
  explicit JournalDescriber(ChannelNames names) : names_(std::move(names)) {}
  // Asks the source, which is borrowed, for the serial of a message whose Received entry has not
  // gone by.
  explicit JournalDescriber(JournalSource& source) : names_(source.names()), source_(&source) {}

  struct Description {
    uint64_t index = 0;
    UtcMs at = 0;
    int64_t ahead_ms = 0;  // The clock of an exercise, before the machine's.
    std::string kind;      // "released"
    std::string id;        // The id of the message that the entry speaks of; may be empty.
    std::string text;      // The rest, in words.
    std::string person;    // May be empty.
    std::string code;      // A condition's, with its subject; else empty.
    std::string subject;
    bool is_over = false;  // A condition ended.
    bool urgent = false;   // To be seen from across the room.
  };

  // Error: malformed.
  Result<Description> describe(uint64_t index, ByteView entry, const std::string& person);
  Result<Description> describe(const wire::JournalRow& row);

  // Takes notice of an entry that is not shown, for the sake of later ones that speak of it.
  void learn(const wire::Entry& entry);

  // "1042  14:12:07.913Z  released  N-000123  FLASH incident"
  static std::string line(const Output& output, const Description& description);
  // The same with the date.
  static std::string dated_line(const Output& output, const Description& description);
  static JsonValue json(const Description& description);

 private:
  std::string learnt_id(const wire::Received& received);
  static std::string line_at(const Output& output, const Description& description,
                             const std::string& time);
  std::string name_of(const wire::MessageKey* key) const;
  void describe_message(const wire::Entry& entry, Description& to);
  std::string concerned(bool incoming, const flatbuffers::Vector<uint64_t>* blocks,
                        Description& to);
  void describe_ladder(const wire::Entry& entry, Description& to);
  void describe_link(const wire::Entry& entry, Description& to);
  void describe_condition(const wire::Entry& entry, Description& to);
  void describe_rest(const wire::Entry& entry, Description& to);

  const ChannelNames names_;
  JournalSource* const source_ = nullptr;     // May be null.
  std::map<uint64_t, std::string> incoming_;  // Place in the peer's transcript to serial.
};

}  // namespace hotline::client
