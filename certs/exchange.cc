#include "certs/exchange.h"

#include <openssl/pem.h>

#include <algorithm>

#include "protocol/base/text_lines.h"

namespace hotline {
namespace {

constexpr std::string_view kFirstLine = "hotline exchange 1";

Error bad_exchange(const std::string& why) {
  return make_error(ErrorCode::malformed, "it is no file of hotline pki exchange export: " + why,
                    "have the other party send it again");
}

std::string memory_text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

// "party north": the value.
Result<std::string> take_member(std::string_view& rest, std::string_view key) {
  const auto line = take_line(rest);
  const std::string begin = std::string(key) + " ";
  if (!line || !line->starts_with(begin)) return bad_exchange("no line " + std::string(key));
  return std::string(line->substr(begin.size()));
}

Status take_members(std::string_view& rest, Exchange& exchange) {
  const auto first = take_line(rest);
  if (!first || *first != kFirstLine) {
    return bad_exchange("it does not begin with \"" + std::string(kFirstLine) + "\"");
  }
  std::string mode;
  const std::pair<std::string_view, std::string*> members[] = {{"party", &exchange.party},
                                                               {"prefix", &exchange.prefix},
                                                               {"channel", &exchange.channel},
                                                               {"mode", &mode}};
  for (const auto& [key, value] : members) {
    auto taken = take_member(rest, key);
    if (!taken) return taken.error();
    *value = std::move(*taken);
  }
  exchange.exercise = mode == "exercise";
  if (!is_identity_name(exchange.party)) return bad_exchange("its party has no good name");
  return ok();
}

}  // namespace

std::string certificate_pem(const X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return memory_text(bio.get());
}

std::string crl_pem(const X509_CRL* crl) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(bio.get(), crl);
  return memory_text(bio.get());
}

std::string format_exchange(const Exchange& exchange) {
  std::string text = std::string(kFirstLine) + "\nparty " + exchange.party + "\nprefix " +
                     exchange.prefix + "\nchannel " + exchange.channel + "\nmode " +
                     (exchange.exercise ? "exercise" : "live") + "\n" +
                     certificate_pem(exchange.ca.get());
  for (const X509Ptr& certificate : exchange.certificates)
    text += certificate_pem(certificate.get());
  if (exchange.crl) text += crl_pem(exchange.crl.get());
  return text;
}

Result<Exchange> parse_exchange(std::string_view text) {
  const OpensslErrorScope errors;
  std::string plain(text);
  std::erase(plain, '\r');
  std::string_view rest = plain;
  Exchange exchange;
  if (Status members = take_members(rest, exchange); !members) return members.error();
  const BioPtr bio(BIO_new_mem_buf(rest.data(), static_cast<int>(rest.size())));
  const auto read = [&] {
    return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  };
  exchange.ca = read();
  for (X509Ptr& certificate : exchange.certificates) certificate = read();
  const auto is_missing = [](const X509Ptr& one) { return one == nullptr; };
  if (!exchange.ca ||
      std::any_of(exchange.certificates.begin(), exchange.certificates.end(), is_missing)) {
    return bad_exchange("it has not all four certificates");
  }
  exchange.crl.reset(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (format_exchange(exchange) != plain) return bad_exchange("something was changed or added");
  return exchange;
}

Result<JudgedExchange> judge_exchange(const Exchange& exchange, UtcMs now,
                                      const std::string& from) {
  X509CrlPtr crl(exchange.crl ? X509_CRL_dup(exchange.crl.get()) : nullptr);
  auto anchor = TrustAnchor::of(X509Ptr(X509_dup(exchange.ca.get())), std::move(crl), from);
  if (!anchor) return anchor.error();
  JudgedExchange judged{std::move(*anchor), {}};
  for (size_t i = 0; i < kExchangedPurposes.size(); ++i) {
    auto checked = check_certificate(exchange.certificates[i].get(), nullptr, judged.anchor,
                                     kExchangedPurposes[i], true, now);
    if (!checked) return checked.error();
    if (Status party = check_party(*checked, exchange.party); !party) return party.error();
    if (Status mode = check_mode(*checked, exchange.exercise); !mode) return mode.error();
    judged.certificates[i] = std::move(*checked);
  }
  return judged;
}

}  // namespace hotline
