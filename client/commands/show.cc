// hotline show: one message in full, and what became of it.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/conflict_rows.h"
#include "client/show/journal_line.h"
#include "client/show/link_caution.h"
#include "client/show/message_row.h"
#include "client/show/message_view.h"
#include "client/show/question_answers.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

std::string heading(const Output& output, const Connection& connection,
                    const wire::MessageRow& message) {
  return heading_of(output, message) + "  " + upper_case(sender_of(connection, message)) + " " +
         output.words("to") + " " + upper_case(receiver_of(connection, message)) + "  " +
         output.date_time_group(message.released_at());
}

using Descriptions = std::vector<JournalDescriber::Description>;

Result<Descriptions> described_facts(const Connection& connection, const wire::Detail& detail) {
  JournalDescriber describer(names_of(connection));
  Descriptions facts;
  for (const wire::JournalRow* row : tables(detail.facts())) {
    auto fact = describer.describe(*row);
    if (!fact) return fact.error();
    facts.push_back(*std::move(fact));
  }
  return facts;
}

// By name, who of this party acknowledged it first; the peer tells us a role and no name. Empty
// where nobody did, or the name was erased.
std::string acknowledged_by(const wire::Detail& detail) {
  constexpr auto kType = static_cast<uint8_t>(wire::MessageType::acknowledgement);
  for (const wire::JournalRow* row : tables(detail.facts())) {
    const auto entry = open_flatbuffer<wire::Entry>(bytes(row->entry()), wire::EntryIdentifier());
    const wire::Released* released = entry ? (*entry)->fact_as_Released() : nullptr;
    if (released != nullptr && released->type() == kType) return text(row->name());
  }
  return "";
}

// By name, who of this party let it go. Empty for one of the peer's, or where the name was erased.
std::string released_by(const wire::Detail& detail) {
  const auto serial = parse_serial(text(detail.row()->id()));
  if (!serial || detail.row()->incoming()) return "";
  for (const wire::JournalRow* row : tables(detail.facts())) {
    const auto entry = open_flatbuffer<wire::Entry>(bytes(row->entry()), wire::EntryIdentifier());
    const wire::Released* released = entry ? (*entry)->fact_as_Released() : nullptr;
    if (released != nullptr && released->serial() == serial->number) return text(row->name());
  }
  return "";
}

void print_facts(Output& output, const Descriptions& facts, const wire::Detail& detail) {
  if (facts.empty()) return;
  output.line("");
  for (const auto& fact : facts) output.line("  " + JournalDescriber::line(output, fact));
  if (detail.facts_cut()) {
    output.talk((detail.facts_uncounted() ? "Only the first and the last are shown, of more than "
                                          : "Only the first and the last are shown, of ") +
                format_count(detail.facts_total()) + ". All: " + output.command("audit log"));
  }
}

constexpr uint64_t kConflictsShown = 10;

// Conflicts of a notice, with the notices of the other side or of ours; also those that both
// parties accepted.
std::optional<Answer<wire::ConflictRows>> conflicts_of(Connection& connection,
                                                       const wire::MessageRow& message) {
  if (!hotline::kind_of(message.type()).announces_volumes()) return std::nullopt;
  auto reply = connection.conflicts(text(message.id()), kConflictsShown, {}, true);
  if (!reply) return std::nullopt;
  return *std::move(reply);
}

void say_conflicts(Output& output, const wire::ConflictRows& rows,
                   const wire::MessageRow& message) {
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    if (!is_open(*one)) continue;
    output.say("IN CONFLICT with " + conflict_words(*one, message.incoming()), Style::yellow);
    for (const std::string& line : other_pairs(*one, message.incoming())) output.say(line);
  }
  const size_t shown = tables(rows.rows()).size();
  if (shown < rows.total()) output.say("and " + format_count(rows.total() - shown) + " more");
}

// The commands that end one: only who sent a notice moves or cancels it.
void say_what_ends_conflicts(Output& output, const wire::ConflictRows& rows,
                             const wire::MessageRow& message) {
  const auto all = tables(rows.rows());
  if (std::none_of(all.begin(), all.end(), [](const auto* one) { return is_open(*one); })) return;
  if (!message.incoming()) {
    const std::string id = text(message.id());
    const bool is_launch = message.type() == static_cast<uint8_t>(wire::MessageType::launch);
    const std::string change =
        is_launch ? "--change \"start -> ...\"" : "--change \"volume -> ...\"";
    output.offer("To move it: " +
                 output.command("send --corrects " + id + " " + change + " --reason \"...\""));
    output.offer("To cancel it: " + output.command("send --cancels " + id + " --reason \"...\""));
  }
  for (const wire::ConflictRow* one : all) {
    if (one->accepted_by_us()) continue;
    output.offer(
        "To accept the conflict: " +
        output.command("conflicts --accept " + text(one->own()) + "," + text(one->peers())));
  }
  if (all.size() < rows.total()) {
    output.offer("All of them: " + output.command("conflicts " + text(message.id())));
  }
}

