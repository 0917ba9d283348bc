#include "daemon/process/log_queue.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "daemon/process/system_clock.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string dropped_line(uint64_t count) {
  return format_rfc3339(read_clocks().utc) + " warning " + std::to_string(count) +
         " lines of the log were dropped here: they could not be written in time\n";
}

}  // namespace

// Shared with the thread, which may outlive the queue.
struct LogQueue::State {
  explicit State(int to_file) : file(to_file) {}

  void put(std::string line);
  void write_lines();
  std::string take();
  void write(std::string_view line);
  bool rest_after(int error);

  const int file;
  mutable std::mutex mutex;  // For all below.
  std::condition_variable changed;
  std::deque<std::string> lines;
  size_t waiting_size = 0;
  uint64_t dropped = 0;  // And not told yet.
  bool writing = false;
  steady_clock::time_point taken_at;  // While writing: the last time that something was taken.
  std::string failure;                // While writing fails.
  bool stopping = false;
};

void LogQueue::State::put(std::string line) {
  const std::lock_guard lock(mutex);
  waiting_size += line.size();
  lines.push_back(std::move(line));
  while (lines.size() > limits::kLogLinesWaitingMax || waiting_size > limits::kLogWaitingSizeMax) {
    waiting_size -= lines.front().size();
    lines.pop_front();
    ++dropped;
  }
  changed.notify_all();
}

void LogQueue::State::write_lines() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !lines.empty() || dropped != 0; });
    if (lines.empty() && dropped == 0) return;
    const std::string line = take();
    writing = true;
    taken_at = steady_clock::now();
    lock.unlock();
    write(line);
    lock.lock();
    writing = false;
    failure.clear();
    changed.notify_all();
  }
}

std::string LogQueue::State::take() {
  if (dropped != 0) return dropped_line(std::exchange(dropped, 0));
  std::string line = std::move(lines.front());
  lines.pop_front();
  waiting_size -= line.size();
  return line;
}

// A line that was begun is written to its end, so that the next one begins where it should.
void LogQueue::State::write(std::string_view line) {
  while (!line.empty()) {
    const ssize_t size = ::write(file, line.data(), line.size());
    if (size < 0) {
      if (errno != EINTR && !rest_after(errno)) return;
      continue;
    }
    line.remove_prefix(static_cast<size_t>(size));
    const std::lock_guard lock(mutex);
    taken_at = steady_clock::now();
    failure.clear();
  }
}

// False: the program ends, and this is not going to be written.
bool LogQueue::State::rest_after(int error) {
  if (error == EAGAIN) {
    pollfd ready{file, POLLOUT, 0};
    poll(&ready, 1, static_cast<int>(limits::kLogRetry_ms));
  }
  std::unique_lock lock(mutex);
  if (error != EAGAIN) {
    failure = std::system_category().message(error);
    changed.notify_all();
    changed.wait_for(lock, milliseconds(limits::kLogRetry_ms), [this] { return stopping; });
  }
  return !stopping;
}

LogQueue::LogQueue(int file) : state_(std::make_shared<State>(file)) {
  std::thread([state = state_] { state->write_lines(); }).detach();
}

LogQueue::~LogQueue() {
  std::unique_lock lock(state_->mutex);
  const auto all_written = [this] {
    return state_->lines.empty() && state_->dropped == 0 && !state_->writing;
  };
  const auto failed = [this] { return !state_->failure.empty(); };
  state_->changed.wait_for(lock, milliseconds(limits::kLogFarewell_ms),
                           [&] { return all_written() || failed(); });
  state_->stopping = true;
  state_->changed.notify_all();
}

void LogQueue::put(std::string line) {
  state_->put(std::move(line));
}

std::string LogQueue::trouble() const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->failure.empty()) return state_->failure;
  const auto patience = milliseconds(limits::kLogPatience_ms);
  if (!state_->writing || steady_clock::now() - state_->taken_at < patience) return {};
  return "nobody reads it";
}

}  // namespace hotline
