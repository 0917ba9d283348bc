// Rules for a TLS connection of ours, and for who may be at its other end.
//
// TLS 1.3 and nothing else; both sides show certificates; one protocol name (ALPN) for each use,
// demanded by both sides; no tickets, no resumption, no early data. certs/check.h alone decides
// whether a certificate is good, with the trust anchor of that moment, and whether it names whom we
// expect: a refusal happens inside the handshake, and its reason is kept for the journal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "certs/check.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace hotline {

enum class TlsUse {
  peer_link,    // Between two daemons; either side dials. The other end is the peer party's daemon.
  api_service,  // The daemon's client API. The other end is any person of the own party.
  api_person,   // A person's client. The other end is the daemon of the own party.
};

struct TlsSettings {
  TlsUse use = TlsUse::peer_link;
  std::string certificate_path;  // PEM: the own certificate first, then intermediates.
  std::string key_path;          // PEM; a file that others can read is refused.

  // peer_link: the peer's id. api_service and api_person: the own party's id.
  std::string expected_party;

  // Asked at every handshake, so that a revocation list loaded a moment ago counts at once. Called
  // on the thread that runs the links. Null means: nobody can be trusted now, refuse.
  std::function<std::shared_ptr<const TrustAnchor>()> trust_anchor;

  std::function<UtcMs()> utc_now;

  // A daemon's: its channel is an exercise, or live. Nothing: the other end's certificate is not
  // judged by it; the daemon that a person speaks to says itself which it is.
  std::optional<bool> exercise = {};
};

// The settings as OpenSSL wants them. Immutable, shared by all links of one use; keys are read
// once, at creation. A changed key or certificate file needs a new context; links that stand keep
// the old.
class TlsContext {
 public:
  // Errors: configuration, with the file that must be mended.
  static Result<std::shared_ptr<const TlsContext>> create(TlsSettings settings);

  const TlsSettings& settings() const { return settings_; }

  // "hotline/1" or "hotline-client/1".
  const char* protocol_name() const;

  // Judges a peer's certificate with the trust anchor and the time of this moment, and compares
  // whom it names with whom this context expects. `chain` may be null. Errors: what
  // check_certificate says, or not_allowed for a good certificate of somebody else.
  Result<CheckedCertificate> check_peer(X509* leaf, STACK_OF(X509) * chain,
                                        bool peer_is_server) const;

  ssl_ctx_st* native() const { return native_.get(); }

 private:
  struct FreeNative {
    void operator()(ssl_ctx_st* native) const;
  };
  using Native = std::unique_ptr<ssl_ctx_st, FreeNative>;

  TlsContext(TlsSettings settings, Native native);

  TlsSettings settings_;
  Native native_;
};

}  // namespace hotline
