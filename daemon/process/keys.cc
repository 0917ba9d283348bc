#include "daemon/process/keys.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "certs/certificate_fields.h"
#include "certs/key_file.h"
#include "daemon/process/kept_list.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

// Names a file that could be read, and is wrong; an error of reading one names it already.
Error in_file(const std::string& path, const Error& error) {
  return make_error(ErrorCode::configuration, path + ": " + error.reason, error.hint);
}

std::string not_taken(const std::string& party, const Error& why) {
  return party +
         "'s revocation list was not loaded, the newest one known stays in force: " + why.reason +
         ". " + why.hint;
}

// The list of a CA that was there before says nothing of what this one issued.
bool is_of_another_ca(const std::string& list, const TrustAnchor& anchor) {
  const auto crl = load_crl(list);
  return crl && X509_NAME_cmp(X509_CRL_get_issuer(crl->get()),
                              X509_get_subject_name(anchor.certificate())) != 0;
}

}  // namespace

Result<std::shared_ptr<TrustAnchor>> ChannelKeys::load_anchor(const std::string& party,
                                                              const std::string& ca,
                                                              const std::string& crl,
                                                              const std::string& kept_crl) {
  auto anchor = TrustAnchor::load(ca, "");
  if (!anchor) return anchor.error();
  if (crl.empty()) return std::make_shared<TrustAnchor>(*std::move(anchor));
  if (access(kept_crl.c_str(), F_OK) == 0 && !is_of_another_ca(kept_crl, *anchor)) {
    if (Status kept = anchor->reload_crl(kept_crl); !kept) {
      list_problems_.push_back("the kept copy of " + party +
                               "'s revocation list is not used: " + kept.error().reason);
    }
  }
  if (Status loaded = anchor->reload_crl(crl); !loaded) {
    if (!anchor->has_crl()) return loaded.error();
    list_problems_.push_back(not_taken(party, loaded.error()));
  }
  return std::make_shared<TrustAnchor>(*std::move(anchor));
}

Result<std::unique_ptr<ChannelKeys>> ChannelKeys::load(const Config& config, bool allow_dev_pki) {
  auto keys = std::make_unique<ChannelKeys>();
  keys->exercise_ = config.exercise;
  auto own_anchor = keys->load_anchor(config.party, config.ca, config.crl,
                                      kept_list_path(config.store_path, config.party));
  if (!own_anchor) return own_anchor.error();
  keys->own_anchor_ = *own_anchor;
  auto peer_anchor = keys->load_anchor(config.peer, config.peer_ca, config.peer_crl,
                                       kept_list_path(config.store_path, config.peer));
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
                       one.purpose, one.own ? config.party : config.peer);
    if (!key) return key.error();
    *one.key = *std::move(key);
  }
  for (const auto& [party, anchor] :
       {std::pair{config.party, *own_anchor}, {config.peer, *peer_anchor}}) {
    auto fields = read_certificate_fields(anchor->certificate());
    if (fields)
      keys->validities_.push_back(
          {party + "'s CA certificate", fields->not_before, fields->not_after});
  }
  if (Status tls = keys->check_tls(config.tls, config.party); !tls) return tls.error();
  if (keys->dev_pki_ && !allow_dev_pki) {
    return make_error(ErrorCode::configuration, "these are development certificates (DEV ONLY)",
                      "use the party's own CA, or start with --allow-dev-pki to try things out");
  }
  return keys;
}

Result<CheckedCertificate> ChannelKeys::check(const std::string& path, X509* certificate,
                                              const STACK_OF(X509) * others,
                                              const TrustAnchor& anchor, Purpose purpose,
                                              const std::string& party) {
  auto fields = read_certificate_fields(certificate);
  if (!fields) return in_file(path, fields.error());
  auto issuer = read_certificate_fields(anchor.certificate());
  if (!issuer) return issuer.error();
  const UtcMs begins = std::max(fields->not_before, issuer->not_before);
  auto checked = check_certificate(certificate, others, anchor, purpose, false, begins);
  if (checked && purpose == Purpose::tls)  // Either side may dial.
    checked = check_certificate(certificate, others, anchor, purpose, true, begins);
  if (!checked) return in_file(path, checked.error());
  if (auto ours = check_party(*checked, party); !ours) return in_file(path, ours.error());
  if (auto mode = check_mode(*checked, exercise_); !mode) return in_file(path, mode.error());
  dev_pki_ = dev_pki_ || checked->dev_only;
  validities_.push_back({party + "'s " + purpose_name(purpose) + " certificate",
                         checked->not_before, checked->not_after});
  return checked;
}

