// Announcements that the other side made since the link went are not known here: whoever judges by
// what is announced must hear it.
#pragma once

#include <optional>

#include "client/connect/connection.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

struct MissingLink {
  UtcMs since = 0;  // 0: there has been none since the daemon started.
};

// Nothing where there is a link, or where the daemon does not say.
std::optional<MissingLink> missing_link(Connection& connection);

void say_announced_unknown(Output& output, const Connection& connection,
                           const std::optional<MissingLink>& missing);
// "link_down", and "link_down_since" where that is known.
JsonValue& add_missing_link(JsonValue& document, const std::optional<MissingLink>& missing);

}  // namespace hotline::client
