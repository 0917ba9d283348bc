#include "client/demo/demo_party.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace hotline::client {
namespace {

constexpr int64_t kInitDeadline_ms = 20'000;
constexpr int64_t kStartDeadline_ms = 20'000;
constexpr int64_t kStopDeadline_ms = 10'000;
constexpr size_t kLogTailLines = 15;

bool write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  return file.good();
}

}  // namespace

DemoParty::DemoParty(DemoPlaces places, std::string id, std::string prefix, std::string peer,
                     std::string peer_prefix, uint16_t link_port)
    : places_(std::move(places)),
      id_(std::move(id)),
      prefix_(std::move(prefix)),
      peer_(std::move(peer)),
      peer_prefix_(std::move(peer_prefix)),
      link_port_(link_port) {}

// The configuration that `hotlined config example` explains, filled in for the demo.
std::string DemoParty::config_text() const {
  const std::string own = places_.directory + "/pki/" + id_ + "/";
  const std::string peer = places_.directory + "/pki/" + peer_ + "/";
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) {
    text += key + " = \"" + value + "\"\n";
  };
  text += "[party]\n";
  line("id", id_);
  line("prefix", prefix_);
  text += "[peer]\n";
  line("id", peer_);
  line("prefix", peer_prefix_);
  text += "addresses = [\"127.0.0.1:" + std::to_string(link_port_) + "\"]\n";
  line("ca", peer + "ca.crt");
  line("crl", peer + "ca.crl");
  for (const char* key : {"log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", peer + key + ".crt");
  }
  text += "[channel]\n";
  line("id", places_.channel_id);
  line("mode", "live");
  text += "[keys]\n";
  line("ca", own + "ca.crt");
  line("crl", own + "ca.crl");
  for (const char* key : {"tls", "log", "receipt", "witness"}) {
    line(std::string(key) + "_certificate", own + key + ".crt");
    line(std::string(key) + "_key", own + key + ".key");
  }
  text += "[listen]\n";
  line("peer", "127.0.0.1:0");
  line("client", "127.0.0.1:0");
  line("port_file", port_path());
  text += "[store]\n";
  line("path", home() + "/journal.db");
  for (const auto& [person, role] : {std::pair{"ann", "operator"}, std::pair{"bob", "supervisor"},
                                     std::pair{"eve", "auditor"}}) {
    text += std::string("[[person]]\nid = \"") + person + "\"\nroles = [\"" + role + "\"]\n";
  }
  return text + ladder_text();
}

// The ladder of FLASH in seconds instead of minutes. Each rung also runs a command, as one that
// pages somebody would be run.
std::string DemoParty::ladder_text() const {
  const std::string touch =
      std::filesystem::exists("/usr/bin/touch") ? "/usr/bin/touch" : "/bin/touch";
  std::string text = "[escalation.flash]\nalarm_again = \"2s\"\n";
  for (const auto& [rung, after] :
       {std::pair{"supervisor", "2s"}, std::pair{"duty-director", "4s"}}) {
    text += std::string("[[escalation.flash.rung]]\nname = \"") + rung + "\"\nafter = \"" + after +
            "\"\nrole = \"" + rung + "\"\n[[escalation.flash.rung.command]]\nrun = [\"" + touch +
            "\", \"" + page_file(rung) + "\"]\n";
  }
  text +=
      "[[escalation.flash.rung]]\nname = \"voice\"\nafter = \"10min\"\n"
      "propose = \"voice\"\n";
  return text;
}

std::string DemoParty::page_file(const std::string& rung) const {
  return home() + "/paged-" + rung;
}

Error DemoParty::failure(const std::string& what) const {
  return make_error(ErrorCode::failed,
                    id_ + "'s daemon " + what + "; its log ends with\n" + log_tail());
}

Status DemoParty::init() {
  std::error_code error;
  std::filesystem::create_directories(home(), error);
  if (error || !write_file(config_path(), config_text())) {
    return make_error(ErrorCode::failed, config_path() + " cannot be written");
  }
  auto init = ChildProcess::start(
      {places_.hotlined, "init", "--allow-dev-pki", "-c", config_path()}, log_path());
  if (!init) return init.error();
  if ((*init)->wait(kInitDeadline_ms) != 0) return failure("could not make its store");
  return ok();
}

Status DemoParty::start() {
  std::error_code ignored;
  std::filesystem::remove(port_path(), ignored);
  auto daemon = ChildProcess::start(
      {places_.hotlined, "run", "--allow-dev-pki", "-c", config_path()}, log_path());
  if (!daemon) return daemon.error();
  daemon_ = std::move(*daemon);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartDeadline_ms);
  while (std::chrono::steady_clock::now() < deadline && !daemon_->exit_code()) {
    std::ifstream ports(port_path());
    std::string peer, client;
    if (ports >> peer >> peer_port_ >> client >> client_port_) return ok();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return failure(daemon_->exit_code() ? "ended at once" : "does not listen");
}

void DemoParty::kill() {
  daemon_.reset();
}

Status DemoParty::stop() {
  if (daemon_ == nullptr) return ok();
  daemon_->signal(SIGTERM);
  const auto code = daemon_->wait(kStopDeadline_ms);
  if (code != 0) {
    return failure(code ? "ended with " + std::to_string(*code) : "does not end when told to");
  }
  return ok();
}

Context DemoParty::context(const std::string& person, const std::string& language) const {
  Context context;
  context.name = id_ + "-" + person;
  context.host = "127.0.0.1";
  context.port = std::to_string(client_port_);
  context.certificate_path = places_.pki(id_, "people/" + person + ".crt");
  context.key_path = places_.pki(id_, "people/" + person + ".key");
  context.ca_path = places_.pki(id_, "ca.crt");
  context.language = language;
  return context;
}

std::string DemoParty::log_tail() const {
  std::ifstream file(log_path());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
    if (lines.size() > kLogTailLines) lines.erase(lines.begin());
  }
  std::string tail;
  for (const std::string& line : lines) tail += (tail.empty() ? "" : "\n") + line;
  return tail;
}

}  // namespace hotline::client
