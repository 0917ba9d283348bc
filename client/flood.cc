#include "client/flood.h"

#include <optional>
#include <vector>

#include "client/acknowledgement.h"
#include "client/exit_code.h"
#include "client/names.h"
#include "client/progress.h"
#include "protocol/limits.h"

namespace hotline::client {
namespace {

// A message, as far as is needed to acknowledge it.
struct Waiting {
  std::string id;
  wire::Precedence precedence = wire::Precedence::unset;
  EventPoint event;
};

Waiting waiting_of(const wire::MessageRow& row) {
  Waiting waiting{text(row.id()), static_cast<wire::Precedence>(row.precedence()), {}};
  if (row.has_position()) waiting.event.position = Position{row.latitude(), row.longitude()};
  if (row.event_at() != 0) waiting.event.at = row.event_at();
  return waiting;
}

bool is_supervisor(const wire::ServerHello& server) {
  if (server.roles() == nullptr) return false;
  for (const uint8_t role : *server.roles()) {
    if (role == static_cast<uint8_t>(wire::Role::supervisor)) return true;
  }
  return false;
}

Result<uint64_t> count_waiting(Connection& connection, wire::Precedence precedence) {
  auto reply =
      connection.list({.box = wire::Box::waiting_in, .limit = 1, .precedence = precedence});
  if (!reply) return reply.error();
  return reply->as<wire::Rows>()->total();
}

// The first `count` of them, page by page.
Result<std::vector<Waiting>> read_waiting(Connection& connection, wire::Precedence precedence,
                                          uint64_t count, Progress& progress) {
  std::vector<Waiting> all;
  ListWish wish{.box = wire::Box::waiting_in, .precedence = precedence};
  while (all.size() < count) {
    auto reply = connection.list(wish);
    if (!reply) return reply.error();
    const wire::Rows& rows = *reply->as<wire::Rows>();
    if (rows.rows() == nullptr || rows.rows()->size() == 0) break;
    for (const wire::MessageRow* row : *rows.rows()) {
      if (all.size() < count) all.push_back(waiting_of(*row));
    }
    progress.show("reading " + format_count(count),
                  static_cast<unsigned>(all.size() * 100 / count));
    if (!rows.more()) break;
    wish.after = text(rows.next());
  }
  return all;
}

struct Done {
  uint64_t count = 0;
  uint64_t failed = 0;
  std::optional<Error> first_failure;
};

Status submit_all(Connection& connection, const std::vector<Waiting>& all, UtcMs now, Done& done,
                  Progress& progress) {
  size_t next = 0;
  const bool exercise = connection.server().exercise();
  return connection.submit_each(
      [&]() -> std::optional<Bytes> {
        if (next == all.size()) return std::nullopt;
        const Waiting& one = all[next++];
        auto draft = finish_draft(
            acknowledgement_draft(one.id, one.precedence, one.event, wire::Role::supervisor, now),
            exercise, now);
        if (draft) return *std::move(draft);
        done.failed += all.size() - next + 1;  // All are of one kind: none can be made.
        done.first_failure = draft.error();
        return std::nullopt;
      },
      [&](const Result<Submission>& submission) {
        ++(submission ? done.count : done.failed);
        if (!submission && !done.first_failure) done.first_failure = submission.error();
        const uint64_t so_far = done.count + done.failed;
        progress.show("acknowledging " + format_count(all.size()),
                      static_cast<unsigned>(so_far * 100 / all.size()));
        // A full disk, or a role that was taken away, refuses all the others as well.
        return done.count != 0 || done.failed < 16;
      });
}

// "1,050 FLASH messages of SOUTH"
std::string counted(uint64_t count, wire::Precedence precedence, const std::string& peer) {
  std::string words = format_count(count) + " ";
  if (precedence != wire::Precedence::unset) {
    words += precedence_name(static_cast<uint8_t>(precedence)) + " ";
  }
  return words + (count == 1 ? "message" : "messages") + " of " + upper_case(peer);
}

// As it is to be typed for so many.
std::string command_for(uint64_t count, wire::Precedence precedence) {
  std::string command = "hotline ack --all";
  if (precedence != wire::Precedence::unset) {
    command += " --precedence " + precedence_name(static_cast<uint8_t>(precedence));
  }
  return command + " --confirm " + std::to_string(count);
}

int report(Invocation& invocation, const Done& done, const std::string& what) {
  Output& output = invocation.output;
  if (done.first_failure) {
    return output.fail(
        format_count(done.count) + " were acknowledged, " + format_count(done.failed) + " were not",
        *done.first_failure);
  }
  if (output.json()) {
    output.document(json_document().add("acknowledged", done.count));
  } else {
    output.line(what + " acknowledged, each by an ACKNOWLEDGEMENT of its own");
    output.talk("Acknowledgement is not agreement.");
  }
  return kExitDone;
}

}  // namespace

std::vector<OptionSpec> flood_options() {
  return {{"--all", "", "all that waits, taken as one; a supervisor only"},
          {"-p,--precedence", "LEVEL", "with --all: only these"},
          {"--confirm", "COUNT", "with --all: how many wait; without it they are counted"}};
}

Status check_flood_options(const Arguments& arguments) {
  if (arguments.has("--all") && (arguments.has("ID") || arguments.has("--read-back"))) {
    return make_error(ErrorCode::usage, "--all goes without ID and without --read-back");
  }
  for (const char* option : {"--precedence", "--confirm"}) {
    if (arguments.has(option) && !arguments.has("--all")) {
      return make_error(ErrorCode::usage, std::string(option) + " goes with --all only");
    }
  }
  if (!arguments.has("--all") && !arguments.has("ID")) {
    return make_error(ErrorCode::usage, "which message?", "hotline ack @flash");
  }
  return ok();
}

int acknowledge_all(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "nothing was acknowledged";
  auto precedence = wire::Precedence::unset;
  if (const auto typed = invocation.arguments.get("--precedence")) {
    const auto parsed = parse_precedence(*typed);
    if (!parsed) return output.fail("", parsed.error());
    precedence = *parsed;
  }
  const auto confirmed = invocation.arguments.number("--confirm", 0, 1);
  if (!confirmed) return output.fail("", confirmed.error());
  auto opened = invocation.connect();
  if (!opened) return output.fail(what, opened.error());
  Connection& connection = **opened;
  if (!is_supervisor(connection.server())) {
    return output.fail(what, make_error(ErrorCode::not_allowed,
                                        text(connection.server().person()) +
                                            " is no supervisor, who alone takes a flood as one",
                                        "ask a supervisor, or acknowledge one by one"));
  }
  const auto total = count_waiting(connection, precedence);
  if (!total) return output.fail(what, total.error());
  if (*total == 0) {
    return output.fail("", make_error(ErrorCode::not_found, "nothing waits for an acknowledgement",
                                      "hotline inbox"));
  }
  if (*total > *confirmed) {
    const bool counts_only = !invocation.arguments.has("--confirm");
    return output.fail(what, make_error(counts_only ? ErrorCode::usage : ErrorCode::refused,
                                        counted(*total, precedence, connection.peer()) + " " +
                                            (*total == 1 ? "waits" : "wait"),
                                        command_for(*total, precedence) +
                                            "    acknowledges them all, read or not"));
  }
  Progress progress(*invocation.around, output);
  const auto all = read_waiting(connection, precedence, *confirmed, progress);
  if (!all) return output.fail(what, all.error());
  Done done;
  const Status status = submit_all(connection, *all, invocation.now(), done, progress);
  progress.clear();
  if (!status) {
    return output.fail(format_count(done.count) + " of " + format_count(all->size()) +
                           " are known to be acknowledged",
                       Error{status.error().code, status.error().reason,
                             "hotline ack --all    says how many still wait"});
  }
  return report(invocation, done, counted(done.count, precedence, connection.peer()));
}

}  // namespace hotline::client
