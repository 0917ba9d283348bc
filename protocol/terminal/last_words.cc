#include "protocol/terminal/last_words.h"

#include <unistd.h>

#include <csignal>

namespace hotline {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int kExitOfSignals = 128;

// Changed only while the signals are blocked, and there as long as one can come.
std::string& last_words = *new std::string;

void say_and_end(int signal) {
  const char* at = last_words.data();
  size_t left = last_words.size();
  while (left > 0) {
    const ssize_t written = write(STDERR_FILENO, at, left);
    if (written <= 0) break;
    at += written;
    left -= static_cast<size_t>(written);
  }
  _exit(kExitOfSignals + signal);
}

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = say_and_end;
  sigfillset(&action.sa_mask);  // The first one counts.
  for (const int signal : kSignals) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void set_last_words(std::string words) {
  sigset_t signals, before;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, &before);
  last_words.swap(words);
  static const bool watching = (watch_signals(), true);
  static_cast<void>(watching);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace hotline
