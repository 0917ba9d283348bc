// hotline context list: the daemons this person can speak to, and as whom.
#include "client/commands/commands.h"

namespace hotline::client {
namespace {

std::string server_of(const Context& context) {
  if (!context.unix_path.empty()) return "unix:" + context.unix_path;
  const bool bare_ipv6 = context.host.find(':') != std::string::npos;
  return (bare_ipv6 ? "[" + context.host + "]" : context.host) + ":" + context.port;
}

int context_list(Invocation& invocation) {
  Output& output = invocation.output;
  const Environment& environment = invocation.around->environment;
  const auto file =
      need(read_context_file(config_path(invocation.arguments.get("--config"), environment)),
           "cannot list contexts");
  const auto chosen = choose_context(file, invocation.arguments.get("--context"), environment);
  const std::string in_use = chosen ? chosen->name : "";
  if (output.json()) {
    const auto json_context = [&](const Context& context) {
      return JsonValue()
          .add("name", context.name)
          .add("in_use", context.name == in_use)
          .add("server", server_of(context))
          .add("certificate", context.certificate_path)
          .add("language", context.language);
    };
    output.document(json_document()
                        .add("file", file.path)
                        .add("contexts", json_each(file.contexts, json_context)));
    return kExitDone;
  }
  Table table({{"NAME"},
               {"SERVER"},
               {"LANGUAGE", 0, Table::Fit::left_out},
               {"CERTIFICATE", 0, Table::Fit::cut}});
  for (const Context& context : file.contexts) {
    table.add({context.name == in_use ? "*" : "",
               {context.name, server_of(context), context.language,
                context.certificate_path.empty() ? "-" : context.certificate_path}});
  }
  table.print(output);
  output.talk("From " + file.path + "; * is in use.");
  return kExitDone;
}

}  // namespace

Command context_list_command() {
  return {
      {.name = "context list",
       .summary = "List the contexts: which daemon to speak to, and as whom",
       .description =
           "A context is a table of the file of contexts:\n\n"
           "  context = \"north\"                  # the one that is used without --context\n"
           "  [contexts.north]\n"
           "  server = \"north.example.org:4712\"  # or \"unix:/run/hotline/north.sock\"\n"
           "  certificate = \"ann.crt\"            # paths begin at this file\n"
           "  key = \"ann.key\"\n"
           "  ca = \"north-ca.crt\"\n"
           "  crl = \"north-ca.crl\"               # what that CA has revoked; may be left out\n"
           "  language = \"en\"                    # coded fields are shown in it: en, ru, uk, id",
       .examples = {"hotline context list", "hotline --context north context list"},
       .without = {"--local"}},
      context_list};
}

}  // namespace hotline::client
