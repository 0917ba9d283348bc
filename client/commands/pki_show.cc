// hotline pki show: what a certificate says of itself. Nothing is verified.
#include "certs/key_file.h"
#include "client/commands/commands.h"
#include "client/show/certificate_view.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

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
  const auto files = files_to_show(invocation);
  if (!files) return output.fail("there is no certificate to show", files.error());
  for (const std::string& path : *files) {
    const auto certificate = load_certificate(path);
    if (!certificate) return output.fail("cannot show " + path, certificate.error());
    const auto read = read_certificate(certificate->get());
    if (!read) return output.fail("cannot show " + path, read.error());
    const UtcMs now = invocation.around->now();
    if (output.json()) {
      output.document(json_certificate(path, *read, now));
    } else {
      print_certificate(output, path, *read, now);
    }
  }
  return kExitDone;
}

}  // namespace

Command pki_show_command() {
  return {{"pki show",
           "Show what certificates say of themselves",
           "Nothing is verified: that is what hotline pki check does. Without a file, the own "
           "certificate of the context.",
           {"hotline pki show", "hotline pki show north/tls.crt", "hotline pki show --json *.crt"},
           {},
           {{"FILE", "a certificate, PEM", false, true}}},
          pki_show};
}

}  // namespace hotline::client
