// hotline pki csr and pki import: a key made where it is used, a request for its certificate, and
// the certificate that the party's CA made of it.
#include <filesystem>

#include "certs/certificate_limits.h"
#include "certs/check.h"
#include "certs/key_file.h"
#include "certs/request.h"
#include "client/commands/commands.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

Result<Identity> wanted_identity(const Arguments& arguments) {
  const auto party = arguments.get("--party");
  const auto purpose = arguments.get("--purpose"), person = arguments.get("--person");
  if (!party) return make_error(ErrorCode::usage, "of which party?", "--party north");
  if (!is_identity_name(*party) || (person && !is_identity_name(*person))) {
    return make_error(ErrorCode::usage, "that cannot be a name", "1 to 32 of a-z, 0-9 and -");
  }
  if (purpose.has_value() == person.has_value()) {
    return make_error(ErrorCode::usage, "for what, or for whom? One of both",
                      "--purpose tls, log, receipt or witness; or --person ann");
  }
  if (person) return Identity{*party, Purpose::person, *person};
  for (const Purpose one : {Purpose::tls, Purpose::log, Purpose::receipt, Purpose::witness}) {
    if (*purpose == purpose_name(one)) return Identity{*party, one, ""};
  }
  return make_error(ErrorCode::usage, "no key of a party is for \"" + *purpose + "\"",
                    "--purpose tls, log, receipt or witness");
}

// The key that was named, where one was.
Result<PkeyPtr> known_key(const Arguments& arguments) {
  const auto path = arguments.get("--key");
  return path ? load_private_key(*path) : Result<PkeyPtr>(nullptr);
}

// Both files, or neither.
Status write_request(const std::string& name, const MadeRequest& made) {
  if (!made.key.empty()) {
    if (Status written = write_new_file(name + ".key", made.key); !written) return written;
  }
  const Status written = write_new_file(name + ".csr", made.request);
  std::error_code ignored;
  if (!written && !made.key.empty()) std::filesystem::remove(name + ".key", ignored);
  return written;
}

int pki_csr(Invocation& invocation) {
  Output& output = invocation.output;
  const Arguments& arguments = invocation.arguments;
  const std::string name = *arguments.get("NAME");
  const std::string what = "no request was made";
  const Identity identity = need(wanted_identity(arguments), what);
  const bool exercise = arguments.has("--exercise");
  const auto known = need(known_key(arguments), what);
  const auto made = need(make_request(identity, exercise, known.get()), what);
  need(write_request(name, made), what);
  const std::string key = arguments.get("--key").value_or(name + ".key");
  if (output.json()) {
    output.document(json_document()
                        .add("name", identity_uri(identity))
                        .add("key", key)
                        .add("request", name + ".csr")
                        .add("mode", exercise ? "exercise" : "live"));
    return kExitDone;
  }
  if (!known) output.line(printable_line(key));
  output.line(printable_line(name + ".csr"));
  output.talk("A request for " + identity_uri(identity) +
              ". It goes to the CA, and the key stays here.\nThen: " +
              output.command("pki import " + name + " CERTIFICATE --ca FILE" +
                             (known ? " --key " + key : "")));
  return kExitDone;
}

// The certificate with its chain, for the key and the name of the request.
Result<CheckedCertificate> check_issued(const std::string& name, const std::string& key_path,
                                        const std::string& path, const TrustAnchor& anchor,
                                        UtcMs now) {
  const auto request = load_request(name + ".csr");
  if (!request) return request.error();
  const auto key = load_private_key(key_path);
  if (!key) return key.error();
  const auto chain = load_chain(path);
  if (!chain) return chain.error();
  X509* leaf = sk_X509_value(chain->get(), 0);
  if (Status matches = check_key_matches(key->get(), leaf); !matches) return matches.error();
  auto checked =
      check_certificate(leaf, chain->get(), anchor, request->identity.purpose, true, now);
  if (!checked) return checked.error();
  if (checked->identity != request->identity) {
    return make_error(ErrorCode::not_allowed,
                      "the certificate is for " + identity_uri(checked->identity) + ", and " +
                          identity_uri(request->identity) + " was asked for",
                      "ask the CA for what stands in the request");
  }
  if (Status mode = check_mode(*checked, request->exercise); !mode) return mode.error();
  return checked;
}

