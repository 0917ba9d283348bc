// How far a long piece of work has come, in words and per cent, on one line that is written anew.
// On a terminal only: who reads a file or a pipe wants none of it.
#pragma once

#include <ostream>
#include <string>

#include "client/command_line/command_line.h"

namespace hotline::client {

class Progress {
 public:
  // Both are borrowed. Shows nothing unless standard error is a terminal, nor under --json.
  Progress(const Surroundings& around, const Output& output);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Takes the line away.
  ~Progress();

  // "journal  42 %". Writes only what has changed, so it may be called for every page.
  void show(const std::string& what, unsigned percent);
  // Takes the line away, so that something else can be printed.
  void clear();

 private:
  std::ostream* stream_ = nullptr;  // Null: nothing is shown.
  std::string shown_;
};

}  // namespace hotline::client
