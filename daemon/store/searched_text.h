// The words by which a message is found, in every language that we have, and how they are folded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/channel/records.h"
#include "protocol/message/incidents.h"
#include "protocol/message/message_rules.h"

namespace hotline {

struct SearchedText {
  std::string name;      // Its serial; empty where it has none of its own.
  std::string incident;  // The thread that it says it belongs to; mostly empty.
  std::vector<std::string>
      references;    // Messages; it belongs to the thread of the first otherwise.
  std::string code;  // Its kind within its type, as it is typed.
  IncidentEffect effect = IncidentEffect::none;
  bool cancels = false;       // The first reference.
  UtcMs released_at = 0;      // As its sender says.
  uint64_t peer_entries = 0;  // So many messages of the other party its sender held then.
  EventPoint event = {};      // When and where it was, what the message reports.
  // Subject, texts, values of coded fields, names of messages that it speaks of; folded.
  std::string words;

  // The rules declined it: it stands in its thread, and a report is one, and it does nothing else.
  void take_as_declined();
  // Empty where it speaks of none.
  std::string speaks_of() const { return references.empty() ? "" : references.front(); }
};

// Works for whatever a peer sent.
SearchedText searched_text(const MessageRecord& record);

// Letters that people type in several ways become one: "ё" is found by "е", and the apostrophe of
// Ukrainian by any of its forms. Letters with their marks apart are joined. The case stays.
std::string fold_letters(std::string_view text);

}  // namespace hotline
