#include "protocol/message/kinds/parse_field.h"

#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

constexpr size_t kSlipSizeMax = 64;

}  // namespace

Status store_text(std::string_view text, std::string& field) {
  if (is_blank(text)) return make_error(ErrorCode::usage, "it is empty", "leave it out");
  field = text;
  return ok();
}

Result<uint16_t> parse_code(const Vocabulary& words, std::string_view text) {
  if (const Word* found = words.by_key(text)) return found->value;
  std::string hint = "one of: " + words.keys();
  for (const Word& entry : words.words) {
    // No more than a slip of the finger: "theirs" is nearer to "third" than to "other".
    if (text.size() <= kSlipSizeMax && edit_distance(text, entry.key) == 1) {
      hint = "did you mean " + std::string(entry.key) + "? " + hint;
    }
  }
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no " + words.name, hint);
}

Error missing_field(const FieldInfo& field, const std::string& template_name) {
  std::string hint = "--set " + std::string(field.key) + "=\"" + field.example + "\"";
  if (field.choices) hint += "   one of: " + field.choices->keys();
  return make_error(ErrorCode::refused, template_name + " needs " + field.key + ": " + field.help,
                    hint);
}

Error named(const FieldInfo& field, const Error& error) {
  return make_error(error.code, std::string(field.key) + ": " + error.reason, error.hint);
}

}  // namespace hotline
