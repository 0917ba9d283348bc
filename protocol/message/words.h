// Coded values and labels in words, in the languages of the watch. Coded fields are authoritative
// because both sides read them in their own language without a translator; a word here must never
// say more than its code.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/message/message_generated.h"

namespace hotline {

enum class Language : uint8_t { en, ru, uk, id };
inline constexpr size_t kLanguages = 4;

// The language of the words for a reader's BCP 47 tag: by its first subtag, English where we have
// none.
Language choose_language(std::string_view tag);

using Wording = std::array<const char*, kLanguages>;

struct Word {
  uint16_t value;
  const char* key;  // The word to type: `--set who=own`. Lower case, hyphens.
  Wording wording;
};

// The known values of one enum, in the order of their numbers, without `unset`.
struct Vocabulary {
  const char* name;
  std::span<const Word> words;

  const Word* by_value(uint64_t value) const;
  const Word* by_key(std::string_view key) const;
  std::string keys() const;  // "own, other, third, unknown"
};

// Defined for every coded enum of the schema; that of message types in kinds/kinds.cc.
template <class Enum>
const Vocabulary& vocabulary();

template <>
const Vocabulary& vocabulary<wire::Precedence>();
template <>
const Vocabulary& vocabulary<wire::Mode>();
template <>
const Vocabulary& vocabulary<wire::Role>();
template <>
const Vocabulary& vocabulary<wire::MessageType>();
template <>
const Vocabulary& vocabulary<wire::AltitudeDatum>();
template <>
const Vocabulary& vocabulary<wire::Side>();
template <>
const Vocabulary& vocabulary<wire::Certainty>();
template <>
const Vocabulary& vocabulary<wire::Intent>();
template <>
const Vocabulary& vocabulary<wire::IncidentKind>();
template <>
const Vocabulary& vocabulary<wire::Observed>();
template <>
const Vocabulary& vocabulary<wire::Action>();
template <>
const Vocabulary& vocabulary<wire::Means>();
template <>
const Vocabulary& vocabulary<wire::Exactness>();
template <>
const Vocabulary& vocabulary<wire::ViolationEvent>();
template <>
const Vocabulary& vocabulary<wire::Ternary>();
template <>
const Vocabulary& vocabulary<wire::Verification>();
template <>
const Vocabulary& vocabulary<wire::ActivityKind>();
template <>
const Vocabulary& vocabulary<wire::VehicleClass>();
template <>
const Vocabulary& vocabulary<wire::ProtectedKind>();
template <>
const Vocabulary& vocabulary<wire::ChannelState>();
template <>
const Vocabulary& vocabulary<wire::MeetingStep>();
template <>
const Vocabulary& vocabulary<wire::Audience>();
template <>
const Vocabulary& vocabulary<wire::ServiceAction>();
template <>
const Vocabulary& vocabulary<wire::AnswerOutcome>();
template <>
const Vocabulary& vocabulary<wire::DeclineCode>();

template <class Enum>
bool is_known(Enum value) {
  return vocabulary<Enum>().by_value(static_cast<uint64_t>(value)) != nullptr;
}

// The word for a value; "?" and its number for one that this version does not know.
std::string word(const Vocabulary& vocabulary, uint64_t value, Language language);

template <class Enum>
std::string word(Enum value, Language language) {
  return word(vocabulary<Enum>(), static_cast<uint64_t>(value), language);
}

// Words that values are put together with.
struct Phrases {
  const char* accuracy;      // "within {} m"
  const char* unknown;       // A number that is not known.
  const char* at_least;      // "at least {}"
  const char* about;         // "about {}"
  const char* radius;        // "radius {} m"
  const char* corners;       // "polygon"
  const char* metres;        // "m"
  const char* flight_level;  // "FL"
  const char* knots;         // "kt"
  const char* metres_per_second;
  const char* degrees_true;   // "degrees true"
  const char* whole_message;  // An answer to the message as a whole.
  const char* not_agreement;  // Acknowledgement is not agreement.
};
const Phrases& phrases(Language language);

}  // namespace hotline
