// A journal to be read: that of a running daemon, or that of an export. The commands that look into
// journals do not care which.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/connect/connection.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::client {

struct JournalItem {
  uint64_t index = 0;
  ByteView entry;      // Borrowed while it is visited.
  std::string person;  // May be empty.
};

// A channel's names, as a reader needs them to speak of its messages.
struct ChannelNames {
  std::string party;  // The journal's owner.
  std::string peer;
  std::string prefix;
  std::string peer_prefix;
};

class JournalSource {
 public:
  // Stops the reading when it returns false.
  using Visit = std::function<bool(const JournalItem&)>;
  static constexpr uint64_t kForever = UINT64_MAX;

  virtual ~JournalSource() = default;

  virtual const ChannelNames& names() const = 0;
  // Entries there were when the source was opened.
  virtual uint64_t size() const = 0;

  // Visits the entries from `from` on and below `to`, in order. A running daemon's journal may be
  // read kForever: then it ends with an error, or when `visit` wants no more. Once only.
  virtual Status read(uint64_t from, uint64_t to, const Visit& visit) = 0;

  // The name of the peer's message at this place of its transcript; empty where that cannot be
  // found out.
  virtual std::string incoming_name(uint64_t place) = 0;
};

// An alarm as it sounds, before the entry that records it is committed.
using HearAlarm = std::function<void(const wire::AlarmSounded&)>;

// The daemon's word on its channel.
ChannelNames names_of(const Connection& connection);

// `hear`, if given, is told of alarms while the journal is read.
std::unique_ptr<JournalSource> journal_of(std::unique_ptr<Connection> connection,
                                          HearAlarm hear = {});

// Nothing in the export is believed, and nothing verified.
Result<std::unique_ptr<JournalSource>> journal_of_export(const std::string& directory);

}  // namespace hotline::client
