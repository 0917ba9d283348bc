// hotlined config example: prints a commented configuration.
#include "daemon/commands/commands.h"
#include "daemon/process/config.h"
#include "protocol/log/origin.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int config_example(const Arguments& arguments, Output& output) {
  const std::string party = arguments.get("--party").value_or("north");
  const std::string peer = arguments.get("--peer").value_or(party == "south" ? "north" : "south");
  for (const std::string& id : {party, peer}) {
    if (is_party_id(id) && party != peer) continue;
    return output.fail("",
                       make_error(ErrorCode::usage, "\"" + id + "\" cannot be a party's id here",
                                  "lower-case letters, digits and -; two different ones"));
  }
  output.text(example_config(party, peer));
  return kExitDone;
}

}  // namespace

ServiceCommand config_example_command() {
  return {{"config example",
           "Print a commented configuration",
           "",
           {"hotlined config example --party north --peer south > hotlined.toml"},
           {{"--party", "ID", "the party's id"}, {"--peer", "ID", "the other party's id"}},
           {}},
          config_example};
}

}  // namespace hotline
