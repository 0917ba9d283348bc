#include <openssl/pem.h>

#include <set>

#include "certs/certificate_fields.h"
#include "certs/certificate_limits.h"
#include "certs/check.h"
#include "certs/issuer_rules.h"
#include "certs/key_file.h"

namespace hotline {
namespace {

Error bad_list(const std::string& path, const std::string& why) {
  return make_error(
      ErrorCode::configuration, path + ": revocation list refused: " + why,
      "get the newest list from the CA that issued it; the list loaded before, if any,"
      " stays in force");
}

// A critical extension that we do not act on changes what the list means: an indirect list, a list
// of part of the certificates, a difference to another list. CRLNumber must not be critical (RFC
// 5280 section 5.2.3), and of the entries' extensions none is acted on.
std::string extension_problem(const X509_CRL* crl) {
  std::set<int> seen;
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(crl, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (nid != NID_undef && !seen.insert(nid).second) {
      return std::string("it has the extension ") + OBJ_nid2sn(nid) + " twice";
    }
    if (X509_EXTENSION_get_critical(extension) == 0) continue;
    if (nid == NID_crl_number) return "its CRLNumber is marked critical";
    return std::string("it has a critical extension not known here, ") +
           (nid == NID_undef ? "of a private kind" : OBJ_nid2sn(nid));
  }
  return {};
}

std::string entry_problem(X509_CRL* crl) {
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    for (int j = 0; j < X509_REVOKED_get_ext_count(entry); ++j) {
      if (X509_EXTENSION_get_critical(X509_REVOKED_get_ext(entry, j)) != 0) {
        return "its entry for serial " + serial_text(X509_REVOKED_get0_serialNumber(entry)) +
               " has a critical extension not known here";
      }
    }
  }
  return {};
}

Asn1IntegerPtr crl_number(const X509_CRL* crl) {
  return Asn1IntegerPtr(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
}

// Empty when the list is one that this CA issued; X509_CRL_verify checks the signature alone.
std::string issuer_problem(X509_CRL* crl, X509* ca, const std::string& ca_name) {
  if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(ca)) != 0) {
    return "it was issued by " + name_text(X509_CRL_get_issuer(crl)) + ", not by " + ca_name;
  }
  auto fields = read_certificate_fields(ca);
  if (!fields) return fields.error().reason;
  if (!fields->may_sign_lists.value_or(false)) {
    return "the CA " + ca_name + " may not sign lists (keyUsage without cRLSign)";
  }
  if (Status status = check_signature_algorithm(X509_CRL_get_signature_nid(crl), "the list");
      !status) {
    return status.error().reason;
  }
  if (X509_CRL_verify(crl, X509_get0_pubkey(ca)) != 1) {
    return "its signature is not that of " + ca_name;
  }
  return {};
}

std::string form_problem(X509_CRL* crl) {
  if (X509_CRL_get_version(crl) != X509_CRL_VERSION_2) return "it is not of version 2";
  if (const std::string problem = extension_problem(crl); !problem.empty()) return problem;
  if (const std::string problem = entry_problem(crl); !problem.empty()) return problem;
  const Asn1IntegerPtr number = crl_number(crl);
  if (!number || ASN1_STRING_type(number.get()) != V_ASN1_INTEGER) {
    return "it has no CRLNumber, so that an older list could not be told from a newer";
  }
  if (!to_utc_ms(X509_CRL_get0_lastUpdate(crl))) return "its thisUpdate is malformed";
  const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(crl);
  if (next_update != nullptr && !to_utc_ms(next_update)) return "its nextUpdate is malformed";
  return {};
}

