// Checks what the configuration names on this machine beside keys: the place of the store and the
// room on its disk, the commands and notifiers that tell people, the clock. For `hotlined config
// check`, so that what is missing is found out before the night when it is needed.
#pragma once

#include <string>
#include <vector>

#include "daemon/process/config.h"
#include "protocol/base/result.h"

namespace hotline {

struct MachineFindings {
  std::vector<Error> faults;       // Each configuration: mend it first.
  std::vector<std::string> notes;  // Good to know; nothing to mend in the configuration.
};

MachineFindings look_at_machine(const Config& config);

}  // namespace hotline
