// What both ends of the client API must agree on besides the schema (protocol/schema/client.fbs).
//
// A connection carries frames (protocol/frame.h), each one Request or one Response, opened with
// protocol/strict_flatbuffer.h under these identifiers. The first request is ClientHello and is
// answered by ServerHello. Every response bears the id of the request it answers; Watch is answered
// any number of times, everything else once. An error is the response Failure; one that bears the
// id kNoRequest says why the connection ends. Who does not say hello in
// limits::kClientHelloDeadline_ms is cut off.
#pragma once

#include <cstdint>

namespace hotline::client_api {

inline constexpr uint16_t kVersion = 1;
inline constexpr uint32_t kNoRequest = 0;
inline constexpr const char* kRequestIdentifier = "HLRQ";
inline constexpr const char* kResponseIdentifier = "HLRS";
// Of the buffer inside Submit, whose exact bytes are what a counter is bound to.
inline constexpr const char* kDraftIdentifier = "HLDR";

}  // namespace hotline::client_api
