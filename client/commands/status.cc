// hotline status: whether the channel works, and what to look at if not.
#include <algorithm>
#include <sstream>

#include "client/commands/commands.h"
#include "client/show/message_row.h"
#include "protocol/base/bytes.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

const char* link_word(wire::LinkState state) {
  switch (state) {
    case wire::LinkState::up:
      return "up";
    case wire::LinkState::handshaking:
      return "handshaking";
    case wire::LinkState::down:
      return "DOWN";
  }
  return "DOWN";
}

std::string root(const wire::Digest* digest) {
  return digest == nullptr ? "" : to_hex(ByteView(to_hash(*digest)));
}

std::string short_root(const wire::Digest* digest) {
  const std::string hex = root(digest);
  return hex.empty() ? "-" : hex.substr(0, 16) + "…";
}

std::string queued_words(const wire::StatusReply& status) {
  std::string words;
  if (status.queued() == nullptr) return "0";
  uint8_t precedence = 1;
  for (const uint32_t count : *status.queued()) {
    if (count > 0) {
      words +=
          (words.empty() ? "" : ", ") + std::to_string(count) + " " + precedence_label(precedence);
    }
    ++precedence;
  }
  return words.empty() ? "0" : words;
}

std::string seconds_with_sign(int64_t skew_ms) {
  const int64_t size = skew_ms < 0 ? -skew_ms : skew_ms;
  std::string digits = std::to_string(size % 1000);
  digits.insert(0, 3 - digits.size(), '0');
  return (skew_ms < 0 ? "-" : "+") + std::to_string(size / 1000) + "." + digits + " s";
}

class Screen {
 public:
  explicit Screen(Output& output) : output_(output) {}
  void line(const std::string& label, const std::string& text, Style style = Style::plain) {
    std::string padded = label;
    padded.resize(std::max<size_t>(label.size(), kLabelWidth), ' ');
    const std::string shown = printable_line(text);
    if (!output_.terminal()) return output_.line("  " + padded + output_.styled(style, shown));
    const std::string indent(2 + kLabelWidth, ' ');
    std::string begin = "  " + padded;
    std::istringstream lines(wrapped(shown, output_.columns(), indent));
    for (std::string line; std::getline(lines, line); begin = indent) {
      output_.line(begin +
                   output_.styled(style, line.substr(std::min(indent.size(), line.size()))));
    }
  }

 private:
  static constexpr size_t kLabelWidth = 14;
  Output& output_;
};

// "3 of SOUTH wait for us, the oldest for 3 min 12 s, ESCALATED to supervisor"
std::string waiting_words(const wire::WaitingSummary& waiting, const std::string& peer) {
  std::string words = format_count(waiting.count());
  words += waiting.incoming() ? " of " + peer : " of ours";
  words += waiting.count() == 1 ? " waits" : " wait";
  words += waiting.incoming() ? " for us" : " for " + peer;
  words += (waiting.count() == 1 ? ", for " : ", the oldest for ") +
           format_duration(waiting.oldest_ms());
  const std::string rung = text(waiting.rung());
  if (rung.empty()) return words;
  return words + ", ESCALATED to " + rung +
         (waiting.rung_tells_nobody() ? ": nobody was called, no command is configured for it"
                                      : "");
}

// First of all, because somebody may have to act now.
void print_waiting(Screen& screen, const wire::StatusReply& status, const std::string& peer) {
  if (status.waiting() == nullptr || status.waiting()->size() == 0)
    return screen.line("waiting", "nothing waits for an acknowledgement");
  for (const wire::WaitingSummary* waiting : *status.waiting()) {
    screen.line(precedence_label(waiting->precedence()), waiting_words(*waiting, peer),
                precedence_style(waiting->precedence()));
  }
}

void print_link(Output& output, Screen& screen, const wire::StatusReply& status) {
  const bool up = status.link() == wire::LinkState::up;
  std::string link = link_word(status.link());
  if (status.link_since() != 0) {
    link += " for " + format_duration(status.clock() - status.link_since()) + ", since " +
            output.time_of_day(status.link_since());
  }
  if (!text(status.remote()).empty()) link += ", " + text(status.remote());
  screen.line("link", link, up ? Style::green : Style::red);
  if (up) {
    screen.line("peer's clock",
                seconds_with_sign(status.clock_skew_ms()) + " to ours" +
                    (status.round_trip_ms() < 0
                         ? ""
                         : ", round trip " + std::to_string(status.round_trip_ms()) + " ms"));
  }
  if (!text(status.last_refusal()).empty()) {
    screen.line("last refusal", text(status.last_refusal()), up ? Style::plain : Style::red);
  }
  if (!status.agreement_matches()) {
    screen.line("agreement", "DIFFERS from the peer's: deadlines and ladders are not the same",
                Style::yellow);
  }
}

