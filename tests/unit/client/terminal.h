// The operating system as a test sees it: what was typed, what was printed, what it ended with.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "client/connect/frame_stream.h"
#include "protocol/base/clock.h"

namespace hotline::client {

// A moment as a test writes it: "2026-11-22T14:12:07Z".
inline UtcMs at(const std::string& text) {
  return *parse_rfc3339(text);
}

struct Terminal {
  Terminal();
  // Speaks to this daemon.
  explicit Terminal(Connector with_connect);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int run(const std::vector<std::string>& words);
  // Writes a file that lives as long as this, and gives its path.
  std::string write(const std::string& name, const std::string& content);
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  std::istringstream in;
  std::map<std::string, std::string> environment;
  UtcMs utc = 0;  // Given by a test: 2026-11-22T14:12:07.913Z at first.
  int64_t steady_ms = 0;
  void pass(int64_t time_ms) { utc += time_ms, steady_ms += time_ms; }
  std::string last_words;  // They would be said if a signal came.
  // Standard output takes so many lines, then it fails with this errno, as that of a full disk or
  // a pipe that nobody reads; 0: never.
  int out_error = 0;
  int out_lines = 0;
  bool is_terminal = true;
  size_t columns = 120;
  int64_t paused_ms = 0;

 private:
  Connector connect_;
  std::string directory_;
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace hotline::client
