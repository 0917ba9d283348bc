#include "client/connect/context.h"

#include <filesystem>

#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/words.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {
namespace {

std::string beside(const std::string& file, const std::string& path) {
  const std::filesystem::path given(path);
  if (given.is_absolute()) return path;
  return (std::filesystem::path(file).parent_path() / given).lexically_normal().string();
}

// By its first subtag. Another one would be read as English, and nobody be told.
bool is_reader_language(const std::string& tag) {
  return choose_language(tag) != Language::en || same_language(tag.substr(0, tag.find('-')), "en");
}

bool is_port(const std::string& text) {
  if (text.empty() || text.size() > 5) return false;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + (c - '0');
  }
  return port >= 1 && port <= 65535;
}

Result<Context> read_context(const TomlFile& file, const std::string& name,
                             const TomlValue& table) {
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"" + name + "\" must be a table",
                      "write [contexts." + name + "] on a line of its own");
  }
  if (auto status = file.only(table, {"server", "certificate", "key", "ca", "crl", "language"});
      !status) {
    return status.error();
  }
  Context context;
  context.name = name;
  const TomlValue* server_value = nullptr;
  for (const auto& [key, value] : table.members) {
    const auto text = file.text_of(value, key);
    if (!text) return text.error();
    if (key == "server") {
      server_value = &value;
      if (const auto status = parse_server(*text, context); !status) {
        return file.error(value, status.error().reason, status.error().hint);
      }
      if (!context.unix_path.empty()) context.unix_path = beside(file.name, context.unix_path);
    }
    if (key == "language") {
      if (!is_reader_language(*text)) {
        return file.error(value, "\"" + *text + "\" is no language of these programs",
                          "write en, ru, uk or id");
      }
      context.language = *text;
    }
    for (const auto& [name_of_path, path] :
         {std::pair{"certificate", &context.certificate_path}, std::pair{"key", &context.key_path},
          std::pair{"ca", &context.ca_path}, std::pair{"crl", &context.crl_path}}) {
      if (key == name_of_path) *path = beside(file.name, *text);
    }
  }
  if (server_value == nullptr) {
    return file.error(table, "context \"" + name + "\" has no server",
                      "add server = \"HOST:PORT\" or \"unix:/PATH\"");
  }
  const bool tls = context.unix_path.empty();
  if (tls &&
      (context.certificate_path.empty() || context.key_path.empty() || context.ca_path.empty())) {
    return file.error(table, "context \"" + name + "\" needs certificate, key and ca",
                      "a server that is reached over TLS wants to know who you are; only "
                      "unix: goes without");
  }
  return context;
}

std::vector<std::string> names_of(const ContextFile& file) {
  std::vector<std::string> names;
  for (const Context& context : file.contexts) names.push_back(context.name);
  for (const FaultyContext& one : file.faulty) names.push_back(one.name);
  return names;
}

}  // namespace

Status parse_server(const std::string& server, Context& context) {
  if (server.rfind("unix:", 0) == 0 && server.size() > 5) {
    context.unix_path = server.substr(5);
    return ok();
  }
  const size_t colon = server.rfind(':');
  std::string host = colon == std::string::npos ? std::string() : server.substr(0, colon);
  const std::string port = colon == std::string::npos ? std::string() : server.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    host.clear();  // An IPv6 address without its brackets.
  }
  if (host.empty() || !is_port(port)) {
    return make_error(ErrorCode::configuration, "\"" + server + "\" is no address of a daemon",
                      "write HOST:PORT, [IPV6]:PORT or unix:/PATH");
  }
  context.host = host;
  context.port = port;
  return ok();
}

std::string server_of(const Context& context) {
  if (!context.unix_path.empty()) return "unix:" + context.unix_path;
  const bool bare_ipv6 = context.host.find(':') != std::string::npos;
  return (bare_ipv6 ? "[" + context.host + "]" : context.host) + ":" + context.port;
}

std::string config_path(const std::optional<std::string>& option, const Environment& environment) {
  if (option) return *option;
  if (const auto path = environment("HOTLINE_CONFIG"); path && !path->empty()) return *path;
  if (const auto path = environment("XDG_CONFIG_HOME"); path && !path->empty()) {
    return *path + "/hotline/config.toml";
  }
  return environment("HOME").value_or("") + "/.config/hotline/config.toml";
}

Result<ContextFile> read_context_file(const std::string& path) {
  const auto toml = read_toml_file(path);
  if (!toml) {
    Error error = toml.error();
    if (error.code == ErrorCode::not_found) {
      error.hint = "hotline help context add    shows how, or name another with --config";
    }
    error.code = ErrorCode::configuration;
    return error;
  }
  if (auto status = toml->only(toml->root, {"context", "contexts"}); !status) {
    return status.error();
  }
  ContextFile file;
  file.path = path;
  if (const TomlValue* name = toml->root.find("context")) {
    if (name->kind == TomlValue::Kind::table) {
      const std::string one = name->members.empty() ? "NAME" : name->members.front().key;
      return toml->error(*name, "unknown table [context." + one + "]",
                         "did you mean [contexts." + one + "]?");
    }
    const auto text = toml->text_of(*name, "context");
    if (!text) return text.error();
    file.default_name = *text;
  }
  if (const TomlValue* contexts = toml->root.find("contexts")) {
    for (const auto& [name, table] : contexts->members) {
      auto context = read_context(*toml, name, table);
      if (!context) {
        file.faulty.push_back({name, context.error()});
        continue;
      }
      file.contexts.push_back(std::move(*context));
    }
  }
  if (file.contexts.empty()) {
    if (!file.faulty.empty()) return file.faulty.front().error;
    return make_error(ErrorCode::configuration, path + ": there is no context in it",
                      "hotline help context list    shows one");
  }
  return file;
}

Result<Context> choose_context(const ContextFile& file, const std::optional<std::string>& option,
                               const Environment& environment) {
  std::string name = file.default_name;
  if (const auto wanted = environment("HOTLINE_CONTEXT"); wanted && !wanted->empty())
    name = *wanted;
  if (option) name = *option;
  if (name.empty()) {
    if (names_of(file).size() == 1) return file.contexts.front();
    return make_error(ErrorCode::configuration,
                      file.path + ": has several contexts and names none as the default",
                      "choose one with --context, or write context = \"" +
                          file.contexts.front().name + "\" at its top");
  }
  for (const Context& context : file.contexts) {
    if (context.name == name) return context;
  }
  for (const FaultyContext& one : file.faulty) {
    if (one.name == name) return one.error;
  }
  std::string hint;
  if (const auto guess = nearest_word(name, names_of(file))) {
    hint = "did you mean \"" + *guess + "\"?";
  } else {
    hint = "there are:";
    for (const std::string& known : names_of(file)) hint += " " + known;
  }
  return make_error(ErrorCode::configuration,
                    file.path + ": there is no context \"" + name + "\" in it", hint);
}

}  // namespace hotline::client
