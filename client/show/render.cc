#include "client/show/render.h"

#include <algorithm>

#include "protocol/terminal/printable.h"

namespace hotline::client {

std::string render_lines(const Description& fields, size_t width) {
  size_t label_width = 12;
  for (const auto& field : fields) label_width = std::max(label_width, column_count(field.first));
  std::string lines;
  for (const auto& [label, value] : fields) {
    const std::string indent(label_width + 4, ' ');
    const std::string gap(label_width - column_count(label) + 2, ' ');
    lines += "  " + label + gap + wrapped(printable(value), width, indent).substr(indent.size());
  }
  return lines;
}

JsonValue json_fields(const Description& fields) {
  return json_each(fields, [](const auto& field) {
    return JsonValue().add("label", field.first).add("value", field.second);
  });
}

}  // namespace hotline::client
