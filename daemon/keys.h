// The keys of a channel, read from the files that the configuration names and checked for their
// purpose: the own signers, and who verifies each party's notes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "certs/check.h"
#include "daemon/config.h"
#include "protocol/core.h"

namespace hotline {

// A certificate as it goes with an export.
struct SigningCertificate {
  std::string name;  // PARTY-PURPOSE
  Bytes der;
};

// When a certificate holds; `name` in words.
struct Validity {
  std::string name;
  UtcMs not_before = 0;
  UtcMs not_after = 0;
};

class ChannelKeys {
 public:
  // Refuses certificates that do not hold now, that are certified for something else, or that name
  // somebody else, keys that others can read, and development certificates unless `allow_dev_pki`.
  // Error: configuration, with the file.
  static Result<std::unique_ptr<ChannelKeys>> load(const Config& config, UtcMs now,
                                                   bool allow_dev_pki);

  // Everything but policy and version. Borrows from this.
  CoreConfig core_config(const Config& config) const;

  std::shared_ptr<const TrustAnchor> own_anchor() const { return own_anchor_; }
  std::shared_ptr<const TrustAnchor> peer_anchor() const { return peer_anchor_; }
  bool dev_pki() const { return dev_pki_; }

  // The six certificates that say whose the signatures of this channel are.
  const std::vector<SigningCertificate>& signing_certificates() const { return certificates_; }

  // Of every certificate that the configuration names, the CAs' too.
  const std::vector<Validity>& validities() const { return validities_; }

  // Loads the revocation lists again. Where one is refused the old one stays in force.
  Status reload_lists(const Config& config);

 private:
  struct Key {
    std::unique_ptr<Ed25519Signer> signer;  // Null for the peer's.
    std::unique_ptr<Ed25519Verifier> verifier;
    Bytes public_key;
  };
  Result<Key> load_key(const std::string& certificate_path, const std::string& key_path,
                       const TrustAnchor& anchor, Purpose purpose, const std::string& party,
                       UtcMs now);

  std::shared_ptr<TrustAnchor> own_anchor_;
  std::shared_ptr<TrustAnchor> peer_anchor_;
  Key log_, receipt_, witness_;
  Key peer_log_, peer_receipt_, peer_witness_;
  std::vector<SigningCertificate> certificates_;
  std::vector<Validity> validities_;
  bool dev_pki_ = false;
};

}  // namespace hotline
