// hotline thread: what both parties said about one thing, the newest first.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/message_choice.h"
#include "client/show/message_list.h"
#include "client/show/row_limit.h"

namespace hotline::client {
namespace {

constexpr uint64_t kThreadRowsByDefault = 50;

int thread(Invocation& invocation) {
  const std::string what = "cannot show the thread";
  Output& output = invocation.output;
  ListWish wish;
  wish.limit = need(read_row_limit(invocation.arguments, kThreadRowsByDefault));
  wish.before_journal_index = need(invocation.arguments.number("--after", 0));
  const std::string typed = *invocation.arguments.get("NAME");
  const auto connection = need(invocation.connect(), what);
  wish.incident = need(resolve_thread(*connection, typed), what);
  const auto rows = need(connection->list(wish), what);
  const size_t shown = tables(rows->rows()).size();
  if (rows->total() == 0) {
    const std::string near = text(rows->near_thread());
    return output.fail(
        what,
        make_error(ErrorCode::not_found, "no message belongs to the thread " + wish.incident,
                   near.empty() ? "hotline list" : "did you mean hotline thread " + near + "?"));
  }
  show_messages(output, *connection, *rows, invocation.now());
  if (shown == 0) {
    output.talk("No older message.");
  } else if (rows->more()) {
    output.talk(cut_words(invocation, shown, rows->total(),
                          "thread " + as_typed(wish.incident) + " --after " + next_place(*rows)));
  }
  return kExitDone;
}

}  // namespace

Command thread_command() {
  return {
      {.name = "thread",
       .summary = "Show what both parties said about one thing, the newest first",
       .description =
           "A thread is a message, what was said of it (acknowledgements, answers, corrections, "
           "cancellations), and what was sent with --incident and its name. Any message of a "
           "thread names it.",
       .examples = {"hotline thread S-000087", "hotline thread @last --json",
                    "hotline thread mine-field"},
       .options = {row_limit_option("50"), after_option()},
       .positionals = {{"NAME", "any message of the thread, or the word that --incident gave it"}}},
      thread};
}

}  // namespace hotline::client
