// The words by which a message is found, in every language that we have, and how they are folded.
#pragma once

#include <string>
#include <string_view>

#include "protocol/channel/records.h"

namespace hotline {

struct SearchedText {
  std::string name;       // Its serial; empty where it cannot be read.
  std::string incident;   // The thread that it says it belongs to; mostly empty.
  std::string speaks_of;  // The message that it speaks of, whose thread it belongs to otherwise.
  std::string code;       // Its kind within its type, as it is typed: "airspace-crossing".
  // Subject, texts, values of coded fields, names of messages that it speaks of; folded.
  std::string words;
};

// Works for whatever a peer sent.
SearchedText searched_text(const MessageRecord& record);

// Letters that people type in several ways become one: "ё" is found by "е", and the apostrophe of
// Ukrainian by any of its forms. Letters with their marks apart are joined. The case stays.
std::string fold_letters(std::string_view text);

}  // namespace hotline
