#include "client/demo/local_daemon.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

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

Result<std::string> find_hotlined(const std::string& program_directory,
                                  const std::optional<std::string>& given,
                                  const std::string& hint) {
  std::vector<std::string> candidates = {program_directory + "/../daemon/hotlined",
                                         program_directory + "/hotlined"};
  if (given) candidates = {*given};
  for (const std::string& candidate : candidates) {
    if (access(candidate.c_str(), X_OK) != 0) continue;
    std::error_code error;
    const auto whole = std::filesystem::canonical(candidate, error);
    if (!error) return whole.string();
  }
  return make_error(ErrorCode::not_found, "hotlined is not at " + candidates.front(), hint);
}

LocalDaemon::LocalDaemon(std::string hotlined, std::string party, std::string home)
    : hotlined_(std::move(hotlined)), party_(std::move(party)), home_(std::move(home)) {}

Error LocalDaemon::failure(const std::string& what) const {
  return make_error(ErrorCode::failed,
                    party_ + "'s daemon " + what + "; its log ends with\n" + log_tail());
}

Status LocalDaemon::init(const std::string& config) {
  std::error_code error;
  std::filesystem::create_directories(home_, error);
  if (error || !write_file(config_path(), config)) {
    return make_error(ErrorCode::failed, config_path() + " cannot be written");
  }
  auto init =
      ChildProcess::start({hotlined_, "init", "--allow-dev-pki", "-c", config_path()}, log_path());
  if (!init) return init.error();
  if ((*init)->wait(kInitDeadline_ms) != 0) return failure("could not make its store");
  return ok();
}

Status LocalDaemon::start() {
  std::error_code ignored;
  std::filesystem::remove(port_path(), ignored);
  auto daemon =
      ChildProcess::start({hotlined_, "run", "--allow-dev-pki", "-c", config_path()}, log_path());
  if (!daemon) return daemon.error();
  process_ = std::move(*daemon);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartDeadline_ms);
  while (std::chrono::steady_clock::now() < deadline && !process_->exit_code()) {
    std::ifstream ports(port_path());
    std::string peer, client;
    if (ports >> peer >> peer_port_ >> client >> client_port_) return ok();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return failure(process_->exit_code() ? "ended at once" : "does not listen");
}

Status LocalDaemon::stop() {
  if (process_ == nullptr) return ok();
  process_->signal(SIGTERM);
  const auto code = process_->wait(kStopDeadline_ms);
  if (code != 0) {
    return failure(code ? "ended with " + std::to_string(*code) : "does not end when told to");
  }
  return ok();
}

void LocalDaemon::reload() {
  if (process_ != nullptr) process_->signal(SIGHUP);
}

std::string LocalDaemon::log_tail() const {
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
