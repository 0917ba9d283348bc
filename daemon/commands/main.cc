// hotlined: the service. Commands, their options and exit codes; the work is in the files they
// call.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>

#include "daemon/api/descriptors.h"
#include "daemon/commands/surroundings.h"
#include "daemon/daemon.h"
#include "daemon/process/config.h"
#include "daemon/process/console.h"
#include "daemon/process/keys.h"
#include "daemon/process/log.h"
#include "daemon/process/signals.h"
#include "daemon/process/system_clock.h"
#include "daemon/store/sqlite/store.h"
#include "daemon/store/sqlite/store_account.h"
#include "daemon/store/sqlite/store_failure.h"
#include "daemon/watch/wait_for_room.h"
#include "protocol/base/nearest.h"
#include "protocol/channel/core.h"
#include "protocol/log/origin.h"
#include "protocol/terminal/standard_files.h"

namespace hotline {
namespace {

constexpr const char* kVersion = HOTLINE_VERSION;

int run_init(const Console& console, const std::string& config_path, bool allow_dev_pki) {
  const char* const what = "cannot make the store";
  auto config = read_config(config_path);
  if (!config) return console.fail(what, config.error());
  Now now = read_clocks();
  auto keys = ChannelKeys::load(*config, allow_dev_pki);
  if (!keys) return console.fail(what, keys.error());
  if (Status times = (*keys)->check_times(now.utc); !times)
    return console.fail(what, times.error());
  StoreIdentity identity{config->party, config->peer, config->channel, config->exercise, now.utc};
  if (Status status = Store::create(config->store_path, identity); !status)
    return console.fail(what, status.error());
  console.print("created " + config->store_path + " for " + config->party + ", channel with " +
                    config->peer + (config->exercise ? " (EXERCISE)" : " (live)"),
                JsonObject()
                    .add("store", config->store_path)
                    .add("party", config->party)
                    .add("peer", config->peer)
                    .add("exercise", config->exercise));
  return 0;
}

// This part of the reserve must be free after the disk was full: enough to start and to alarm.
constexpr uint64_t kPartOfReserve = 8;

int run_daemon(const Console& console, const std::string& config_path, bool allow_dev_pki) {
  const char* const what = "cannot start";
  auto config = read_config(config_path);
  if (!config) return console.fail(what, config.error());
  ignore_other_signals();
  const Log log(take_standard_error());
  DaemonOptions options;
  options.allow_dev_pki = allow_dev_pki;
  options.version = kVersion;
  options.descriptors = raise_descriptor_limit();
  options.log_trouble = [&log] { return log.trouble(); };
  const uint64_t room = config->store_reserve_bytes / kPartOfReserve;
  bool has_run = false;
  const auto serve = [&]() -> Served {
    auto daemon = Daemon::create(*config, options);
    if (!daemon) {
      // At the first start a person or a service manager is there to be told, and may start it
      // again.
      const bool full_again = has_run && !has_room(config->store_path, room);
      return {console.fail(what, daemon.error()), full_again};
    }
    has_run = true;
    config->listen_peer.port = (*daemon)->peer_port();
    config->listen_client.port = (*daemon)->client_port();
    const int code = (*daemon)->run();
    return {code, (*daemon)->ended_with_full_disk()};
  };
  // All of it is made anew from the disk, as by a new start of the process.
  return serve_while_there_is_room(serve, [&] { return wait_for_room(config->store_path, room); });
}

int run_config_check(const Console& console, const std::string& config_path, bool allow_dev_pki) {
  const char* const what = "the configuration is not good";
  auto config = read_config(config_path);
  if (!config) return console.fail(what, config.error());
  auto keys = ChannelKeys::load(*config, allow_dev_pki);
  if (!keys) return console.fail(what, keys.error());
  if (Status times = (*keys)->check_times(read_clocks().utc); !times)
    return console.fail(what, times.error());
  for (const std::string& problem : (*keys)->list_problems()) {
    return console.fail(
        what, make_error(ErrorCode::configuration, problem, "get the newest list from the CA"));
  }
  const Surroundings around = look_at_surroundings(*config);
  int code = 0;
  for (const Error& fault : around.faults) code = console.fail(what, fault);
  if (code != 0) return code;
  console.print(config_path + ": good. Party " + config->party + ", peer " + config->peer +
                    " over " + std::to_string(config->peer_addresses.size()) + " paths, " +
                    std::to_string(config->people.size()) + " people, store " + config->store_path +
                    ((*keys)->dev_pki() ? "; DEVELOPMENT CERTIFICATES" : ""),
                JsonObject()
                    .add("config", config_path)
                    .add("party", config->party)
                    .add("peer", config->peer)
                    .add("paths", uint64_t{config->peer_addresses.size()})
                    .add("people", uint64_t{config->people.size()})
                    .add("store", config->store_path)
                    .add("dev_pki", (*keys)->dev_pki())
                    .add("notes", around.notes));
  for (const std::string& note : around.notes) console.note("note: " + note);
  return 0;
}

// Opens the store of one that is not running and looks at it. `in_use`: what to type where it runs;
// empty: what the lock says.
int look_into_store(const Console& console, const char* what, const std::string& config_path,
                    const std::string& in_use,
                    const std::function<int(const std::string& path, Store& store)>& look) {
  auto config = read_config(config_path);
  if (!config) return console.fail(what, config.error());
  auto store = Store::open(config->store_path);
  if (!store) {
    Error error = store.error();
    if (error.code == ErrorCode::conflict && !in_use.empty()) error.hint = in_use;
    return console.fail(what, error);
  }
  try {
    return look(config->store_path, **store);
  } catch (const StoreError& error) {
    return console.fail(what, describe_refusal("cannot read the store", error, config->store_path));
  }
}

int print_store(const Console& console, const std::string& path, Store& store) {
  StoreReader& reader = store.reader();
  const StoreHead head = reader.head();
  const StoreIdentity& identity = store.identity();
  std::string text = "store       " + path + "\nparty       " + identity.party + ", peer " +
                     identity.peer + (identity.exercise ? " (EXERCISE)" : " (live)") +
                     "\ncreated     " + format_rfc3339(identity.created_at) + "\njournal     " +
                     std::to_string(head.size) + " entries, root " + to_hex(head.root);
  JsonObject object;
  object.add("store", path)
      .add("party", identity.party)
      .add("peer", identity.peer)
      .add("exercise", identity.exercise)
      .add("created_at", format_rfc3339(identity.created_at))
      .add("journal", JsonObject().add("size", head.size).add("root", to_hex(head.root)));
  for (auto [name, log] :
       {std::pair{"sent", LogId::own_transcript}, {"received", LogId::peer_transcript}}) {
    const uint64_t size = reader.log_size(log);
    const auto receipt = reader.newest_receipt(log);
    const uint64_t receipted = receipt ? receipt->size : 0;
    const std::string root = to_hex(root_at(reader.hashes(log), size));
    text += "\n" + std::string(name) + std::string(12 - std::string(name).size(), ' ') +
            std::to_string(size) + " messages, receipts up to " + std::to_string(receipted) +
            ", root " + root;
    object.add(name, JsonObject().add("size", size).add("receipted", receipted).add("root", root));
  }
  console.print(text, object);
  return 0;
}

int check_store(const Console& console, const std::string& path, Store& store) {
  std::vector<std::string> faults = store.reader().check();
  if (faults.empty()) {
    if (std::string fault = first_fault(store.reader()); !fault.empty()) faults.push_back(fault);
  }
  JsonObject object;
  object.add("store", path).add("faults", faults);
  if (faults.empty()) {
    console.print(path + ": every row, hash and place agrees", object);
    return 0;
  }
  std::string text;
  for (const std::string& fault : faults) text += (text.empty() ? "" : "\n") + fault;
  console.print(text, object);
  return console.fail("",
                      make_error(ErrorCode::store_failed, path + " is damaged", kKeepAsEvidence));
}

// The nearest of what could have been typed here.
std::string nearest_of(const CLI::App& command, const std::string& typed) {
  std::vector<std::string> known;
  if (typed.starts_with("-")) {
    for (const CLI::Option* option : command.get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  } else {
    for (const CLI::App* one : command.get_subcommands([](const CLI::App*) { return true; }))
      known.push_back(one->get_name());
  }
  return nearest_word(typed, known).value_or("");
}

// CLI11 says that a command is wanted also where one was typed that there is not.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string words = "hotlined";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    words += " " + command->get_name();
  }
  const std::vector<std::string> unknown = app.remaining(true);
  if (!unknown.empty()) {
    const std::string& typed = unknown.front();
    const std::string nearest = nearest_of(*command, typed);
    const bool option = typed.starts_with("-");
    return make_error(
        ErrorCode::usage,
        (option ? "unknown option \"" : "unknown command \"") + typed + "\" after " + words,
        nearest.empty() ? words + " --help"
        : option        ? "did you mean " + nearest + "?"
                        : words + " " + nearest);
  }
  const bool wants_command =
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
      !command->get_subcommands([](const CLI::App*) { return true; }).empty();
  return make_error(ErrorCode::usage, wants_command ? words + " wants a command" : error.what(),
                    words + " --help");
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
  Console console;
  auto with_json = [&](CLI::App* command) {
    command->add_flag("--json", console.json, "print JSON for programs");
    return command;
  };
  auto with_config = [&](CLI::App* command) {
    command->add_option("-c,--config", config_path, "the configuration file")->required();
    return command;
  };
  auto with_dev = [&](CLI::App* command) {
    command->add_flag("--allow-dev-pki", allow_dev_pki,
                      "accept development certificates, for trying things out");
    return command;
  };
  CLI::App* init =
      with_json(with_dev(with_config(app.add_subcommand("init", "make a new, empty store"))));
  CLI::App* run = with_dev(with_config(app.add_subcommand("run", "serve until told to stop")));
  CLI::App* version = with_json(app.add_subcommand("version", "print the version"));
  CLI::App* config = app.add_subcommand("config", "the configuration")->require_subcommand(1);
  CLI::App* example = config->add_subcommand("example", "print a commented configuration");
  example->add_option("--party", party, "the party's id");
  example->add_option("--peer", peer, "the other party's id");
  CLI::App* check = with_json(
      with_dev(with_config(config->add_subcommand("check", "read it all the way through"))));
  CLI::App* store = app.add_subcommand("store", "the store")->require_subcommand(1);
  CLI::App* info = with_json(with_config(store->add_subcommand(
      "info",
      "sizes, roots and receipts of one that is not running; of one that is: hotline status")));
  CLI::App* store_check =
      with_json(with_config(store->add_subcommand("check", "read and compare everything")));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    console.json = std::find(argv, argv + argc, std::string("--json")) != argv + argc;
    return console.fail("", usage_error(app, error));
  }
  if (version->parsed()) {
    console.print(std::string("hotlined ") + kVersion,
                  JsonObject().add("program", "hotlined").add("version", kVersion));
    return console.done(0);
  }
  if (example->parsed()) {
    if (peer.empty()) peer = party == "south" ? "north" : "south";
    for (const std::string& id : {party, peer}) {
      if (is_party_id(id) && party != peer) continue;
      return console.fail("",
                          make_error(ErrorCode::usage, "\"" + id + "\" cannot be a party's id here",
                                     "lower-case letters, digits and -; two different ones"));
    }
    std::fputs(example_config(party, peer).c_str(), stdout);
    return console.done(0);
  }
  if (run->parsed()) return run_daemon(console, config_path, allow_dev_pki);
  int code = 2;
  if (init->parsed()) code = run_init(console, config_path, allow_dev_pki);
  if (check->parsed()) code = run_config_check(console, config_path, allow_dev_pki);
  if (info->parsed()) {
    code = look_into_store(console, "cannot look into the store", config_path, "",
                           [&console](const std::string& path, Store& opened) {
                             return print_store(console, path, opened);
                           });
  }
  if (store_check->parsed()) {
    code =
        look_into_store(console, "cannot check the store", config_path,
                        "hotlined looks at what it reads; all of it can be checked once hotlined "
                        "has ended",
                        [&console](const std::string& path, Store& opened) {
                          return check_store(console, path, opened);
                        });
  }
  return console.done(code);
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  if (!hotline::open_standard_files()) return errno;
  try {
    return hotline::run_main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hotlined: %s\n", error.what());
    return 1;
  }
}
