#include "client/compose/message_name.h"

#include "protocol/base/limits.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"

namespace hotline::client {
namespace {

constexpr int kPagesMax = 10;  // So far back something to be answered is looked for.

Error nothing_there(const std::string& reason) {
  return make_error(ErrorCode::not_found, "@last: " + reason, "hotline list");
}

bool is_answerable(const wire::MessageRow& row) {
  return kind_of(row.type()).waits_for_acknowledgement();
}

// The first that is wanted of a list by age.
Result<std::string> newest(Connection& connection, NameUse use) {
  const bool any = use == NameUse::any;
  ListWish wish{.box = any ? wire::Box::all : wire::Box::incoming, .limit = any ? 1u : 100u};
  for (int page = 0; page < kPagesMax; ++page) {
    auto reply = connection.list(wish);
    if (!reply) return reply.error();
    const wire::Rows& rows = *reply->as<wire::Rows>();
    if (rows.rows() == nullptr || rows.rows()->size() == 0) break;
    for (const wire::MessageRow* row : *rows.rows()) {
      if (any || is_answerable(*row)) return text(row->id());
    }
    if (!rows.more()) break;
    wish.before_journal_index = rows.rows()->Get(rows.rows()->size() - 1)->journal_index();
    wish.limit = limits::kListRowsMax;
  }
  return nothing_there(any ? "there is no message yet"
                           : upper_case(connection.peer()) + " has sent nothing to be answered");
}

// The list of what waits is ordered by precedence, so all of it is looked at.
Result<std::string> newest_waiting(Connection& connection) {
  std::string id;
  uint64_t newest = 0;
  for (ListWish wish{.box = wire::Box::waiting_in};;) {
    auto reply = connection.list(wish);
    if (!reply) return reply.error();
    const wire::Rows& rows = *reply->as<wire::Rows>();
    const bool none = rows.rows() == nullptr || rows.rows()->size() == 0;
    for (size_t i = 0; !none && i < rows.rows()->size(); ++i) {
      const wire::MessageRow& row = *rows.rows()->Get(static_cast<flatbuffers::uoffset_t>(i));
      if (!id.empty() && row.journal_index() <= newest) continue;
      newest = row.journal_index();
      id = text(row.id());
    }
    if (none || !rows.more()) break;
    wish.after = text(rows.next());
  }
  if (!id.empty()) return id;
  return nothing_there("no message of " + upper_case(connection.peer()) +
                       " waits for an acknowledgement");
}

Result<std::string> oldest_waiting_flash(Connection& connection) {
  auto reply = connection.list(
      {.box = wire::Box::waiting_in, .limit = 1, .precedence = wire::Precedence::flash});
  if (!reply) return reply.error();
  const auto* rows = reply->as<wire::Rows>()->rows();
  if (rows == nullptr || rows->size() == 0) {
    return make_error(ErrorCode::not_found, "@flash: no FLASH waits for an acknowledgement",
                      "hotline inbox");
  }
  return text(rows->Get(0)->id());
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

}  // namespace hotline::client
