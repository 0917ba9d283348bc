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

int recover(Invocation& invocation) {
  Output& output = invocation.output;
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
  return {{.name = "recover",
           .summary = "Confirm that a recovery of this store was looked after",
           .description =
               "A store that was lost or old is recovered from the other party at once, and waits "
               "for nobody. What its journal knew of its own people is gone: who acknowledged, "
               "drafts, notes. Look through what waits, tell the other watch by voice, and then "
               "confirm it; until somebody does, recovery-unconfirmed stands. The journal keeps "
               "who confirmed it, and when. A supervisor confirms.",
           .examples = {"hotline recover", "hotline recover --json"}},
          recover};
}

}  // namespace hotline::client
