#include "tests/bench/world.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "certs/dev_pki.h"
#include "daemon/process/system_clock.h"

namespace hotline::bench {
namespace {

constexpr int64_t kHang_ms = 600'000;

[[noreturn]] void fail(const std::string& what, const std::string& log_path) {
  std::ifstream log(log_path);
  std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  throw std::runtime_error(what + "; its log ends with\n" +
                           text.substr(text.size() - std::min<size_t>(text.size(), 2000)));
}

}  // namespace

std::unique_ptr<client::ChildProcess> start_counted(const SyncCounter& counter,
                                                    const std::vector<std::string>& words,
                                                    const std::string& log_path) {
  counter.enter_environment();
  auto process = client::ChildProcess::start(words, log_path);
  SyncCounter::leave_environment();
  if (!process) throw std::runtime_error(process.error().reason);
  return *std::move(process);
}

void wait_for_file(const std::string& path, client::ChildProcess& process,
                   const std::string& log_path) {
  const auto begin = Clock::now();
  while (!std::filesystem::exists(path)) {
    if (process.exit_code()) fail("a process ended at once", log_path);
    if (seconds_since(begin) * 1e3 > kHang_ms) fail("a process does not come up", log_path);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TemporaryDirectory::TemporaryDirectory(const std::string& parent) {
  std::string name = parent + "/hotline-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

World::World(std::string directory, std::string hotlined, std::string escalation)
    : directory_(std::move(directory)),
      hotlined_(std::move(hotlined)),
      escalation_(std::move(escalation)),
      counter_(directory_ + "/syncs") {
  const auto pki = create_dev_pki(directory_ + "/pki", {}, read_clocks().utc);
  if (!pki) throw std::runtime_error(pki.error().reason);
  for (Party party : {Party::north, Party::south}) {
    write_config(party);
    run_to_end(party, "init");
  }
}

std::string World::path(Party party, const std::string& suffix) const {
  return directory_ + "/" + name(party) + suffix;
}

void World::write_config(Party party) const {
  const bool north = party == Party::north;
  const std::string own = directory_ + "/pki/" + name(party) + "/";
  const std::string peer = directory_ + "/pki/" + (north ? "south" : "north") + "/";
  // Port 1 (tcpmux) has had no listener in decades.
  const uint16_t peer_port = north || ports_[0].peer == 0 ? uint16_t{1} : ports_[0].peer;
  std::ofstream file(path(party, ".toml"));
  const auto line = [&file](const std::string& key, const std::string& value) {
    file << key << " = \"" << value << "\"\n";
  };
  file << "[party]\n";
  line("id", name(party));
  line("prefix", north ? "N" : "S");
  file << "[peer]\n";
  line("id", north ? "south" : "north");
  line("prefix", north ? "S" : "N");
  file << "addresses = [\"127.0.0.1:" << peer_port << "\"]\n";
  line("ca", peer + "ca.crt");
  line("crl", peer + "ca.crl");
  for (const char* key : {"log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", peer + key + ".crt");
  }
  file << "[channel]\n";
  line("id", "00112233445566778899aabbccddeeff");
  line("mode", "live");
  file << "[keys]\n";
  line("ca", own + "ca.crt");
  line("crl", own + "ca.crl");
  for (const char* key : {"tls", "log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", own + key + ".crt");
    line(std::string(key) + "_key", own + key + ".key");
  }
  file << "[listen]\n";
  // Once taken, north's port stays, so that it can be started again and found.
  const uint16_t own_port = north ? ports_[0].peer : uint16_t{0};
  line("peer", "127.0.0.1:" + std::to_string(own_port));
  line("client", "127.0.0.1:0");
  line("port_file", path(party, ".ports"));
  file << "[store]\n";
  line("path", path(party, "-store/journal.db"));
  file << "[release]\ntwo_person = []\n"
       << "[[person]]\nid = \"ann\"\nroles = [\"operator\"]\n"
       << "[[person]]\nid = \"bob\"\nroles = [\"supervisor\"]\n"
       << "[[person]]\nid = \"eve\"\nroles = [\"auditor\"]\n"
       << escalation_;
}

std::string World::configuration(Party party) const {
  write_config(party);
  return path(party, ".toml");
}

void World::run_to_end(Party party, const std::string& command) const {
  auto process = client::ChildProcess::start(
      {hotlined_, command, "--allow-dev-pki", "-c", path(party, ".toml")}, path(party, ".log"));
  if (!process) throw std::runtime_error(process.error().reason);
  if ((*process)->wait(kHang_ms) != 0) fail("hotlined " + command + " failed", path(party, ".log"));
}

void World::start(Party party) {
  write_config(party);
  std::filesystem::remove(path(party, ".ports"));
  auto daemon =
      start_counted(counter_, {hotlined_, "run", "--allow-dev-pki", "-c", path(party, ".toml")},
                    path(party, ".log"));
  wait_for_file(path(party, ".ports"), *daemon, path(party, ".log"));
  std::ifstream file(path(party, ".ports"));
  std::string word;
  Ports& ports = ports_[index(party)];
  if (!(file >> word >> ports.peer >> word >> ports.client)) {
    fail("the port file cannot be read", path(party, ".log"));
  }
  daemons_[index(party)] = std::move(daemon);
}

void World::stop(Party party) {
  auto& daemon = daemons_[index(party)];
  daemon->signal(SIGTERM);
  if (daemon->wait(kHang_ms) != 0) fail("hotlined did not stop in order", path(party, ".log"));
  daemon.reset();
}

client::Context World::context(Party party, const std::string& person) const {
  const std::string own = directory_ + "/pki/" + name(party) + "/";
  client::Context context;
  context.name = name(party);
  context.host = "127.0.0.1";
  context.port = std::to_string(ports(party).client);
  context.certificate_path = own + "people/" + person + ".crt";
  context.key_path = own + "people/" + person + ".key";
  context.ca_path = own + "ca.crt";
  return context;
}

double World::processor_seconds() const {
  double seconds = 0;
  for (const auto& daemon : daemons_) {
    if (daemon) seconds += bench::processor_seconds(daemon->pid());
  }
  return seconds;
}

}  // namespace hotline::bench
