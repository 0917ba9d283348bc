#include "client/compose/flood.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "client/show/progress.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

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

struct Counted {
  uint64_t all = 0;    // Those of the precedence that was asked for.
  uint64_t flash = 0;  // The FLASH, whatever was asked for.
};

Result<Counted> count_waiting(Connection& connection, wire::Precedence precedence) {
  auto reply =
      connection.list({.box = wire::Box::waiting_in, .limit = 1, .precedence = precedence});
  if (!reply) return reply.error();
  const wire::Rows& rows = **reply;
  return Counted{rows.total(), rows.waiting_flash()};
}

// A person confirms messages that were counted, and none that came later: no FLASH that nobody has
// seen is among them, however many others were acknowledged meanwhile.
struct Confirmed {
  uint64_t count = 0;         // So many waited,
  uint64_t journal_size = 0;  // in a journal of this size.
};

std::optional<uint64_t> parse_number(std::string_view digits) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<Confirmed> parse_confirmed(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto count = parse_number(text.substr(0, at));
  const auto journal_size = parse_number(text.substr(at + 1));
  if (!count || *count == 0 || !journal_size) return std::nullopt;
  return Confirmed{*count, *journal_size};
}

// Those of them that still wait, page by page. Whoever confirmed fewer than there are gets more
// than that.
Result<std::vector<Waiting>> read_waiting(Connection& connection, wire::Precedence precedence,
                                          const Confirmed& confirmed, const Output& output,
                                          Progress& progress) {
  std::vector<Waiting> all;
  const Status status = connection.list_each(
      {.box = wire::Box::waiting_in, .precedence = precedence}, [&](const wire::MessageRow& row) {
        if (row.journal_index() < confirmed.journal_size) all.push_back(waiting_of(row));
        progress.show(
            output.words("reading " + format_count(confirmed.count)),
            static_cast<unsigned>(std::min<size_t>(all.size() * 100 / confirmed.count, 100)));
        return all.size() <= confirmed.count;
      });
  if (!status) return status.error();
  return all;
}

struct Done {
  uint64_t count = 0;
  uint64_t failed = 0;
  std::optional<Error> first_failure;
};

Status submit_all(Connection& connection, const std::vector<Waiting>& all, UtcMs now,
                  Output& output, Done& done, Progress& progress) {
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
        output.set_acknowledged(done.count);
        if (!submission && !done.first_failure) done.first_failure = submission.error();
        const uint64_t so_far = done.count + done.failed;
        progress.show(output.words("acknowledging " + format_count(all.size())),
                      static_cast<unsigned>(so_far * 100 / all.size()));
        // A full disk, or a role that was taken away, refuses all the others as well.
        return done.count != 0 || done.failed < 16;
      });
}

constexpr const char* kCountHint = "hotline ack --all    counts what waits";

// "FLASH ", or nothing where it is not one alone.
std::string level_words(wire::Precedence precedence) {
  const bool any = precedence == wire::Precedence::unset;
  return any ? "" : precedence_label(static_cast<uint8_t>(precedence)) + " ";
}

// "1,050 FLASH messages of SOUTH"
std::string counted(uint64_t count, wire::Precedence precedence, const std::string& peer) {
  return format_count(count) + " " + level_words(precedence) +
         (count == 1 ? "message of " : "messages of ") + upper_case(peer);
}

// "1,050 messages of SOUTH wait, 3 of them FLASH"
std::string waiting_words(const Counted& waiting, wire::Precedence precedence,
                          const std::string& peer) {
  std::string words = format_count(waiting.all) + " " + level_words(precedence) +
                      (waiting.all == 1 ? "message of " + upper_case(peer) + " waits"
                                        : "messages of " + upper_case(peer) + " wait");
  if (precedence == wire::Precedence::unset) {
    words += waiting.flash == 0 ? ", none of them FLASH"
                                : ", " + format_count(waiting.flash) + " of them FLASH";
  }
  return words;
}

