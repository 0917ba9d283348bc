#include "daemon/notify/attempt_report.h"

#include <algorithm>

namespace hotline {
namespace {

constexpr size_t kDetailSizeMax = 200;

std::string last_line(const std::string& output) {
  const size_t last = output.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) return {};
  const size_t newline = output.find_last_of("\r\n", last);
  const size_t first = newline == std::string::npos ? 0 : newline + 1;
  std::string line = output.substr(first, std::min(last - first + 1, kDetailSizeMax));
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  return line;
}

}  // namespace

std::string with_last_line(std::string detail, const std::string& output) {
  if (const std::string line = last_line(output); !line.empty()) detail += ": " + line;
  return detail;
}

std::string short_duration(int64_t time_ms) {
  return time_ms % 1000 == 0 ? std::to_string(time_ms / 1000) + " s"
                             : std::to_string(time_ms) + " ms";
}

}  // namespace hotline
