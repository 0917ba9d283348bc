// hotline escalation test: a trial notice to everybody who is told of a rung.
#include "client/commands/commands.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

const char* trial_word(uint8_t outcome) {
  switch (static_cast<wire::Outcome>(outcome)) {
    case wire::Outcome::done:
      return "told";
    case wire::Outcome::timed_out:
      return "TIMED OUT";
    case wire::Outcome::not_started:
    case wire::Outcome::impossible:
      return "CANNOT";
    default:
      return "FAILED";
  }
}

bool is_told(const wire::NotifierTrial& trial) {
  return trial.outcome() == static_cast<uint8_t>(wire::Outcome::done);
}

JsonValue json_trial(const wire::NotifierTrial* trial) {
  return JsonValue()
      .add("name", text(trial->name()))
      .add("told", is_told(*trial))
      .add("detail", text(trial->detail()));
}

int escalation_test(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "the notifiers were not tried";
  const auto connection = need(invocation.connect(), what);
  // The daemon refuses whoever may not, and they read that alone.
  if (connection->may(Right::escalate)) {
    output.talk(
        "A trial notice goes through each notifier and command, once. It says that it is one.");
  }
  const auto reply = need(connection->try_notifiers(), what);
  const auto tried = tables(reply->tried());
  size_t failed = 0;
  for (const wire::NotifierTrial* one : tried) failed += is_told(*one) ? 0 : 1;
  if (output.json()) {
    output.document(json_document().add("tried", json_each(tried, json_trial)));
  } else {
    Table table({{.title = "NOTIFIER"},
                 {.title = "STATE", .is_words = true},
                 {.title = "WORDS", .fit = Table::Fit::wrapped}});
    for (const wire::NotifierTrial* one : tried) {
      table.add({is_told(*one) ? "" : "!",
                 {text(one->name()), trial_word(one->outcome()), text(one->detail())},
                 is_told(*one) ? Style::plain : Style::red});
    }
    table.print(output);
  }
  if (failed == 0) return kExitDone;
  return output.fail("", make_error(ErrorCode::failed,
                                    std::to_string(failed) + " of " + std::to_string(tried.size()) +
                                        " told nobody",
                                    "mend them, then hotline escalation test"));
}

}  // namespace

Command escalation_test_command() {
  return {{.name = "escalation test",
           .summary = "Try whether everybody who would be told of a rung is reached",
           .description =
               "A trial notice goes through each notifier and each command of a rung, once, "
               "whatever waits. It says that it is a trial, and the journal has who asked for it "
               "and how each ended. One that tells nobody is a condition until it does. An "
               "operator or a supervisor tries.",
           .examples = {"hotline escalation test", "hotline escalation test --json"}},
          escalation_test};
}

}  // namespace hotline::client
