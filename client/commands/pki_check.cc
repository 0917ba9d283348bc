// hotline pki check: whether certificates would be taken, by the same rules as a daemon's.
#include "certs/key_file.h"
#include "client/commands/commands.h"
#include "client/show/certificate_view.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

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
  return checked;
}

int pki_check(Invocation& invocation) {
  Output& output = invocation.output;
  const auto ca = invocation.arguments.get("--ca");
  if (!ca) {
    return output.fail("", make_error(ErrorCode::usage, "by which CA?",
                                      "hotline pki check --ca trust/north-ca.crt north/tls.crt"));
  }
  const auto anchor = TrustAnchor::load(*ca, invocation.arguments.get("--crl").value_or(""));
  if (!anchor) return output.fail("cannot check certificates", anchor.error());
  const UtcMs now = invocation.around->now();
  int code = kExitDone;
  for (const std::string& path : invocation.arguments.all("FILE")) {
    const auto checked = check_file(path, *anchor, invocation.arguments, now);
    if (!checked) {
      code = output.fail(path + " would be refused", checked.error());
    } else if (output.json()) {
      output.document(json_certificate(path, *checked, now));
    } else {
      const std::string warning = expiry_warning(*checked, now);
      output.line(path + "  good: " + identity_uri(checked->identity) + ", by " + anchor->name() +
                  (checked->dev_only ? ", DEV ONLY" : "") +
                  (warning.empty() ? "" : ", " + output.styled(Style::yellow, warning)));
    }
  }
  if (!anchor->has_crl()) output.talk("Without --crl nothing is known to be revoked.");
  return code;
}

}  // namespace

Command pki_check_command() {
  return {
      {"pki check",
       "Check whether certificates would be taken: chain, name, purpose, time, revocation",
       "The rules are those of the daemon. Every certificate is judged for the purpose it states.",
       {"hotline pki check --ca trust/north-ca.crt --crl trust/north-ca.crl north/tls.crt"},
       {{"--ca", "FILE", "the CA certificate of the party"},
        {"--crl", "FILE", "what that CA has revoked"},
        {"--party", "ID", "refuse another party's certificate"}},
       {{"FILE", "a certificate with its chain, PEM", true, true}}},
      pki_check};
}

}  // namespace hotline::client
