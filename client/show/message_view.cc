#include "client/show/message_view.h"

#include <algorithm>

#include "client/connect/connection.h"
#include "client/show/content_values.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr char kNotSaid[] = "(was not said)";

// "ru, translation by south, not authoritative".
std::string heading(const Output& output, const wire::Text& one) {
  const std::string language = printable_line(text(one.language())) + ", ";
  if (one.original()) return language + output.words("original");
  const std::string by = printable_line(text(one.translated_by()));
  return language + output.words(by.empty() ? "translation, not authoritative"
                                            : "translation by " + by + ", not authoritative");
}

// With subject and texts, so that two states can be compared.
Description full_description(const wire::Body& body, const std::string& language,
                             std::optional<UtcMs> released_at) {
  Description lines = {{"Subject", text(body.subject())}};
  for (auto& field : describe_content(body, language, released_at))
    lines.push_back(std::move(field));
  for (const wire::Text* one : tables(body.texts())) {
    lines.emplace_back("Text, " + text(one->language()), text(one->text()));
  }
  return lines;
}

bool has_label(const Description& fields, const std::string& label) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == label; });
}

JsonValue json_texts(const wire::Body& body) {
  return json_each(tables(body.texts()), [](const wire::Text* one) {
    return JsonValue()
        .add("language", text(one->language()))
        .add("original", one->original())
        .add("translated_by", json_text(text(one->translated_by())))
        .add("text", text(one->text()));
  });
}

}  // namespace

std::string render_lines(const Output& output, const Description& fields) {
  size_t label_width = 12;
  for (const auto& field : fields) label_width = std::max(label_width, column_count(field.first));
  std::string lines;
  for (const auto& [label, value] : fields) {
    const std::string indent(label_width + 4, ' ');
    const std::string gap(label_width - column_count(label) + 2, ' ');
    std::string shown = printable(value);
    if (output.terminal() && output.text_width() > indent.size()) {
      shown = with_broken_words(shown, output.text_width() - indent.size());
    }
    lines += "  " + label + gap + wrapped(shown, output.text_width(), indent).substr(indent.size());
  }
  return lines;
}

JsonValue json_fields(const Description& fields) {
  return json_each(fields, [](const auto& field) {
    return JsonValue().add("label", field.first).add("value", field.second);
  });
}

MessageContent::MessageContent(ByteView envelope, ByteView body, std::string language,
                               ByteView newest)
    : envelope_bytes_(envelope),
      body_bytes_(body),
      newest_bytes_(newest),
      language_(std::move(language)),
      envelope_(open_envelope(envelope)),
      body_(open_body(body)),
      newest_(open_body(newest)) {}

Description MessageContent::replaced() const {
  if (!is_corrected()) return {};
  const Description before = full_description(**body_, language_, released_at());
  const Description now = full_description(**newest_, language_, released_at());
  Description lines;
  for (const auto& field : before) {
    if (std::find(now.begin(), now.end(), field) == now.end()) lines.push_back(field);
  }
  for (const auto& [label, value] : now) {
    if (!has_label(before, label)) lines.emplace_back(label, kNotSaid);
  }
  return lines;
}

void MessageContent::print(Output& output) const {
  print_body(output);
  output.line("");
  print_envelope(output);
}

void MessageContent::print_body(Output& output) const {
  if (!body_) {
    output.say("  The body cannot be read: " + printable_line(body_.error().reason));
  } else {
    const wire::Body& body = is_corrected() ? **newest_ : **body_;
    output.line(output.styled(Style::bold, printable_line(text(body.subject()))));
    // Each text begins with an empty line of its own.
    const std::string fields =
        render_lines(output, describe_content(body, language_, released_at()));
    if (!fields.empty()) output.text("\n" + fields);
    if (is_corrected()) print_replaced(output);
    for (const wire::Text* one : tables(body.texts())) {
      output.text("\n  " + heading(output, *one) + "\n" +
                  wrapped(printable(text(one->text())), output.text_width(), "    "));
    }
  }
}

// Labels of ours are translated; fields have theirs in the reader's language already.
void MessageContent::print_replaced(Output& output) const {
  Description lines = replaced();
  for (auto& [label, value] : lines) {
    label = output.words(label);
    if (value == kNotSaid) value = output.words(value);
  }
  output.line("");
  output.say("As first sent:");
  output.text(render_lines(output, lines));
}

void MessageContent::print_envelope(Output& output) const {
  if (envelope_) {
    return output.text(render_lines(output, describe_envelope(**envelope_, language_)));
  }
  output.say("  The envelope cannot be read: " + printable_line(envelope_.error().reason));
}

void MessageContent::add_to(JsonValue& document) const {
  document.add("envelope",
               envelope_ ? json_fields(describe_envelope(**envelope_, language_)) : JsonValue());
  add_body_to(document);
  document.add("envelope_base64", to_base64(envelope_bytes_))
      .add("body_base64", to_base64(body_bytes_));
}

void MessageContent::add_body_to(JsonValue& document) const {
  document
      .add("content",
           body_ ? json_fields(describe_content(**body_, language_, released_at())) : JsonValue())
      .add("values", body_ ? content_values(**body_) : JsonValue())
      .add("texts", body_ ? json_texts(**body_) : JsonValue());
}

void MessageContent::add_newest_to(JsonValue& document) const {
  JsonValue newest;
  if (is_corrected()) {
    newest.add("subject", text((*newest_)->subject()))
        .add("content", json_fields(describe_content(**newest_, language_, released_at())))
        .add("values", content_values(**newest_))
        .add("texts", json_texts(**newest_))
        .add("body_base64", to_base64(newest_bytes_));
  }
  document.add("newest", std::move(newest))
      .add("as_sent", is_corrected() ? json_fields(replaced()) : JsonValue());
}

}  // namespace hotline::client
