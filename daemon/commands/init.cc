// hotlined init: makes a new, empty store.
#include "daemon/commands/commands.h"
#include "daemon/process/config.h"
#include "daemon/process/keys.h"
#include "daemon/process/system_clock.h"
#include "daemon/store/kinds.h"
#include "protocol/channel/restored_store.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int init(const Arguments& arguments, Output& output) {
  const char* const what = "cannot make the store";
  const auto config = read_config(*arguments.get("--config"));
  if (!config) return output.fail(what, config.error());
  const Now now = read_clocks();
  const auto keys = ChannelKeys::load(*config, arguments.has("--allow-dev-pki"));
  if (!keys) return output.fail(what, keys.error());
  if (Status times = (*keys)->check_times(now.utc); !times) return output.fail(what, times.error());
  const StoreIdentity identity{config->party, config->peer, config->channel, config->exercise,
                               now.utc};
  std::shared_ptr<const Batch> first;
  if (arguments.has("--recover")) {
    SystemRandom random;
    first = first_of_restored_store(now, (*keys)->core_config(*config), random);
  }
  if (Status status = create_store(kStoreKind, config->store_path, identity, first); !status)
    return output.fail(what, status.error());
  output.answer("created " + config->store_path + " for " + config->party + ", channel with " +
                    config->peer + (config->exercise ? " (EXERCISE)" : " (live)"),
                json_document()
                    .add("store", config->store_path)
                    .add("party", config->party)
                    .add("peer", config->peer)
                    .add("exercise", config->exercise));
  return kExitDone;
}

}  // namespace

ServiceCommand init_command() {
  return {
      {"init",
       "Make a new, empty store",
       "With --recover it takes the place of one that is lost, of which there is no backup: at the "
       "first link it takes back from the peer every message that both hold, and goes on in a "
       "new epoch. Until then nothing is sent: use voice.",
       {"hotlined init -c hotlined.toml", "hotlined init -c hotlined.toml --recover"},
       {config_option(),
        dev_pki_option(),
        json_option(),
        {"--recover", "", "in place of a store that is lost"}},
       {}},
      init};
}

}  // namespace hotline
