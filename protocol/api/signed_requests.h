// Requests by which a person does something that their party's journal keeps. Over TLS each is
// signed with the key of the person's certificate (protocol/message/statement.h), and the daemon
// takes none without. Over the socket of the daemon's own machine the kernel names the person, and
// nothing is signed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/api/client_generated.h"
#include "protocol/base/result.h"
#include "protocol/message/statement.h"

namespace hotline::client_api {

// The statement of a person who asks so; nothing for requests that keep nothing. `body`: the table
// of this type, which fits its schema.
std::optional<std::string> statement_of(const Addressed& addressed, wire::RequestBody type,
                                        const void* body);

// Signs a statement; empty where nothing is signed.
using Sign = std::function<Result<Bytes>(std::string_view statement)>;

// Completes a request, with its signature where it has one. `body`: built in `builder`, and last.
Status finish_request(flatbuffers::FlatBufferBuilder& builder, uint32_t id, wire::RequestBody type,
                      flatbuffers::Offset<void> body, const Addressed& addressed, const Sign& sign);

}  // namespace hotline::client_api
