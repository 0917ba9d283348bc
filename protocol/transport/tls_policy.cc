#include "protocol/transport/tls_policy.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>
#include <utility>

#include "certs/key_file.h"
#include "protocol/transport/tls_session.h"

namespace hotline {
namespace {

// Three names are enough for an accident-proof link; the rest of the list only widens what an
// attacker may choose from.
constexpr const char* kCiphersuites =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";

// A chain of ours is a few kilobytes; OpenSSL would read 100 KiB before it asks us anything.
constexpr long kCertificateListSizeMax = 32 * 1024;

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "no reason given";
}

bool set_policy(SSL_CTX* native, const char* protocol_name) {
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_early_data(native, 0);
  SSL_CTX_set_recv_max_early_data(native, 0);
  SSL_CTX_set_max_cert_list(native, kCertificateListSizeMax);
  SSL_CTX_set_mode(native, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_security_level(native, 2);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  install_session_callbacks(native, protocol_name);

  std::string protocols(1, static_cast<char>(std::char_traits<char>::length(protocol_name)));
  protocols += protocol_name;
  const ByteView wire = as_bytes(protocols);
  // SSL_CTX_set_alpn_protos alone returns 0 for success.
  return SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(native, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_num_tickets(native, 0) == 1 &&
         SSL_CTX_set_ciphersuites(native, kCiphersuites) == 1 &&
         SSL_CTX_set1_groups_list(native, kGroups) == 1 &&
         SSL_CTX_set_alpn_protos(native, wire.data(), static_cast<unsigned>(wire.size())) == 0;
}

Status use_own_certificate(SSL_CTX* native, const TlsSettings& settings) {
  auto chain = load_chain(settings.certificate_path);
  if (!chain) return chain.error();
  auto key = load_private_key(settings.key_path);
  if (!key) return key.error();
  X509* leaf = sk_X509_value(chain->get(), 0);
  if (Status matches = check_key_matches(key->get(), leaf); !matches) return matches.error();
  bool used =
      SSL_CTX_use_certificate(native, leaf) == 1 && SSL_CTX_use_PrivateKey(native, key->get()) == 1;
  for (int i = 1; i < sk_X509_num(chain->get()); ++i) {
    used = used && SSL_CTX_add1_chain_cert(native, sk_X509_value(chain->get(), i)) == 1;
  }
  if (used) return ok();
  return make_error(ErrorCode::configuration,
                    settings.certificate_path + ": cannot be used for TLS: " + openssl_reason(),
                    "hotline pki check");
}

const char* protocol_name_of(TlsUse use) {
  return use == TlsUse::peer_link ? "hotline/1" : "hotline-client/1";
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::create(TlsSettings settings) {
  ERR_clear_error();
  Native native(SSL_CTX_new(TLS_method()));
  if (!native || !set_policy(native.get(), protocol_name_of(settings.use))) {
    return make_error(ErrorCode::configuration,
                      "OpenSSL does not support the TLS this program demands: " + openssl_reason(),
                      "check the system's OpenSSL configuration (openssl version -d)");
  }
  if (Status own = use_own_certificate(native.get(), settings); !own) return own.error();
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(settings), std::move(native)));
}

TlsContext::TlsContext(TlsSettings settings, Native native)
    : settings_(std::move(settings)), native_(std::move(native)) {}

void TlsContext::FreeNative::operator()(ssl_ctx_st* native) const {
  SSL_CTX_free(native);
}

const char* TlsContext::protocol_name() const {
  return protocol_name_of(settings_.use);
}

Result<CheckedCertificate> TlsContext::check_peer(X509* leaf, STACK_OF(X509) * chain,
                                                  bool peer_is_server) const {
  const std::shared_ptr<const TrustAnchor> anchor = settings_.trust_anchor();
  if (!anchor) {
    return make_error(
        ErrorCode::not_allowed, "no trust anchor is loaded for " + settings_.expected_party,
        "load the CA certificate and the revocation list of " + settings_.expected_party);
  }
  const Purpose purpose = settings_.use == TlsUse::api_service ? Purpose::person : Purpose::tls;
  auto checked =
      check_certificate(leaf, chain, *anchor, purpose, peer_is_server, settings_.utc_now());
  if (!checked) return checked;
  // A purpose is certified either for a party or for a person, so the party is all there is to
  // compare.
  if (Status party = check_party(*checked, settings_.expected_party); !party) return party.error();
  if (!settings_.exercise) return checked;
  if (Status mode = check_mode(*checked, *settings_.exercise); !mode) return mode.error();
  return checked;
}

}  // namespace hotline
