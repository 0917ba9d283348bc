// hotline recover: a supervisor confirms a recovery of the store, which waited for nobody.
#include <algorithm>
#include <charconv>

#include "client/commands/commands.h"
#include "client/show/message_row.h"
#include "protocol/base/time_text.h"

namespace hotline::client {
namespace {

// The condition of the recovery that waits; null: none does.
const wire::ConditionRow* unconfirmed_recovery(const wire::StatusReply& status) {
  const auto all = tables(status.conditions());
  const auto found = std::find_if(all.begin(), all.end(), [](const wire::ConditionRow* one) {
    return text(one->code()) == "recovery-unconfirmed";
  });
  return found == all.end() ? nullptr : *found;
}

int resolve_fork(Invocation& invocation, const std::string& log) {
  Output& output = invocation.output;
  const std::string what = "no fork was resolved";
  if (log != "transcript" && log != "journal") {
    return output.fail(what, make_error(ErrorCode::usage, "there is no log \"" + log + "\"",
                                        "hotline recover --fork transcript"));
  }
  const auto connection = need(invocation.connect(), what);
  need(connection->resolve_fork(log == "journal"), what);
  if (output.json()) {
    output.document(
        json_document().add("fork", log).add("resolved_by", text(connection->server().person())));
    return kExitDone;
  }
  output.say(log == "journal" ? "The fork of the other side's journal is resolved."
                              : "The fork of the other side is resolved.");
  return kExitDone;
}

int recover(Invocation& invocation) {
  Output& output = invocation.output;
  if (const auto log = invocation.arguments.get("--fork")) return resolve_fork(invocation, *log);
  const std::string what = "no recovery was confirmed";
  const auto connection = need(invocation.connect(), what);
  const auto status = need(connection->status(), what);
  const wire::ConditionRow* waits = unconfirmed_recovery(*status);
  if (waits == nullptr) {
    return output.fail(what, make_error(ErrorCode::not_found, "no recovery waits to be confirmed",
                                        "hotline status"));
  }
  const std::string number = text(waits->subject());
  uint64_t epoch = 0;
  std::from_chars(number.data(), number.data() + number.size(), epoch);
  need(connection->confirm_recovery(epoch), what);
  if (output.json()) {
    output.document(json_document()
                        .add("epoch", epoch)
                        .add("recovered_at", json_time(waits->since()))
                        .add("confirmed_by", text(connection->server().person())));
    return kExitDone;
  }
  output.say("The recovery of " + format_rfc3339(waits->since()) + ", which began epoch " + number +
             ", is confirmed.");
  return kExitDone;
}

}  // namespace

Command recover_command() {
  return {
      {.name = "recover",
       .summary = "Confirm a recovery of this store, or resolve a fork of the other side",
       .description =
           "A store that was lost or old is recovered from the other party at once, and waits "
           "for nobody. What its journal knew of its own people is gone: who acknowledged, "
           "drafts, notes. Look through what waits, tell the other watch by voice, and then "
           "confirm it; until somebody does, recovery-unconfirmed stands. The journal keeps "
           "who confirmed it, and when. With --fork: it is known how the other side came to sign "
           "two transcripts, or journals, and peer-forked, or witness-frozen, ends; a frozen "
           "journal is cosigned again. Evidence that is shown later is told anew. A supervisor "
           "does either.",
       .examples = {"hotline recover", "hotline recover --json",
                    "hotline recover --fork transcript", "hotline recover --fork journal"},
       .options = {{"--fork", "LOG", "transcript or journal: resolve a fork of it"}}},
      recover};
}

}  // namespace hotline::client
