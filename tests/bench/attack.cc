#include "tests/bench/attack.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hotline::bench {
namespace {

constexpr int kHang_ms = 120'000;
constexpr int kPartingWait_ms = 3'000;
constexpr int kExecFailed = 127;

std::string program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "hotline-hostile")
      .string();
}

}  // namespace

Attack::Attack(const std::vector<std::string>& words) {
  const std::string path = program();
  std::vector<char*> pointers = {const_cast<char*>(path.c_str())};
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    execv(path.c_str(), pointers.data());
    _exit(kExecFailed);
  }
  close(to[0]);
  close(from[1]);
  input_ = to[1];
  output_ = from[0];
  if (pid_ < 0) throw std::runtime_error(path + " cannot be started");
}

Attack::Attack(Attack&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      unread_(std::move(other.unread_)) {}

Attack::~Attack() {
  if (pid_ <= 0) return;
  close(input_);
  close(output_);
  const auto begin = Clock::now();
  while (waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (seconds_since(begin) * 1e3 > kPartingWait_ms) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::string Attack::say(const std::string& line) {
  const std::string whole = line + "\n";
  if (write(input_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
    throw std::runtime_error("the attack ended by itself");
  }
  return next_line();
}

std::string Attack::next_line() {
  size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    pollfd wait{output_, POLLIN, 0};
    if (poll(&wait, 1, kHang_ms) <= 0) throw std::runtime_error("the attack does not answer");
    char bytes[4096];
    const ssize_t size = read(output_, bytes, sizeof bytes);
    if (size <= 0) throw std::runtime_error("the attack ended by itself");
    unread_.append(bytes, static_cast<size_t>(size));
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  if (line.rfind("error ", 0) == 0) throw std::runtime_error(line);
  return line;
}

Attack start_person(const World& world, Party party, const std::string& person,
                    const std::string& what, const std::vector<std::string>& words) {
  const client::Context context = world.context(party, person);
  std::vector<std::string> all = {"person",
                                  what,
                                  "server=" + context.port,
                                  "party=" + context.name,
                                  "certificate=" + context.certificate_path,
                                  "key=" + context.key_path,
                                  "ca=" + context.ca_path};
  all.insert(all.end(), words.begin(), words.end());
  return Attack(all);
}

uint64_t number_in(const std::string& answer, const std::string& name) {
  const size_t at = answer.find(" " + name + "=");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in: " + answer);
  return std::stoull(answer.substr(at + name.size() + 2));
}

}  // namespace hotline::bench
