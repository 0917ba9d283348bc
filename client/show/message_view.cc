#include "client/show/message_view.h"

#include "client/connect/connection.h"
#include "client/show/render.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kWidth = 100;

// "ru, translation by south, not authoritative".
std::string heading(const ShownText& one) {
  const std::string language = printable_line(one.language);
  if (one.original) return language + ", original";
  const std::string& by = one.translated_by;
  return language + ", translation" + (by.empty() ? "" : " by " + printable_line(by)) +
         ", not authoritative";
}

}  // namespace

ShownContent shown_content(ByteView envelope, ByteView body, const std::string& language) {
  ShownContent shown;
  shown.envelope_bytes.assign(envelope.begin(), envelope.end());
  shown.body_bytes.assign(body.begin(), body.end());
  if (const auto opened = open_envelope(envelope)) {
    shown.envelope = describe_envelope(**opened, language);
  } else {
    shown.envelope_fault = opened.error().reason;
  }
  const auto opened = open_body(body);
  if (!opened) {
    shown.body_fault = opened.error().reason;
    return shown;
  }
  shown.subject = text((*opened)->subject());
  shown.content = describe_content(**opened, language);
  if ((*opened)->texts() == nullptr) return shown;
  for (const wire::Text* one : *(*opened)->texts()) {
    shown.texts.push_back(
        {text(one->language()), one->original(), text(one->translated_by()), text(one->text())});
  }
  return shown;
}

void print_content(Output& output, const ShownContent& content) {
  if (!content.body_fault.empty()) {
    output.line("  The body cannot be read: " + printable_line(content.body_fault));
  } else {
    output.line(output.styled(Style::bold, printable_line(content.subject)));
    // Each text begins with an empty line of its own.
    const std::string fields = render_lines(content.content, kWidth);
    if (!fields.empty()) output.text("\n" + fields);
    for (const ShownText& one : content.texts) {
      output.text("\n  " + heading(one) + "\n" + wrapped(printable(one.text), kWidth, "    "));
    }
  }
  output.line("");
  print_envelope(output, content);
}

void print_envelope(Output& output, const ShownContent& content) {
  if (content.envelope_fault.empty()) return output.text(render_lines(content.envelope, kWidth));
  output.line("  The envelope cannot be read: " + printable_line(content.envelope_fault));
}

void add_content(JsonValue& document, const ShownContent& content) {
  const bool has_envelope = content.envelope_fault.empty();
  const bool has_body = content.body_fault.empty();
  const auto json_one = [](const ShownText& one) {
    return JsonValue()
        .add("language", one.language)
        .add("original", one.original)
        .add("translated_by", json_text(one.translated_by))
        .add("text", one.text);
  };
  document.add("envelope", has_envelope ? json_fields(content.envelope) : JsonValue())
      .add("content", has_body ? json_fields(content.content) : JsonValue())
      .add("texts", has_body ? json_each(content.texts, json_one) : JsonValue())
      .add("envelope_base64", to_base64(content.envelope_bytes))
      .add("body_base64", to_base64(content.body_bytes));
}

}  // namespace hotline::client
