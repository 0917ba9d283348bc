// hotline show: one message in full, and what became of it.
#include "client/commands/commands.h"
#include "client/compose/message_name.h"
#include "client/show/journal_line.h"
#include "client/show/message_row.h"
#include "client/show/message_view.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

std::string heading(const Output& output, const ShownMessage& message) {
  return printable_line(message.id) + "  " +
         output.styled(precedence_style(message.precedence), precedence_label(message.precedence)) +
         "  " + type_name(message.type) + "  " + upper_case(message.from) + " to " +
         upper_case(message.to) + "  " + format_date_time_group(message.released_at);
}

Status print_facts(Output& output, JournalDescriber& describer, const wire::Detail& detail) {
  if (detail.facts() == nullptr || detail.facts()->size() == 0) return ok();
  output.line("");
  for (const wire::JournalRow* row : *detail.facts()) {
    const auto description = describer.describe(*row);
    if (!description) return description.error();
    output.line("  " + JournalDescriber::line(output, *description));
  }
  if (detail.facts_cut()) {
    output.talk("Only the first and the last are shown, of " +
                std::string(detail.facts_uncounted() ? "more than " : "") +
                format_count(detail.facts_total()) + ". All: " + output.command("audit log"));
  }
  return ok();
}

Result<JsonValue> json_facts(JournalDescriber& describer, const wire::Detail& detail) {
  JsonValue::Array facts;
  if (detail.facts() == nullptr) return JsonValue(facts);
  for (const wire::JournalRow* row : *detail.facts()) {
    const auto description = describer.describe(*row);
    if (!description) return description.error();
    facts.push_back(JournalDescriber::json(*description));
  }
  return JsonValue(std::move(facts));
}

int print_all(Invocation& invocation, Connection& connection, const wire::Detail& detail) {
  Output& output = invocation.output;
  const ShownMessage message = shown_message(connection, *detail.row());
  const ShownContent content =
      shown_content(bytes(detail.envelope()), bytes(detail.body()), connection.language());
  JournalDescriber describer(connection.party(), connection.peer(),
                             text(connection.server().prefix()),
                             text(connection.server().peer_prefix()));
  const std::string what = "cannot show " + message.id;
  if (output.json()) {
    JsonValue document = json_document();
    document.add("message", json_message(message));
    add_content(document, content);
    auto facts = json_facts(describer, detail);
    if (!facts) return output.fail(what, facts.error());
    document.add("facts", std::move(*facts))
        .add("facts_total", detail.facts_total())
        .add("facts_total_is_least", detail.facts_uncounted())
        .add("facts_cut", detail.facts_cut());
    output.document(document);
    return kExitDone;
  }
  output.line(heading(output, message));
  print_content(output, content);
  output.line("");
  for (const std::string& line : life_lines(output, message)) {
    output.line(printable_line(line));
  }
  if (invocation.arguments.has("--facts")) {
    if (auto status = print_facts(output, describer, detail); !status) {
      return output.fail(what, status.error());
    }
  }
  if (message.incoming && message.waits)
    output.talk("Next: " + output.command("ack " + message.id));
  return kExitDone;
}

int show(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot show " + typed;
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail(what, connection.error());
  const auto id = resolve_name(**connection, typed, NameUse::any);
  if (!id) return invocation.output.fail(what, id.error());
  auto reply = (*connection)->show(*id);
  if (!reply) return invocation.output.fail(what, reply.error());
  const wire::Detail& detail = *reply->as<wire::Detail>();
  if (detail.row() == nullptr) {
    return invocation.output.fail(
        what, make_error(ErrorCode::failed, "the daemon's answer has no message in it",
                         "is it a hotlined of the same release?"));
  }
  return print_all(invocation, **connection, detail);
}

}  // namespace

Command show_command() {
  return {{"show",
           "Show one message in full, and what became of it",
           "Coded fields are shown in the language of the context and are authoritative. Texts are "
           "shown as they were written; a translation is never authoritative.",
           {"hotline show S-000087", "hotline show @flash", "hotline show @last --facts"},
           {{"--facts", "", "also every entry of our journal that speaks of it"}},
           {{"ID", "N-000123, N-123, @last or @flash"}}},
          show};
}

}  // namespace hotline::client
