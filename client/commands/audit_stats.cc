// hotline audit stats: how soon people acknowledged, how much was FLASH, which test calls were
// missed, how often the watch was alarmed.
#include <optional>

#include "client/commands/commands.h"
#include "client/report/alarm_rates.h"
#include "client/report/report_json.h"
#include "client/report/report_rows.h"
#include "client/report/report_text.h"
#include "client/show/journal_line.h"
#include "client/show/journal_statistics.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

using Messages = JournalStatistics::Messages;

std::string share(uint64_t part, uint64_t whole) {
  const uint64_t permille = share_permille(part, whole);
  return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

template <class Value>
std::vector<Value> appended(std::vector<Value> first, const std::vector<Value>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class StatisticsReport {
 public:
  StatisticsReport(Output& output, const ChannelNames& names, const Period& period,
                   uint64_t entries, const JournalStatistics& statistics,
                   const AlarmRates::Measured& alarms)
      : output_(output),
        names_(names),
        period_(period),
        entries_(entries),
        statistics_(statistics),
        alarms_(alarms) {}

  void print() const {
    if (output_.json()) return output_.document(json());
    output_.talk("Journal of " + upper_case(names_.party) +
                 (statistics_.exercise() ? " (EXERCISE), " : ", ") + format_count(entries_) +
                 " entries" + period_words());
    print_messages();
    for (const bool incoming : {false, true}) {
      const auto& calls = statistics_.test_calls(incoming);
      output_.line("test calls of " + upper_case(party(incoming)) + ": " +
                   format_count(calls.acknowledgement.count) + " made, " +
                   format_count(calls.acknowledgement.done) + " acknowledged, " +
                   format_count(calls.missed) + " missed");
    }
    output_.line("alarms of " + upper_case(names_.party) + " by the measures of ISA-18.2:");
    output_.text(text_alarms(alarms_, "  "));
    say_flash_above();
  }

 private:
  const std::string& party(bool incoming) const { return incoming ? names_.peer : names_.party; }

  void say_flash_above() const {
    for (const FlashMonth& month : flash_months(statistics_)) {
      if (!month.is_above()) continue;
      output_.talk("FLASH is " + share(month.flash, month.messages) + " of what " +
                   upper_case(party(month.incoming)) + " sent in " + month.month +
                   ": above 5 %, it no longer says what is urgent.");
    }
  }

  std::string period_words() const {
    std::string words;
    if (period_.since) words += ", since " + output_.date_and_time(*period_.since);
    if (period_.until) words += ", until " + output_.date_and_time(*period_.until);
    return words;
  }

  // Piped, a row has all of it; 80 columns have room for the counts or for the times.
  void print_messages() const {
    const std::vector<Table::Column> whose = {{"FROM"}, {"PREC", 9}};
    const std::vector<Table::Column> counts = {{"MESSAGES"}, {"SHARE"}, {"ACKNOWLEDGED"},
                                               {"CLOSED"},   {"WAIT"},  {"ESCALATED"}};
    const std::vector<Table::Column> times = {{"MEDIAN"}, {"95 %"}, {"LONGEST"}};
    if (output_.terminal()) {
      print_table(appended(whose, counts), true, false);
      print_table(appended(whose, times), false, true);
    } else {
      print_table(appended(appended(whose, counts), times), true, true);
    }
    uint64_t not_measured = 0;
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, messages] : statistics_.messages(incoming)) {
        not_measured += messages.acknowledgement.not_measured;
      }
    }
    if (not_measured == 0) return;
    output_.talk(format_count(not_measured) +
                 " acknowledged messages have no time: the clock was set while the daemon was "
                 "down.");
  }

  void print_table(const std::vector<Table::Column>& columns, bool has_counts,
                   bool has_times) const {
    Table table(columns);
    for (const bool incoming : {false, true}) {
      for (const auto& [precedence, messages] : statistics_.messages(incoming)) {
        std::vector<std::string> cells = {upper_case(party(incoming)),
                                          precedence_label(precedence)};
        if (has_counts) cells = appended(std::move(cells), counts_of(messages, incoming));
        if (has_times) cells = appended(std::move(cells), times_of(messages.acknowledgement));
        table.add({messages.acknowledgement.waiting() > 0 ? "!" : "", std::move(cells)});
      }
    }
    table.print(output_);
  }

  std::vector<std::string> counts_of(const Messages& messages, bool incoming) const {
    const WaitTally& tally = messages.acknowledgement;
    return {format_count(tally.count),     share(tally.count, statistics_.message_count(incoming)),
            format_count(tally.done),      format_count(tally.closed),
            format_count(tally.waiting()), format_count(messages.escalated)};
  }

  static std::vector<std::string> times_of(const WaitTally& tally) {
    std::vector<std::string> times;
    for (const int percent : {50, 95, 100}) {
      times.push_back(
          tally.times_ms.empty() ? "-" : format_duration(percentile_ms(tally.times_ms, percent)));
    }
    return times;
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
                       .add("made", test_calls.acknowledgement.count)
                       .add("acknowledged", test_calls.acknowledgement.done)
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
        .add("test_calls", std::move(calls))
        .add("alarms", json_alarms(alarms_));
  }

  static JsonValue json_messages(const std::string& from, uint8_t precedence, const Messages& of,
                                 uint64_t all) {
    const WaitTally& tally = of.acknowledgement;
    const auto time = [&](int percent) {
      return tally.times_ms.empty() ? JsonValue()
                                    : JsonValue(percentile_ms(tally.times_ms, percent));
    };
    return JsonValue()
        .add("from", from)
        .add("precedence", precedence_label(precedence))
        .add("messages", tally.count)
        .add("share_permille", share_permille(tally.count, all))
        .add("acknowledged", tally.done)
        .add("closed", tally.closed)
        .add("waiting", tally.waiting())
        .add("escalated", of.escalated)
        .add("not_measured", tally.not_measured)
        .add("median_ms", time(50))
        .add("p95_ms", time(95))
        .add("longest_ms", time(100));
  }

  Output& output_;
  const ChannelNames& names_;
  const Period& period_;
  uint64_t entries_;
  const JournalStatistics& statistics_;
  const AlarmRates::Measured& alarms_;
};