std::string path_words(const Output& output, const wire::PathRow& path, UtcMs now) {
  std::string words = text(path.address());
  if (path.failed_at() != 0) {
    return words + ", FAILS since " + output.time_of_day(path.failed_at()) + ": " +
           text(path.failure());
  }
  if (path.in_use()) return words + ", in use";
  if (path.proved_at() == 0) return words + ", not tried yet";
  return words + ", worked " + format_duration(std::max<int64_t>(now - path.proved_at(), 0)) +
         " ago";
}

// What works is told only to those who ask for it.
void print_paths(const Output& output, Screen& screen, const wire::StatusReply& status, bool all) {
  if (status.paths() == nullptr) return;
  for (const auto* path : *status.paths()) {
    const bool fails = path->failed_at() != 0;
    if (!all && !fails) continue;
    screen.line("path", path_words(output, *path, status.clock()),
                fails ? Style::yellow : Style::plain);
  }
}

void print_alarms(Screen& screen, const wire::StatusReply& status) {
  if (!text(status.numbering_stopped()).empty()) {
    screen.line("STOPPED", text(status.numbering_stopped()) + "; use voice", Style::red);
  }
  if (status.disk_low()) {
    screen.line("DISK LOW", "FLASH goes, and what ends a wait; of the peer FLASH only, or nothing",
                Style::red);
  }
  if (status.peer_flash_only()) {
    screen.line("PEER'S DISK", "is nearly full: it takes FLASH only, the rest waits here",
                Style::red);
  }
  if (status.warnings() != nullptr) {
    for (const auto* warning : *status.warnings())
      screen.line("warning", text(warning), Style::yellow);
  }
  if (status.alarms() == nullptr) return;
  for (const auto* alarm : *status.alarms()) screen.line("ALARM", text(alarm), Style::red);
}

void print_peer(Output& output, const Connection& connection, const wire::StatusReply& status) {
  const auto note = [&](const std::string& title, const flatbuffers::String* content) {
    output.line("");
    output.line("  " + title);
    const std::string shown = text(content);
    if (shown.empty()) {
      output.line("    none yet");
    } else {
      output.text(wrapped(printable(shown), 200, "    "));
    }
  };
  const std::string own = upper_case(connection.party());
  const std::string peer = upper_case(connection.peer());
  note("checkpoint of " + own + "'s transcript, signed by " + own, status.own_checkpoint());
  note("receipt on it, signed by " + peer, status.own_receipt());
  note("checkpoint of " + peer + "'s transcript, signed by " + peer, status.peer_checkpoint());
  note("receipt on it, signed by " + own, status.peer_receipt());
}

void print_status(Invocation& invocation, const Connection& connection,
                  const wire::StatusReply& status) {
  Output& output = invocation.output;
  Screen screen(output);
  const std::string own = upper_case(connection.party());
  const std::string peer = upper_case(connection.peer());
  output.line(own + " with " + peer + (connection.server().exercise() ? ", EXERCISE" : ", live") +
              ", " + output.date_and_time(status.clock()));
  print_waiting(screen, status, peer);
  print_alarms(screen, status);
  print_link(output, screen, status);
  print_paths(output, screen, status, invocation.arguments.has("--peer"));
  screen.line("queued", queued_words(status) + ", sent without receipt " +
                            std::to_string(status.unreceipted()));
  screen.line("sent by us", format_count(status.own_size()) + ", receipted " +
                                format_count(status.own_receipted()) + ", root " +
                                short_root(status.own_root()));
  screen.line("sent by " + peer,
              format_count(status.peer_size()) + ", root " + short_root(status.peer_root()));
  screen.line("journal", format_count(status.journal_size()) + " entries");
}

