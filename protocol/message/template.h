// Templates: how a person under pressure writes a message of a type with coded fields. A template
// knows its fields, what they look like and what they mean; what is typed is checked at once, so
// that a mistake is found by the one who made it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/message/body.h"

namespace hotline {

struct TemplateField {
  std::string key;           // `--set KEY=value`.
  std::string kind;          // "position", "time", "one of", ...
  bool mandatory = false;    // Must be set; false if it may be left out or has a default.
  std::string default_text;  // Its value if it is left out; empty for nothing.
  std::string example;
  std::string help;     // One line.
  std::string choices;  // For a coded field: "own, other, third, unknown".
};

struct TemplateInfo {
  std::string name;
  wire::MessageType type = wire::MessageType::unset;
  std::string summary;
  wire::Precedence precedence = wire::Precedence::unset;  // Where none is typed; unset: type one.
  std::vector<TemplateField> fields;
};

// In the order in which they are listed to people.
const std::vector<TemplateInfo>& templates();

// Error: not_found, with the nearest name.
Result<const TemplateInfo*> find_template(std::string_view name);

struct TemplateInput {
  std::map<std::string, std::string> set;  // --set key=value.
  std::string subject;                     // Composed from the fields if empty.
  std::string language = "en";             // The subject's and the original text's.
  std::map<std::string, std::string>
      texts;                  // By language. Incidents without any repeat the subject.
  std::string translated_by;  // Own party: the side that made the other languages.
  wire::Precedence precedence = wire::Precedence::unset;
  UtcMs now = 0;  // For "when", if it is not set, and for what must be past.
  // For times that are said by it ("13:41Z", "-5m"); they are refused without it.
  std::optional<UtcMs> typed_at;
  // For a test call: the state of the own transcript.
  uint64_t transcript_size = 0;
  std::optional<Hash> transcript_root;
  // A draft for later: what is typed is understood, and something may be missing or break a rule.
  bool unfinished = false;
};

struct FilledTemplate {
  wire::MessageType type = wire::MessageType::unset;
  BodyFields fields;
  Bytes body;
};

// A subject made from a text: its first line, so many words of it at most, as long as a subject may
// be. A subject that is cut ends with a mark.
std::string subject_of(std::string_view text, size_t words_max = SIZE_MAX);

// The subject of a content in the language of its message, for lists. Where the content does not
// keep its rules yet, the name of its type.
std::string subject_of_content(const ContentFields& content, const std::string& language,
                               UtcMs now);

// A body that keeps the rules of its type on a live channel, unless it may be unfinished; an
// exercise adds its marks to the texts when it is made a draft. Errors: not_found for the template,
// usage for a key or a value that is not understood, refused for a rule of the type; each names the
// field and says what to type.
Result<FilledTemplate> fill_template(std::string_view name, const TemplateInput& input);

}  // namespace hotline
