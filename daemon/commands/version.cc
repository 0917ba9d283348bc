// hotlined version: which program this is.
#include "daemon/commands/commands.h"
#include "protocol/terminal/exit_code.h"

namespace hotline {
namespace {

int version(const Arguments&, Output& output) {
  output.answer("hotlined " HOTLINE_VERSION,
                json_document().add("program", "hotlined").add("version", HOTLINE_VERSION));
  return kExitDone;
}

}  // namespace

ServiceCommand version_command() {
  return {{"version", "Print the version", "", {"hotlined version"}, {json_option()}, {}}, version};
}

}  // namespace hotline
