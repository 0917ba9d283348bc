// hotlined: the service. Commands, their options and exit codes; the work is in the files they
// call.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/keys.h"
#include "daemon/store.h"
#include "daemon/store_account.h"
#include "daemon/surroundings.h"
#include "daemon/system_clock.h"
#include "protocol/core.h"
#include "protocol/origin.h"

namespace hotline {
namespace {

constexpr const char* kVersion = HOTLINE_VERSION;

// Exit codes as in the client's commands.
int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::configuration:
      return 3;
    case ErrorCode::not_allowed:
      return 4;
    case ErrorCode::unreachable:
      return 5;
    case ErrorCode::timed_out:
      return 6;
    case ErrorCode::not_found:
      return 7;
    default:
      return 1;
  }
}

int report(const Error& error) {
  std::fprintf(stderr, "hotlined: %s\n", error.reason.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  try:  %s\n", error.hint.c_str());
  return exit_code(error);
}

void log_to_stderr() {
  auto logger = spdlog::stderr_color_mt("hotlined");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(logger);
  spdlog::flush_on(spdlog::level::info);
}

int run_init(const std::string& config_path, bool allow_dev_pki) {
  auto config = read_config(config_path);
  if (!config) return report(config.error());
  Now now = read_clocks();
  auto keys = ChannelKeys::load(*config, allow_dev_pki);
  if (!keys) return report(keys.error());
  if (Status times = (*keys)->check_times(now.utc); !times) return report(times.error());
  StoreIdentity identity{config->party, config->peer, config->channel, config->exercise, now.utc};
  if (Status status = Store::create(config->store_path, identity); !status)
    return report(status.error());
  std::printf("created %s for %s, channel with %s (%s)\n", config->store_path.c_str(),
              config->party.c_str(), config->peer.c_str(), config->exercise ? "EXERCISE" : "live");
  return 0;
}

int run_daemon(const std::string& config_path, bool allow_dev_pki) {
  auto config = read_config(config_path);
  if (!config) return report(config.error());
  log_to_stderr();
  auto daemon = Daemon::create(*std::move(config), {allow_dev_pki, kVersion});
  if (!daemon) return report(daemon.error());
  return (*daemon)->run();
}

int run_config_check(const std::string& config_path, bool allow_dev_pki) {
  auto config = read_config(config_path);
  if (!config) return report(config.error());
  auto keys = ChannelKeys::load(*config, allow_dev_pki);
  if (!keys) return report(keys.error());
  if (Status times = (*keys)->check_times(read_clocks().utc); !times) return report(times.error());
  for (const std::string& problem : (*keys)->list_problems()) {
    return report(make_error(ErrorCode::configuration, problem, "get the newest list from the CA"));
  }
  const Surroundings around = look_at_surroundings(*config);
  for (const Error& fault : around.faults) report(fault);
  if (!around.faults.empty()) return exit_code(around.faults.front());
  std::printf("%s: good. Party %s, peer %s over %zu paths, %zu people, store %s%s\n",
              config_path.c_str(), config->party.c_str(), config->peer.c_str(),
              config->peer_addresses.size(), config->people.size(), config->store_path.c_str(),
              (*keys)->dev_pki() ? "; DEVELOPMENT CERTIFICATES" : "");
  for (const std::string& note : around.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  return 0;
}

int run_store_info(const std::string& config_path) {
  auto config = read_config(config_path);
  if (!config) return report(config.error());
  auto store = Store::open(config->store_path);
  if (!store) return report(store.error());
  StoreReader& reader = (*store)->reader();
  StoreHead head = reader.head();
  std::printf("store       %s\n", config->store_path.c_str());
  std::printf("party       %s, peer %s (%s)\n", (*store)->identity().party.c_str(),
              (*store)->identity().peer.c_str(),
              (*store)->identity().exercise ? "EXERCISE" : "live");
  std::printf("created     %s\n", format_rfc3339((*store)->identity().created_at).c_str());
  std::printf("journal     %llu entries, root %s\n", static_cast<unsigned long long>(head.size),
              to_hex(head.root).c_str());
  for (auto [name, log] :
       {std::pair{"sent", LogId::own_transcript}, {"received", LogId::peer_transcript}}) {
    uint64_t size = reader.log_size(log);
    auto receipt = reader.newest_receipt(log);
    std::printf("%-11s %llu messages, receipts up to %llu, root %s\n", name,
                static_cast<unsigned long long>(size),
                static_cast<unsigned long long>(receipt ? receipt->size : 0),
                to_hex(root_at(reader.hashes(log), size)).c_str());
  }
  return 0;
}

int run_store_check(const std::string& config_path) {
  auto config = read_config(config_path);
  if (!config) return report(config.error());
  auto store = Store::open(config->store_path);
  if (!store) return report(store.error());
  std::vector<std::string> faults = (*store)->reader().check();
  if (faults.empty()) {
    if (std::string fault = first_fault((*store)->reader()); !fault.empty())
      faults.push_back(fault);
  }
  for (const std::string& fault : faults) std::printf("%s\n", fault.c_str());
  if (!faults.empty()) {
    return report(make_error(ErrorCode::store_failed, config->store_path + " is damaged",
                             "keep the file as evidence and restore a backup"));
  }
  std::printf("%s: every row, hash and place agrees\n", config->store_path.c_str());
  return 0;
}

// CLI11 says that a command is wanted also where one was typed that there is not.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string words = "hotlined";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    words += " " + command->get_name();
  }
  std::string reason = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
      !command->get_subcommands([](const CLI::App*) { return true; }).empty()) {
    const std::vector<std::string> unknown = app.remaining(true);
    reason = unknown.empty() ? words + " wants a command"
                             : "unknown command \"" + unknown.front() + "\" after " + words;
  }
  return make_error(ErrorCode::usage, reason, words + " --help");
}

