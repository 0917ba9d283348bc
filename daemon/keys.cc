#include "daemon/keys.h"

#include "certs/certificate_fields.h"
#include "certs/key_file.h"

namespace hotline {
namespace {

Error in_file(const std::string& path, const Error& error) {
  // Of what cannot be opened or read the reason has the path already.
  const bool named = error.reason.starts_with(path + ":");
  return make_error(ErrorCode::configuration, named ? error.reason : path + ": " + error.reason,
                    error.hint);
}

Result<std::shared_ptr<TrustAnchor>> load_anchor(const std::string& ca, const std::string& crl) {
  auto anchor = TrustAnchor::load(ca, crl);
  if (!anchor) return in_file(ca, anchor.error());
  return std::make_shared<TrustAnchor>(*std::move(anchor));
}

}  // namespace

Result<std::unique_ptr<ChannelKeys>> ChannelKeys::load(const Config& config, UtcMs now,
                                                       bool allow_dev_pki) {
  auto keys = std::make_unique<ChannelKeys>();
  auto own_anchor = load_anchor(config.ca, config.crl);
  if (!own_anchor) return own_anchor.error();
  keys->own_anchor_ = *own_anchor;
  auto peer_anchor = load_anchor(config.peer_ca, config.peer_crl);
  if (!peer_anchor) return peer_anchor.error();
  keys->peer_anchor_ = *peer_anchor;

  struct Wanted {
    Key* key;
    std::string certificate;
    std::string private_key;
    Purpose purpose;
    bool own;
  };
  const Wanted wanted[] = {
      {&keys->log_, config.log.certificate, config.log.key, Purpose::log, true},
      {&keys->receipt_, config.receipt.certificate, config.receipt.key, Purpose::receipt, true},
      {&keys->witness_, config.witness.certificate, config.witness.key, Purpose::witness, true},
      {&keys->peer_log_, config.peer_log_certificate, "", Purpose::log, false},
      {&keys->peer_receipt_, config.peer_receipt_certificate, "", Purpose::receipt, false},
      {&keys->peer_witness_, config.peer_witness_certificate, "", Purpose::witness, false},
  };
  for (const Wanted& one : wanted) {
    auto key =
        keys->load_key(one.certificate, one.private_key, one.own ? **own_anchor : **peer_anchor,
                       one.purpose, one.own ? config.party : config.peer, now);
    if (!key) return in_file(one.certificate, key.error());
    *one.key = *std::move(key);
  }
  for (const auto& [party, anchor] :
       {std::pair{config.party, *own_anchor}, {config.peer, *peer_anchor}}) {
    auto fields = read_certificate_fields(anchor->certificate());
    if (fields)
      keys->validities_.push_back(
          {party + "'s CA certificate", fields->not_before, fields->not_after});
  }
  auto tls = load_certificate(config.tls.certificate);
  if (!tls) return in_file(config.tls.certificate, tls.error());
  auto fields = read_certificate_fields(tls->get());
  if (!fields) return in_file(config.tls.certificate, fields.error());
  keys->validities_.push_back(
      {config.party + "'s tls certificate", fields->not_before, fields->not_after});
  if (keys->dev_pki_ && !allow_dev_pki) {
    return make_error(ErrorCode::configuration, "these are development certificates (DEV ONLY)",
                      "use the party's own CA, or start with --allow-dev-pki to try things out");
  }
  return keys;
}

Result<ChannelKeys::Key> ChannelKeys::load_key(const std::string& certificate_path,
                                               const std::string& key_path,
                                               const TrustAnchor& anchor, Purpose purpose,
                                               const std::string& party, UtcMs now) {
  auto certificate = load_certificate(certificate_path);
  if (!certificate) return certificate.error();
  auto checked = check_certificate(certificate->get(), nullptr, anchor, purpose, false, now);
  if (!checked) return checked.error();
  if (auto ours = check_party(*checked, party); !ours) return ours.error();
  dev_pki_ = dev_pki_ || checked->dev_only;
  validities_.push_back({party + "'s " + purpose_name(purpose) + " certificate",
                         checked->not_before, checked->not_after});
  certificates_.push_back(
      {party + "-" + purpose_name(purpose), certificate_der(certificate->get())});
  Key key;
  key.public_key = checked->public_key;
  auto verifier = Ed25519Verifier::create(key.public_key);
  if (!verifier) return verifier.error();
  key.verifier = std::make_unique<Ed25519Verifier>(*std::move(verifier));
  if (key_path.empty()) return key;

  auto private_key = load_private_key(key_path);
  if (!private_key) return private_key.error();
  if (auto matches = check_key_matches(private_key->get(), certificate->get()); !matches)
    return matches.error();
  auto seed = ed25519_seed(private_key->get());
  if (!seed) return seed.error();
  auto signer = Ed25519Signer::create(*seed);
  if (!signer) return signer.error();
  key.signer = std::make_unique<Ed25519Signer>(*std::move(signer));
  return key;
}

CoreConfig ChannelKeys::core_config(const Config& config) const {
  CoreConfig core;
  core.party = config.party;
  core.peer = config.peer;
  core.prefix = config.prefix;
  core.peer_prefix = config.peer_prefix;
  core.channel = {config.channel, config.exercise};
  auto named = [&](const std::string& party, const Key& log, const Key& receipt,
                   const Key& witness) {
    return PartyKeys{
        {log_key_name(core.channel, party), kNoteTypeEd25519, log.public_key},
        {receipt_key_name(core.channel, party), kNoteTypeCosignatureV1, receipt.public_key},
        {witness_key_name(core.channel, party), kNoteTypeCosignatureV1, witness.public_key},
        log.verifier.get(),
        receipt.verifier.get(),
        witness.verifier.get()};
  };
  core.own_keys = named(config.party, log_, receipt_, witness_);
  core.peer_keys = named(config.peer, peer_log_, peer_receipt_, peer_witness_);
  core.log_signer = log_.signer.get();
  core.receipt_signer = receipt_.signer.get();
  core.witness_signer = witness_.signer.get();
  core.policy = config.policy;
  return core;
}

Status ChannelKeys::reload_lists(const Config& config) {
  Status outcome = ok();
  for (auto [anchor, path] :
       {std::pair{&own_anchor_, &config.crl}, {&peer_anchor_, &config.peer_crl}}) {
    if (path->empty()) continue;
    if (Status status = (*anchor)->reload_crl(*path); !status)
      outcome = in_file(*path, status.error());
  }
  return outcome;
}

}  // namespace hotline
