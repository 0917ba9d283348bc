// Every command of hotlined, one file each: the table that its command line and its help read.
#pragma once

#include <functional>
#include <vector>

#include "protocol/terminal/command_spec.h"
#include "protocol/terminal/output.h"

namespace hotline {

struct ServiceCommand {
  CommandSpec spec;
  // Does it, and says what went wrong. Returns the exit code.
  std::function<int(const Arguments&, Output&)> run;
};

// In the order of the help.
std::vector<ServiceCommand> all_commands();

// These commands as the program that the command line and the help read.
Program service_program();

// Each in daemon/commands/<its name>.cc.
ServiceCommand config_check_command();
ServiceCommand config_example_command();
ServiceCommand config_show_command();
ServiceCommand help_command();
ServiceCommand init_command();
ServiceCommand report_command();
ServiceCommand run_command();
ServiceCommand store_backup_command();
ServiceCommand store_check_command();
ServiceCommand store_info_command();
ServiceCommand store_restore_command();
ServiceCommand version_command();

// Options of several commands.
OptionSpec config_option();
OptionSpec dev_pki_option();
OptionSpec json_option();

}  // namespace hotline
