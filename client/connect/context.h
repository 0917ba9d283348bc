// Contexts: which daemon to speak to, and as whom.
//
//   context = "north"                      # The default one.
//   [contexts.north]
//   server = "north.example.org:7411"      # Or "unix:/run/hotline/north.sock".
//   certificate = "ann.crt"                # Paths are relative to this file.
//   key = "ann.key"
//   ca = "north-ca.crt"
//   language = "en"                        # The reader's: en, ru, uk or id (docs/languages.md).
//
// The file is --config, else HOTLINE_CONFIG, else ~/.config/hotline/config.toml; the context is
// --context, else HOTLINE_CONTEXT, else the file's default, else the only one there is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace hotline::client {

struct Context {
  std::string name;
  std::string unix_path;  // Not empty: a Unix socket, and host and port mean nothing.
  std::string host;
  std::string port;
  std::string certificate_path;
  std::string key_path;
  std::string ca_path;
  std::string crl_path;  // May be empty: then nothing is revoked for this client.
  std::string language = "en";
};

// A context with a mistake in it. The others are as good as ever; whoever chooses this one is told.
struct FaultyContext {
  std::string name;
  Error error;
};

struct ContextFile {
  std::string path;
  std::string default_name;  // May be empty.
  std::vector<Context> contexts;
  std::vector<FaultyContext> faulty;
};

using Environment = std::function<std::optional<std::string>(const std::string&)>;

// "host:port", "[::1]:port" or "unix:PATH" into `context`. Error: configuration.
Status parse_server(const std::string& server, Context& context);

// The other way round.
std::string server_of(const Context& context);

// Where the file would be, whether it exists or not.
std::string config_path(const std::optional<std::string>& option, const Environment& environment);

// Errors: configuration, with file:line:column, where the file has no context or cannot be read.
Result<ContextFile> read_context_file(const std::string& path);

// Errors: configuration; of a faulty context its own.
Result<Context> choose_context(const ContextFile& file, const std::optional<std::string>& option,
                               const Environment& environment);

}  // namespace hotline::client