int report(Invocation& invocation, JournalSource& journal, const Period& period) {
  JournalStatistics statistics(period);
  AlarmRates alarms(period);
  ObservedTime observed;
  uint64_t next = 0;
  std::optional<Error> unreadable;
  auto status = journal.read(0, journal.size(), [&](const JournalItem& item) {
    const auto entry = open_flatbuffer<wire::Entry>(item.entry, kJournalEntryIdentifier);
    if (!entry) {
      unreadable = entry.error();
      return false;
    }
    statistics.take(**entry);
    alarms.take(**entry);
    observed.take(on_a_clock((*entry)->at()));
    next = item.index + 1;
    return true;
  });
  if (!unreadable && !status) unreadable = status.error();
  if (unreadable) {
    return invocation.output.fail("cannot read journal entry " + std::to_string(next), *unreadable);
  }
  const std::optional<UtcMs> to = period.until ? std::optional(*period.until + 1) : std::nullopt;
  StatisticsReport(invocation.output, journal.names(), period, next, statistics,
                   alarms.measured(observed.within(period.since, to)))
      .print();
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
       .summary = "Count acknowledgements and how soon they came, FLASH, missed test calls, alarms",
       .description =
           "Own messages are timed from release until the peer's acknowledgement was held, the "
           "peer's from receipt until ours was released: each by the clock of the party whose "
           "journal it is. MEDIAN, 95 % and LONGEST are of those that were acknowledged; what "
           "still waits has no time yet and is counted under WAIT, what was declined or cancelled "
           "before under CLOSED. SHARE is of all messages of that party that ask for an "
           "acknowledgement, test calls apart. Alarms are measured as ISA-18.2 does: how many a "
           "day, floods of more than ten in ten minutes, the ten causes that alarmed most, what "
           "chattered, and what has stood for more than a day (docs/report.md). An export is "
           "counted as it is, and not verified.",
       .examples = {"hotline audit stats --since=-1d", "hotline audit stats --export north.export",
                    "hotline audit stats --since 2026-11-01 --until 2026-12-01 --json"},
       .options = {{"--since", "TIME", "messages and test calls of this time and later"},
                   {"--until", "TIME", "messages and test calls of this time and earlier"},
                   {"--export", "DIR", "the journal of an export; no daemon is asked"}}},
      stats};
}

}  // namespace hotline::client
