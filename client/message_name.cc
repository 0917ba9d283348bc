#include "client/message_name.h"

#include "client/names.h"
#include "protocol/serial.h"

namespace hotline::client {
namespace {

Result<std::string> newest(Connection& connection, NameUse use) {
  const auto box = use == NameUse::incoming ? wire::Box::incoming : wire::Box::all;
  auto reply = connection.list(box, 1);
  if (!reply) return reply.error();
  const auto* rows = reply->as<wire::Rows>()->rows();
  if (rows == nullptr || rows->size() == 0) {
    return make_error(ErrorCode::not_found,
                      use == NameUse::incoming
                          ? "@last: " + upper_case(connection.peer()) + " has sent nothing yet"
                          : "@last: there is no message yet");
  }
  return text(rows->Get(0)->id());
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
  if (use == NameUse::incoming && serial->prefix != peer) {
    return make_error(ErrorCode::usage, format_serial(*serial) + " is our own message",
                      "those of " + upper_case(connection.peer()) + " begin with " + peer + "-");
  }
  return place ? format_place(serial->prefix, serial->number) : format_serial(*serial);
}

}  // namespace hotline::client
