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
  std::string name;      // Its serial; empty where it cannot be read.
  std::string incident;  // The thread that it says it belongs to; mostly empty.
  std::vector<std::string>
      references;    // Messages; it belongs to the thread of the first otherwise.
  std::string code;  // Its kind within its type, as it is typed.
  IncidentEffect effect = IncidentEffect::none;
  bool cancels = false;   // The first reference.
  EventPoint event = {};  // When and where it was, what the message reports.
  // Subject, texts, values of coded fields, names of messages that it speaks of; folded.
  std::string words;

  // Empty where it speaks of none.
  std::string speaks_of() const { return references.empty() ? "" : references.front(); }
};

// Works for whatever a peer sent.
SearchedText searched_text(const MessageRecord& record);

// Letters that people type in several ways become one: "ё" is found by "е", and the apostrophe of
// Ukrainian by any of its forms. Letters with their marks apart are joined. The case stays.
std::string fold_letters(std::string_view text);

}  // namespace hotline
