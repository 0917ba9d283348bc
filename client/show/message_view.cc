#include "client/show/message_view.h"

#include "client/connect/connection.h"
#include "client/show/render.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kWidth = 100;

}  // namespace

void print_message(Output& output, ByteView envelope, ByteView body, const std::string& language) {
  const auto opened = open_body(body);
  if (!opened) {
    output.line("  The body cannot be read: " + printable_line(opened.error().reason));
  } else {
    output.line(output.styled(Style::bold, printable_line(text((*opened)->subject()))));
    // Each text begins with an empty line of its own.
    const std::string fields = render_lines(describe_content(**opened, language), kWidth);
    if (!fields.empty()) output.text("\n" + fields);
    output.text(render_texts(**opened, kWidth));
  }
  output.line("");
  print_envelope(output, envelope, language);
}

void print_envelope(Output& output, ByteView envelope, const std::string& language) {
  const auto opened = open_envelope(envelope);
  if (!opened) {
    output.line("  The envelope cannot be read: " + printable_line(opened.error().reason));
  } else {
    output.text(render_lines(describe_envelope(**opened, language), kWidth));
  }
}

void add_message(JsonValue& document, ByteView envelope, ByteView body,
                 const std::string& language) {
  const auto opened_envelope = open_envelope(envelope);
  const auto opened_body = open_body(body);
  document.add("envelope", opened_envelope
                               ? json_fields(describe_envelope(**opened_envelope, language))
                               : JsonValue());
  document.add("content",
               opened_body ? json_fields(describe_content(**opened_body, language)) : JsonValue());
  document.add("texts", opened_body ? json_texts(**opened_body) : JsonValue());
  document.add("envelope_base64", to_base64(envelope));
  document.add("body_base64", to_base64(body));
}

}  // namespace hotline::client
