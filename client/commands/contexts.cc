// hotline context list, show, use and add: the daemons this person can speak to, and as whom.
#include <filesystem>

#include "certs/key_file.h"
#include "client/commands/commands.h"
#include "client/connect/context_edit.h"

namespace hotline::client {
namespace {

std::string contexts_path(const Invocation& invocation) {
  return config_path(invocation.arguments.get("--config"), invocation.around->environment);
}

JsonValue json_context(const Context& context, bool in_use) {
  return JsonValue()
      .add("name", context.name)
      .add("in_use", in_use)
      .add("server", server_of(context))
      .add("certificate", context.certificate_path)
      .add("key", context.key_path)
      .add("ca", context.ca_path)
      .add("crl", context.crl_path)
      .add("language", context.language);
}

// ---- list and show

int context_list(Invocation& invocation) {
  Output& output = invocation.output;
  const auto file = need(read_context_file(contexts_path(invocation)), "cannot list contexts");
  const auto chosen =
      choose_context(file, invocation.arguments.get("--context"), invocation.around->environment);
  const std::string in_use = chosen ? chosen->name : "";
  if (output.json()) {
    const auto json_one = [&](const Context& context) {
      return json_context(context, context.name == in_use);
    };
    const auto json_fault = [](const FaultyContext& one) {
      return JsonValue().add("name", one.name).add("fault", one.error.reason);
    };
    output.document(json_document()
                        .add("file", file.path)
                        .add("contexts", json_each(file.contexts, json_one))
                        .add("faulty", json_each(file.faulty, json_fault)));
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
  for (const FaultyContext& one : file.faulty) {
    output.talk("Caution: context " + one.name + " cannot be used. " + one.error.reason,
                Style::yellow);
  }
  const bool has_star =
      output.terminal() && !in_use.empty();  // A table that is piped has no marks.
  output.talk("From " + file.path + (has_star ? "; * is in use." : "."));
  return kExitDone;
}

int context_show(Invocation& invocation) {
  Output& output = invocation.output;
  const auto file = need(read_context_file(contexts_path(invocation)), "cannot show the context");
  const auto typed = invocation.arguments.get("NAME");
  const auto& environment = invocation.around->environment;
  const auto in_use = choose_context(file, invocation.arguments.get("--context"), environment);
  const Context shown = need(typed ? choose_context(file, typed, environment) : in_use);
  const bool is_in_use = in_use && in_use->name == shown.name;
  if (output.json()) {
    output.document(
        json_document().add("file", file.path).add("context", json_context(shown, is_in_use)));
    return kExitDone;
  }
  output.line(shown.name + (is_in_use ? "  " + output.words("in use") : ""));
  for (const auto& [key, value] : {std::pair<std::string, std::string>{"file", file.path},
                                   {"server", server_of(shown)},
                                   {"certificate", shown.certificate_path},
                                   {"key", shown.key_path},
                                   {"ca", shown.ca_path},
                                   {"crl", shown.crl_path},
                                   {"language", shown.language}}) {
    if (value.empty()) continue;
    output.line("  " + key + std::string(13 - key.size(), ' ') + value);
  }
  return kExitDone;
}

// ---- use and add

int context_use(Invocation& invocation) {
  const std::string name = *invocation.arguments.get("NAME");
  const std::string path = contexts_path(invocation);
  need(set_default_context(path, name), "the context was not changed");
  invocation.output.answer("Without --context it is " + name + " from now on.",
                           json_document().add("file", path).add("context", name));
  const auto other = invocation.around->environment("HOTLINE_CONTEXT").value_or("");
  if (!other.empty() && other != name) {
    invocation.output.talk("Caution: HOTLINE_CONTEXT is " + other + ", and goes before the file.",
                           Style::yellow);
  }
  return kExitDone;
}

// As whoever types it means it, from wherever the file will be read.
Result<std::string> read_path(const Arguments& arguments, const std::string& option) {
  const auto typed = arguments.get(option);
  if (!typed) return std::string();
  const auto path = std::filesystem::absolute(*typed).lexically_normal();
  std::error_code none;
  if (std::filesystem::exists(path, none)) return path.string();
  return make_error(ErrorCode::not_found, option + ": there is no " + path.string());
}

Result<Context> read_typed_context(const Arguments& arguments) {
  Context context;
  context.name = *arguments.get("NAME");
  if (!is_context_name(context.name)) {
    return make_error(ErrorCode::usage, "\"" + context.name + "\" cannot name a context",
                      "letters, digits, - and _: north-ann");
  }
  if (auto status = parse_server(*arguments.get("--server"), context); !status) {
    return status.error();
  }
  if (!context.unix_path.empty()) {
    context.unix_path = std::filesystem::absolute(context.unix_path).lexically_normal().string();
  }
  for (const auto& [option, path] :
       {std::pair{"--certificate", &context.certificate_path},
        std::pair{"--key", &context.key_path}, std::pair{"--ca", &context.ca_path},
        std::pair{"--crl", &context.crl_path}}) {
    auto read = read_path(arguments, option);
    if (!read) return read.error();
    *path = *std::move(read);
  }
  context.language = arguments.get("--language").value_or("en");
  return context;
}

// A file that cannot be read yet may be put right later; two that do not belong together cannot.
Status check_pair(const Context& context) {
  if (context.certificate_path.empty() || context.key_path.empty()) return ok();
  const auto certificate = load_certificate(context.certificate_path);
  const auto key = load_private_key(context.key_path);
  if (!certificate || !key) return ok();
  Status matches = check_key_matches(key->get(), certificate->get());
  if (matches) return ok();
  return make_error(ErrorCode::configuration, "--key: " + matches.error().reason,
                    "give the key of that certificate");
}

int context_add(Invocation& invocation) {
  const std::string what = "the context was not added";
  const Context context = need(read_typed_context(invocation.arguments), what);
  need(check_pair(context), what);
  const std::string path = contexts_path(invocation);
  need(add_context(path, context), what);
  invocation.output.answer("Context " + context.name + " is in " + path + ".",
                           json_document().add("file", path).add("context", context.name));
  invocation.output.talk("Next: " +
                         invocation.output.command("--context " + context.name + " status"));
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

Command context_show_command() {
  return {{.name = "context show",
           .summary = "Show a context: its daemon, its files, its language",
           .description = "Without a name the one that is used: that of --context, else of "
                          "HOTLINE_CONTEXT, else the file's own, else the only one there is.",
           .examples = {"hotline context show", "hotline context show north"},
           .positionals = {{"NAME", "a context: hotline context list", false}},
           .without = {"--local"}},
          context_show};
}

Command context_use_command() {
  return {{.name = "context use",
           .summary = "Choose the context that is used without --context",
           .description = "It is written at the top of the file of contexts. HOTLINE_CONTEXT and "
                          "--context go before it.",
           .examples = {"hotline context use north"},
           .positionals = {{"NAME", "a context: hotline context list"}},
           .without = {"--context", "--local"}},
          context_use};
}

Command context_add_command() {
  return {{.name = "context add",
           .summary = "Add a context to the file of contexts",
           .description = "Paths are those of here, and are written in full. Whatever else stands "
                          "in the file stays; where there is none it is made.",
           .examples = {"hotline context add north-ann --server north.example.org:4712 "
                        "--certificate ann.crt --key ann.key --ca north-ca.crt",
                        "hotline context add local --server unix:/run/hotline/north.sock"},
           .options = {{"--server", "ADDRESS", "HOST:PORT, [IPV6]:PORT or unix:/PATH", false, true},
                       {"--certificate", "FILE", "the person's certificate"},
                       {"--key", "FILE", "its key"},
                       {"--ca", "FILE", "the CA certificate of the party"},
                       {"--crl", "FILE", "what that CA has revoked"},
                       {"--language", "TAG", "the reader's: en (as without), ru, uk or id"}},
           .positionals = {{"NAME", "its name: letters, digits, - and _"}},
           .without = {"--context", "--local"}},
          context_add};
}

}  // namespace hotline::client
