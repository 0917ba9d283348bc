#include "daemon/process/config_section.h"

#include <filesystem>

namespace hotline {

std::string ConfigSection::path(const std::string& key) {
  std::filesystem::path path = text(key);
  if (path.is_absolute()) return path;
  return (std::filesystem::absolute(file().name).parent_path() / path).lexically_normal();
}

std::vector<Endpoint> ConfigSection::endpoints(const std::string& key) {
  std::vector<Endpoint> values;
  for (const std::string& text : texts(key)) values.push_back(parse_endpoint(require(key), text));
  return values;
}

Endpoint ConfigSection::parse_endpoint(const TomlValue& value, const std::string& text) const {
  size_t colon = text.rfind(':');
  if (colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
      text.size() - colon <= 6) {
    uint32_t port = 0;
    bool digits = true;
    for (char c : text.substr(colon + 1)) {
      digits = digits && c >= '0' && c <= '9';
      port = port * 10 + static_cast<uint32_t>(c - '0');
    }
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
      host = host.substr(1, host.size() - 2);
    if (digits && port <= 65535) return {host, static_cast<uint16_t>(port)};
  }
  fail(value, "\"" + text + "\" is not an address",
       "write host:port, for example \"192.0.2.7:4711\"");
}

}  // namespace hotline
