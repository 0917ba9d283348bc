#include "client/compose/referred_message.h"

#include "client/show/message_choice.h"
#include "client/show/message_row.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr int kRowsMax = 9'100;  // So far back something to be answered is looked for.

Error nothing_there(const std::string& reason) {
  return make_error(ErrorCode::not_found, "@last: " + reason, "hotline list");
}

bool is_answerable(const wire::MessageRow& row) {
  return kind_of(row.type()).waits_for_acknowledgement();
}

// The first that is wanted of a list by age.
Result<std::string> newest(Connection& connection, NameUse use) {
  const bool any = use == NameUse::any;
  const ListWish wish{.box = any ? wire::Box::all : wire::Box::incoming, .limit = any ? 1u : 100u};
  std::string id;
  int looked_at = 0;
  const Status status = connection.list_each(wish, [&](const wire::MessageRow& row) {
    if (any || is_answerable(row)) id = text(row.id());
    return id.empty() && ++looked_at < kRowsMax;
  });
  if (!status) return status.error();
  if (!id.empty()) return id;
  return nothing_there(any ? "there is no message yet"
                           : upper_case(connection.peer()) + " has sent nothing to be answered");
}

// The list of what waits is ordered by precedence, so all of it is looked at.
Result<std::string> newest_waiting(Connection& connection) {
  std::string id;
  uint64_t newest = 0;
  const Status status =
      connection.list_each({.box = wire::Box::waiting_in}, [&](const wire::MessageRow& row) {
        if (id.empty() || row.journal_index() > newest) {
          newest = row.journal_index();
          id = text(row.id());
        }
        return true;
      });
  if (!status) return status.error();
  if (!id.empty()) return id;
  return nothing_there("no message of " + upper_case(connection.peer()) +
                       " waits for an acknowledgement");
}

Result<std::string> oldest_waiting_flash(Connection& connection) {
  auto reply = connection.list(
      {.box = wire::Box::waiting_in, .limit = 1, .precedence = wire::Precedence::flash});
  if (!reply) return reply.error();
  const auto rows = tables((*reply)->rows());
  if (rows.empty()) {
    return make_error(ErrorCode::not_found, "@flash: no FLASH waits for an acknowledgement",
                      "hotline inbox");
  }
  return text(rows.front()->id());
}

}  // namespace

Result<std::string> resolve_name(Connection& connection, const std::string& typed, NameUse use) {
  if (typed == "@last" && use == NameUse::to_acknowledge) return newest_waiting(connection);
  if (typed == "@last") return newest(connection, use);
  if (typed == "@flash") return oldest_waiting_flash(connection);
  const auto place = parse_place(upper_case(typed));
  const auto serial = place ? place : parse_serial(upper_case(typed));
  if (!serial) {
    return make_error(ErrorCode::usage, "\"" + typed + "\" is no name of a message",
                      "N-000123, N-123, @last, or @flash (the oldest FLASH that waits)");
  }
  const std::string own = text(connection.server().prefix());
  const std::string peer = text(connection.server().peer_prefix());
  if (serial->prefix != own && serial->prefix != peer) {
    return make_error(ErrorCode::not_found,
                      "no message of this channel begins with " + serial->prefix + "-",
                      own + "- is " + upper_case(connection.party()) + ", " + peer + "- is " +
                          upper_case(connection.peer()));
  }
  if (use != NameUse::any && serial->prefix != peer) {
    return make_error(ErrorCode::usage, format_serial(*serial) + " is our own message",
                      "those of " + upper_case(connection.peer()) + " begin with " + peer + "-");
  }
  return place ? format_place(serial->prefix, serial->number) : format_serial(*serial);
}

Result<std::string> resolve_thread(Connection& connection, const std::string& typed) {
  const std::string upper = upper_case(typed);
  if (!typed.starts_with('@') && !parse_place(upper) && !parse_serial(upper)) return typed;
  const auto id = resolve_name(connection, typed, NameUse::any);
  if (!id) return id;
  const auto detail = connection.show(*id);
  if (!detail) return detail.error();
  const auto envelope = open_envelope(bytes((*detail)->envelope()));
  const std::string thread = envelope ? text((*envelope)->incident()) : "";
  return thread.empty() ? text((*detail)->row()->id()) : thread;
}

Result<std::string> resolve_thread_to_join(Connection& connection, const std::string& typed,
                                           bool meant, const std::string& before) {
  auto thread = resolve_thread(connection, typed);
  const bool is_word = thread && *thread == typed && !parse_written_serial(typed);
  if (meant || !is_word || !connection.may(Right::look)) return thread;
  const auto rows = connection.list({.limit = 1, .incident = typed, .impatient = true});
  const std::string near = rows ? text((*rows)->near_thread()) : "";
  if (near.empty()) return thread;
  return make_error(ErrorCode::refused,
                    "no message belongs to the thread " + typed + " yet, and there is " + near,
                    before + as_typed(near) + "    or --new-thread, if it is another one");
}

OptionSpec new_thread_option() {
  return {.names = "--new-thread",
          .value = "",
          .help = "the word of --incident is a new one, though it is nearly another",
          .only_with = {"--incident"}};
}

Result<ReferredMessage> ReferredMessage::find(Connection& connection, const std::string& typed,
                                              NameUse use) {
  const auto id = resolve_name(connection, typed, use);
  if (!id) return id.error();
  auto detail = connection.show(*id);
  if (!detail) return detail.error();
  return ReferredMessage(*std::move(detail));
}

std::string ReferredMessage::spoken_of() const {
  const auto envelope = open_envelope(bytes(detail_->envelope()));
  const auto* references = envelope ? (*envelope)->references() : nullptr;
  if (references == nullptr || references->size() == 0) return "";
  return text(references->Get(0)->id());
}

std::string ReferredMessage::heading(const Output& output) const {
  return heading_of(output, row()) + "  " + printable_line(text(row().subject()));
}

void ReferredMessage::say_heading(Output& output) const {
  output.quote(heading(output));
  if (!detail_->cancelled()) return;
  output.talk("  CANCELLED by " + printable_line(text(detail_->cancelled_by())) + ": " +
                  printable_line(text(detail_->cancelled_because())),
              Style::red);
}

}  // namespace hotline::client
