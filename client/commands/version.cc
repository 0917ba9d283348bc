// hotline version: which program this is.
#include "client/commands/commands.h"
#include "protocol/api/client_api.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

int version(Invocation& invocation) {
  invocation.output.answer(
      "hotline " HOTLINE_VERSION " (client API " + std::to_string(client_api::kVersion) + ")",
      json_document()
          .add("program", "hotline")
          .add("version", HOTLINE_VERSION)
          .add("client_api", client_api::kVersion));
  return kExitDone;
}

}  // namespace

Command version_command() {
  return {{"version", "Print the version", "", {"hotline version"}, {}, {}}, version};
}

}  // namespace hotline::client
