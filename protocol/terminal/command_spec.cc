#include "protocol/terminal/command_spec.h"

#include <algorithm>
#include <charconv>

namespace hotline {

std::optional<std::string> Arguments::get(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<uint64_t> Arguments::number(const std::string& name, uint64_t otherwise,
                                   uint64_t minimum) const {
  const auto text = get(name);
  if (!text) return otherwise;
  uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < minimum) {
    return make_error(
        ErrorCode::usage,
        name + " " + *text + " is not a whole number from " + std::to_string(minimum) + " on",
        name + " " + std::to_string(std::max<uint64_t>(otherwise, minimum)));
  }
  return number;
}

}  // namespace hotline