// A request shows its answers itself. The row of anything else says when, not with which words.
void say_where_answered(Output& output, const wire::Detail& detail) {
  const wire::MessageRow& message = *detail.row();
  const bool is_answered = message.answered_at() != 0 || message.declined_at() != 0;
  if (!is_answered || !tables(detail.questions()).empty()) return;
  output.offer("To see what was said of it: " + output.command("thread " + text(message.id())));
}

int print_all(Invocation& invocation, Connection& connection, const wire::Detail& detail) {
  Output& output = invocation.output;
  const wire::MessageRow& message = *detail.row();
  const std::string id = text(message.id());
  const MessageContent content(bytes(detail.envelope()), bytes(detail.body()),
                               connection.language(), bytes(detail.newest_body()));
  const std::string what = "cannot show " + id;
  const auto conflicts = conflicts_of(connection, message);
  if (output.json()) {
    JsonValue document = json_document();
    document.add("message", json_message(connection, message)
                                .add("released_person", json_text(released_by(detail)))
                                .add("acknowledged_person", json_text(acknowledged_by(detail))));
    content.add_to(document);
    content.add_newest_to(document);
    document.add("corrections", texts(detail.corrections()))
        .add("cancelled", detail.cancelled())
        .add("expired", detail.expired())
        .add("cancelled_by", json_text(text(detail.cancelled_by())))
        .add("cancelled_because", json_text(text(detail.cancelled_because())));
    add_answers_to(document, connection, detail, content.body());
    if (conflicts) {
      document
          .add("conflicts",
               json_each(tables((*conflicts)->rows()),
                         [](const wire::ConflictRow* row) { return json_conflict(*row); }))
          .add("conflicts_total", (*conflicts)->total());
    }
    const auto facts = need(described_facts(connection, detail), what);
    document.add("facts", json_each(facts, JournalDescriber::json))
        .add("facts_total", detail.facts_total())
        .add("facts_total_is_least", detail.facts_uncounted())
        .add("facts_cut", detail.facts_cut());
    output.document(document);
    return kExitDone;
  }
  output.line(heading(output, connection, message));
  print_standing(output, detail);
  if (conflicts) say_conflicts(output, **conflicts, message);
  content.print(output);
  print_answers(output, connection, detail, content.body());
  output.line("");
  if (const std::string person = released_by(detail); !person.empty()) {
    output.line(printable_line(life_line(output, "released", message.released_at(), person)));
  }
  for (const std::string& line : life_lines(output, connection, message, acknowledged_by(detail))) {
    output.line(printable_line(line));
  }
  if (invocation.arguments.has("--facts")) {
    const auto facts = need(described_facts(connection, detail), what);
    print_facts(output, facts, detail);
  }
  if (conflicts) {
    say_acceptances(output, connection, **conflicts);
    say_what_ends_conflicts(output, **conflicts, message);
    say_announced_unknown(output, connection, missing_link(connection));
  }
  say_where_answered(output, detail);
  if (message.incoming() && message.waits()) output.offer("Next: " + output.command("ack " + id));
  return kExitDone;
}

int show(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot show " + typed;
  const auto connection = need(invocation.connect(), what);
  const auto id = need(resolve_name(*connection, typed, NameUse::any), what);
  const auto detail = need(connection->show(id), what);
  return print_all(invocation, *connection, *detail);
}

}  // namespace

Command show_command() {
  return {
      {.name = "show",
       .summary = "Show one message in full, and what became of it",
       .description =
           "Coded fields are shown in the language of the context and are authoritative. Texts are "
           "shown as they were written; a translation is never authoritative. A message that was "
           "corrected is shown as it stands, then with what it first said; a request with the "
           "answer to "
           "each of its questions, who gave it in which message, and which are open.",
       .examples = {"hotline show S-000087", "hotline show @flash", "hotline show @last --facts"},
       .options = {{"--facts", "", "also every entry of our journal that speaks of it"}},
       .positionals = {{"ID", "N-000123, N-123, @last or @flash"}}},
      show};
}

}  // namespace hotline::client
