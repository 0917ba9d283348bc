// Every command of the program, one line each: the table that the command line and the help read.
#pragma once

#include <vector>

#include "client/command_line/command.h"

namespace hotline::client {

// In the order of the help.
const std::vector<CommandSpec>& all_commands();

// Each in client/commands/<its name>.cc.
CommandSpec ack_command();
CommandSpec audit_check_command();
CommandSpec audit_export_command();
CommandSpec audit_log_command();
CommandSpec audit_prove_command();
CommandSpec audit_reconcile_command();
CommandSpec audit_stats_command();
CommandSpec audit_verify_command();
CommandSpec completion_command();
CommandSpec context_list_command();
CommandSpec decline_command();
CommandSpec demo_command();
CommandSpec escalation_list_command();
CommandSpec escalation_show_command();
CommandSpec help_command();
CommandSpec inbox_command();
CommandSpec list_command();
CommandSpec pki_check_command();
CommandSpec pki_dev_init_command();
CommandSpec pki_show_command();
CommandSpec reply_command();
CommandSpec send_command();
CommandSpec show_command();
CommandSpec status_command();
CommandSpec template_list_command();
CommandSpec template_show_command();
CommandSpec test_call_command();
CommandSpec version_command();
CommandSpec watch_command();

}  // namespace hotline::client