int pki_import(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string name = *invocation.arguments.get("NAME");
  const std::string path = *invocation.arguments.get("CERTIFICATE");
  const std::string what = path + " was not taken";
  const auto ca = invocation.arguments.get("--ca");
  if (!ca) {
    return output.fail(what, make_error(ErrorCode::usage, "by which CA?",
                                        "hotline pki import tls-2027 tls.crt --ca ca.crt"));
  }
  const auto anchor =
      need(TrustAnchor::load(*ca, invocation.arguments.get("--crl").value_or("")), what);
  const std::string key = invocation.arguments.get("--key").value_or(name + ".key");
  const auto checked = need(check_issued(name, key, path, anchor, invocation.around->now()), what);
  const auto bytes = need(read_bounded_file(path, limits::kPemFileSizeMax), what);
  const std::string file = name + ".crt";
  need(write_new_file(file, as_text(bytes)), what);
  if (output.json()) {
    output.document(json_document()
                        .add("name", identity_uri(checked.identity))
                        .add("certificate", file)
                        .add("key", key)
                        .add("serial", checked.serial_hex)
                        .add("not_before", json_time(checked.not_before))
                        .add("not_after", json_time(checked.not_after))
                        .add("sha256", to_hex(checked.sha256)));
    return kExitDone;
  }
  output.line(printable_line(file) + "  good: " + identity_uri(checked.identity) + ", by " +
              anchor.name() + ", until " + output.date_and_time(checked.not_after));
  output.talk(checked.identity.purpose == Purpose::person
                  ? "Next: name it and its key in the context: hotline help context"
                  : "Next: name it and its key in hotlined.toml, then hotlined config check");
  return kExitDone;
}

}  // namespace

Command pki_csr_command() {
  return {
      {.name = "pki csr",
       .summary = "Make a key, and a request for its certificate",
       .description =
           "NAME.key is a fresh Ed25519 key that only its owner reads; NAME.csr says all that "
           "the certificate must say. A CA copies it from there, and adds the name of its own "
           "key. Nothing is written over.",
       .examples = {"hotline pki csr tls-2027 --party north --purpose tls",
                    "hotline pki csr people/ann-2027 --party north --person ann",
                    "hotline pki csr log-2027 --party north --purpose log --key log.key"},
       .options = {{"--party", "ID", "the party whose key it is"},
                   {"--purpose", "PURPOSE", "tls, log, receipt or witness"},
                   {"--person", "ID", "the key of this person"},
                   {"--key", "FILE", "a new certificate for the key that is there; none is made"},
                   {"--exercise", "", "for exercises alone; a live daemon refuses it"}},
       .positionals = {{"NAME", "what the two files are called, without .key and .csr"}}},
      pki_csr};
}

Command pki_import_command() {
  return {{.name = "pki import",
           .summary = "Take the certificate that the CA made of a request",
           .description =
               "It must be for the key and the name of the request, and be taken by the rules of a "
               "daemon: chain, purpose, mode, time. It is then NAME.crt, beside NAME.key. Nothing "
               "is written over.",
           .examples = {"hotline pki import tls-2027 from-the-ca.crt --ca ca.crt --crl ca.crl"},
           .options = {{"--ca", "FILE", "the CA certificate of the party"},
                       {"--crl", "FILE", "what that CA has revoked"},
                       {"--key", "FILE", "the key, where it is not NAME.key"}},
           .positionals = {{"NAME", "as `hotline pki csr` was told"},
                           {"CERTIFICATE", "with its chain, PEM"}}},
          pki_import};
}

}  // namespace hotline::client