JsonValue json_status(const Connection& connection, const wire::StatusReply& status) {
  JsonValue::Array queued;
  if (status.queued() != nullptr) {
    for (const uint32_t count : *status.queued()) queued.push_back(count);
  }
  JsonValue::Array alarms;
  if (status.alarms() != nullptr) {
    for (const auto* alarm : *status.alarms()) alarms.push_back(text(alarm));
  }
  const auto or_null = [](const std::string& value) {
    return value.empty() ? JsonValue() : JsonValue(value);
  };
  JsonValue::Array warnings;
  if (status.warnings() != nullptr) {
    for (const auto* warning : *status.warnings()) warnings.push_back(text(warning));
  }
  JsonValue::Array paths;
  if (status.paths() != nullptr) {
    for (const auto* path : *status.paths()) {
      JsonValue one;
      one.add("address", text(path->address()))
          .add("in_use", path->in_use())
          .add("proved_at", json_time(path->proved_at()))
          .add("failed_at", json_time(path->failed_at()))
          .add("failure", or_null(text(path->failure())));
      paths.push_back(std::move(one));
    }
  }
  JsonValue::Array waiting;
  if (status.waiting() != nullptr) {
    for (const wire::WaitingSummary* one : *status.waiting()) {
      waiting.push_back(JsonValue()
                            .add("from", one->incoming() ? connection.peer() : connection.party())
                            .add("precedence", precedence_label(one->precedence()))
                            .add("count", one->count())
                            .add("oldest_ms", one->oldest_ms())
                            .add("rung", or_null(text(one->rung())))
                            .add("rung_tells_nobody", one->rung_tells_nobody()));
    }
  }
  JsonValue document = json_document();
  document.add("party", connection.party())
      .add("peer", connection.peer())
      .add("exercise", connection.server().exercise())
      .add("dev_pki", connection.server().dev_pki())
      .add("clock", json_time(status.clock()))
      .add("waiting", std::move(waiting))
      .add("link", status.link() == wire::LinkState::down ? "down" : link_word(status.link()))
      .add("link_since", json_time(status.link_since()))
      .add("remote", or_null(text(status.remote())))
      .add("last_refusal", or_null(text(status.last_refusal())))
      .add("paths", std::move(paths))
      .add("round_trip_ms", status.round_trip_ms() < 0 ? JsonValue() : status.round_trip_ms())
      .add("clock_skew_ms", status.clock_skew_ms())
      .add("journal_size", status.journal_size())
      .add("own_size", status.own_size())
      .add("own_root", or_null(root(status.own_root())))
      .add("own_receipted", status.own_receipted())
      .add("peer_size", status.peer_size())
      .add("peer_root", or_null(root(status.peer_root())))
      .add("queued", std::move(queued))
      .add("unreceipted", status.unreceipted())
      .add("waiting_in", status.waiting_in())
      .add("waiting_out", status.waiting_out())
      .add("agreement_matches", status.agreement_matches())
      .add("numbering_stopped", or_null(text(status.numbering_stopped())))
      .add("disk_low", status.disk_low())
      .add("peer_flash_only", status.peer_flash_only())
      .add("warnings", std::move(warnings))
      .add("alarms", std::move(alarms))
      .add("own_checkpoint", or_null(text(status.own_checkpoint())))
      .add("own_receipt", or_null(text(status.own_receipt())))
      .add("peer_checkpoint", or_null(text(status.peer_checkpoint())))
      .add("peer_receipt", or_null(text(status.peer_receipt())));
  return document;
}

int status(Invocation& invocation) {
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot ask for the status", connection.error());
  auto reply = (*connection)->status();
  if (!reply) return invocation.output.fail("cannot ask for the status", reply.error());
  const auto& answer = *reply->as<wire::StatusReply>();
  if (invocation.output.json()) {
    invocation.output.document(json_status(**connection, answer));
    return kExitDone;
  }
  print_status(invocation, **connection, answer);
  const auto* first = answer.waiting() == nullptr || answer.waiting()->size() == 0
                          ? nullptr
                          : answer.waiting()->Get(0);
  if (first != nullptr && first->incoming() &&
      first->precedence() == static_cast<uint8_t>(wire::Precedence::flash))
    invocation.output.talk("Next: " + invocation.output.command("ack @flash"));
  if (invocation.arguments.has("--peer")) print_peer(invocation.output, **connection, answer);
  return kExitDone;
}

}  // namespace

Command status_command() {
  return {
      {"status",
       "Say whether the channel works, what waits, and what is wrong",
       "",
       {"hotline status", "hotline status --peer", "hotline status --json"},
       {{"--peer", "", "also every path to the peer, and the signed notes that both parties hold"}},
       {}},
      status};
}

}  // namespace hotline::client
