// hotline status: whether the channel works, and what to look at if not.
#include "client/commands/commands.h"
#include "client/show/status_view.h"
#include "protocol/message/message_generated.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

int status(Invocation& invocation) {
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot ask for the status", connection.error());
  auto reply = (*connection)->status();
  if (!reply) return invocation.output.fail("cannot ask for the status", reply.error());
  const ShownStatus shown = shown_status(**connection, *reply->as<wire::StatusReply>());
  Output& output = invocation.output;
  if (output.json()) {
    output.document(json_status(shown));
    return kExitDone;
  }
  const bool all = invocation.arguments.has("--peer");
  print_status(output, shown, all);
  constexpr auto kFlash = static_cast<uint8_t>(wire::Precedence::flash);
  if (!shown.waiting.empty() && shown.waiting[0].incoming && shown.waiting[0].precedence == kFlash)
    output.talk("Next: " + output.command("ack @flash"));
  if (all) print_notes(output, shown);
  return kExitDone;
}

}  // namespace

Command status_command() {
  return {
      {"status",
       "Say whether the channel works, what waits, and what is wrong",
       "",
       {"hotline status", "hotline status --peer", "hotline status --json"},
       {{"--peer", "", "also every path to the peer, and the signed notes that both parties hold"}},
       {}},
      status};
}

}  // namespace hotline::client
