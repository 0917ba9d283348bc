// hotlined store backup: a copy of the store, while hotlined runs on it or not.
#include <filesystem>

#include "daemon/commands/commands.h"
#include "daemon/commands/store_copy.h"

namespace hotline {
namespace {

int store_backup(const Arguments& arguments, Output& output) {
  const char* const what = "cannot back up the store";
  const auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail(what, config.error());
  const std::string path = backup_path(*config, *arguments.get("DIR"));
  if (std::error_code none; std::filesystem::exists(path, none)) {
    return output.fail(what, make_error(ErrorCode::conflict, "there is a backup at " + path,
                                        "choose a new directory: no backup is overwritten"));
  }
  const auto copied = copy_marked(*config, config->store_path, path);
  if (!copied) return output.fail(what, copied.error());
  return tell_copied(output, path, *copied, "backed up to " + path);
}

}  // namespace

ServiceCommand store_backup_command() {
  return {
      {"store backup",
       "Copy the store into a directory, while hotlined runs or not",
       "The copy is the store as it stands at one moment, read through and marked: whoever "
       "starts it takes back from the peer what it lacks. Keys and configuration are not in it.",
       {"hotlined store backup -c hotlined.toml backups/monday"},
       {config_option(), json_option()},
       {{"DIR", "a directory that has no backup yet; made where it is missing"}}},
      store_backup};
}

}  // namespace hotline
