#include "protocol/message/names.h"

#include "protocol/base/nearest.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

std::string key_or_number(const Vocabulary& vocabulary, const char* kind, uint64_t value) {
  const Word* word = vocabulary.by_value(value);
  return word == nullptr ? std::string(kind) + " " + std::to_string(value) : word->key;
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The value whose key was typed. Error: usage, with the nearest key or all of them after `option`.
Result<uint16_t> parse_key(const Vocabulary& vocabulary, const std::string& typed,
                           const std::string& option) {
  const std::string wanted = lower_case(typed);
  if (const Word* word = vocabulary.by_key(wanted)) return word->value;
  std::vector<std::string> keys;
  for (const Word& word : vocabulary.words) {
    keys.emplace_back(word.key);
    if (wanted == std::to_string(word.value)) return word.value;
  }
  const auto guess = nearest_word(wanted, keys);
  return make_error(ErrorCode::usage,
                    std::string("there is no ") + vocabulary.name + " \"" + typed + "\"",
                    option + " " + (guess ? *guess : vocabulary.keys()));
}

}  // namespace

std::string precedence_label(uint8_t precedence) {
  return upper_case(key_or_number(vocabulary<wire::Precedence>(), "precedence", precedence));
}

std::string type_name(uint8_t type) {
  return key_or_number(vocabulary<wire::MessageType>(), "type", type);
}

std::string role_name(uint8_t role) {
  return key_or_number(vocabulary<wire::Role>(), "role", role);
}

std::string decline_name(uint16_t code) {
  return key_or_number(vocabulary<wire::DeclineCode>(), "code", code);
}

std::string audience_name(uint16_t audience) {
  return key_or_number(vocabulary<wire::Audience>(), "audience", audience);
}

Result<wire::Precedence> parse_precedence(const std::string& typed) {
  const std::string wanted = lower_case(typed);
  if (wanted == "z") return wire::Precedence::flash;
  if (wanted == "o") return wire::Precedence::immediate;
  if (wanted == "p") return wire::Precedence::priority;
  if (wanted == "r") return wire::Precedence::routine;
  const auto value = parse_key(vocabulary<wire::Precedence>(), typed, "-p");
  if (!value) return value.error();
  return static_cast<wire::Precedence>(*value);
}

Result<wire::DeclineCode> parse_decline_code(const std::string& typed) {
  const auto value = parse_key(vocabulary<wire::DeclineCode>(), typed, "--code");
  if (!value) return value.error();
  return static_cast<wire::DeclineCode>(*value);
}

Result<wire::Audience> parse_audience(const std::string& typed) {
  const auto value = parse_key(vocabulary<wire::Audience>(), typed, "--to");
  if (!value) return value.error();
  return static_cast<wire::Audience>(*value);
}

std::string upper_case(const std::string& text) {
  std::string upper = text;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace hotline
