#include "protocol/transport/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

// Where an SSL object keeps its TlsSession. Asio uses the application data slot, so ours is
// another.
int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

TlsSession* session_of(const SSL* native) {
  return static_cast<TlsSession*>(SSL_get_ex_data(native, session_index()));
}

// The verification code decides the alert, which is all that the other side's operator learns of
// why it was refused. It is found from the certificate, not from the words of the refusal.
int verification_code(const TlsContext& context, X509* leaf) {
  const std::shared_ptr<const TrustAnchor> anchor = context.settings().trust_anchor();
  if (anchor && anchor->is_revoked(leaf)) return X509_V_ERR_CERT_REVOKED;
  const auto says = read_certificate(leaf);
  const UtcMs now = context.settings().utc_now();
  if (says && (now < says->not_before || now > says->not_after)) return X509_V_ERR_CERT_HAS_EXPIRED;
  return X509_V_ERR_CERT_REJECTED;
}

struct ErrorQueueGuard {
  ErrorQueueGuard() { ERR_set_mark(); }
  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
};

// Replaces OpenSSL's chain verification altogether. Nothing may be thrown through C code.
int verify_certificate(X509_STORE_CTX* store, void*) noexcept {
  auto* native =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsSession* session = native != nullptr ? session_of(native) : nullptr;
  if (session == nullptr) return 0;
  // Errors that our checks leave in OpenSSL's queue would be taken for one of this session.
  const ErrorQueueGuard guard;
  try {
    X509* leaf = X509_STORE_CTX_get0_cert(store);
    auto checked = session->context->check_peer(leaf, X509_STORE_CTX_get0_untrusted(store),
                                                !session->we_are_server);
    if (checked) {
      session->peer = std::move(checked).value();
      X509_STORE_CTX_set_error(store, X509_V_OK);
      return 1;
    }
    session->refusal = checked.error();
    X509_STORE_CTX_set_error(store, verification_code(*session->context, leaf));
  } catch (const std::exception&) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
  }
  return 0;
}

void refuse_protocol(TlsSession* session, const char* what) noexcept {
  if (session == nullptr) return;
  try {
    session->refusal =
        make_error(ErrorCode::refused, std::string(what) + " " + session->context->protocol_name(),
                   "is this the right port? peers and clients have one each");
  } catch (const std::exception&) {
    session->refusal.reset();  // The alert goes out all the same.
  }
}

