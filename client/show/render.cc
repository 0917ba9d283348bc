#include "client/show/render.h"

#include <algorithm>

#include "client/connect/connection.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kLabelWidthMin = 12;

std::string text_heading(const wire::Text& one) {
  std::string heading = printable_line(text(one.language()));
  if (one.original()) return heading + ", original";
  const std::string by = text(one.translated_by());
  return heading + ", translation" + (by.empty() ? "" : " by " + printable_line(by)) +
         ", not authoritative";
}

}  // namespace

std::string render_lines(const Description& fields, size_t width) {
  size_t label_width = kLabelWidthMin;
  for (const auto& [label, value] : fields) {
    label_width = std::max(label_width, column_count(label));
  }
  std::string lines;
  for (const auto& [label, value] : fields) {
    const std::string indent(label_width + 4, ' ');
    const std::string gap(label_width - column_count(label) + 2, ' ');
    lines += "  " + label + gap + wrapped(printable(value), width, indent).substr(indent.size());
  }
  return lines;
}

std::string render_texts(const wire::Body& body, size_t width) {
  std::string lines;
  if (body.texts() == nullptr) return lines;
  for (const wire::Text* one : *body.texts()) {
    lines +=
        "\n  " + text_heading(*one) + "\n" + wrapped(printable(text(one->text())), width, "    ");
  }
  return lines;
}

JsonValue json_fields(const Description& fields) {
  JsonValue::Array array;
  for (const auto& [label, value] : fields) {
    JsonValue one;
    one.add("label", label).add("value", value);
    array.push_back(std::move(one));
  }
  return array;
}

JsonValue json_texts(const wire::Body& body) {
  JsonValue::Array array;
  if (body.texts() == nullptr) return array;
  for (const wire::Text* one : *body.texts()) {
    JsonValue json;
    const std::string by = text(one->translated_by());
    json.add("language", text(one->language()))
        .add("original", one->original())
        .add("translated_by", by.empty() ? JsonValue() : by)
        .add("text", text(one->text()));
    array.push_back(std::move(json));
  }
  return array;
}

}  // namespace hotline::client
