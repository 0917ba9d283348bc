// The keys of a channel, read from the files that the configuration names and checked for their
// purpose: the own signers, and who verifies each party's notes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "certs/check.h"
#include "daemon/process/config.h"
#include "protocol/channel/core.h"

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
  // Refuses certificates that are certified for something else or for the other mode, that name
  // somebody else or that are revoked, keys that others can read, and development certificates
  // unless `allow_dev_pki`. Does not refuse what has expired, or does not hold yet: a signature
  // counts by its place, and messages and receipts go on; see check_times(). Error: configuration,
  // with the file.
  //
  // A revocation list that is gone, or older than the one kept beside the store, is not taken: the
  // kept one stays in force, and list_problems() says so.
  static Result<std::unique_ptr<ChannelKeys>> load(const Config& config, bool allow_dev_pki);

  // Everything but policy and version. Borrows from this.
  CoreConfig core_config(const Config& config) const;

  std::shared_ptr<const TrustAnchor> own_anchor() const { return own_anchor_; }
  std::shared_ptr<const TrustAnchor> peer_anchor() const { return peer_anchor_; }
  bool dev_pki() const { return dev_pki_; }

  // The six certificates that say whose the signatures of this channel are.
  const std::vector<SigningCertificate>& signing_certificates() const { return certificates_; }

  // Those of every certificate that the configuration names, the CAs' too.
  const std::vector<Validity>& validities() const { return validities_; }

  // Error: configuration, for the first that does not hold now.
  Status check_times(UtcMs now) const;

  // Which lists were not taken, and why, since this was asked last: to be alarmed.
  std::vector<std::string> list_problems();
  // Loads the revocation lists again. Where one is refused the old one stays in force. True: all
  // were taken.
  bool reload_lists(const Config& config);
  // Keeps copies beside the store of those in force. The store is open, so that this is its only
  // daemon.
  void keep_lists(const Config& config);

 private:
  struct Key {
    std::unique_ptr<Ed25519Signer> signer;  // Null for the peer's.
    std::unique_ptr<Ed25519Verifier> verifier;
    Bytes public_key;
  };
  // Judged for when it began to hold; that it holds no more is alarmed (ExpiryWatch). `others` came
  // with it and may lead to the anchor.
  Result<CheckedCertificate> check(const std::string& path, X509* certificate,
                                   const STACK_OF(X509) * others, const TrustAnchor& anchor,
                                   Purpose purpose, const std::string& party);
  Status check_tls(const CertificateFiles& files, const std::string& party);
  Result<Key> load_key(const std::string& certificate_path, const std::string& key_path,
                       const TrustAnchor& anchor, Purpose purpose, const std::string& party);
  Result<std::shared_ptr<TrustAnchor>> load_anchor(const std::string& party, const std::string& ca,
                                                   const std::string& crl,
                                                   const std::string& kept_crl);

  std::shared_ptr<TrustAnchor> own_anchor_;
  std::shared_ptr<TrustAnchor> peer_anchor_;
  Key log_, receipt_, witness_;
  Key peer_log_, peer_receipt_, peer_witness_;
  std::vector<SigningCertificate> certificates_;
  std::vector<Validity> validities_;
  std::vector<std::string> list_problems_;
  bool dev_pki_ = false;
  bool exercise_ = false;
};

}  // namespace hotline
