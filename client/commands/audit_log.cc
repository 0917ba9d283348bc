// hotline audit log: the journal, of a running daemon or of an export, as journalctl would show it.
#include <algorithm>
#include <deque>
#include <optional>

#include "client/commands/commands.h"
#include "client/show/entry_fields.h"
#include "client/show/journal_line.h"
#include "client/show/message_view.h"
#include "protocol/channel/journal.h"
#include "protocol/log/merkle.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

constexpr uint64_t kLinesBeforeFollowing = 10;

enum class Form { short_, json, full };

struct LogOptions {
  Period period;
  std::optional<uint64_t> lines;
  std::optional<uint64_t> cursor;
  bool follow = false;
  bool show_cursor = false;
  Form form = Form::short_;
};

Error usage(const std::string& reason, const std::string& hint = "hotline help audit log") {
  return make_error(ErrorCode::usage, reason, hint);
}

Status read_form(const Invocation& invocation, LogOptions& options) {
  const std::string typed = invocation.arguments.get("--output").value_or("short");
  if (typed == "json" || invocation.output.json()) {
    options.form = Form::json;
  } else if (typed == "full") {
    options.form = Form::full;
  } else if (typed != "short") {
    return usage("there is no output form \"" + typed + "\"", "-o short, json or full");
  }
  return ok();
}

Result<LogOptions> read_options(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  LogOptions options;
  auto period =
      parse_period(arguments.get("--since"), arguments.get("--until"), invocation.around->now());
  if (!period) return period.error();
  options.period = *period;
  if (auto status = read_form(invocation, options); !status) return status.error();
  for (const auto& [name, number] :
       {std::pair{"--lines", &options.lines}, std::pair{"--cursor", &options.cursor}}) {
    if (!arguments.has(name)) continue;
    const auto typed = arguments.number(name, 0);
    if (!typed) return typed.error();
    *number = *typed;
  }
  options.follow = arguments.has("--follow");
  options.show_cursor = arguments.has("--show-cursor");
  if (options.follow && arguments.has("--export")) {
    return usage("an export does not grow: -f needs a running daemon");
  }
  if (options.follow && options.period.until) return usage("-f has no end, and --until is one");
  if (options.follow && !options.lines && !options.period.since && !options.cursor) {
    options.lines = kLinesBeforeFollowing;
  }
  return options;
}

class Log {
 public:
  Log(Output& output, JournalSource& journal, const LogOptions& options)
      : output_(output), journal_(journal), options_(options), describer_(journal) {}

  int run() {
    const bool by_time = options_.period.since || options_.period.until;
    uint64_t from = options_.cursor.value_or(0);
    if (from > journal_.size()) {
      const std::string end = std::to_string(journal_.size());
      return output_.fail("cannot show the log",
                          usage("--cursor " + std::to_string(from) +
                                    " is beyond its end: another journal's, or a slip?",
                                "--cursor " + end + "    goes on from its end"));
    }
    next_ = from;
    // Clocks are set back now and then, so that times do not rise with the entries: with a time
    // asked for, every entry is looked at. Without one, the last lines are known by their numbers.
    if (options_.lines && !by_time) {
      from += journal_.size() - from - std::min(*options_.lines, journal_.size() - from);
    }
    hold_back_ = options_.lines && by_time && from < journal_.size();
    auto status = journal_.read(from, options_.follow ? JournalSource::kForever : journal_.size(),
                                [this](const JournalItem& item) { return take(item); });
    if (unreadable_) {
      return output_.fail("cannot read journal entry " + std::to_string(next_), *unreadable_);
    }
    if (!status) {
      Error error = status.error();
      if (options_.follow) {
        error.hint =
            "hotline audit log -f --cursor " + std::to_string(next_) + "    goes on from there";
      }
      return output_.fail("the log ended", error);
    }
    if (options_.show_cursor) print_cursor();
    return kExitDone;
  }

 private:
  struct Held {
    uint64_t index = 0;
    Bytes entry;
    std::string person;
  };

  bool take(const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (!entry) return fail(item.index, entry.error());
    const bool wanted = options_.period.has((*entry)->at());
    if (!wanted) {
      describer_.learn(**entry);
    } else if (hold_back_) {
      held_.push_back({item.index, to_bytes(item.entry), item.person});
      if (held_.size() > *options_.lines) held_.pop_front();
    } else if (!print(item.index, item.entry, item.person)) {
      return false;
    }
    next_ = item.index + 1;
    // The last lines of what there is, then each as it comes.
    if (hold_back_ && next_ == journal_.size()) print_held();
    return !unreadable_;
  }

  void print_held() {
    hold_back_ = false;
    for (const Held& held : held_) {
      if (!print(held.index, held.entry, held.person)) return;
    }
    held_.clear();
  }

  bool print(uint64_t index, ByteView entry, const std::string& person) {
    const auto description = describer_.describe(index, entry, person);
    if (!description) return fail(index, description.error());
    if (options_.form == Form::json) {
      output_.document(JournalDescriber::json(*description));
      return true;
    }
    output_.line(JournalDescriber::dated_line(output_, *description));
    if (options_.form == Form::full) {
      const auto opened = open_flatbuffer<wire::Entry>(entry, kJournalEntryIdentifier);
      Description fields = entry_fields(**opened);
      fields.emplace_back("leaf hash", to_hex(leaf_hash(entry)));
      output_.text(render_lines(output_, fields));
      output_.line("");
    }
    return true;
  }

  bool fail(uint64_t index, const Error& error) {
    next_ = index;
    unreadable_ = error;
    return false;
  }

  void print_cursor() {
    if (options_.form == Form::json) {
      output_.document(json_document().add("cursor", next_));
    } else {
      output_.line("-- cursor: " + std::to_string(next_));
    }
  }

  Output& output_;
  JournalSource& journal_;
  const LogOptions& options_;
  JournalDescriber describer_;
  bool hold_back_ = false;
  std::deque<Held> held_;
  uint64_t next_ = 0;  // The first entry that was not looked at.
  std::optional<Error> unreadable_;
};

int log(Invocation& invocation) {
  Output& output = invocation.output;
  const auto options = need(read_options(invocation));
  const auto journal = need(open_journal(invocation), "cannot show the log");
  return Log(output, *journal, options).run();
}

}  // namespace

Command audit_log_command() {
  return {
      {.name = "audit log",
       .summary = "Show the journal of the daemon, or of an export",
       .description =
           "One line for each entry, in the order in which they were committed. Times are UTC: "
           "2026-11-22T15:00:00Z, 2026-11-22, -1h (an hour ago), today, yesterday. A cursor is the "
           "number of the first entry that was not shown yet: with --cursor the log goes on "
           "exactly there. An export is shown as it is, and not verified.",
       .examples = {"hotline audit log --since today", "hotline audit log -f",
                    "hotline audit log -n 20 -o full --export north.export",
                    "hotline audit log --since=-1h -o json --show-cursor",
                    "hotline audit log --cursor 1042"},
       .options = {{"--since", "TIME", "entries of this time and later"},
                   {"--until", "TIME", "entries of this time and earlier"},
                   {"-n,--lines", "N", "the last N of what would be shown"},
                   {"-f,--follow", "",
                    "go on with each entry as it is committed; begins with the last 10"},
                   {"-o,--output", "FORM", "short, json (one object a line) or full (every field)"},
                   {"--cursor", "C", "begin with this entry"},
                   {"--show-cursor", "", "end with the cursor to go on from"},
                   {"--export", "DIR", "the journal of an export; no daemon is asked"}}},
      log};
}

}  // namespace hotline::client
