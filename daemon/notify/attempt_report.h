// The words about one attempt to tell people: to those who are told, and of how it ended.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "protocol/channel/journal_generated.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/policy.h"

namespace hotline {

struct AttemptReport {
  AttemptName name;
  wire::Outcome outcome = wire::Outcome::unset;
  std::string detail;  // One line for people, safe to print: "exited with 1: no carrier".
  std::string output;  // The last of what it printed or answered, raw: at most
                       // limits::kAttemptOutputMax bytes.
};

// The messages that an attempt tells of, in words.
struct AttemptText {
  std::string party;                  // Whose people are told.
  std::string sender;                 // Whose messages they are.
  std::vector<std::string> messages;  // The oldest first, and at least that one.
  bool exercise = false;
  std::vector<Contact> contacts = {};  // The agreed ones, for a rung that proposes voice.
  bool is_trial = false;               // Nothing waits.

  const char* mode() const { return exercise ? "exercise" : "live"; }
};

// Called once for each started attempt, from the event loop, never from inside a call that starts
// or stops one.
using ReportAttempt = std::function<void(const AttemptReport&)>;

// `detail`, and behind a colon the last line of `output` that says something. No control characters
// pass, so that nothing from outside can draw on the watch's terminal.
std::string with_last_line(std::string detail, const std::string& output);

// "10 s", "128 ms".
std::string short_duration(int64_t time_ms);

}  // namespace hotline
