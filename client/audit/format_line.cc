#include "client/audit/format_line.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace hotline::audit {
namespace {

// "hotline-export/v", before the number.
std::string_view before_number(std::string_view line) {
  return line.substr(0, line.rfind('v') + 1);
}

std::optional<uint64_t> number_in(std::string_view line, std::string_view before) {
  if (!line.starts_with(before) || !line.ends_with('\n')) return std::nullopt;
  const std::string_view digits = line.substr(before.size(), line.size() - before.size() - 1);
  uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

Status check_format_line(std::string_view line, std::string_view written) {
  if (line == written) return ok();
  const std::string_view before = before_number(written);
  const auto number = number_in(line, before), known = number_in(written, before);
  if (number && *number > *known) {
    return make_error(ErrorCode::configuration,
                      "it is of format " + std::to_string(*number) +
                          ", which a newer release writes, and this one reads format " +
                          std::to_string(*known) +
                          "; where no release writes that format, it was altered",
                      "use the release that wrote it, or a later one");
  }
  return make_error(ErrorCode::malformed,
                    "it is not the line " + std::string(written.substr(0, written.size() - 1)));
}

bool has_format_line(std::string_view text, std::string_view written) {
  return text.starts_with(before_number(written));
}

}  // namespace hotline::audit