// As it is to be typed for these.
std::string command_for(const Confirmed& counted, wire::Precedence precedence) {
  std::string command = "hotline ack --all";
  if (precedence != wire::Precedence::unset) {
    command += " --precedence " + precedence_label(static_cast<uint8_t>(precedence));
  }
  return command + " --confirm " + std::to_string(counted.count) + "@" +
         std::to_string(counted.journal_size);
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
    output.say(what + " acknowledged, each by an ACKNOWLEDGEMENT of its own");
    output.talk("Acknowledgement is not agreement.");
  }
  return kExitDone;
}

}  // namespace

DraftFields acknowledgement_draft(const std::string& id, wire::Precedence precedence,
                                  const EventPoint& understood, wire::Role role, UtcMs at) {
  AcknowledgementFields acknowledgement;
  acknowledgement.role = role;
  acknowledgement.at = at;
  acknowledgement.position = understood.position;
  acknowledgement.event_at = understood.at;
  BodyFields body;
  body.subject = "Acknowledgement of " + id;
  body.content = acknowledgement;
  DraftFields draft;
  draft.precedence = precedence;
  draft.language = "en";
  draft.references = {id};
  draft.body = std::move(body);
  return draft;
}

std::vector<OptionSpec> flood_options() {
  return {{.names = "--all",
           .value = "",
           .help = "all that waits, taken as one; a supervisor only",
           .never_with = {"ID", "--read-back", "--as-understood", "--wait"}},
          {.names = "-p,--precedence",
           .value = "LEVEL",
           .help = "with --all: only these",
           .only_with = {"--all"}},
          {.names = "--confirm",
           .value = "COUNT@PLACE",
           .help = "with --all: those that were counted, and none that came later; without it they "
                   "are counted",
           .only_with = {"--all"}}};
}

Status check_flood_options(const Arguments& arguments) {
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
    precedence = need(parse_precedence(*typed));
  }
  const std::string typed_confirmation = invocation.arguments.get("--confirm").value_or("");
  const auto confirmed = parse_confirmed(typed_confirmation);
  if (!confirmed && invocation.arguments.has("--confirm")) {
    return output.fail(
        "", make_error(ErrorCode::usage,
                       "--confirm takes the words that this command gives without it", kCountHint));
  }
  const auto opened = need(invocation.connect(), what);
  Connection& connection = *opened;
  if (!connection.may(Right::take_flood)) {
    return output.fail(what, make_error(ErrorCode::not_allowed,
                                        text(connection.server().person()) +
                                            " is no supervisor, who alone takes a flood as one",
                                        "ask a supervisor, or acknowledge one by one"));
  }
  const auto waiting = need(count_waiting(connection, precedence), what);
  if (waiting.all == 0) {
    return output.fail("", make_error(ErrorCode::not_found, "nothing waits for an acknowledgement",
                                      "hotline inbox"));
  }
  if (!confirmed) {
    const Confirmed now{waiting.all, connection.server().journal_size()};
    return output.fail(
        what, make_error(ErrorCode::usage, waiting_words(waiting, precedence, connection.peer()),
                         command_for(now, precedence) + "    acknowledges them all, read or not"));
  }
  Progress progress(*invocation.around, output);
  const auto all = need(read_waiting(connection, precedence, *confirmed, output, progress), what);
  if (all.size() > confirmed->count) {
    return output.fail(what, make_error(ErrorCode::refused, "more than these wait", kCountHint));
  }
  if (all.empty()) {
    return output.fail(
        "", make_error(ErrorCode::not_found, "none of those that were counted waits any more",
                       kCountHint));
  }
  Done done;
  output.set_acknowledged(0);
  const Status status = submit_all(connection, all, connection.by_daemons_clock(invocation.now()),
                                   output, done, progress);
  progress.clear();
  if (!status) {
    return output.fail(format_count(done.count) + " of " + format_count(all.size()) +
                           " are known to be acknowledged",
                       Error{status.error().code, status.error().reason,
                             "hotline ack --all    says how many still wait"});
  }
  return report(invocation, done, counted(done.count, precedence, connection.peer()));
}

}  // namespace hotline::client