// With a certificate or key that is not right the peer and every client would refuse us, and only
// they would say why.
Status ChannelKeys::check_tls(const CertificateFiles& files, const std::string& party) {
  auto chain = load_chain(files.certificate);
  if (!chain) return chain.error();
  X509* certificate = sk_X509_value(chain->get(), 0);
  auto checked =
      check(files.certificate, certificate, chain->get(), *own_anchor_, Purpose::tls, party);
  if (!checked) return checked.error();
  auto key = load_private_key(files.key);
  if (!key) return key.error();
  if (auto matches = check_key_matches(key->get(), certificate); !matches)
    return in_file(files.key, matches.error());
  return ok();
}

Result<ChannelKeys::Key> ChannelKeys::load_key(const std::string& certificate_path,
                                               const std::string& key_path,
                                               const TrustAnchor& anchor, Purpose purpose,
                                               const std::string& party) {
  auto certificate = load_certificate(certificate_path);
  if (!certificate) return certificate.error();
  auto checked = check(certificate_path, certificate->get(), nullptr, anchor, purpose, party);
  if (!checked) return checked.error();
  certificates_.push_back(
      {party + "-" + purpose_name(purpose), certificate_der(certificate->get())});
  Key key;
  key.public_key = checked->public_key;
  auto verifier = Ed25519Verifier::create(key.public_key);
  if (!verifier) return in_file(certificate_path, verifier.error());
  key.verifier = std::make_unique<Ed25519Verifier>(*std::move(verifier));
  if (key_path.empty()) return key;

  auto private_key = load_private_key(key_path);
  if (!private_key) return private_key.error();
  if (auto matches = check_key_matches(private_key->get(), certificate->get()); !matches) {
    return in_file(key_path, matches.error());
  }
  auto seed = ed25519_seed(private_key->get());
  if (!seed) return in_file(key_path, seed.error());
  auto signer = Ed25519Signer::create(*seed);
  if (!signer) return in_file(key_path, signer.error());
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
  core.has_supervisor =
      std::any_of(config.people.begin(), config.people.end(),
                  [](const PersonConfig& one) { return may(one.roles, Right::recover); });
  return core;
}

Status ChannelKeys::check_times(UtcMs now) const {
  for (const Validity& one : validities_) {
    if (now < one.not_before) {
      return make_error(ErrorCode::configuration,
                        one.name + " is not valid before " + format_rfc3339(one.not_before),
                        "check this host's clock first (timedatectl), then ask its CA");
    }
    if (now > one.not_after) {
      return make_error(ErrorCode::configuration,
                        one.name + " EXPIRED at " + format_rfc3339(one.not_after),
                        "have its CA issue the next");
    }
  }
  return ok();
}

std::vector<std::string> ChannelKeys::list_problems() {
  return std::exchange(list_problems_, {});
}

bool ChannelKeys::reload_lists(const Config& config) {
  bool all = true;
  for (auto [anchor, path, party] : {std::tuple{&own_anchor_, &config.crl, &config.party},
                                     std::tuple{&peer_anchor_, &config.peer_crl, &config.peer}}) {
    if (path->empty()) continue;
    if (Status status = (*anchor)->reload_crl(*path); !status) {
      list_problems_.push_back(not_taken(*party, status.error()));
      all = false;
    }
  }
  return all;
}

void ChannelKeys::keep_lists(const Config& config) {
  for (auto [anchor, party] :
       {std::pair{&own_anchor_, &config.party}, {&peer_anchor_, &config.peer}}) {
    if (!(*anchor)->has_crl()) continue;
    if (Status kept = keep_list(kept_list_path(config.store_path, *party), (*anchor)->crl_pem());
        !kept) {
      list_problems_.push_back(kept.error().reason + ". " + kept.error().hint);
    }
  }
}

}  // namespace hotline
