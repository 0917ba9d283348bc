// The notifiers of hotlined.toml: who is told over the web, by the name with which commands of
// rungs refer to each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/process/web_address.h"
#include "protocol/base/result.h"
#include "protocol/channel/policy.h"
#include "protocol/terminal/toml_section.h"

namespace hotline {

enum class NotifierKind : uint8_t { webhook, alertmanager };

struct NotifierConfig {
  std::string name;
  NotifierKind kind = NotifierKind::webhook;
  WebAddress address;
  std::string ca;     // A file: whose certificates are taken. Empty without TLS.
  std::string token;  // A file; may be empty.
};

// Each says for which mode it is, and is refused in the other: a copy of a live configuration must
// call nobody in an exercise before each notifier was looked at. Throws TomlFault.
std::vector<NotifierConfig> read_notifiers(TomlSection& root, bool exercise);

// Error: configuration, for the first command that names a notifier which is not there.
Status check_named_notifiers(const Policy& policy, const std::vector<NotifierConfig>& notifiers);

}  // namespace hotline
