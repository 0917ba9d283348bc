// hotline watch: the journal as it is written, one line for each entry.
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/journal_line.h"

namespace hotline::client {
namespace {

// How long a silence may be before we look whether the daemon is still there.
constexpr int64_t kSilence_ms = 60'000;

int print_rows(Invocation& invocation, JournalDescriber& describer, const wire::JournalRows& rows,
               uint64_t& next) {
  if (rows.rows() == nullptr) return kExitDone;
  for (const wire::JournalRow* row : *rows.rows()) {
    const auto description = describer.describe(*row);
    if (!description) {
      return invocation.output.fail("cannot read journal entry " + std::to_string(row->index()),
                                    description.error());
    }
    if (invocation.output.json()) {
      invocation.output.document(JournalDescriber::json(*description));
    } else {
      invocation.output.line(JournalDescriber::line(invocation.output, *description));
    }
    next = row->index() + 1;
  }
  return kExitDone;
}

int follow(Invocation& invocation, Connection& connection, uint64_t from) {
  JournalDescriber describer(connection.party(), connection.peer(),
                             text(connection.server().prefix()),
                             text(connection.server().peer_prefix()));
  const uint64_t size = connection.server().journal_size();
  uint64_t next = from;
  const bool until_now = invocation.arguments.has("--until-now");
  if (until_now && from >= size) return kExitDone;
  if (auto status = connection.watch(from); !status) {
    return invocation.output.fail("cannot watch", status.error());
  }
  while (!until_now || next < size) {
    auto rows = connection.next_watched(kSilence_ms);
    Error error;
    if (!rows && rows.error().code == ErrorCode::timed_out) {
      // Over a link that was cut silently nothing would ever come: ask.
      const auto alive = connection.status();
      if (alive) continue;
      error = alive.error();
    } else if (!rows) {
      error = rows.error();
    } else if (rows->as<wire::JournalRows>() == nullptr) {
      error = make_error(ErrorCode::failed, "the daemon gave an answer of another kind");
    } else {
      const int code = print_rows(invocation, describer, *rows->as<wire::JournalRows>(), next);
      if (code != kExitDone) return code;
      continue;
    }
    error.hint = "hotline watch --from " + std::to_string(next) + "    goes on where this ended";
    return invocation.output.fail("the watch ended", error);
  }
  return kExitDone;
}

int watch(Invocation& invocation) {
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot watch", connection.error());
  const auto from = invocation.arguments.number("--from", (*connection)->server().journal_size());
  if (!from) return invocation.output.fail("", from.error());
  return follow(invocation, **connection, *from);
}

}  // namespace

CommandSpec watch_command() {
  return {"watch",
          "Follow the journal: one line for each entry as it is committed",
          "Every line begins with the number of its entry. Whoever was interrupted goes on with "
          "--from and the number after the last one seen; nothing is missed.",
          {"hotline watch", "hotline watch --from 1042", "hotline watch --from 0 --until-now",
           "hotline watch --json | grep '\"kind\":\"escalation\"'"},
          {{"--from", "INDEX", "begin with this entry; without it only new ones are shown"},
           {"--until-now", "", "end with the last entry there is now"}},
          {},
          watch};
}

}  // namespace hotline::client
