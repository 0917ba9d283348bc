#include "protocol/message/kinds/parse_field.h"

#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"

namespace hotline {

Status store_text(std::string_view text, std::string& field) {
  if (is_blank(text)) return make_error(ErrorCode::usage, "it is empty", "leave it out");
  field = text;
  return ok();
}

Result<uint16_t> parse_code(const Vocabulary& words, std::string_view text) {
  if (const Word* found = words.by_key(text)) return found->value;
  std::vector<std::string> keys;
  for (const Word& entry : words.words) keys.emplace_back(entry.key);
  std::string nearest = did_you_mean(text, keys);
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no " + words.name,
                    (nearest.empty() ? "" : nearest + " ") + "one of: " + words.keys());
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
