// hotline thread: what both parties said about one thing, the newest first.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/conflict_rows.h"
#include "client/show/message_choice.h"
#include "client/show/message_list.h"
#include "client/show/row_limit.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {
namespace {

constexpr uint64_t kThreadRowsByDefault = 50;
constexpr uint64_t kConflictsOfEach = 10;  // Of each notice.

// The conflicts of the notices among these messages, also those that both parties accepted: an
// acceptance names two notices, and stands in the thread of one.
std::vector<Answer<wire::ConflictRows>> conflicts_in(Connection& connection,
                                                     const wire::Rows& rows) {
  std::vector<Answer<wire::ConflictRows>> found;
  for (const wire::MessageRow* one : tables(rows.rows())) {
    if (!hotline::kind_of(one->type()).announces_volumes()) continue;
    auto reply = connection.conflicts(text(one->id()), kConflictsOfEach, {}, true);
    if (reply && (*reply)->total() > 0) found.push_back(*std::move(reply));
  }
  return found;
}

void say_conflicts(Output& output, const Connection& connection, const wire::ConflictRows& rows) {
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (!is_open(*one)) continue;
    output.talk(text(one->own()) + " is IN CONFLICT with " + conflict_words(*one), Style::yellow);
  }
  say_acceptances(output, connection, rows);
  const size_t shown = tables(rows.rows()).size();
  if (shown < rows.total()) output.talk("and " + format_count(rows.total() - shown) + " more");
}

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
  const auto conflicts = conflicts_in(*connection, *rows);
  JsonValue::Array json;
  for (const auto& one : conflicts) {
    for (const wire::ConflictRow* row : tables(one->rows())) json.push_back(json_conflict(*row));
  }
  show_messages(output, *connection, *rows, JsonValue(std::move(json)));
  for (const auto& one : conflicts) say_conflicts(output, *connection, *one);
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
           "thread names it. Of notices the conflicts are said too, and who accepted them: an "
           "acceptance names two notices, and stands in the thread of the other side's.",
       .examples = {"hotline thread S-000087", "hotline thread @last --json",
                    "hotline thread mine-field"},
       .options = {row_limit_option("50"), after_option()},
       .positionals = {{"NAME", "any message of the thread, or the word that --incident gave it"}}},
      thread};
}

}  // namespace hotline::client
