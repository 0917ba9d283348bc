#include "client/show/status_view.h"

#include <algorithm>
#include <sstream>

#include "client/show/message_row.h"
#include "protocol/base/bytes.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
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

std::string short_root(const std::string& hex) {
  return hex.empty() ? "-" : hex.substr(0, 16) + "…";
}

std::string queued_words(const ShownStatus& status) {
  std::string words;
  uint8_t precedence = 1;
  for (const uint32_t count : status.queued) {
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

// "3 of SOUTH wait for us, the oldest for 3 min 12 s, ESCALATED to supervisor"
std::string waiting_words(const ShownStatus::Waiting& waiting, const std::string& peer) {
  std::string words = format_count(waiting.count);
  words += waiting.incoming ? " of " + peer : " of ours";
  words += waiting.count == 1 ? " waits" : " wait";
  words += waiting.incoming ? " for us" : " for " + peer;
  words +=
      (waiting.count == 1 ? ", for " : ", the oldest for ") + format_duration(waiting.oldest_ms);
  if (waiting.rung.empty()) return words;
  return words + ", " + escalated_words(waiting.rung, waiting.rung_tells_nobody);
}

std::string path_words(const Output& output, const ShownStatus::Path& path, UtcMs now) {
  if (path.failed_at != 0) {
    return path.address + ", FAILS since " + output.time_of_day(path.failed_at) + ": " +
           path.failure;
  }
  if (path.in_use) return path.address + ", in use";
  if (path.proved_at == 0) return path.address + ", not tried yet";
  return path.address + ", worked " + format_duration(std::max<int64_t>(now - path.proved_at, 0)) +
         " ago";
}

// Prints a status line by line, each under its label.
class Printer {
 public:
  Printer(Output& output, const ShownStatus& status)
      : output_(output), status_(status), peer_(upper_case(status.peer)) {}

  void print(bool all_paths) {
    output_.line(upper_case(status_.party) + " with " + peer_ +
                 (status_.exercise ? ", EXERCISE" : ", live") + ", " +
                 output_.date_and_time(status_.clock));
    print_waiting();
    print_alarms();
    print_link();
    print_paths(all_paths);
    line("queued",
         queued_words(status_) + ", sent without receipt " + std::to_string(status_.unreceipted));
    line("sent by us", format_count(status_.own_size) + ", receipted " +
                           format_count(status_.own_receipted) + ", root " +
                           short_root(status_.own_root));
    line("sent by " + peer_,
         format_count(status_.peer_size) + ", root " + short_root(status_.peer_root));
    line("journal", format_count(status_.journal_size) + " entries");
  }

 private:
  static constexpr size_t kLabelWidth = 14;

  void line(const std::string& label, const std::string& text, Style style = Style::plain) {
    std::string padded = label;
    padded.resize(std::max<size_t>(label.size(), kLabelWidth), ' ');
    const std::string shown = printable_line(text);
    if (!output_.terminal()) return output_.line("  " + padded + output_.styled(style, shown));
    const std::string indent(2 + kLabelWidth, ' ');
    std::string begin = "  " + padded;
    std::istringstream lines(wrapped(shown, output_.columns(), indent));
    for (std::string one; std::getline(lines, one); begin = indent) {
      output_.line(begin + output_.styled(style, one.substr(std::min(indent.size(), one.size()))));
    }
  }

  // First of all, because somebody may have to act now.
  void print_waiting() {
    if (status_.waiting.empty()) line("waiting", "nothing waits for an acknowledgement");
    for (const ShownStatus::Waiting& waiting : status_.waiting) {
      line(precedence_label(waiting.precedence), waiting_words(waiting, peer_),
           precedence_style(waiting.precedence));
    }
  }

  void print_alarms() {
    if (!status_.numbering_stopped.empty())
      line("STOPPED", status_.numbering_stopped + "; use voice", Style::red);
    if (status_.disk_low) {
      line("DISK LOW", "FLASH goes, and what ends a wait; of the peer FLASH only, or nothing",
           Style::red);
    }
    if (status_.peer_flash_only) {
      line("PEER'S DISK", "is nearly full: it takes FLASH only, the rest waits here", Style::red);
    }
    for (const std::string& warning : status_.warnings) line("warning", warning, Style::yellow);
    for (const std::string& alarm : status_.alarms) line("ALARM", alarm, Style::red);
  }

  void print_link() {
    const bool up = status_.link == wire::LinkState::up;
    std::string link = link_word(status_.link);
    if (status_.link_since != 0) {
      link += " for " + format_duration(status_.clock - status_.link_since) + ", since " +
              output_.time_of_day(status_.link_since);
    }
    if (!status_.remote.empty()) link += ", " + status_.remote;
    line("link", link, up ? Style::green : Style::red);
    if (up) {
      line("peer's clock",
           seconds_with_sign(status_.clock_skew_ms) + " to ours" +
               (status_.round_trip_ms < 0
                    ? ""
                    : ", round trip " + std::to_string(status_.round_trip_ms) + " ms"));
    }
    if (!status_.last_refusal.empty())
      line("last refusal", status_.last_refusal, up ? Style::plain : Style::red);
    if (!status_.agreement_matches) {
      line("agreement", "DIFFERS from the peer's: deadlines and ladders are not the same",
           Style::yellow);
    }
  }

  void print_paths(bool all) {
    for (const ShownStatus::Path& path : status_.paths) {
      const bool fails = path.failed_at != 0;
      if (all || fails)
        line("path", path_words(output_, path, status_.clock),
             fails ? Style::yellow : Style::plain);
    }
  }

  Output& output_;
  const ShownStatus& status_;
  const std::string peer_;
};

}  // namespace

ShownStatus shown_status(const Connection& connection, const wire::StatusReply& status) {
  ShownStatus shown;
  shown.party = connection.party();
  shown.peer = connection.peer();
  shown.exercise = connection.server().exercise();
  shown.dev_pki = connection.server().dev_pki();
  shown.clock = status.clock();
  if (status.waiting() != nullptr) {
    for (const wire::WaitingSummary* one : *status.waiting()) {
      shown.waiting.push_back({one->incoming(), one->precedence(), one->count(), one->oldest_ms(),
                               text(one->rung()), one->rung_tells_nobody()});
    }
  }
  shown.waiting_in = status.waiting_in();
  shown.waiting_out = status.waiting_out();
  shown.link = status.link();
  shown.link_since = status.link_since();
  shown.remote = text(status.remote());
  shown.last_refusal = text(status.last_refusal());
  shown.round_trip_ms = status.round_trip_ms();
  shown.clock_skew_ms = status.clock_skew_ms();
  shown.agreement_matches = status.agreement_matches();
  if (status.paths() != nullptr) {
    for (const wire::PathRow* path : *status.paths()) {
      shown.paths.push_back({text(path->address()), path->in_use(), path->proved_at(),
                             path->failed_at(), text(path->failure())});
    }
  }
  shown.numbering_stopped = text(status.numbering_stopped());
  shown.disk_low = status.disk_low();
  shown.peer_flash_only = status.peer_flash_only();
  shown.warnings = texts(status.warnings());
  shown.alarms = texts(status.alarms());
  if (status.queued() != nullptr)
    shown.queued.assign(status.queued()->begin(), status.queued()->end());
  shown.unreceipted = status.unreceipted();
  shown.journal_size = status.journal_size();
  shown.own_size = status.own_size();
  shown.own_receipted = status.own_receipted();
  shown.own_root = root(status.own_root());
  shown.peer_size = status.peer_size();
  shown.peer_root = root(status.peer_root());
  shown.own_checkpoint = text(status.own_checkpoint());
  shown.own_receipt = text(status.own_receipt());
  shown.peer_checkpoint = text(status.peer_checkpoint());
  shown.peer_receipt = text(status.peer_receipt());
  return shown;
}

void print_status(Output& output, const ShownStatus& status, bool all_paths) {
  Printer(output, status).print(all_paths);
}

void print_notes(Output& output, const ShownStatus& status) {
  const auto note = [&](const std::string& title, const std::string& content) {
    output.line("");
    output.line("  " + title);
    output.text(content.empty() ? "    none yet\n" : wrapped(printable(content), 200, "    "));
  };
  const std::string own = upper_case(status.party);
  const std::string peer = upper_case(status.peer);
  note("checkpoint of " + own + "'s transcript, signed by " + own, status.own_checkpoint);
  note("receipt on it, signed by " + peer, status.own_receipt);
  note("checkpoint of " + peer + "'s transcript, signed by " + peer, status.peer_checkpoint);
  note("receipt on it, signed by " + own, status.peer_receipt);
}

JsonValue json_status(const ShownStatus& status) {
  const auto json_path = [](const ShownStatus::Path& path) {
    return JsonValue()
        .add("address", path.address)
        .add("in_use", path.in_use)
        .add("proved_at", json_time(path.proved_at))
        .add("failed_at", json_time(path.failed_at))
        .add("failure", json_text(path.failure));
  };
  const auto json_waiting = [&](const ShownStatus::Waiting& one) {
    return JsonValue()
        .add("from", one.incoming ? status.peer : status.party)
        .add("precedence", precedence_label(one.precedence))
        .add("count", one.count)
        .add("oldest_ms", one.oldest_ms)
        .add("rung", json_text(one.rung))
        .add("rung_tells_nobody", one.rung_tells_nobody);
  };
  return json_document()
      .add("party", status.party)
      .add("peer", status.peer)
      .add("exercise", status.exercise)
      .add("dev_pki", status.dev_pki)
      .add("clock", json_time(status.clock))
      .add("waiting", json_each(status.waiting, json_waiting))
      .add("link", status.link == wire::LinkState::down ? "down" : link_word(status.link))
      .add("link_since", json_time(status.link_since))
      .add("remote", json_text(status.remote))
      .add("last_refusal", json_text(status.last_refusal))
      .add("paths", json_each(status.paths, json_path))
      .add("round_trip_ms", status.round_trip_ms < 0 ? JsonValue() : status.round_trip_ms)
      .add("clock_skew_ms", status.clock_skew_ms)
      .add("journal_size", status.journal_size)
      .add("own_size", status.own_size)
      .add("own_root", json_text(status.own_root))
      .add("own_receipted", status.own_receipted)
      .add("peer_size", status.peer_size)
      .add("peer_root", json_text(status.peer_root))
      .add("queued", JsonValue::Array(status.queued.begin(), status.queued.end()))
      .add("unreceipted", status.unreceipted)
      .add("waiting_in", status.waiting_in)
      .add("waiting_out", status.waiting_out)
      .add("agreement_matches", status.agreement_matches)
      .add("numbering_stopped", json_text(status.numbering_stopped))
      .add("disk_low", status.disk_low)
      .add("peer_flash_only", status.peer_flash_only)
      .add("warnings", status.warnings)
      .add("alarms", status.alarms)
      .add("own_checkpoint", json_text(status.own_checkpoint))
      .add("own_receipt", json_text(status.own_receipt))
      .add("peer_checkpoint", json_text(status.peer_checkpoint))
      .add("peer_receipt", json_text(status.peer_receipt));
}

}  // namespace hotline::client
