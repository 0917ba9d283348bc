// hotline audit stats: how soon people acknowledged, how much was FLASH, which test calls were
// missed.
#include <optional>

#include "client/commands/commands.h"
#include "client/show/journal_line.h"
#include "client/show/journal_statistics.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

using Messages = JournalStatistics::Messages;

uint64_t share_permille(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
}

std::string share(uint64_t part, uint64_t whole) {
  const uint64_t permille = share_permille(part, whole);
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

class StatisticsReport {
 public:
  StatisticsReport(Output& output, const ChannelNames& names, const Period& period,
                   uint64_t entries, const JournalStatistics& statistics)
      : output_(output),
        names_(names),
        period_(period),
        entries_(entries),
        statistics_(statistics) {}

  void print() const {
    if (output_.json()) return output_.document(json());
    output_.talk("Journal of " + upper_case(names_.party) +
                 (statistics_.exercise() ? " (EXERCISE), " : ", ") + format_count(entries_) +
                 " entries" + period_words());
    print_messages();
    for (const bool incoming : {false, true}) {
      const auto& calls = statistics_.test_calls(incoming);
      output_.line("test calls of " + upper_case(party(incoming)) + ": " +
                   format_count(calls.made) + " made, " + format_count(calls.acknowledged) +
                   " acknowledged, " + format_count(calls.missed) + " missed");
    }
  }

 private:
  const std::string& party(bool incoming) const { return incoming ? names_.peer : names_.party; }

  std::string period_words() const {
    std::string words;
    if (period_.since) words += ", since " + output_.date_and_time(*period_.since);
    if (period_.until) words += ", until " + output_.date_and_time(*period_.until);
    return words;
  }

  void print_messages() const {
    Table table({{"FROM"},
                 {"PREC", 9},
                 {"MESSAGES"},
                 {"SHARE"},
                 {"ACKNOWLEDGED"},
                 {"CLOSED"},
                 {"WAIT"},
                 {"ESCALATED"},
                 {"MEDIAN"},
                 {"90 %"},
                 {"LONGEST"}});
    uint64_t not_measured = 0;
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, messages] : statistics_.messages(incoming)) {
        const auto time = [&messages = messages](int percent) {
          return messages.times_ms.empty() ? "-" : format_duration(messages.percentile_ms(percent));
        };
        not_measured += messages.not_measured;
        table.add({messages.waiting() > 0 ? "!" : "",
                   {upper_case(party(incoming)), precedence_label(precedence),
                    format_count(messages.count),
                    share(messages.count, statistics_.message_count(incoming)),
                    format_count(messages.acknowledged), format_count(messages.closed),
                    format_count(messages.waiting()), format_count(messages.escalated), time(50),
                    time(90), time(100)}});
      }
    }
    table.print(output_);
    if (not_measured > 0) {
      output_.talk(format_count(not_measured) +
                   " acknowledged messages have no time: the clock was set while the daemon was "
                   "down.");
    }
  }

  JsonValue json() const {
    JsonValue messages = JsonValue::Array();
    JsonValue calls = JsonValue::Array();
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, of] : statistics_.messages(incoming)) {
        messages.append(
            json_messages(party(incoming), precedence, of, statistics_.message_count(incoming)));
      }
      const auto& test_calls = statistics_.test_calls(incoming);
      calls.append(JsonValue()
                       .add("from", party(incoming))
                       .add("made", test_calls.made)
                       .add("acknowledged", test_calls.acknowledged)
                       .add("missed", test_calls.missed));
    }
    return json_document()
        .add("party", names_.party)
        .add("peer", names_.peer)
        .add("exercise", statistics_.exercise())
        .add("since", period_.since ? json_time(*period_.since) : JsonValue())
        .add("until", period_.until ? json_time(*period_.until) : JsonValue())
        .add("entries", entries_)
        .add("messages", std::move(messages))
        .add("test_calls", std::move(calls));
  }

  static JsonValue json_messages(const std::string& from, uint8_t precedence, const Messages& of,
                                 uint64_t all) {
    const auto time = [&](int percent) {
      return of.times_ms.empty() ? JsonValue() : JsonValue(of.percentile_ms(percent));
    };
    return JsonValue()
        .add("from", from)
        .add("precedence", precedence_label(precedence))
        .add("messages", of.count)
        .add("share_permille", share_permille(of.count, all))
        .add("acknowledged", of.acknowledged)
        .add("closed", of.closed)
        .add("waiting", of.waiting())
        .add("escalated", of.escalated)
        .add("not_measured", of.not_measured)
        .add("median_ms", time(50))
        .add("p90_ms", time(90))
        .add("longest_ms", time(100));
  }

  Output& output_;
  const ChannelNames& names_;
  const Period& period_;
  uint64_t entries_;
  const JournalStatistics& statistics_;
};

int report(Invocation& invocation, JournalSource& journal, const Period& period) {
  JournalStatistics statistics(period);
  uint64_t next = 0;
  std::optional<Error> unreadable;
  auto status = journal.read(0, journal.size(), [&](const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (!entry) {
      unreadable = entry.error();
      return false;
    }
    statistics.take(**entry);
    next = item.index + 1;
    return true;
  });
  if (!unreadable && !status) unreadable = status.error();
  if (unreadable) {
    return invocation.output.fail("cannot read journal entry " + std::to_string(next), *unreadable);
  }
  StatisticsReport(invocation.output, journal.names(), period, next, statistics).print();
  return kExitDone;
}

int stats(Invocation& invocation) {
  const auto period =
      need(parse_period(invocation.arguments.get("--since"), invocation.arguments.get("--until"),
                        invocation.around->now()));
  const auto journal = need(open_journal(invocation), "cannot count what the journal says");
  return report(invocation, *journal, period);
}

}  // namespace

Command audit_stats_command() {
  return {
      {.name = "audit stats",
       .summary =
           "Count how soon messages were acknowledged, how many were FLASH, and missed test calls",
       .description =
           "Own messages are timed from release until the peer's acknowledgement was held, the "
           "peer's from receipt until ours was released: each by the clock of the party whose "
           "journal it is. MEDIAN, 90 % and LONGEST are of those that were acknowledged; what "
           "still waits has no time yet and is counted under WAIT, what was declined or cancelled "
           "before under CLOSED. SHARE is of all messages of that party that ask for an "
           "acknowledgement, test calls apart. An export is counted as it is, and not verified.",
       .examples = {"hotline audit stats --since=-1d", "hotline audit stats --export north.export",
                    "hotline audit stats --since 2026-11-01 --until 2026-12-01 --json"},
       .options = {{"--since", "TIME", "messages and test calls of this time and later"},
                   {"--until", "TIME", "messages and test calls of this time and earlier"},
                   {"--export", "DIR", "the journal of an export; no daemon is asked"}}},
      stats};
}

}  // namespace hotline::client
