// A hand-over of the watch as a list for a person, and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/api/client_generated.h"
#include "protocol/base/result.h"
#include "protocol/channel/handover.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// A person's signature in the journal.
struct HandoverSign {
  uint64_t journal_index = 0;
  UtcMs at = 0;
  uint8_t role = 0;
  std::string person;  // May be empty.
};

struct ShownHandover {
  HandoverSign started;
  Hash hash{};
  std::string note;
  std::vector<HandoverItem> items;
  std::optional<HandoverSign> accepted;
};

// The newest list in an answer; nothing where nobody signed one. Error: an entry cannot be read.
Result<std::optional<ShownHandover>> shown_handover(const wire::HandoverReply& reply);

// The digits of a hash that a person types.
std::string short_handover_hash(const Hash& hash);
// How people call an item beside its number.
std::string handover_label(const HandoverItem& item);

// The items of a list that nobody has signed yet.
std::vector<HandoverItem> handover_items(const wire::HandoverLines& lines);

void print_items(Output& output, const std::vector<HandoverItem>& items, const std::string& note);
void print_signatures(Output& output, const ShownHandover& handover);
void print_handover(Output& output, const ShownHandover& handover);
JsonValue json_handover(const ShownHandover& handover);

}  // namespace hotline::client