// Without the extension OpenSSL would not ask select_protocol at all, and the handshake would
// succeed.
int demand_protocol(SSL* native, int* alert, void*) noexcept {
  const unsigned char* extension = nullptr;
  size_t size = 0;
  if (SSL_client_hello_get0_ext(native, TLSEXT_TYPE_application_layer_protocol_negotiation,
                                &extension, &size) == 1) {
    return SSL_CLIENT_HELLO_SUCCESS;
  }
  refuse_protocol(session_of(native), "does not name the protocol");
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

int select_protocol(SSL* native, const unsigned char** selected, unsigned char* selected_size,
                    const unsigned char* offered, unsigned offered_size, void* name) noexcept {
  const auto* ours = static_cast<const char*>(name);
  const size_t ours_size = std::strlen(ours);
  for (unsigned at = 0; at < offered_size; at += 1u + offered[at]) {
    const size_t size = offered[at];
    if (at + 1 + size > offered_size) break;
    if (size == ours_size && std::memcmp(offered + at + 1, ours, size) == 0) {
      if (TlsSession* session = session_of(native)) session->said_hello = true;
      *selected = offered + at + 1;
      *selected_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  refuse_protocol(session_of(native), "offers other protocols, not");
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A read that meets nothing but KeyUpdates does not return, so they are counted here.
void count_message(int is_write, int, int content_type, const void*, size_t, SSL* native,
                   void*) noexcept {
  TlsSession* session = session_of(native);
  if (session == nullptr || is_write != 0 || content_type != SSL3_RT_HANDSHAKE) return;
  if (!session->established) return;
  if (++session->post_handshake_messages != limits::kPostHandshakeMessagesMax + 1) return;
  try {
    if (session->on_flood) session->on_flood();
  } catch (const std::exception&) {
    session->post_handshake_messages = 0;  // Posting failed for want of memory: try at the next.
  }
}

// The alert number if `error` is an alert that the other side sent.
std::optional<int> received_alert(const boost::system::error_code& error) {
  if (error.category() != boost::asio::error::get_ssl_category()) return std::nullopt;
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (reason < SSL_AD_REASON_OFFSET || reason > SSL_AD_REASON_OFFSET + 255) return std::nullopt;
  return reason - SSL_AD_REASON_OFFSET;
}

std::string describe_alert(int alert) {
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
      return "it refused our certificate: not good for this (its log says why)";
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
      return "it refused our certificate: of a kind it does not support";
    case SSL_AD_CERTIFICATE_REVOKED:
      return "it refused our certificate: revoked";
    case SSL_AD_CERTIFICATE_EXPIRED:
      return "it refused our certificate: expired or not yet valid (or its clock is wrong)";
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_ACCESS_DENIED:
      return "it refused our certificate (its log says why)";
    case SSL_AD_UNKNOWN_CA:
      return "it refused our certificate: not from the CA it trusts for us";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "it refused us because we showed no certificate";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return "it does not serve our protocol on this port";
    case SSL_AD_PROTOCOL_VERSION:
      return "it refused our version of TLS";
    default:
      return std::string("it ended TLS with the alert: ") + SSL_alert_desc_string_long(alert);
  }
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<const TlsContext> with_context, bool as_server)
    : context(std::move(with_context)), we_are_server(as_server) {}

SSL* TlsSession::create_native() {
  SSL* native = SSL_new(context->native());
  if (native == nullptr || SSL_set_ex_data(native, session_index(), this) != 1) {
    SSL_free(native);
    throw std::bad_alloc();
  }
  return native;
}

void install_session_callbacks(SSL_CTX* native, const char* protocol_name) {
  SSL_CTX_set_cert_verify_callback(native, verify_certificate, nullptr);
  SSL_CTX_set_client_hello_cb(native, demand_protocol, nullptr);
  SSL_CTX_set_alpn_select_cb(native, select_protocol, const_cast<char*>(protocol_name));
  SSL_CTX_set_msg_callback(native, count_message);
}

bool is_refusal_of_our_certificate(const boost::system::error_code& error) {
  switch (received_alert(error).value_or(-1)) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

std::string describe_stream_error(const boost::system::error_code& error) {
  namespace asio_error = boost::asio::error;
  if (const auto alert = received_alert(error)) return describe_alert(*alert);
  if (error == asio_error::eof) return "it closed the connection";
  if (error == boost::asio::ssl::error::stream_truncated) {
    return "the connection ended without a goodbye (cut on the way, or the other process ended)";
  }
  if (error == asio_error::connection_reset || error == asio_error::broken_pipe) {
    return "the connection was reset (cut on the way, or the other process ended)";
  }
  if (error == asio_error::timed_out) return "the other host no longer answers";
  if (error == asio_error::connection_refused) return "connection refused: nobody listens there";
  if (error == asio_error::network_unreachable || error == asio_error::host_unreachable) {
    return "no route to the host";
  }
  if (error.category() == asio_error::get_ssl_category()) {
    const char* reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    return std::string("TLS failed: ") + (reason != nullptr ? reason : error.message().c_str());
  }
  return error.message();
}

Error describe_handshake_failure(const TlsSession& session,
                                 const boost::system::error_code& error) {
  if (session.refusal) return *session.refusal;
  if (is_refusal_of_our_certificate(error)) {
    return make_error(ErrorCode::not_allowed, describe_stream_error(error), "hotline pki check");
  }
  if (error.category() == boost::asio::error::get_ssl_category()) {
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
      case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return make_error(ErrorCode::not_allowed, "showed no certificate");
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_NO_PROTOCOLS_AVAILABLE:
      case SSL_R_WRONG_SSL_VERSION:
        return make_error(ErrorCode::refused, "does not speak TLS 1.3, and nothing older is taken");
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_HTTPS_PROXY_REQUEST:
        return make_error(ErrorCode::malformed, "does not speak TLS");
      default:
        return make_error(ErrorCode::malformed, describe_stream_error(error));
    }
  }
  return make_error(ErrorCode::unreachable,
                    "during the TLS handshake: " + describe_stream_error(error));
}

}  // namespace hotline
