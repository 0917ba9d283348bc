// hotline watch: the journal as it is written, one line for each entry.
#include <optional>

#include "client/commands/commands.h"
#include "client/show/journal_line.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// The bell of a terminal, for whoever looks elsewhere.
std::string ring(const Output& output) {
  return output.terminal() ? "\a" : "";
}

// An alarm as it sounds; the entry that records it follows once it is committed.
void print_alarm(Output& output, const wire::AlarmSounded& alarm) {
  const std::string id = text(alarm.id());
  if (output.json()) {
    return output.document(json_document()
                               .add("journal_index", JsonValue())
                               .add("at", json_time(alarm.at()))
                               .add("kind", "ALARM")
                               .add("id", json_text(id))
                               .add("text", text(alarm.text()))
                               .add("urgent", true));
  }
  const std::string words =
      printable_line((id.empty() ? "" : id + ": ") + output.offered(text(alarm.text())));
  output.line(ring(output) +
              output.styled(Style::red, output.words("ALARM") + "  " +
                                            output.time_of_day(alarm.at()) + "  " + words));
}

int follow(Invocation& invocation, JournalSource& journal, uint64_t from) {
  JournalDescriber describer(journal);
  Output& output = invocation.output;
  const uint64_t now = journal.size();  // Entries from before ring nobody.
  uint64_t next = from;
  std::optional<Error> unreadable;
  const bool until_now = invocation.arguments.has("--until-now");
  const auto status = journal.read(
      from, until_now ? journal.size() : JournalSource::kForever, [&](const JournalItem& item) {
        const auto description = describer.describe(item.index, item.entry, item.person);
        if (!description) {
          unreadable = description.error();
          return false;
        }
        if (output.json()) {
          output.document(JournalDescriber::json(*description));
        } else {
          const bool rings = description->urgent && item.index >= now;
          output.line((rings ? ring(output) : "") + JournalDescriber::line(output, *description));
        }
        next = item.index + 1;
        return true;
      });
  if (unreadable) {
    return output.fail("cannot read journal entry " + std::to_string(next), *unreadable);
  }
  if (status) return kExitDone;
  Error error = status.error();
  if (error.code != ErrorCode::not_allowed) {
    error.hint = "hotline watch --from " + std::to_string(next) + "    goes on where this ended";
  }
  return output.fail("the watch ended", error);
}

int watch(Invocation& invocation) {
  HearAlarm hear;
  if (!invocation.arguments.has("--until-now")) {
    hear = [&](const wire::AlarmSounded& alarm) { print_alarm(invocation.output, alarm); };
  }
  const auto journal = need(open_journal(invocation, std::move(hear)), "cannot watch");
  const auto from = need(invocation.arguments.number("--from", journal->size()));
  return follow(invocation, *journal, from);
}

}  // namespace

Command watch_command() {
  return {
      {.name = "watch",
       .summary = "Follow the journal: one line for each entry as it is committed",
       .description = "Every line begins with the number of its entry. Whoever was interrupted "
                      "goes on with --from and the number after the last one seen; nothing is "
                      "missed. On a terminal the bell rings for an alarm and for what is urgent.",
       .examples = {"hotline watch", "hotline watch --from 1042",
                    "hotline watch --from 0 --until-now",
                    "hotline watch --json | grep '\"kind\":\"escalation\"'"},
       .options = {{"--from", "INDEX", "begin with this entry; without it only new ones are shown"},
                   {"--until-now", "", "end with the last entry there is now"}}},
      watch};
}

}  // namespace hotline::client
