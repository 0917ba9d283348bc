// hotlined store restore: a backup takes the place of a store that is lost.
#include <filesystem>

#include "daemon/commands/commands.h"
#include "daemon/commands/store_copy.h"

namespace hotline {
namespace {

int store_restore(const Arguments& arguments, Output& output) {
  const char* const what = "cannot restore the store";
  const auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail(what, config.error());
  if (std::filesystem::exists(config->store_path)) {
    return output.fail(what,
                       make_error(ErrorCode::conflict, "there is a store at " + config->store_path,
                                  "end its hotlined, then move its whole directory away and "
                                  "keep it: it may be evidence"));
  }
  const auto copied =
      copy_marked(*config, backup_path(*config, *arguments.get("DIR")), config->store_path);
  if (!copied) return output.fail(what, copied.error());
  return tell_copied(output, config->store_path, *copied, "restored " + config->store_path);
}

}  // namespace

ServiceCommand store_restore_command() {
  return {
      {"store restore",
       "Put a backup in the place of a store that is lost or damaged",
       "Start hotlined after it. At the first link it takes back from the peer what the backup "
       "lacks, and goes on in a new epoch; until then nothing is sent: use voice.",
       {"hotlined store restore -c hotlined.toml backups/monday", "hotlined run -c hotlined.toml"},
       {config_option(), json_option()},
       {{"DIR", "as it was given to `hotlined store backup`"}}},
      store_restore};
}

}  // namespace hotline
