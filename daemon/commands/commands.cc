#include "daemon/commands/commands.h"

namespace hotline {

std::vector<ServiceCommand> all_commands() {
  return {
      init_command(),           run_command(),           config_check_command(),
      config_example_command(), store_info_command(),    store_check_command(),
      store_backup_command(),   store_restore_command(), version_command(),
  };
}

OptionSpec config_option() {
  return {"-c,--config", "FILE", "the configuration file", false, true};
}

OptionSpec dev_pki_option() {
  return {"--allow-dev-pki", "", "accept development certificates, for trying things out"};
}

OptionSpec json_option() {
  return {"--json", "", "print JSON for programs"};
}

}  // namespace hotline
