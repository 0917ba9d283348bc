#include "client/audit/export_opening.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

#include "certs/certificate_limits.h"
#include "client/audit/pem.h"
#include "protocol/base/limits.h"

namespace hotline::audit {
namespace {

Validity both(const TrustedCertificate& a, const TrustedCertificate& b) {
  return {std::max(a.held_from, b.held_from), std::min(a.held_until, b.held_until)};
}

class Opener {
 public:
  Opener(const ExportReader& reader, const std::string& trust_directory, FaultBook& faults)
      : reader_(reader),
        trust_directory_(trust_directory),
        faults_(faults),
        opening_(std::make_unique<ExportOpening>()) {}

  Result<std::unique_ptr<ExportOpening>> run() {
    if (Status format = reader_.check_format(); !format) {
      return failed(Step::version, kVersionFile, format.error().reason);
    }
    opening_->parties = reader_.parties();
    // More than two: the strangers among them are files too much, found when files are counted.
    if (opening_->parties.size() > 2) {
      std::erase_if(opening_->parties,
                    [this](const std::string& party) { return !is_file(trust_path(party)); });
    }
    if (opening_->parties.size() != 2) {
      return failed(Step::certificates, kCertificatesDirectory,
                    "there are not three certificates of each of two parties");
    }
    auto trust = open_trust();
    if (!trust) return trust.error();
    if (!open_certificates(*trust)) return std::unique_ptr<ExportOpening>();
    if (!open_checkpoints()) return std::unique_ptr<ExportOpening>();
    return std::move(opening_);
  }

 private:
  std::unique_ptr<ExportOpening> failed(Step step, const std::string& name,
                                        const std::string& reason, uint64_t place = 0) {
    faults_.note(step, place, {name, reason});
    return nullptr;
  }

  std::string trust_path(const std::string& party) const {
    return trust_directory_ + "/" + TrustDirectory::file_name(party);
  }
  static bool is_file(const std::string& path) {
    struct stat there {};
    return stat(path.c_str(), &there) == 0;
  }

  // A directory that lacks something for this export is refused before it is used.
  Result<TrustDirectory> open_trust() const {
    for (const std::string& party : opening_->parties) {
      const std::string path = trust_path(party);
      if (is_file(path)) continue;
      return make_error(ErrorCode::configuration, path + " is missing",
                        "put the CA certificate of " + party + " there, as you have it from " +
                            party + " itself");
    }
    return TrustDirectory::open(trust_directory_);
  }

  // In the order of their paths, so that the first at fault is the one that is named.
  bool open_certificates(const TrustDirectory& trust) {
    struct Wanted {
      const std::string& party;
      Purpose purpose;
      PartyCertificates::Key& key;
    };
    std::map<std::string, Wanted> wanted;
    for (size_t i = 0; i < opening_->parties.size(); ++i) {
      const std::string& party = opening_->parties[i];
      PartyCertificates::Key* const keys[] = {&certificates_[i].log, &certificates_[i].receipt,
                                              &certificates_[i].witness};
      for (size_t j = 0; j < std::size(kSigningPurposes); ++j) {
        wanted.insert({certificate_path(party, kSigningPurposes[j]),
                       Wanted{party, kSigningPurposes[j], *keys[j]}});
      }
    }
    for (const auto& [path, one] : wanted) {
      if (Status opened = open_certificate(trust, one.party, path, one.purpose, one.key); !opened) {
        failed(Step::certificates, path, opened.error().reason);
        return false;
      }
      opening_->dev_only = opening_->dev_only || one.key.certificate.checked.dev_only;
    }
    return true;
  }

  Status open_certificate(const TrustDirectory& trust, const std::string& party,
                          const std::string& path, Purpose purpose, PartyCertificates::Key& key) {
    const auto pem = reader_.read_text(path, limits::kPemFileSizeMax);
    if (!pem) return pem.error();
    const auto blocks = parse_pem(*pem);
    if (!blocks) return blocks.error();
    if (blocks->size() != 1 || blocks->front().label != "CERTIFICATE") {
      return make_error(ErrorCode::verification_failed, "it is not one certificate");
    }
    auto certificate = trust.judge(blocks->front().bytes, party, purpose);
    if (!certificate) return certificate.error();
    auto verifier = Ed25519Verifier::create(certificate->checked.public_key);
    if (!verifier) return verifier.error();
    key.certificate = *std::move(certificate);
    key.verifier = std::make_unique<Ed25519Verifier>(*std::move(verifier));
    return ok();
  }

