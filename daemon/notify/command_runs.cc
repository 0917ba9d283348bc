#include "daemon/notify/command_runs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/notify/notice_body.h"
#include "protocol/base/check.h"
#include "protocol/channel/policy.h"

namespace hotline {
namespace asio = boost::asio;
namespace {

std::string error_text(int error) {
  return std::system_category().message(error);
}

std::vector<std::string> environment_of(const Attempt& attempt, const AttemptText& text) {
  HOTLINE_CHECK(!text.messages.empty());
  std::string messages;
  for (const std::string& name : text.messages) messages += (messages.empty() ? "" : " ") + name;
  return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LC_ALL=C.UTF-8",
          "HOTLINE_MESSAGE=" + text.messages.front(),
          "HOTLINE_COUNT=" + std::to_string(attempt.messages.size()),
          "HOTLINE_MESSAGES=" + messages,
          "HOTLINE_SENDER=" + text.sender,
          std::string("HOTLINE_MODE=") + text.mode(),
          std::string("HOTLINE_PRECEDENCE=") + precedence_name(attempt.name.precedence),
          "HOTLINE_RUNG=" + attempt.name.rung,
          "HOTLINE_CONTACTS=" + contacts_text(text.contacts, "\n"),
          std::string("HOTLINE_TRIAL=") + (text.is_trial ? "1" : "0"),
          std::string("HOTLINE_REPEATED=") + (attempt.repeated ? "1" : "0")};
}

// The machine is short of something, or the program is being replaced: it may start in a moment.
// Whatever else keeps a program from starting stays as it is until somebody mends it.
bool passes(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE ||
         error == ETXTBSY || error == EINTR;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// How a child is set up. RAII, because both halves must be destroyed on every path.
class SpawnSettings {
 public:
  explicit SpawnSettings(int output) {
    HOTLINE_CHECK(posix_spawn_file_actions_init(&files_) == 0 && posix_spawnattr_init(&attr_) == 0);
    note(posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO));
    note(posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO));
    note(posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    note(posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1));
    note(posix_spawn_file_actions_addchdir_np(&files_, "/"));
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    note(posix_spawnattr_setsigmask(&attr_, &none));
    note(posix_spawnattr_setsigdefault(&attr_, &all));
    note(posix_spawnattr_setflags(
        &attr_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attr_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // Returns 0, or an errno.
  int spawn(pid_t& pid, Command command, std::vector<std::string> environment) const {
    if (error_ != 0) return error_;
    return posix_spawn(&pid, command[0].c_str(), &files_, &attr_, pointers_to(command).data(),
                       pointers_to(environment).data());
  }

 private:
  void note(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attr_;
  int error_ = 0;
};

}  // namespace

struct CommandRuns::Impl : std::enable_shared_from_this<Impl> {
  // One process from its start until it was reaped. It is reported, and its place given to another,
  // when it has been killed: a process that the kernel cannot end at once holds nobody up.
  struct Child {
    Child(asio::io_context& io, AttemptName attempt_name)
        : name(std::move(attempt_name)), exit(io), output(io), deadline(io) {}
    AttemptName name;
    pid_t pid = 0;
    uint64_t order = 0;
    asio::posix::stream_descriptor exit;  // A pidfd: readable when the process has ended.
    asio::posix::stream_descriptor output;
    asio::steady_timer deadline;
    std::array<char, 16 * 1024> buffer;
    std::string tail;
    bool reported = false;
  };
  using ChildPtr = std::shared_ptr<Child>;

  Impl(asio::io_context& context, KeptDescriptors& descriptors, ReportAttempt callback,
       int64_t deadline)
      : io(context), kept(descriptors), report(std::move(callback)), deadline_ms(deadline) {}

  asio::io_context& io;
  KeptDescriptors& kept;
  ReportAttempt report;
  int64_t deadline_ms;
  std::map<uint64_t, ChildPtr> children;  // By order; the killed until reaped.
  uint64_t next_order = 0;

  // Reports from the loop, so that the receiver may call start() and stop() as it likes.
  void post_report(AttemptReport outcome) {
    asio::post(io, [weak = weak_from_this(), outcome = std::move(outcome)] {
      if (auto self = weak.lock()) self->report(outcome);
    });
  }

  void cannot_start(const Attempt& attempt, int error, const std::string& where = {}) {
    const auto outcome = passes(error) ? wire::Outcome::not_started : wire::Outcome::impossible;
    const std::string program = attempt.command.empty() ? "" : attempt.command[0];
    post_report(
        {attempt.name, outcome, "cannot start " + program + ": " + where + error_text(error), {}});
  }

  void launch(const Attempt& attempt, const AttemptText& text) {
    HOTLINE_CHECK(!attempt.command.empty());
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return cannot_start(attempt, errno);
    auto child = std::make_shared<Child>(io, attempt.name);
    child->output.assign(ends[0]);
    const int error =
        SpawnSettings(ends[1]).spawn(child->pid, attempt.command, environment_of(attempt, text));
    close(ends[1]);
    if (error != 0) return cannot_start(attempt, error);

    // Not yet waited for, so the number cannot have passed to another process.
    const int exit = static_cast<int>(syscall(SYS_pidfd_open, child->pid, 0));
    if (exit < 0) {
      const int reason = errno;
      kill(-child->pid, SIGKILL);
      waitpid(child->pid, nullptr, 0);
      return cannot_start(attempt, reason, "pidfd_open: ");
    }
    child->exit.assign(exit);
    child->order = next_order++;
    children.emplace(child->order, child);
    watch(child);
  }

  void watch(const ChildPtr& child) {
    child->output.non_blocking(true);
    read_output(child);
    child->deadline.expires_after(std::chrono::milliseconds(deadline_ms));
    child->deadline.async_wait([weak = weak_from_this(), child](boost::system::error_code error) {
      auto self = weak.lock();
      if (!error && self) self->time_out(child);
    });
    child->exit.async_wait(asio::posix::stream_descriptor::wait_read,
                           [weak = weak_from_this(), child](boost::system::error_code error) {
                             auto self = weak.lock();
                             if (!error && self) self->ended(child);
                           });
  }

  static void keep_tail(Child& child, size_t count) {
    child.tail.append(child.buffer.data(), count);
    const size_t most = limits::kAttemptOutputMax;
    if (child.tail.size() > most) child.tail.erase(0, child.tail.size() - most);
  }

  // One buffer a turn of the loop, so that a flood leaves room for everything else.
  static void read_output(const ChildPtr& child) {
    child->output.async_read_some(asio::buffer(child->buffer),
                                  [child](boost::system::error_code error, size_t count) {
                                    keep_tail(*child, count);
                                    if (!error) read_output(child);
                                  });
  }

  // Reads the rest of the pipe after the group was killed; an outsider that still writes is cut
  // off.
  static void read_rest(Child& child) {
    boost::system::error_code error;
    for (int turn = 0; turn < 64 && !error; ++turn) {
      keep_tail(child, child.output.read_some(asio::buffer(child.buffer), error));
    }
  }

  void finish(const ChildPtr& child, wire::Outcome outcome, std::string detail) {
    child->deadline.cancel();
    read_rest(*child);
    child->output.close();
    child->reported = true;
    post_report(
        {child->name, outcome, with_last_line(std::move(detail), child->tail), child->tail});
  }

  void time_out(const ChildPtr& child) {
    if (child->reported) return;
    kill(-child->pid, SIGKILL);
    finish(child, wire::Outcome::timed_out, "killed after " + short_duration(deadline_ms));
  }

  void ended(const ChildPtr& child) {
    // The group's number is ours only until its leader has been reaped: first the kill.
    kill(-child->pid, SIGKILL);
    siginfo_t how{};
    waitid(P_PID, static_cast<id_t>(child->pid), &how, WEXITED);
    if (!child->reported) {
      const bool exited = how.si_code == CLD_EXITED;
      const bool told = exited && how.si_status == 0;
      const std::string number = std::to_string(how.si_status);
      finish(child, told ? wire::Outcome::done : wire::Outcome::failed,
             exited ? "exited with " + number : "ended by signal " + number);
    }
    child->exit.close();
    children.erase(child->order);
    kept.keep();
  }

  void stop(uint64_t attempt_id) {
    for (auto& [order, child] : children) {
      if (child->name.id != attempt_id || child->reported) continue;
      kill(-child->pid, SIGKILL);
      finish(child, wire::Outcome::stopped, "stopped");
    }
  }

  void kill_all() {
    for (auto& [order, child] : children) {
      kill(-child->pid, SIGKILL);
      waitpid(child->pid, nullptr, WNOHANG);
      child->deadline.cancel();
      child->output.close();
      child->exit.close();
    }
    children.clear();
  }
};

CommandRuns::CommandRuns(asio::io_context& io, KeptDescriptors& kept, ReportAttempt report,
                         int64_t deadline_ms)
    : impl_(std::make_shared<Impl>(io, kept, std::move(report), deadline_ms)) {}

CommandRuns::~CommandRuns() {
  impl_->kill_all();
}

void CommandRuns::start(const Attempt& attempt, const AttemptText& text) {
  impl_->kept.give_up(KeptDescriptors::kPerStart);
  impl_->launch(attempt, text);
  impl_->kept.keep();
}

void CommandRuns::stop(uint64_t attempt_id) {
  impl_->stop(attempt_id);
}

}  // namespace hotline
