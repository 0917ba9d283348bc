// Stored messages as the rows that clients show (protocol/api/client.fbs).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/clock.h"
#include "protocol/channel/answers.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/pauses.h"
#include "protocol/channel/policy.h"
#include "protocol/message/message_rules.h"

namespace hotline {

// The channel and the present, as both row builders need them.
struct RowContext {
  std::string prefix;
  std::string peer_prefix;
  const Ladder& ladder;
  const Policy& policy;
  Now now;
  const Answers* answers = nullptr;  // Null where nothing is asked, and
  const Pauses* pauses = nullptr;    // where nothing is paused.
};

// Null where the ladder in force has no such rung.
const Rung* find_rung(const Policy& policy, uint8_t precedence, const std::string& name);
// The rung has no command: it sounds on the consoles, and no one is called.
bool tells_nobody(const Policy& policy, uint8_t precedence, const std::string& rung);
// The last rung that was climbed where `next` is the next one; empty: none is left.
std::string rung_before(const Policy& policy, uint8_t precedence, const std::string& next);

// "N-000123"; for a peer's message without a readable serial, its place: "S-?12".
std::string message_name(const MessageRecord& record, const RowContext& context);
std::string message_name(const MessageRecord& record, const std::string& own_prefix,
                         const std::string& peer_prefix);

// The part of a message that a row shows, without its bytes: bounded, whatever the message carries.
// Made on the reading thread.
struct ListedMessage {
  explicit ListedMessage(StoredMessage message);

  StoredMessage stored;  // Without envelope and body.
  std::string subject;
  std::string language;
  bool cut = false;  // Either of them is not whole.
  UtcMs released_at = 0;
  UtcMs reply_by = 0;  // 0 where the message does not say; likewise
  UtcMs expires_at = 0;
  UtcMs useful_until = 0;  // As useful_until() says of its newest state that is known.
  EventPoint event;

  // Bytes that its row takes at most.
  size_t row_size() const;
};

// One answer to a list.
struct ListPage {
  std::vector<ListedMessage> messages;
  bool more = false;
  uint64_t total = 0;
  std::string next;           // Where it goes on; only of what waits.
  uint64_t not_searched = 0;  // Entries of the journal.
  std::string near_thread;    // As in wire::Rows.

  // False: no frame would hold it as well.
  bool add(const StoredMessage& message);

 private:
  size_t size_ = 0;  // The rows' bytes.
};

flatbuffers::Offset<wire::MessageRow> build_row(flatbuffers::FlatBufferBuilder& builder,
                                                const ListedMessage& message,
                                                const RowContext& context);

// A place among those that wait, as a list says where it goes on: "4.183746251.i1000".
std::string format_cursor(const WaitingPlace& place);
std::optional<WaitingPlace> parse_cursor(std::string_view text);

}  // namespace hotline
