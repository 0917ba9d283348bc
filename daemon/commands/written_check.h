// Checks what is written in a configuration, without looking at this machine: what no run could
// use though each value is a good one, and what still stands there as the example has it. For
// `hotlined config check`.
#pragma once

#include <string>
#include <vector>

#include "daemon/commands/machine_check.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "protocol/base/clock.h"

namespace hotline {

MachineFindings look_at_what_is_written(const Config& config);

// Certificates that end soon, and revocation lists past their date: in words, to be noted.
std::vector<std::string> near_ends(const ChannelKeys& keys, const Config& config, UtcMs now);

}  // namespace hotline
