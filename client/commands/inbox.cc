// hotline inbox: what waits for this watch, FLASH first.
#include <algorithm>
#include <optional>
#include <vector>

#include "client/commands/commands.h"
#include "client/show/channel_standing.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// An inbox shows what waits, the most urgent first, and with --all behind it the newest of
// the others.
struct Shown {
  explicit Shown(Answer<wire::Rows> rows) : waiting(std::move(rows)) {}

  Answer<wire::Rows> waiting;
  std::optional<Answer<wire::Rows>> others;
  std::vector<const wire::MessageRow*> messages;
  size_t waiting_shown = 0;  // The first so many wait.
  std::string older_before;  // The others go on before this entry of the journal; empty: no more.
};

Result<Shown> read(const Arguments& arguments, Connection& connection, uint64_t limit) {
  auto waiting = connection.list({.box = wire::Box::waiting_in,
                                  .limit = limit,
                                  .after = arguments.get("--after").value_or("")});
  if (!waiting) return waiting.error();
  Shown shown(*std::move(waiting));
  shown.messages = tables(shown.waiting->rows());
  shown.waiting_shown = shown.messages.size();
  if (!arguments.has("--all")) return shown;
  auto others = connection.list({.box = wire::Box::incoming, .limit = limit});
  if (!others) return others.error();
  const wire::Rows& rows = **others;
  for (const wire::MessageRow* message : tables(rows.rows())) {
    if (rows.more()) shown.older_before = std::to_string(message->journal_index());
    if (!message->waits()) shown.messages.push_back(message);
  }
  shown.others = *std::move(others);
  return shown;
}

void print_json(Output& output, const Connection& connection, const Shown& shown,
                const wire::StatusReply& status) {
  const wire::Rows& waits = *shown.waiting;
  output.document(json_document()
                      .add("messages", json_messages(connection, shown.messages))
                      .add("open_requests", waits.open_requests())
                      .add("drafts", waits.drafts())
                      .add("drafts_submitted", waits.drafts_submitted())
                      .add("waiting", waits.waiting())
                      .add("waiting_flash", waits.waiting_flash())
                      .add("more", waits.more())
                      .add("next", waits.more() ? JsonValue(text(waits.next())) : JsonValue())
                      .add("conditions", json_each(tables(status.conditions()), json_condition)));
}

// As `status` does: whoever looks for what waits is told of what is wrong as well.
void say_conditions(Output& output, const wire::StatusReply& status) {
  for (const wire::ConditionRow* one : tables(status.conditions())) {
    const char* const severity = is_critical(*one) ? "CRITICAL" : "WARNING";
    const std::string line = output.words(severity) + "  " +
                             printable_line(condition_words(output, *one, status.clock()));
    output.quote(output.styled(is_critical(*one) ? Style::red : Style::yellow, line));
  }
}

void print_table(Output& output, const Connection& connection, const Shown& shown) {
  Table table({{"DUE", 6, Table::Fit::whole, true},
               {"PREC", 9},
               {"ID", 8},
               {"DTG", 14, Table::Fit::left_out},
               {"FROM", 0, Table::Fit::left_out},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::MessageRow* one : shown.messages) {
    const int64_t due_ms = due_in_ms(*one);
    const bool is_flash = one->precedence() == static_cast<uint8_t>(wire::Precedence::flash);
    const bool must_be_read = one->waits() && (is_flash || due_ms <= 0);
    table.add({must_be_read ? "!" : "",
               {due_words(*one), precedence_label(one->precedence()), text(one->id()),
                output.date_time_group(one->released_at()), upper_case(sender_of(connection, *one)),
                text(one->subject())},
               one->waits() ? precedence_style(one->precedence()) : Style::plain});
  }
  table.print(output);
}

// How many wait, what is not shown of them, and what to do next.
void say_what_waits(Invocation& invocation, const Shown& shown) {
  Output& output = invocation.output;
  const wire::Rows& waits = *shown.waiting;
  if (waits.waiting() == 0) return output.talk("Nothing waits for an acknowledgement.");
  const std::string all = invocation.arguments.has("--all") ? " --all" : "";
  if (waits.more()) {
    output.talk(cut_words(invocation, shown.waiting_shown, waits.total(),
                          "inbox" + all + " --after " + text(waits.next())));
  }
  std::string words = format_count(waits.waiting()) + (waits.waiting() == 1 ? " waits" : " wait") +
                      " for an acknowledgement";
  const bool only_flash = waits.waiting_flash() == waits.waiting();
  if (waits.waiting_flash() != 0 && waits.more() && !only_flash) {
    words += ", " + format_count(waits.waiting_flash()) + " of them FLASH";
  }
  if (!output.may_give("ack")) {
    words += ".";
  } else if (waits.waiting_flash() != 0) {
    words += ". Next: " + output.command("ack @flash");
  } else if (shown.waiting_shown != 0) {
    words += ". Next: " + output.command("ack " + text(shown.messages.front()->id()));
  }
  output.talk(words);
}

void say_open_requests(Output& output, uint64_t count) {
  if (count == 0) return;
  output.talk(format_count(count) + (count == 1 ? " request is" : " requests are") +
              " not answered. See: " + output.command("inbox --requests"));
}

size_t count_flash_submitted(Connection& connection) {
  const auto drafts = connection.drafts(limits::kListRowsMax, 0);
  if (!drafts) return 0;
  const auto rows = tables((*drafts)->rows());
  return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [](const wire::DraftRow* row) {
    return row->submitted_at() != 0 &&
           row->precedence() == static_cast<uint8_t>(wire::Precedence::flash);
  }));
}

