// hotline watch: the journal as it is written, one line for each entry.
#include <optional>

#include "client/commands/commands.h"
#include "client/connect/journal_source.h"
#include "client/show/journal_line.h"
#include "protocol/terminal/exit_code.h"
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
  const std::string words = printable_line((id.empty() ? "" : id + ": ") + text(alarm.text()));
  output.line(ring(output) +
              output.styled(Style::red, "ALARM  " + output.time_of_day(alarm.at()) + "  " + words));
}

int follow(Invocation& invocation, JournalSource& journal, uint64_t from) {
  const ChannelNames& names = journal.names();
  JournalDescriber describer(names.party, names.peer, names.prefix, names.peer_prefix);
  describer.set_incoming_names([&](uint64_t place) { return journal.incoming_name(place); });
  Output& output = invocation.output;
  const uint64_t now = journal.size();  // What came before rings nobody.
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
  error.hint = "hotline watch --from " + std::to_string(next) + "    goes on where this ended";
  return output.fail("the watch ended", error);
}

int watch(Invocation& invocation) {
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot watch", connection.error());
  const auto from = invocation.arguments.number("--from", (*connection)->server().journal_size());
  if (!from) return invocation.output.fail("", from.error());
  HearAlarm hear;
  if (!invocation.arguments.has("--until-now")) {
    hear = [&](const wire::AlarmSounded& alarm) { print_alarm(invocation.output, alarm); };
  }
  return follow(invocation, *journal_of(**connection, std::move(hear)), *from);
}

}  // namespace

Command watch_command() {
  return {
      {"watch",
       "Follow the journal: one line for each entry as it is committed",
       "Every line begins with the number of its entry. Whoever was interrupted goes on with "
       "--from and the number after the last one seen; nothing is missed. On a terminal the bell "
       "rings for an alarm and for what is urgent.",
       {"hotline watch", "hotline watch --from 1042", "hotline watch --from 0 --until-now",
        "hotline watch --json | grep '\"kind\":\"escalation\"'"},
       {{"--from", "INDEX", "begin with this entry; without it only new ones are shown"},
        {"--until-now", "", "end with the last entry there is now"}},
       {}},
      watch};
}

}  // namespace hotline::client
