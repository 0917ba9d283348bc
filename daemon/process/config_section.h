// A section of hotlined.toml, where files are named relative to it and addresses have a port.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocol/terminal/toml_section.h"

namespace hotline {

struct Endpoint {
  std::string host;
  uint16_t port = 0;
};

class ConfigSection : public TomlSection {
 public:
  using TomlSection::TomlSection;
  explicit ConfigSection(TomlSection section) : TomlSection(std::move(section)) {}

  // Each throws TomlFault, as those of TomlSection do.
  std::string path(const std::string& key);
  std::string optional_path(const std::string& key) { return has(key) ? path(key) : ""; }
  Endpoint endpoint(const std::string& key) { return parse_endpoint(require(key), text(key)); }
  std::vector<Endpoint> endpoints(const std::string& key);

 private:
  Endpoint parse_endpoint(const TomlValue& value, const std::string& text) const;
};

}  // namespace hotline
