#include "daemon/commands/commands.h"

namespace hotline {

std::vector<ServiceCommand> all_commands() {
  return {
      init_command(),           run_command(),
      config_check_command(),   config_show_command(),
      config_example_command(), store_info_command(),
      store_check_command(),    store_backup_command(),
      store_restore_command(),  report_command(),
      help_command(),           version_command(),
  };
}

Program service_program() {
  Program program;
  program.name = "hotlined";
  program.purpose = "one party's side of a Hotline channel.";
  program.usage = "COMMAND ...";
  program.afterword =
      "Example:\n"
      "  hotlined config example --party north --peer south > hotlined.toml\n"
      "  hotlined init -c hotlined.toml\n"
      "  hotlined run -c hotlined.toml\n";
  program.options = {{"-h,--help", "", "explain the command, with an example"}};
  for (const ServiceCommand& command : all_commands()) program.commands.push_back(command.spec);
  program.is_service = true;
  return program;
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
