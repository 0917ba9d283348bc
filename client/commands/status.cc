// hotline status: whether the channel works, and what to look at if not.
#include <algorithm>
#include <sstream>

#include "client/commands/commands.h"
#include "client/show/channel_standing.h"
#include "client/show/draft_rows.h"
#include "client/show/message_row.h"
#include "protocol/base/limits.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

const char* link_state_word(wire::LinkState state) {
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

// Hex; empty where there is none yet.
std::string root_hex(const wire::Digest* digest) {
  return digest == nullptr ? "" : to_hex(ByteView(to_hash(*digest)));
}

std::string short_root(const wire::Digest* digest) {
  return digest == nullptr ? "-" : root_hex(digest).substr(0, 16) + "…";
}

// By precedence, FLASH first.
std::vector<uint32_t> queued_counts(const wire::StatusReply& status) {
  if (status.queued() == nullptr) return {};
  return {status.queued()->begin(), status.queued()->end()};
}

std::string queued_words(const wire::StatusReply& status) {
  std::string words;
  uint8_t precedence = 1;
  for (const uint32_t count : queued_counts(status)) {
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

// Paths are tried by the machine's clock, whatever that of an exercise says.
std::string path_words(const Output& output, const wire::PathRow& path, UtcMs now, bool exercise) {
  const std::string address = text(path.address());
  if (path.failed_at() != 0) {
    return address + ", FAILS since " + output.time_of_day(path.failed_at()) +
           (exercise ? " by the machine's clock: " : ": ") + text(path.failure());
  }
  if (path.in_use()) return address + ", in use";
  if (path.proved_at() == 0) return address + ", not tried yet";
  if (exercise) {
    return address + ", worked at " + output.time_of_day(path.proved_at()) +
           " by the machine's clock";
  }
  return address + ", worked " + format_duration(std::max<int64_t>(now - path.proved_at(), 0)) +
         " ago";
}

// Prints a status line by line, each under its label.
class StatusReport {
 public:
  StatusReport(Output& output, const Connection& connection, const wire::StatusReply& status,
               const std::vector<const wire::DraftRow*>& drafts)
      : output_(output),
        connection_(connection),
        status_(status),
        drafts_(drafts),
        own_(upper_case(connection.party())),
        peer_(upper_case(connection.peer())) {}

  // Calls for action come first. Paths that work are shown with `all_paths` only.
  void print(bool all_paths) {
    output_.say(own_ + " with " + peer_ +
                (connection_.server().exercise() ? ", EXERCISE" : ", live") + ", " +
                output_.date_and_time(status_.clock()));
    print_conditions();
    print_waiting();
    print_drafts();
    print_to_come();
    print_link();
    print_paths(all_paths);
    line("queued",
         queued_words(status_) + ", sent without receipt " + std::to_string(status_.unreceipted()));
    line("sent by us", format_count(status_.own_size()) + ", receipted " +
                           format_count(status_.own_receipted()) + ", root " +
                           short_root(status_.own_root()));
    line("sent by " + peer_,
         format_count(status_.peer_size()) + ", root " + short_root(status_.peer_root()));
    line("agreement", agreement_words());
    line("journal", format_count(status_.journal_size()) + " entries");
  }

  // The signed notes that both parties hold.
  void print_notes() {
    const auto note = [&](const std::string& title, const flatbuffers::String* content) {
      output_.line("");
      output_.say("  " + title);
      const std::string shown = text(content);
      if (shown.empty()) return output_.say("    none yet");
      output_.text(
          wrapped(with_broken_words(printable(shown), kNoteWidth), kNoteWidth + 4, "    "));
    };
    note("checkpoint of " + own_ + "'s transcript, signed by " + own_, status_.own_checkpoint());
    note("receipt on it, signed by " + peer_, status_.own_receipt());
    note("checkpoint of " + peer_ + "'s transcript, signed by " + peer_, status_.peer_checkpoint());
    note("receipt on it, signed by " + own_, status_.peer_receipt());
  }

 private:
  static constexpr size_t kLabelWidth = 14;
  static constexpr size_t kFlashDraftsShown = 3;
  static constexpr size_t kNoteWidth = 72;  // Signatures of a note have no spaces.

  std::string agreement_words() const {
    const std::string number = std::to_string(status_.agreement());
    const std::string digest = short_root(status_.agreement_digest());
    return status_.agreement_matches()
               ? "number " + number + ", digest " + digest
               : "number " + number + ", digest " + digest + "; " + peer_ + " follows another";
  }

  void line(const std::string& label, const std::string& text, Style style = Style::plain) {
    std::string padded = output_.words(label);
    const size_t width = column_count(padded);
    padded += std::string(width < kLabelWidth ? kLabelWidth - width : 1, ' ');
    const std::string shown = printable_line(output_.words(text));
    if (!output_.terminal()) return output_.line("  " + padded + output_.styled(style, shown));
    const std::string indent(2 + kLabelWidth, ' ');
    std::string begin = "  " + padded;
    std::istringstream lines(wrapped(shown, output_.columns(), indent));
    for (std::string one; std::getline(lines, one); begin = indent) {
      output_.line(begin + output_.styled(style, one.substr(std::min(indent.size(), one.size()))));
    }
  }

  // Somebody may have to act now.
  void print_waiting() {
    const auto waiting = tables(status_.waiting());
    if (waiting.empty()) line("waiting", "nothing waits for an acknowledgement");
    for (const wire::WaitingSummary* one : waiting) {
      line(precedence_label(one->precedence()), waiting_words(*one, peer_),
           precedence_style(one->precedence()));
    }
  }

  // A FLASH goes nowhere before somebody takes the next step.
  static std::string flash_draft_words(const wire::DraftRow& row) {
    const std::string name = format_draft_name(row.number());
    if (row.submitted_at() != 0) return name + " is FLASH, and waits for its release";
    if (row.returned_at() == 0) return name + " is FLASH, and is not handed in";
    const std::string who = person_words(text(row.returned_by()), row.returned_role());
    const std::string because = text(row.returned_because());
    return because.empty() ? name + " is FLASH, and was withdrawn by " + who
                           : name + " is FLASH, and was given back by " + who + ": " + because;
  }

  void print_drafts() {
    size_t flash = 0, others = 0, others_wait = 0;
    for (const wire::DraftRow* row : drafts_) {
      if (row->precedence() != static_cast<uint8_t>(wire::Precedence::flash)) {
        ++others;
        others_wait += row->submitted_at() != 0 ? 1 : 0;
      } else if (++flash <= kFlashDraftsShown) {
        line("draft", flash_draft_words(*row), Style::red);
      }
    }
    if (flash > kFlashDraftsShown) line("drafts", "FLASH " + format_count(flash) + " in all");
    if (others != 0) {
      line("drafts",
           "below FLASH " + format_count(others) + ", for release " + format_count(others_wait));
    }
  }

  void print_conditions() {
    const auto conditions = tables(status_.conditions());
    if (conditions.empty() && status_.link() == wire::LinkState::up) {
      line("conditions", "nothing is wrong", Style::green);
    } else if (conditions.empty()) {
      line("conditions", "none yet, but the link is not up", Style::yellow);
    }
    for (const wire::ConditionRow* one : conditions) {
      line(is_critical(*one) ? "CRITICAL" : "WARNING",
           condition_words(output_, *one, status_.clock()),
           is_critical(*one) ? Style::red : Style::yellow);
    }
  }

  void print_to_come() {
    for (const wire::ToCome* one : tables(status_.to_come())) {
      const std::string at = output_.date_and_time(one->at());
      const std::string number = std::to_string(one->agreement());
      line("to come", one->agreement() != 0
                          ? "agreement " + number + " at " + at
                          : (one->by_peer() ? peer_ : own_) + " declares the channel " +
                                channel_mode_word(one->channel_state()) + " from " + at +
                                " on, in " + text(one->id()));
    }
  }

  void print_link() {
    const bool up = status_.link() == wire::LinkState::up;
    std::string link = output_.words(link_state_word(status_.link()));
    if (status_.link_since() != 0) {
      link += " " + output_.words("for " + format_duration(status_.clock() - status_.link_since()) +
                                  ", since " + output_.time_of_day(status_.link_since()));
    }
    if (const std::string remote = text(status_.remote()); !remote.empty()) link += ", " + remote;
    line("link", link, up ? Style::green : Style::red);
    if (up) {
      line("peer's clock",
           seconds_with_sign(status_.clock_skew_ms()) + " to ours" +
               (status_.round_trip_ms() < 0
                    ? ""
                    : ", round trip " + std::to_string(status_.round_trip_ms()) + " ms"));
    }
    if (const std::string refusal = text(status_.last_refusal()); !refusal.empty())
      line("last refusal", refusal, up ? Style::plain : Style::red);
  }

  void print_paths(bool all) {
    for (const wire::PathRow* path : tables(status_.paths())) {
      const bool fails = path->failed_at() != 0;
      if (all || fails)
        line("path", path_words(output_, *path, status_.clock(), connection_.server().exercise()),
             fails ? Style::yellow : Style::plain);
    }
  }

  Output& output_;
  const Connection& connection_;
  const wire::StatusReply& status_;
  const std::vector<const wire::DraftRow*>& drafts_;
  const std::string own_;
  const std::string peer_;
};

JsonValue json_path(const wire::PathRow* path) {
  return JsonValue()
      .add("address", text(path->address()))
      .add("in_use", path->in_use())
      .add("proved_at", json_time(path->proved_at()))
      .add("failed_at", json_time(path->failed_at()))
      .add("failure", json_text(text(path->failure())));
}

JsonValue json_to_come(const Connection& connection, const wire::ToCome& one) {
  const bool is_agreement = one.agreement() != 0;
  return JsonValue()
      .add("at", json_time(one.at()))
      .add("agreement", is_agreement ? JsonValue(one.agreement()) : JsonValue())
      .add("channel", is_agreement ? JsonValue() : channel_mode_word(one.channel_state()))
      .add("by", is_agreement    ? JsonValue()
                 : one.by_peer() ? JsonValue(connection.peer())
                                 : JsonValue(connection.party()))
      .add("id", text(one.id()));
}

JsonValue json_status(const Connection& connection, const wire::StatusReply& status) {
  const auto json_waiting = [&](const wire::WaitingSummary* one) {
    return JsonValue()
        .add("from", one->incoming() ? connection.peer() : connection.party())
        .add("precedence", precedence_label(one->precedence()))
        .add("count", one->count())
        .add("oldest_ms", one->oldest_ms())
        .add("rung", json_text(text(one->rung())))
        .add("rung_tells_nobody", one->rung_tells_nobody())
        .add("paused", one->paused());
  };
  const std::vector<uint32_t> queued = queued_counts(status);
  return json_document()
      .add("party", connection.party())
      .add("peer", connection.peer())
      .add("exercise", connection.server().exercise())
      .add("dev_pki", connection.server().dev_pki())
      .add("clock", json_time(status.clock()))
      .add("conditions", json_each(tables(status.conditions()), json_condition))
      .add("waiting", json_each(tables(status.waiting()), json_waiting))
      .add("to_come",
           json_each(tables(status.to_come()),
                     [&](const wire::ToCome* one) { return json_to_come(connection, *one); }))
      .add("link", status.link() == wire::LinkState::down ? "down" : link_state_word(status.link()))
      .add("link_since", json_time(status.link_since()))
      .add("remote", json_text(text(status.remote())))
      .add("last_refusal", json_text(text(status.last_refusal())))
      .add("paths", json_each(tables(status.paths()), json_path))
      .add("round_trip_ms", status.round_trip_ms() < 0 ? JsonValue() : status.round_trip_ms())
      .add("clock_skew_ms", status.clock_skew_ms())
      .add("journal_size", status.journal_size())
      .add("own_size", status.own_size())
      .add("own_root", json_text(root_hex(status.own_root())))
      .add("own_receipted", status.own_receipted())
      .add("peer_size", status.peer_size())
      .add("peer_root", json_text(root_hex(status.peer_root())))
      .add("queued", JsonValue::Array(queued.begin(), queued.end()))
      .add("unreceipted", status.unreceipted())
      .add("waiting_in", status.waiting_in())
      .add("waiting_out", status.waiting_out())
      .add("agreement", status.agreement())
      .add("agreement_digest", json_text(root_hex(status.agreement_digest())))
      .add("agreement_matches", status.agreement_matches())
      .add("numbering_stopped", json_text(text(status.numbering_stopped())))
      .add("disk_low", status.disk_low())
      .add("peer_flash_only", status.peer_flash_only())
      .add("own_checkpoint", json_text(text(status.own_checkpoint())))
      .add("own_receipt", json_text(text(status.own_receipt())))
      .add("peer_checkpoint", json_text(text(status.peer_checkpoint())))
      .add("peer_receipt", json_text(text(status.peer_receipt())));
}

int status(Invocation& invocation) {
  const auto connection = need(invocation.connect(), "cannot ask for the status");
  const auto shown = need(connection->status(), "cannot ask for the status");
  const auto drafts =
      need(connection->drafts(limits::kListRowsMax, 0), "cannot ask for the drafts");
  const auto kept = tables(drafts->rows());
  Output& output = invocation.output;
  if (output.json()) {
    output.document(json_status(*connection, *shown).add("drafts", json_drafts(kept)));
    return kExitDone;
  }
  const bool all = invocation.arguments.has("--peer");
  StatusReport report(output, *connection, *shown, kept);
  report.print(all);
  constexpr auto kFlash = static_cast<uint8_t>(wire::Precedence::flash);
  const auto waiting = tables(shown->waiting());
  if (!waiting.empty() && waiting[0]->incoming() && waiting[0]->precedence() == kFlash)
    output.offer("Next: " + output.command("ack @flash"));
  if (all) report.print_notes();
  return kExitDone;
}

}  // namespace

Command status_command() {
  return {
      {.name = "status",
       .summary = "Say what is wrong and since when, what waits, and whether the channel works",
       .examples = {"hotline status", "hotline status --peer", "hotline status --json"},
       .options = {{"--peer", "",
                    "also every path to the peer, and the signed notes that both parties hold"}}},
      status};
}

}  // namespace hotline::client
