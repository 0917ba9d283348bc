#include "client/compose/typed_text.h"

#include <istream>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

constexpr const char* kTextHint = "--text en=\"...\" --text ru=\"...\"";

// At most one byte more than a body can hold, so that too much is seen to be too much.
std::string read_all(std::istream& in) {
  std::string content;
  char chunk[4096];
  while (content.size() <= limits::kBodySizeMax && in.read(chunk, sizeof chunk)) {
    content.append(chunk, sizeof chunk);
  }
  content.append(chunk, static_cast<size_t>(in.gcount()));
  while (content.ends_with('\n') || content.ends_with("\r\n")) {
    content.resize(content.size() - (content.ends_with("\r\n") ? 2 : 1));
  }
  return content;
}

Status check_text(const std::string& content) {
  if (!is_clean_utf8(content)) {
    return make_error(ErrorCode::refused, "the text is not UTF-8",
                      "is the terminal or the file in another encoding? (iconv -t UTF-8)");
  }
  if (content.size() > limits::kBodySizeMax) {
    return make_error(ErrorCode::refused,
                      "the text is longer than " + std::to_string(limits::kBodySizeMax) + " bytes",
                      "send it in parts");
  }
  return ok();
}

Result<TextFields> parse_text_option(const std::string& typed) {
  const size_t equals = typed.find('=');
  const std::string language = typed.substr(0, equals);
  if (equals == std::string::npos || !is_language_tag(language)) {
    return make_error(ErrorCode::usage, "--text " + subject_of(typed) + " names no language",
                      kTextHint);
  }
  return TextFields{language, typed.substr(equals + 1), false, ""};
}

}  // namespace

std::vector<OptionSpec> text_options() {
  return {{"--text", "LANG=TEXT", "the text; the first is the original, others translate it", true},
          {"--subject", "LINE", "the line that lists show; made from the text without it"},
          {"--language", "TAG", "the language of the text; the context's without it"}};
}

std::string without_editors_marks(const std::string& text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  std::string plain;
  for (size_t at = text.starts_with(kMark) ? kMark.size() : 0; at < text.size(); ++at) {
    const bool ends_line = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (!ends_line) plain += text[at];
  }
  return plain;
}

std::string typed_language(const Invocation& invocation, const Connection& connection) {
  return invocation.arguments.get("--language").value_or(connection.language());
}

Result<std::vector<TextFields>> read_texts(const Invocation& invocation,
                                           const Connection& connection,
                                           const std::string& positional) {
  std::vector<TextFields> texts;
  std::string typed;
  for (const std::string& word : invocation.arguments.all(positional)) {
    typed += (typed.empty() ? "" : " ") + word;
  }
  if (typed == "-") typed = read_all(*invocation.around->in);
  if (!typed.empty()) texts.push_back({typed_language(invocation, connection), typed, true, ""});
  for (const std::string& option : invocation.arguments.all("--text")) {
    auto one = parse_text_option(option);
    if (!one) return one.error();
    one->original = texts.empty();
    if (!one->original) one->translated_by = connection.party();
    texts.push_back(std::move(*one));
  }
  for (TextFields& one : texts) {
    one.text = without_editors_marks(one.text);
    if (auto status = check_text(one.text); !status) return status.error();
  }
  return texts;
}

}  // namespace hotline::client
