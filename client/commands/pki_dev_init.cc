// hotline pki dev-init: keys and certificates to try Hotline with.
#include "certs/dev_pki.h"
#include "certs/identity.h"
#include "client/commands/commands.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

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
  auto parties = read_names(invocation.arguments, "--parties", options.parties);
  if (!parties) return output.fail("", parties.error());
  options.parties = std::move(*parties);
  auto people = read_names(invocation.arguments, "--people", options.people);
  if (!people) return output.fail("", people.error());
  options.people = std::move(*people);
  const auto pki = create_dev_pki(directory, options, invocation.around->now());
  if (!pki) return output.fail(what, pki.error());
  if (output.json()) {
    output.document(json_document()
                        .add("directory", pki->directory)
                        .add("dev_only", true)
                        .add("not_after", json_time(pki->not_after))
                        .add("files", pki->files));
    return kExitDone;
  }
  for (const std::string& file : pki->files) output.line(pki->directory + "/" + file);
  output.talk(output.styled(Style::yellow, "DEV ONLY") +
              ": every CA's private key lies beside it. Valid until " +
              output.date_and_time(pki->not_after) +
              ".\nA live daemon takes these only when started with --allow-dev-pki.");
  return kExitDone;
}

}  // namespace

Command pki_dev_init_command() {
  return {{"pki dev-init",
           "Make keys and certificates for development",
           "For each party a CA, the four keys of its daemon, and a certificate for each person. "
           "Every subject says DEV ONLY, and all of it ends after seven days.",
           {"hotline pki dev-init pki --parties north,south",
            "hotline pki dev-init pki --people ann,bob,eve"},
           {{"--parties", "NAMES", "the parties, separated by commas (north,south)"},
            {"--people", "NAMES", "the people of each party (ann,bob,eve)"}},
           {{"DIR", "a directory to make; one with anything in it is refused"}}},
          pki_dev_init};
}

}  // namespace hotline::client