std::string succession_problem(const X509_CRL* fresh, const X509_CRL* loaded) {
  const Asn1IntegerPtr fresh_number = crl_number(fresh);
  const Asn1IntegerPtr loaded_number = crl_number(loaded);
  const int order = ASN1_INTEGER_cmp(fresh_number.get(), loaded_number.get());
  const std::string numbers = "number " + serial_text(fresh_number.get()) + ", loaded is number " +
                              serial_text(loaded_number.get());
  if (order < 0) return "it is older than the one loaded (" + numbers + ")";
  if (order == 0 && X509_CRL_match(fresh, loaded) != 0) {
    return "it has the number of the one loaded and other contents (" + numbers + ")";
  }
  return {};
}

}  // namespace

Result<X509CrlPtr> load_crl(const std::string& path) {
  auto bytes = read_bounded_file(path, limits::kCrlFileSizeMax);
  if (!bytes) return bytes.error();
  const BioPtr bio(BIO_new_mem_buf(bytes->data(), static_cast<int>(bytes->size())));
  X509CrlPtr crl(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (!crl) return bad_list(path, "it cannot be read (PEM, X509 CRL)");
  return crl;
}

TrustAnchor::TrustAnchor(X509Ptr certificate)
    : certificate_(std::move(certificate)),
      name_(name_text(X509_get_subject_name(certificate_.get()))) {}

Result<TrustAnchor> TrustAnchor::of(X509Ptr certificate, X509CrlPtr crl, const std::string& from) {
  if (Status status = check_issuer_form(certificate.get()); !status) {
    return make_error(ErrorCode::configuration, from + ": " + status.error().reason,
                      "a party's CA certificate is needed here, version 3, CA:TRUE, keyUsage "
                      "keyCertSign and cRLSign");
  }
  TrustAnchor anchor(std::move(certificate));
  if (crl) {
    if (Status status = anchor.take_crl(std::move(crl), from); !status) return status.error();
  }
  return anchor;
}

Result<TrustAnchor> TrustAnchor::load(const std::string& ca_pem_path,
                                      const std::string& crl_pem_path) {
  auto certificate = load_certificate(ca_pem_path);
  if (!certificate) return certificate.error();
  auto anchor = of(std::move(*certificate), nullptr, ca_pem_path);
  if (anchor && !crl_pem_path.empty()) {
    if (Status status = anchor->reload_crl(crl_pem_path); !status) return status.error();
  }
  return anchor;
}

Status TrustAnchor::reload_crl(const std::string& crl_pem_path) {
  const OpensslErrorScope errors;
  auto crl = load_crl(crl_pem_path);
  return crl ? take_crl(std::move(*crl), crl_pem_path) : Status(crl.error());
}

Status TrustAnchor::take_crl(X509CrlPtr crl, const std::string& from) {
  const OpensslErrorScope errors;
  std::string problem = issuer_problem(crl.get(), certificate_.get(), name_);
  if (problem.empty()) problem = form_problem(crl.get());
  if (problem.empty() && crl_) problem = succession_problem(crl.get(), crl_.get());
  if (!problem.empty()) return bad_list(from, problem);
  crl_ = std::move(crl);
  crl_this_update_ = to_utc_ms(X509_CRL_get0_lastUpdate(crl_.get())).value_or(0);
  crl_next_update_ = to_utc_ms(X509_CRL_get0_nextUpdate(crl_.get())).value_or(0);
  return ok();
}

std::string TrustAnchor::crl_number_hex() const {
  return crl_ ? serial_text(crl_number(crl_.get()).get()) : std::string();
}

std::string TrustAnchor::crl_pem() const {
  if (!crl_) return {};
  const BioPtr bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (PEM_write_bio_X509_CRL(bio.get(), crl_.get()) != 1) return {};
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

bool TrustAnchor::is_revoked(X509* certificate) const {
  if (!crl_ || X509_NAME_cmp(X509_get_issuer_name(certificate), X509_CRL_get_issuer(crl_.get()))) {
    return false;
  }
  X509_REVOKED* entry = nullptr;
  return X509_CRL_get0_by_serial(crl_.get(), &entry, X509_get_serialNumber(certificate)) != 0;
}

}  // namespace hotline
