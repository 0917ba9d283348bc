// The numbers that both parties follow (protocol/channel/policy.h), as people write them in TOML:
// sections of hotlined.toml, or a file of their own that is proposed as an agreement.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "protocol/channel/policy.h"
#include "protocol/terminal/toml_section.h"

namespace hotline {

// The sections escalation, checks, separation, release, contacts, case and retention of
// hotlined.toml; whatever is not there is as default_policy() has it, and FLASH is released by two
// people. Throws TomlFault.
Policy read_policy(TomlSection& root);

// A file of these sections alone, without roles and commands, which are each party's own. Error:
// configuration, not_found.
Result<Policy> read_policy_file(const std::string& path);

// Such a file, which is read back as the same policy.
std::string policy_as_toml(const Policy& policy);

// "30s", "4min", "2d": as durations are written in it.
std::string duration_as_toml(int64_t ms);

// "10 years", "18 months", "for ever" for 0: how long something is kept, in months.
std::string retention_as_toml(int64_t months);

}  // namespace hotline
