// One TLS session of ours: the OpenSSL object with our checks wired to it, and what those checks
// found. Internal to the transport; the stream that carries the session is tls_stream.h.
#pragma once

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "protocol/base/result.h"
#include "protocol/transport/tls_policy.h"

namespace hotline {

// Filled in by OpenSSL's callbacks. OpenSSL holds a pointer to it: it outlives its SSL object.
struct TlsSession {
  TlsSession(std::shared_ptr<const TlsContext> with_context, bool as_server);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // A new OpenSSL object that reports to this session. The caller owns it.
  SSL* create_native();

  const std::shared_ptr<const TlsContext> context;
  const bool we_are_server;
  std::optional<CheckedCertificate> peer;  // Once its certificate was found good.
  std::optional<Error> refusal;            // Why we refused the other side, if we did.

  // As a server: its hello has come, and it wants our protocol.
  bool said_hello = false;

  // Handshake messages after the handshake (KeyUpdate and the like) are counted until a frame
  // arrives; above limits::kPostHandshakeMessagesMax on_flood is called, once.
  bool established = false;
  size_t post_handshake_messages = 0;
  std::function<void()> on_flood;
};

// Wires OpenSSL's callbacks of a context to the TlsSession of each connection.
void install_session_callbacks(SSL_CTX* native, const char* protocol_name);

// True if `error` is the other side's alert about our certificate: it refused us.
bool is_refusal_of_our_certificate(const boost::system::error_code& error);

// An error in words, seen from this side: "it refused our certificate: revoked".
std::string describe_stream_error(const boost::system::error_code& error);

// Why a handshake failed: our own refusal if there was one, else what the stream says.
Error describe_handshake_failure(const TlsSession& session, const boost::system::error_code& error);

}  // namespace hotline