void say_drafts(Output& output, Connection& connection, uint64_t count, uint64_t submitted) {
  if (submitted != 0) {
    const size_t flash = count_flash_submitted(connection);
    output.talk(format_count(submitted) + (submitted == 1 ? " draft waits" : " drafts wait") +
                    " for release" + (flash == 0 ? "" : ", FLASH: " + format_count(flash)) +
                    ". See: " + output.command("draft list"),
                flash == 0 ? Style::plain : Style::red);
  }
  if (count == 0) return;
  output.talk(format_count(count) + (count == 1 ? " draft is" : " drafts are") +
              " not sent. See: " + output.command("draft list"));
}

// Left until the answer is due, negative when it is late.
int64_t answer_due_in_ms(const wire::MessageRow& row, UtcMs now) {
  return row.answer_due_at() - now;
}

// Requests of the peer that are owed an answer, by precedence, then by when it is due.
int requests(Invocation& invocation, Connection& connection, uint64_t limit) {
  Output& output = invocation.output;
  const std::string after = invocation.arguments.get("--after").value_or("");
  const auto reply =
      need(connection.list({.box = wire::Box::open_requests, .limit = limit, .after = after}),
           "cannot read the inbox");
  const auto rows = tables(reply->rows());
  if (output.json()) {
    output.document(json_document()
                        .add("messages", json_messages(connection, rows))
                        .add("total", reply->total())
                        .add("more", reply->more())
                        .add("next", reply->more() ? JsonValue(text(reply->next())) : JsonValue()));
    return kExitDone;
  }
  Table table({{"DUE", 6, Table::Fit::whole, true},
               {"PREC", 9},
               {"ID", 8},
               {"ANSWER BY", 14, Table::Fit::left_out},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 0, Table::Fit::left_out, true},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::MessageRow* one : rows) {
    const int64_t due_ms = answer_due_in_ms(*one, invocation.now());
    table.add({due_ms <= 0 ? "!" : "",
               {format_remaining(due_ms), precedence_label(one->precedence()), text(one->id()),
                output.date_time_group(one->answer_due_at()),
                upper_case(sender_of(connection, *one)), state_words(*one), text(one->subject())},
               precedence_style(one->precedence())});
  }
  table.print(output);
  if (rows.empty()) {
    output.talk(after.empty() ? "No request waits for an answer."
                              : "No more request waits for an answer.");
  } else if (reply->more()) {
    output.talk(cut_words(invocation, rows.size(), reply->total(),
                          "inbox --requests --after " + text(reply->next())));
  } else {
    output.talk("Next: " + output.command("show " + text(rows.front()->id())));
  }
  return kExitDone;
}

int inbox(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const auto limit = need(read_row_limit(arguments, limits::kListRowsMax));
  if (arguments.has("--requests") && arguments.has("--all")) {
    return invocation.output.fail("",
                                  make_error(ErrorCode::usage, "--requests and --all are two lists",
                                             "hotline inbox --requests"));
  }
  const auto connection = need(invocation.connect(), "cannot read the inbox");
  if (arguments.has("--requests")) return requests(invocation, *connection, limit);
  const auto shown = need(read(arguments, *connection, limit), "cannot read the inbox");
  const auto status = need(connection->status(), "cannot read the inbox");
  Output& output = invocation.output;
  if (output.json()) {
    print_json(output, *connection, shown, *status);
    return kExitDone;
  }
  print_table(output, *connection, shown);
  say_what_waits(invocation, shown);
  say_open_requests(output, shown.waiting->open_requests());
  say_drafts(output, *connection, shown.waiting->drafts() - shown.waiting->drafts_submitted(),
             shown.waiting->drafts_submitted());
  say_conditions(output, *status);
  if (!shown.older_before.empty())
    output.talk("Older ones: " + output.command("list --incoming --before " + shown.older_before));
  return kExitDone;
}

}  // namespace

Command inbox_command() {
  return {{.name = "inbox",
           .summary = "Show what waits for an acknowledgement by this watch",
           .description = "FLASH comes first, and within a precedence what waits longest. DUE is "
                          "the time that is left until the next person is told, - where nobody is "
                          "left, PAUSED where a supervisor paused its ladder. What is marked with "
                          "! must be read now. With --requests: the other "
                          "side's questions that are not all answered, by precedence, then by when "
                          "the answer is due, which is their --reply-by or else what the policy "
                          "says; ! is late.",
           .examples = {"hotline inbox", "hotline inbox --all", "hotline inbox --requests",
                        "hotline inbox --json"},
           .options = {{"--all", "", "also what was acknowledged or needs no acknowledgement"},
                       {"--requests", "", "what is asked and not answered, also if acknowledged"},
                       row_limit_option("1000"),
                       after_option()}},
          inbox};
}

}  // namespace hotline::client