int run_main(int argc, char** argv) {
  CLI::App app(
      "hotlined: one party's side of a Hotline channel\n\nExample:\n"
      "  hotlined config example --party north --peer south > hotlined.toml\n"
      "  hotlined init -c hotlined.toml\n"
      "  hotlined run -c hotlined.toml");
  app.require_subcommand(1);
  std::string config_path;
  std::string party = "north";
  std::string peer;
  bool allow_dev_pki = false;
  auto with_config = [&](CLI::App* command) {
    command->add_option("-c,--config", config_path, "the configuration file")->required();
    return command;
  };
  auto with_dev = [&](CLI::App* command) {
    command->add_flag("--allow-dev-pki", allow_dev_pki,
                      "accept development certificates, for trying things out");
    return command;
  };
  CLI::App* init = with_dev(with_config(app.add_subcommand("init", "make a new, empty store")));
  CLI::App* run = with_dev(with_config(app.add_subcommand("run", "serve until told to stop")));
  CLI::App* version = app.add_subcommand("version", "print the version");
  CLI::App* config = app.add_subcommand("config", "the configuration")->require_subcommand(1);
  CLI::App* example = config->add_subcommand("example", "print a commented configuration");
  example->add_option("--party", party, "the party's id");
  example->add_option("--peer", peer, "the other party's id");
  CLI::App* check =
      with_dev(with_config(config->add_subcommand("check", "read it all the way through")));
  CLI::App* store = app.add_subcommand("store", "the store")->require_subcommand(1);
  CLI::App* info = with_config(
      store->add_subcommand("info", "sizes, roots and receipts; the daemon must be stopped"));
  CLI::App* store_check =
      with_config(store->add_subcommand("check", "read and compare everything"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return report(usage_error(app, error));
  }
  if (version->parsed()) {
    std::printf("hotlined %s\n", kVersion);
    return 0;
  }
  if (example->parsed()) {
    if (peer.empty()) peer = party == "south" ? "north" : "south";
    for (const std::string& id : {party, peer}) {
      if (is_party_id(id) && party != peer) continue;
      return report(make_error(ErrorCode::usage, "\"" + id + "\" cannot be a party's id here",
                               "lower-case letters, digits and -; two different ones"));
    }
    std::fputs(example_config(party, peer).c_str(), stdout);
    return 0;
  }
  if (init->parsed()) return run_init(config_path, allow_dev_pki);
  if (run->parsed()) return run_daemon(config_path, allow_dev_pki);
  if (check->parsed()) return run_config_check(config_path, allow_dev_pki);
  if (info->parsed()) return run_store_info(config_path);
  if (store_check->parsed()) return run_store_check(config_path);
  return 2;
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  try {
    return hotline::run_main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hotlined: %s\n", error.what());
    return 1;
  }
}
