#include "client/show/certificate_view.h"

#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr int64_t kDay_ms = int64_t{24} * 60 * 60 * 1000;
constexpr int64_t kWarnAhead_ms = 30 * kDay_ms;

}  // namespace

std::string expiry_warning(const CheckedCertificate& certificate, UtcMs now) {
  const int64_t left_ms = certificate.not_after - now;
  if (now < certificate.not_before) return "NOT VALID YET";
  if (left_ms < 0) return "EXPIRED";
  if (left_ms > kWarnAhead_ms) return "";
  const int64_t days = left_ms / kDay_ms;
  if (days == 0) return "expires in less than a day";
  return "expires in " + std::to_string(days) + (days == 1 ? " day" : " days");
}

void print_certificate(Output& output, const std::string& path,
                       const CheckedCertificate& certificate, UtcMs now) {
  const auto line = [&](const std::string& label, const std::string& value,
                        Style style = Style::plain) {
    std::string padded = label;
    padded.resize(10, ' ');
    output.line("  " + padded + output.styled(style, printable_line(value)));
  };
  output.line(path);
  line("name", identity_uri(certificate.identity));
  line("purpose", purpose_name(certificate.identity.purpose));
  line("serial", certificate.serial_hex);
  line("from", output.date_and_time(certificate.not_before));
  line("until", output.date_and_time(certificate.not_after));
  line("sha-256", to_hex(certificate.sha256));
  const std::string warning = expiry_warning(certificate, now);
  if (!warning.empty()) line("warning", warning, Style::yellow);
  if (certificate.dev_only) line("", std::string(kDevOnlyMark), Style::yellow);
}

JsonValue json_certificate(const std::string& path, const CheckedCertificate& certificate,
                           UtcMs now) {
  const std::string warning = expiry_warning(certificate, now);
  return json_document()
      .add("file", path)
      .add("name", identity_uri(certificate.identity))
      .add("purpose", purpose_name(certificate.identity.purpose))
      .add("serial", certificate.serial_hex)
      .add("not_before", json_time(certificate.not_before))
      .add("not_after", json_time(certificate.not_after))
      .add("sha256", to_hex(certificate.sha256))
      .add("dev_only", certificate.dev_only)
      .add("warning", json_text(warning));
}

}  // namespace hotline::client
