#include "client/connect/context_edit.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "protocol/base/text.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {
namespace {

// A basic string of TOML.
std::string in_toml_quotes(const std::string& value) {
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

Result<std::string> read_contexts_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (file.bad() || !file) return make_error(ErrorCode::failed, path + " cannot be read");
  return text.str();
}

// Nothing is named from the environment: the file itself is looked at.
std::optional<std::string> no_environment(const std::string&) {
  return std::nullopt;
}

// Without the place in a file that is removed again: the mistake is in what was typed.
Error without_place(Error error, const std::string& file) {
  if (!error.reason.starts_with(file + ":")) return error;
  const size_t end = error.reason.find(": ", file.size());
  if (end != std::string::npos) error.reason.erase(0, end + 2);
  return error;
}

// The text written is read again before it takes the file's place: a slip of ours, or a layout that
// is not expected here, costs nobody the contexts that there are.
// `option`: the context that is chosen then; without one it is the default.
Status replace_contexts(const std::string& path, const std::string& text,
                        const std::optional<std::string>& option, const std::string& name) {
  std::error_code error;
  const std::string real = std::filesystem::weakly_canonical(path, error).string();
  if (error) return make_error(ErrorCode::failed, path + ": " + error.message());
  const std::string next = real + ".next";
  std::filesystem::remove(next, error);
  if (auto status = write_new_file(next, text); !status) return status;
  const auto file = read_context_file(next);
  const auto chosen = file ? choose_context(*file, option, no_environment) : file.error();
  if (!chosen || chosen->name != name) {
    std::filesystem::remove(next, error);
    if (!chosen) return without_place(chosen.error(), next);
    return make_error(ErrorCode::failed, path + " is laid out in a way that is not expected here",
                      "write context = \"" + name + "\" at its top");
  }
  if (std::filesystem::exists(real, error)) {  // It may be one of several people.
    std::filesystem::permissions(next, std::filesystem::status(real, error).permissions(), error);
  }
  std::filesystem::rename(next, real, error);
  if (!error) return ok();
  return make_error(ErrorCode::failed, path + " cannot be written: " + error.message());
}

bool sets_default(const std::string& line) {
  constexpr std::string_view kKey = "context";
  return line.starts_with(kKey) && trim(line.substr(kKey.size())).starts_with('=');
}

// Whatever stands behind the value: a remark, say.
std::string behind_value(const std::string& line) {
  const size_t open = line.find_first_of("\"'", line.find('='));
  if (open == std::string::npos) return "";
  const size_t close = line.find(line[open], open + 1);
  return close == std::string::npos ? "" : line.substr(close + 1);
}

std::string with_default(const std::string& text, const std::string& name) {
  const std::string setting = "context = " + in_toml_quotes(name);
  std::string result;
  bool in_table = false, is_set = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    in_table = in_table || trim(line).starts_with('[');
    if (!in_table && !is_set && sets_default(std::string(trim(line)))) {
      line = setting + behind_value(line);
      is_set = true;
    }
    result += line + "\n";
  }
  return is_set ? result : setting + "\n" + result;
}

}  // namespace

bool is_context_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

std::string context_table(const Context& context) {
  std::string table = "[contexts." + context.name + "]\n";
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) table += std::string(key) + " = " + in_toml_quotes(value) + "\n";
  };
  set("server", server_of(context));
  set("certificate", context.certificate_path);
  set("key", context.key_path);
  set("ca", context.ca_path);
  set("crl", context.crl_path);
  set("language", context.language);
  return table;
}

Status add_context(const std::string& path, const Context& context) {
  std::string text;
  const auto toml = read_toml_file(path);
  if (toml) {
    const TomlValue* contexts = toml->root.find("contexts");
    if (contexts != nullptr && contexts->find(context.name) != nullptr) {
      return make_error(ErrorCode::conflict,
                        path + ": there is a context \"" + context.name + "\" in it already",
                        "choose another name, or change it in that file");
    }
    auto before = read_contexts_text(path);
    if (!before) return before.error();
    text = *std::move(before);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += '\n';
  } else if (toml.error().code != ErrorCode::not_found) {
    return toml.error();
  } else {
    std::error_code error;
    const auto directory = std::filesystem::absolute(path).parent_path();
    std::filesystem::create_directories(directory, error);
    if (error) return make_error(ErrorCode::failed, directory.string() + ": " + error.message());
  }
  return replace_contexts(path, text + context_table(context), context.name, context.name);
}

Status set_default_context(const std::string& path, const std::string& name) {
  const auto file = read_context_file(path);
  if (!file) return file.error();
  if (const auto chosen = choose_context(*file, name, no_environment); !chosen) {
    return chosen.error();
  }
  const auto text = read_contexts_text(path);
  if (!text) return text.error();
  return replace_contexts(path, with_default(*text, name), std::nullopt, name);
}

}  // namespace hotline::client
