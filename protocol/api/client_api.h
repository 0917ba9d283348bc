// The client API beside its schema (protocol/api/client.fbs): both ends must agree on this too.
//
// A connection carries frames (protocol/base/frame.h), each one Request or one Response, opened
// with protocol/base/strict_flatbuffer.h under these identifiers. The first request is ClientHello
// and is answered by ServerHello. Every response bears the id of the request it answers; Watch is
// answered any number of times, everything else once. An error is the response Failure; one that
// bears the id kNoRequest says why the connection ends. A client that does not say hello in
// limits::kClientHelloDeadline_ms is cut off.
#pragma once

#include <cstdint>

namespace hotline::client_api {

inline constexpr uint16_t kVersion = 2;  // 2: persons sign.
inline constexpr uint32_t kNoRequest = 0;
inline constexpr const char* kRequestIdentifier = "HLRQ";
inline constexpr const char* kResponseIdentifier = "HLRS";

}  // namespace hotline::client_api