  bool open_checkpoints() {
    const std::string path = checkpoint_path(ExportLog::journal);
    const auto note = reader_.read_text(path, limits::kNoteSizeMax);
    if (!note) return failed(Step::checkpoints, path, note.error().reason) != nullptr;
    const auto checkpoint = unverified_checkpoint(*note);
    if (!checkpoint) {
      return failed(Step::checkpoints, path, checkpoint.error().reason) != nullptr;
    }
    auto origin = names_in_origin(checkpoint->origin, journal_origin);
    const bool known =
        origin && (origin->party == opening_->parties[0] || origin->party == opening_->parties[1]);
    if (!known) {
      return failed(Step::checkpoints, path,
                    "it is not of the journal of a party whose certificates are here") != nullptr;
    }
    const size_t own = origin->party == opening_->parties[0] ? 0 : 1;
    opening_->party = opening_->parties[own];
    opening_->peer = opening_->parties[1 - own];
    opening_->channel = origin->channel;
    opening_->own = std::move(certificates_[own]);
    opening_->other = std::move(certificates_[1 - own]);
    name_signers();
    for (const ExportLog log : kExportLogs) {
      if (!open_checkpoint_of(log)) return false;
    }
    return true;
  }

  void name_signers() {
    const ExportOpening& o = *opening_;
    name_signers_of(ExportLog::journal, journal_origin(o.channel, o.party, 0), o.party, o.own,
                    witness_key_name(o.channel, o.peer), o.other.witness);
    name_signers_of(ExportLog::sent, transcript_origin(o.channel, o.party, 0), o.party, o.own,
                    receipt_key_name(o.channel, o.peer), o.other.receipt);
    name_signers_of(ExportLog::received, transcript_origin(o.channel, o.peer, 0), o.peer, o.other,
                    receipt_key_name(o.channel, o.party), o.own.receipt);
  }

  void name_signers_of(ExportLog log, std::string origin, const std::string& owner,
                       const PartyCertificates& owners, std::string cosigner_name,
                       const PartyCertificates::Key& cosigner) {
    OpenedLog& opened = opening_->logs[log];
    CheckpointTrust& trust = opened.trust;
    trust.origin = std::move(origin);
    trust.log_key = {log_key_name(opening_->channel, owner), kNoteTypeEd25519,
                     owners.log.certificate.checked.public_key};
    trust.log_verifier = owners.log.verifier.get();
    trust.cosigner_key = {std::move(cosigner_name), kNoteTypeCosignatureV1,
                          cosigner.certificate.checked.public_key};
    trust.cosigner_verifier = cosigner.verifier.get();
    opened.validity = both(owners.log.certificate, cosigner.certificate);
  }

  bool open_checkpoint_of(ExportLog log) {
    const std::string path = checkpoint_path(log);
    // An empty transcript has nothing there, not even its directory.
    if (log != ExportLog::journal && !reader_.has(log_name(log))) return true;
    OpenedLog& opened = opening_->logs[log];
    const auto refuse = [&](const std::string& reason) {
      failed(Step::checkpoints, path, reason, log_number(log));
      return false;
    };
    const auto note = reader_.read_text(path, limits::kNoteSizeMax);
    if (!note) return refuse(note.error().reason);
    opened.epoch = claimed_epoch(*note, opened.trust);
    auto checkpoint = open_checkpoint(*note, origin_in(opened.trust.origin, opened.epoch),
                                      opened.trust.log_key, *opened.trust.log_verifier);
    if (!checkpoint) return refuse(checkpoint.error().reason);
    if (parse_note(*note)->signatures.size() != 1) {
      return refuse("it bears more signatures than that of " + opened.trust.log_key.name);
    }
    if (checkpoint->size == 0) return refuse("it is of a log without entries");
    opening_->sizes[log] = checkpoint->size;
    opened.checkpoint = *std::move(checkpoint);
    return true;
  }

  const ExportReader& reader_;
  const std::string& trust_directory_;
  FaultBook& faults_;
  PartyCertificates certificates_[2];  // In the order of the parties.
  std::unique_ptr<ExportOpening> opening_;
};

}  // namespace

Result<std::unique_ptr<ExportOpening>> open_export(const ExportReader& reader,
                                                   const std::string& trust_directory,
                                                   FaultBook& faults) {
  return Opener(reader, trust_directory, faults).run();
}

}  // namespace hotline::audit
