// hotline pki dev-init, pki show and pki check: certificates to try Hotline with, what certificates
// say of themselves, and whether they would be taken by the same rules as a daemon's.
#include "certs/check.h"
#include "certs/dev_pki.h"
#include "certs/identity.h"
#include "certs/key_file.h"
#include "client/commands/commands.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr int64_t kDay_ms = int64_t{24} * 60 * 60 * 1000;
constexpr int64_t kWarnAhead_ms = 30 * kDay_ms;

// "expires in 6 days": from 30 days before the end on; empty before that.
std::string expiry_warning(const CheckedCertificate& certificate, UtcMs now) {
  const int64_t left_ms = certificate.not_after - now;
  if (now < certificate.not_before) return "NOT VALID YET";
  if (left_ms < 0) return "EXPIRED";
  if (left_ms > kWarnAhead_ms) return "";
  const int64_t days = left_ms / kDay_ms;
  if (days == 0) return "expires in less than a day";
  return "expires in " + std::to_string(days) + (days == 1 ? " day" : " days");
}

// Lines of "  label  value", and what is about to run out at `now`.
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
  line("mode", certificate.exercise ? "exercise" : "live");
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
      .add("mode", certificate.exercise ? "exercise" : "live")
      .add("warning", json_text(warning));
}

// "north,south" as words. Error: usage, naming the option and the word that cannot be a name.
Result<std::vector<std::string>> read_names(const Arguments& arguments, const std::string& option,
                                            std::vector<std::string> otherwise) {
  const auto typed = arguments.get(option);
  if (!typed) return otherwise;
  std::vector<std::string> names(1);
  for (const char c : *typed) {
    if (c == ',') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  for (const std::string& name : names) {
    if (is_identity_name(name)) continue;
    return make_error(ErrorCode::usage, option + ": \"" + name + "\" cannot be a name",
                      "names have 1 to 32 of a-z, 0-9 and -, and are separated by commas");
  }
  return names;
}

int pki_dev_init(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string directory = *invocation.arguments.get("DIR");
  const std::string what = "cannot make a development PKI in " + directory;
  DevPkiOptions options;
  options.parties = need(read_names(invocation.arguments, "--parties", options.parties));
  options.people = need(read_names(invocation.arguments, "--people", options.people));
  options.exercise = invocation.arguments.has("--exercise");
  const auto pki = need(create_dev_pki(directory, options, invocation.around->now()), what);
  if (output.json()) {
    output.document(json_document()
                        .add("directory", pki.directory)
                        .add("dev_only", true)
                        .add("exercise", options.exercise)
                        .add("not_after", json_time(pki.not_after))
                        .add("files", pki.files));
    return kExitDone;
  }
  for (const std::string& file : pki.files) output.line(pki.directory + "/" + file);
  output.talk(output.styled(Style::yellow, "DEV ONLY") +
              ": every CA's private key lies beside it. Valid until " +
              output.date_and_time(pki.not_after) +
              (options.exercise
                   ? ".\nA daemon of an exercise takes these only when started with "
                     "--allow-dev-pki, and a live one never does."
                   : ".\nA live daemon takes these only when started with --allow-dev-pki."));
  return kExitDone;
}

Result<std::vector<std::string>> files_to_show(const Invocation& invocation) {
  std::vector<std::string> files = invocation.arguments.all("FILE");
  if (!files.empty()) return files;
  const auto context = invocation.context();
  if (!context) return context.error();
  if (context->certificate_path.empty()) {
    return make_error(ErrorCode::usage, "this context has no certificate: it uses a Unix socket",
                      "hotline pki show FILE");
  }
  return std::vector<std::string>{context->certificate_path};
}

int pki_show(Invocation& invocation) {
  Output& output = invocation.output;
  const auto files = need(files_to_show(invocation), "there is no certificate to show");
  for (const std::string& path : files) {
    const auto certificate = need(load_certificate(path), "cannot show " + path);
    const auto read = need(read_certificate(certificate.get()), "cannot show " + path);
    const UtcMs now = invocation.around->now();
    if (output.json()) {
      output.document(json_certificate(path, read, now));
    } else {
      print_certificate(output, path, read, now);
    }
  }
  return kExitDone;
}

// Judges one file for the purpose that it states itself.
Result<CheckedCertificate> check_file(const std::string& path, const TrustAnchor& anchor,
                                      const Arguments& arguments, UtcMs now) {
  const auto chain = load_chain(path);
  if (!chain) return chain.error();
  X509* leaf = sk_X509_value(chain->get(), 0);
  const auto stated = read_certificate(leaf);
  if (!stated) return stated.error();
  const auto checked =
      check_certificate(leaf, chain->get(), anchor, stated->identity.purpose, true, now);
  if (!checked) return checked.error();
  if (const auto party = arguments.get("--party")) {
    if (auto status = check_party(*checked, *party); !status) return status.error();
  }
  const auto mode = arguments.get("--mode");
  if (mode && *mode != "live" && *mode != "exercise") {
    return make_error(ErrorCode::usage, "there is no mode " + *mode, "--mode live, or exercise");
  }
  if (mode) {
    if (auto status = check_mode(*checked, *mode == "exercise"); !status) return status.error();
  }
  return checked;
}

int pki_check(Invocation& invocation) {
  Output& output = invocation.output;
  const auto ca = invocation.arguments.get("--ca");
  if (!ca) {
    return output.fail("", make_error(ErrorCode::usage, "by which CA?",
                                      "hotline pki check --ca trust/north-ca.crt north/tls.crt"));
  }
  const auto anchor = need(TrustAnchor::load(*ca, invocation.arguments.get("--crl").value_or("")),
                           "cannot check certificates");
  const UtcMs now = invocation.around->now();
  int code = kExitDone;
  for (const std::string& path : invocation.arguments.all("FILE")) {
    const auto checked = check_file(path, anchor, invocation.arguments, now);
    if (!checked) {
      code = output.fail(path + " would be refused", checked.error());
    } else if (output.json()) {
      output.document(json_certificate(path, *checked, now));
    } else {
      const std::string warning = expiry_warning(*checked, now);
      output.line(path + "  good: " + identity_uri(checked->identity) + ", by " + anchor.name() +
                  (checked->exercise ? ", for exercises" : "") +
                  (checked->dev_only ? ", DEV ONLY" : "") +
                  (warning.empty() ? "" : ", " + output.styled(Style::yellow, warning)));
    }
  }
  if (!anchor.has_crl()) output.talk("Without --crl nothing is known to be revoked.");
  return code;
}

}  // namespace

