// hotline list: messages of both directions, the newest first.
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/message_row.h"
#include "client/names.h"
#include "protocol/limits.h"

namespace hotline::client {
namespace {

constexpr uint64_t kRowsByDefault = 20;

Result<wire::Box> chosen_box(const Arguments& arguments) {
  wire::Box box = wire::Box::all;
  int chosen = 0;
  if (arguments.has("--incoming")) box = wire::Box::incoming, ++chosen;
  if (arguments.has("--outgoing")) box = wire::Box::outgoing, ++chosen;
  if (arguments.has("--waiting")) box = wire::Box::waiting, ++chosen;
  if (chosen > 1) {
    return make_error(ErrorCode::usage, "--incoming, --outgoing and --waiting exclude each other");
  }
  return box;
}

void print(Invocation& invocation, const Connection& connection, const wire::Rows& rows) {
  if (invocation.output.json()) {
    JsonValue::Array messages;
    if (rows.rows() != nullptr) {
      for (const wire::MessageRow* row : *rows.rows()) {
        messages.push_back(json_row(*row, connection.party(), connection.peer()));
      }
    }
    JsonValue document = json_document();
    document.add("messages", std::move(messages)).add("more", rows.more());
    invocation.output.document(document);
    return;
  }
  Table table(
      {{"ID", 8}, {"PREC", 9}, {"TYPE"}, {"DTG", 14}, {"FROM"}, {"STATE", 12}, {"SUBJECT"}});
  if (rows.rows() != nullptr) {
    for (const wire::MessageRow* row : *rows.rows()) {
      table.add({row->waits() && row->incoming() ? "!" : "",
                 {text(row->id()), precedence_name(row->precedence()), type_name(row->type()),
                  format_date_time_group(row->released_at()),
                  upper_case(row->incoming() ? connection.peer() : connection.party()),
                  state_word(*row), text(row->subject())},
                 row->waits() ? precedence_style(row->precedence()) : Style::plain});
    }
  }
  table.print(invocation.output);
}

int list(Invocation& invocation) {
  const auto box = chosen_box(invocation.arguments);
  if (!box) return invocation.output.fail("", box.error());
  const auto limit = invocation.arguments.number("--limit", kRowsByDefault, 1);
  if (!limit) return invocation.output.fail("", limit.error());
  const auto before = invocation.arguments.number("--before", 0);
  if (!before) return invocation.output.fail("", before.error());
  if (*limit > limits::kListRowsMax) {
    return invocation.output.fail(
        "", make_error(ErrorCode::usage,
                       "--limit can be " + std::to_string(limits::kListRowsMax) + " at most",
                       "read the next ones with --before"));
  }
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot list messages", connection.error());
  auto reply = (*connection)->list(*box, static_cast<uint32_t>(*limit), *before);
  if (!reply) return invocation.output.fail("cannot list messages", reply.error());
  const wire::Rows& rows = *reply->as<wire::Rows>();
  print(invocation, **connection, rows);
  if (rows.more() && rows.rows() != nullptr && rows.rows()->size() > 0) {
    const auto* last = rows.rows()->Get(rows.rows()->size() - 1);
    invocation.output.talk("There are older ones: hotline list --before " +
                           std::to_string(last->journal_index()));
  }
  return kExitDone;
}

}  // namespace

CommandSpec list_command() {
  return {"list",
          "List messages of both directions, the newest first",
          "",
          {"hotline list", "hotline list --outgoing --limit 100", "hotline list --json"},
          {{"--incoming", "", "the peer's messages only"},
           {"--outgoing", "", "our messages only"},
           {"--waiting", "", "only what waits for an acknowledgement, ours or theirs"},
           {"--limit", "COUNT", "how many at most (20)"},
           {"--before", "INDEX", "only those committed before this journal entry"}},
          {},
          list};
}

}  // namespace hotline::client
