// hotline check: one line and an exit code for a monitor, as plugins of Nagios and its kin give
// them.
#include <algorithm>
#include <vector>

#include "client/commands/commands.h"
#include "client/show/channel_standing.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// A monitor's exit codes, which are none of the others.
constexpr int kOk = 0;
constexpr int kWarning = 1;
constexpr int kCritical = 2;
constexpr int kUnknown = 3;
constexpr size_t kNamedMax = 3;  // In the line; all are in the JSON.

const char* monitor_word(int state) {
  switch (state) {
    case kOk:
      return "OK";
    case kWarning:
      return "WARNING";
    case kCritical:
      return "CRITICAL";
    case kUnknown:
      break;
  }
  return "UNKNOWN";
}

// All that a monitor is to know, the worst first.
class Judgement {
 public:
  Judgement(const Output& output, const Connection& connection, const wire::StatusReply& status)
      : output_(output), status_(status), peer_(upper_case(connection.peer())) {
    for (const wire::ConditionRow* row : tables(status.conditions())) {
      note(is_critical(*row) ? kCritical : kWarning, output.offered(text(row->text())));
    }
    judge_link();
    for (const wire::WaitingSummary* waiting : tables(status.waiting())) judge_waiting(*waiting);
  }

  int state() const { return state_; }

  // "no link to the peer: ...; 2 FLASH of SOUTH wait for us, the oldest for 3 min 12 s"
  std::string words() const {
    std::string joined;
    for (size_t i = 0; i < std::min(texts_.size(), kNamedMax); ++i) joined += texts_[i] + "; ";
    if (texts_.size() > kNamedMax)
      joined +=
          output_.words(format_count(texts_.size() - kNamedMax) + " more: hotline status") + "; ";
    for (const std::string& text : asides_) joined += text + "; ";
    joined.resize(joined.size() - 2);
    // A monitor reads what stands behind a bar as numbers.
    std::replace(joined.begin(), joined.end(), '|', '/');
    return printable_line(joined);
  }

  std::string numbers() const {
    return "critical=" + std::to_string(critical_) + " warning=" + std::to_string(warning_) +
           " waiting_in=" + std::to_string(status_.waiting_in()) +
           " waiting_out=" + std::to_string(status_.waiting_out()) +
           " unreceipted=" + std::to_string(status_.unreceipted());
  }

 private:
  void note(int state, const std::string& words) {
    state_ = std::max(state_, state);
    ++(state == kCritical ? critical_ : warning_);
    texts_.push_back(words);
  }

  // Before the daemon calls it down it may come up again.
  void judge_link() {
    const std::string lasts = format_duration(std::max<int64_t>(
        status_.link_since() == 0 ? 0 : status_.clock() - status_.link_since(), 0));
    if (status_.link() == wire::LinkState::up) {
      return asides_.push_back(output_.words("link up for " + lasts));
    }
    for (const wire::ConditionRow* row : tables(status_.conditions())) {
      if (text(row->code()) == "link-down") return;
    }
    note(kWarning,
         output_.words(status_.link_since() == 0 ? "no link yet" : "no link for " + lasts));
  }

  // FLASH of the peer counts as trouble once somebody above the watch was told of it, and while its
  // alarm is paused: nobody is called then.
  void judge_waiting(const wire::WaitingSummary& waiting) {
    if (!waiting.incoming() ||
        waiting.precedence() != static_cast<uint8_t>(wire::Precedence::flash))
      return;
    const std::string words = precedence_label(waiting.precedence()) + ": " +
                              output_.words(waiting_words(waiting, peer_));
    if (text(waiting.rung()).empty() && waiting.paused() == 0) {
      asides_.push_back(words);
    } else {
      note(kWarning, words);
    }
  }

  const Output& output_;
  const wire::StatusReply& status_;
  const std::string peer_;
  int state_ = kOk;
  size_t critical_ = 0;
  size_t warning_ = 0;
  std::vector<std::string> texts_;
  std::vector<std::string> asides_;
};

int say_unknown(Output& output, const Error& error) {
  if (output.json()) {
    output.document(json_document()
                        .add("state", "unknown")
                        .add("exit_code", kUnknown)
                        .add("reason", error.reason)
                        .add("hint", json_text(error.hint)));
  } else {
    const std::string hint = error.hint.empty() ? "" : "; " + output.words(error.hint);
    output.line("HOTLINE UNKNOWN - " + printable_line(output.words(error.reason) + hint));
  }
  return kUnknown;
}

int check_channel(Invocation& invocation) {
  Output& output = invocation.output;
  const auto connection = invocation.connect();
  if (!connection) return say_unknown(output, connection.error());
  const auto reply = (*connection)->status();
  if (!reply) return say_unknown(output, reply.error());
  const wire::StatusReply& status = **reply;
  const Judgement judgement(output, **connection, status);
  const std::string word = monitor_word(judgement.state());
  if (output.json()) {
    std::string lower = word;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    output.document(json_document()
                        .add("state", lower)
                        .add("exit_code", judgement.state())
                        .add("party", (*connection)->party())
                        .add("peer", (*connection)->peer())
                        .add("exercise", (*connection)->server().exercise())
                        .add("text", judgement.words())
                        .add("link", status.link() == wire::LinkState::up ? "up" : "down")
                        .add("conditions", json_each(tables(status.conditions()), json_condition))
                        .add("waiting_in", status.waiting_in())
                        .add("waiting_out", status.waiting_out())
                        .add("unreceipted", status.unreceipted()));
  } else {
    output.line("HOTLINE " + word + " - " + judgement.words() + " | " + judgement.numbers());
  }
  return judgement.state();
}

}  // namespace

Command check_command() {
  return {
      {.name = "check",
       .summary = "Say in one line, and by the exit code, whether something is wrong",
       .description =
           "For a monitor, as a plugin of Nagios: 0 nothing is wrong, 1 warning, 2 critical,\n"
           "3 unknown, because the daemon cannot be asked. The state and the numbers are the same "
           "in every language. `hotline status` says more.",
       .examples = {"hotline check", "hotline check --json"}},
      check_channel};
}

}  // namespace hotline::client
