#include "client/show/link_caution.h"

#include "protocol/message/names.h"

namespace hotline::client {

std::optional<MissingLink> missing_link(Connection& connection) {
  const auto status = connection.status();
  if (!status || (*status)->link() == wire::LinkState::up) return std::nullopt;
  return MissingLink{(*status)->link_since()};
}

void say_announced_unknown(Output& output, const Connection& connection,
                           const std::optional<MissingLink>& missing) {
  if (!missing) return;
  const std::string peer = upper_case(connection.peer());
  if (missing->since == 0) {
    output.talk("Caution: there has been no link yet. What " + peer +
                    " announced meanwhile is not known here.",
                Style::yellow);
  } else {
    output.talk("Caution: the link is down since " + format_date_time_group(missing->since) +
                    ". What " + peer + " announced since is not known here.",
                Style::yellow);
  }
}

JsonValue& add_missing_link(JsonValue& document, const std::optional<MissingLink>& missing) {
  const bool is_known = missing && missing->since != 0;
  return document.add("link_down", missing.has_value())
      .add("link_down_since", is_known ? json_time(missing->since) : JsonValue());
}

}  // namespace hotline::client