Command pki_dev_init_command() {
  return {{.name = "pki dev-init",
           .summary = "Make keys and certificates for development",
           .description =
               "For each party a CA, the four keys of its daemon, and a certificate for each "
               "person. Every subject says DEV ONLY, and all of it ends after seven days.",
           .examples = {"hotline pki dev-init pki --parties north,south",
                        "hotline pki dev-init pki --people ann,bob,eve",
                        "hotline pki dev-init drill-pki --exercise"},
           .options = {{"--parties", "NAMES", "the parties, separated by commas (north,south)"},
                       {"--people", "NAMES", "the people of each party (ann,bob,eve)"},
                       {"--exercise", "", "for exercises alone; a live daemon refuses them"}},
           .positionals = {{"DIR", "a directory to make; one with anything in it is refused"}}},
          pki_dev_init};
}

Command pki_show_command() {
  return {{.name = "pki show",
           .summary = "Show what certificates say of themselves",
           .description = "Nothing is verified: that is what hotline pki check does. Without a "
                          "file, the own certificate of the context.",
           .examples = {"hotline pki show", "hotline pki show north/tls.crt",
                        "hotline pki show --json *.crt"},
           .positionals = {{"FILE", "a certificate, PEM", false, true}}},
          pki_show};
}

Command pki_check_command() {
  return {{.name = "pki check",
           .summary =
               "Check whether certificates would be taken: chain, name, purpose, time, revocation",
           .description = "The rules are those of the daemon. Every certificate is judged for the "
                          "purpose it states.",
           .examples =
               {"hotline pki check --ca trust/north-ca.crt north/tls.crt",
                "hotline pki check --ca trust/north-ca.crt --crl trust/north-ca.crl north/tls.crt"},
           .options = {{"--ca", "FILE", "the CA certificate of the party"},
                       {"--crl", "FILE", "what that CA has revoked"},
                       {"--party", "ID", "refuse another party's certificate"},
                       {"--mode", "MODE", "refuse one of the other mode: live or exercise"}},
           .positionals = {{"FILE", "a certificate with its chain, PEM", true, true}}},
          pki_check};
}

}  // namespace hotline::client
