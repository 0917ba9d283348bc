// hotline watch-log: the shift in one page.
#include <optional>
#include <utility>

#include "client/commands/commands.h"
#include "client/connect/journal_source.h"
#include "client/report/shift_log.h"
#include "client/show/journal_line.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

constexpr const char* kNotShown = "cannot show the shift";

// The period that is shown: as it was typed, by the daemon's time, which is an exercise's there; or
// this watch.
Result<Period> shift_of(const Invocation& invocation, Connection& daemon) {
  auto period = parse_period(invocation.arguments.get("--since"),
                             invocation.arguments.get("--until"), invocation.now());
  if (!period || period->since) return period;
  const auto handover = daemon.show_handover();
  if (!handover) return handover.error();
  period->since = (*handover)->watch_since();
  return period;
}

Status read_shift(JournalSource& journal, ShiftLog& shift) {
  JournalDescriber describer(journal);
  std::optional<Error> unreadable;
  const auto status = journal.read(0, journal.size(), [&](const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (!entry) {
      unreadable = entry.error();
      return false;
    }
    if (!shift.take(**entry)) {
      describer.learn(**entry);
      return true;
    }
    auto description = describer.describe(item.index, item.entry, item.person);
    if (description) shift.keep(*std::move(description));
    return true;
  });
  return unreadable ? Status(*unreadable) : status;
}

class ShiftPage {
 public:
  ShiftPage(Output& output, const ChannelNames& names, const Period& period, const ShiftLog& shift)
      : output_(output), names_(names), period_(period), shift_(shift), link_(shift.link()) {}

  void print() const {
    if (output_.json()) return output_.document(json());
    output_.say("Watch of " + upper_case(names_.party) + " since " +
                format_rfc3339(*period_.since));
    print_messages();
    for (const auto& [climbed, count] : shift_.counts().rungs) {
      output_.say("rung " + climbed.second + " for messages of " +
                  upper_case(party(climbed.first)) + ": climbed " + format_count(count));
    }
    output_.say("outages: " + format_count(link_.outages.size()) + ", " +
                format_duration(link_.down_ms) + " together");
    for (const bool incoming : {false, true}) {
      const auto& calls = shift_.statistics().test_calls(incoming);
      output_.say("test calls of " + upper_case(party(incoming)) + ": " +
                  format_count(calls.acknowledgement.count) + " made, " +
                  format_count(calls.acknowledgement.done) + " acknowledged, " +
                  format_count(calls.missed) + " missed");
    }
    const ShiftLog::Counts& counts = shift_.counts();
    output_.say("conditions: " + format_count(counts.conditions_began) + " began, " +
                format_count(counts.conditions_ended) + " ended");
    output_.say("lists signed: " + format_count(counts.lists_signed) +
                ", watches taken over: " + format_count(counts.taken_over));
    print_lines();
  }

 private:
  const std::string& party(bool incoming) const { return incoming ? names_.peer : names_.party; }

  void print_messages() const {
    Table table({{.title = "FROM"},
                 {.title = "PREC"},
                 {.title = "MESSAGES"},
                 {.title = "ACKNOWLEDGED"},
                 {.title = "WAIT"},
                 {.title = "ESCALATED"}});
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, messages] : shift_.statistics().messages(incoming)) {
        const WaitTally& tally = messages.acknowledgement;
        table.add({tally.waiting() > 0 ? "!" : "",
                   {upper_case(party(incoming)), precedence_label(precedence),
                    format_count(tally.count), format_count(tally.done),
                    format_count(tally.waiting()), format_count(messages.escalated)}});
      }
    }
    table.print(output_);
  }

  void print_lines() const {
    Table table({{.title = "TIME"},
                 {.title = "ENTRY", .is_words = true},
                 {.title = "ID"},
                 {.title = "BY"},
                 {.title = "WORDS", .fit = Table::Fit::wrapped, .is_words = true}});
    for (const JournalDescriber::Description& line : shift_.lines()) {
      table.add({"", {format_time_of_day(line.at), line.kind, line.id, line.person, line.text}});
    }
    if (!shift_.lines().empty()) table.print(output_);
    if (shift_.left_out() == 0) return;
    output_.talk(format_count(shift_.left_out()) +
                 " earlier lines are left out. All of them: hotline audit log --since " +
                 format_rfc3339(*period_.since));
  }

  JsonValue json() const {
    JsonValue messages = JsonValue::Array();
    JsonValue calls = JsonValue::Array();
    JsonValue rungs = JsonValue::Array();
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, of] : shift_.statistics().messages(incoming)) {
        const WaitTally& tally = of.acknowledgement;
        messages.append(JsonValue()
                            .add("from", party(incoming))
                            .add("precedence", precedence_label(precedence))
                            .add("messages", tally.count)
                            .add("acknowledged", tally.done)
                            .add("waiting", tally.waiting())
                            .add("escalated", of.escalated));
      }
      const auto& test_calls = shift_.statistics().test_calls(incoming);
      calls.append(JsonValue()
                       .add("from", party(incoming))
                       .add("made", test_calls.acknowledgement.count)
                       .add("acknowledged", test_calls.acknowledgement.done)
                       .add("missed", test_calls.missed));
    }
    for (const auto& [climbed, count] : shift_.counts().rungs) {
      rungs.append(JsonValue()
                       .add("from", party(climbed.first))
                       .add("rung", climbed.second)
                       .add("climbed", count));
    }
    const ShiftLog::Counts& counts = shift_.counts();
    return json_document()
        .add("party", names_.party)
        .add("since", json_time(*period_.since))
        .add("until", period_.until ? json_time(*period_.until) : JsonValue())
        .add("messages", std::move(messages))
        .add("rungs", std::move(rungs))
        .add("outages", link_.outages.size())
        .add("down_ms", link_.down_ms)
        .add("test_calls", std::move(calls))
        .add("conditions_began", counts.conditions_began)
        .add("conditions_ended", counts.conditions_ended)
        .add("lists_signed", counts.lists_signed)
        .add("taken_over", counts.taken_over)
        .add("lines", json_each(shift_.lines(),
                                [](const JournalDescriber::Description& line) {
                                  return JournalDescriber::json(line);
                                }))
        .add("lines_left_out", shift_.left_out());
  }

  Output& output_;
  const ChannelNames& names_;
  const Period& period_;
  const ShiftLog& shift_;
  const LinkTimeline::Seen link_;
};

int watch_log(Invocation& invocation) {
  auto daemon = need(invocation.connect(), kNotShown);
  const Period period = need(shift_of(invocation, *daemon), kNotShown);
  const auto journal = journal_of(std::move(daemon));
  ShiftLog shift(period);
  if (const Status read = read_shift(*journal, shift); !read) {
    return invocation.output.fail(kNotShown, read.error());
  }
  ShiftPage(invocation.output, journal->names(), period, shift).print();
  return kExitDone;
}

}  // namespace

Command watch_log_command() {
  return {{.name = "watch-log",
           .summary = "Show the shift in one page",
           .description =
               "Messages by precedence, acknowledgements, rungs, outages, test calls, conditions "
               "and hand-overs, and the last lines that a watch remembers. From the last hand-over "
               "that was accepted on, unless --since says otherwise. It is made from the journal "
               "of the daemon.",
           .examples = {"hotline watch-log", "hotline watch-log --since=-8h",
                        "hotline watch-log --json"},
           .options = {{"--since", "TIME", "what happened at this time and later"},
                       {"--until", "TIME", "what happened at this time and earlier"}}},
          watch_log};
}

}  // namespace hotline::client
