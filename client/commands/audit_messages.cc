// hotline audit list and hotline audit show: the messages of an export, without a daemon.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/report/exported_messages.h"
#include "client/show/message_choice.h"
#include "client/show/message_row.h"
#include "client/show/message_view.h"
#include "protocol/message/names.h"
#include "protocol/message/words.h"
#include "protocol/terminal/printable.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

constexpr TimeOptions kExportTimes = {"--since", "--until"};

// Which messages are listed. Empty, or unset: all.
struct AuditWish {
  ListWish choice;
  std::string message;
  std::string party;
  uint8_t role = 0;
};

Result<AuditWish> read_audit_wish(const Invocation& invocation, const ExportedMessages& messages) {
  const Arguments& arguments = invocation.arguments;
  AuditWish wish;
  if (Status read = read_choice(invocation, kExportTimes, wish.choice); !read) return read.error();
  if (const auto typed = arguments.get("--message")) {
    const auto found = messages.find(*typed);
    if (!found) return found.error();
    wish.message = (*found)->id;
  }
  if (const auto typed = arguments.get("--from")) {
    const ChannelNames& names = messages.names();
    if (*typed != names.party && *typed != names.peer) {
      return make_error(ErrorCode::usage, "\"" + *typed + "\" is no party of this channel",
                        "--from " + names.party + "    or --from " + names.peer);
    }
    wish.party = *typed;
  }
  if (const auto typed = arguments.get("--role")) {
    const Vocabulary& roles = vocabulary<wire::Role>();
    const Word* role = roles.by_key(*typed);
    if (role == nullptr) {
      return make_error(ErrorCode::usage, "there is no role \"" + *typed + "\"",
                        "--role with one of: " + roles.keys());
    }
    wish.role = static_cast<uint8_t>(role->value);
  }
  return wish;
}

const std::string& exported_sender(const ExportedMessages& messages, const ExportedMessage& one) {
  return one.incoming ? messages.names().peer : messages.names().party;
}

bool speaks_of(const ExportedMessage& one, const std::string& id) {
  return std::find(one.references.begin(), one.references.end(), id) != one.references.end();
}

bool is_wanted(const ExportedMessages& messages, const ExportedMessage& one,
               const AuditWish& wish) {
  const ListWish& choice = wish.choice;
  if (choice.type != wire::MessageType::unset && one.type != static_cast<uint8_t>(choice.type)) {
    return false;
  }
  if (choice.precedence != wire::Precedence::unset &&
      one.precedence != static_cast<uint8_t>(choice.precedence)) {
    return false;
  }
  if (!choice.code.empty() && one.code != choice.code) return false;
  if (!Period{choice.since, choice.until}.has(one.committed_at)) return false;
  if (!wish.party.empty() && exported_sender(messages, one) != wish.party) return false;
  if (wish.role != 0 && one.role != wish.role) return false;
  if (!wish.message.empty() && one.id != wish.message && !speaks_of(one, wish.message))
    return false;
  return choice.incident.empty() || messages.is_of_thread(one, choice.incident);
}

// "supervisor ann"; the peer tells a role and no name.
std::string releaser_words(const ExportedMessage& one) {
  if (one.role == 0) return one.person;
  return role_name(one.role) + (one.person.empty() ? "" : " " + one.person);
}

JsonValue json_exported(const ExportedMessages& messages, const ExportedMessage& one) {
  const ChannelNames& names = messages.names();
  return JsonValue()
      .add("id", one.id)
      .add("from", exported_sender(messages, one))
      .add("to", one.incoming ? names.party : names.peer)
      .add("type", type_name(one.type))
      .add("kind", json_text(one.code))
      .add("precedence", precedence_label(one.precedence))
      .add("role", one.role == 0 ? JsonValue() : JsonValue(role_name(one.role)))
      .add("person", json_text(one.person))
      .add("subject", json_text(one.subject))
      .add("released_at", json_time(one.released_at))
      .add("committed_at", json_time(one.committed_at))
      .add("receipted_at", json_time(one.receipted_at))
      .add("incident", json_text(one.thread))
      .add("refers_to", one.references)
      .add("declined", one.declined)
      .add("taken_back", one.taken_back)
      .add("leaf", one.place ? JsonValue(*one.place) : JsonValue())
      .add("journal_index", one.journal_index);
}

int list_exported(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string directory = *invocation.arguments.get("EXPORT");
  const std::string what = "cannot list the messages of " + directory;
  const auto messages = need(ExportedMessages::read(directory), what);
  const auto wish = need(read_audit_wish(invocation, messages), what);
  std::vector<const ExportedMessage*> wanted;
  for (const ExportedMessage& one : messages.all()) {
    if (is_wanted(messages, one, wish)) wanted.push_back(&one);
  }
  if (output.json()) {
    const auto json_one = [&](const ExportedMessage* one) { return json_exported(messages, *one); };
    output.document(json_document()
                        .add("messages", json_each(wanted, json_one))
                        .add("of", messages.all().size()));
    return kExitDone;
  }
  Table table({{"ID", 8},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out, true},
               {"COMMITTED", 0},
               {"FROM", 0},
               {"BY", 0, Table::Fit::cut},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const ExportedMessage* one : wanted) {
    table.add({"",
               {one->id, precedence_label(one->precedence), type_name(one->type),
                format_rfc3339(one->committed_at), upper_case(exported_sender(messages, *one)),
                releaser_words(*one), one->subject},
               Style::plain});
  }
  table.print(output);
  output.talk(format_count(wanted.size()) + " of the " + format_count(messages.all().size()) +
              " messages of this export. Nothing was verified: " +
              output.command("audit verify " + directory + " --trust DIR"));
  return kExitDone;
}

// Messages that speak of this one, in their order: what became of it.
std::vector<const ExportedMessage*> followers_of(const ExportedMessages& messages,
                                                 const ExportedMessage& message) {
  std::vector<const ExportedMessage*> all;
  for (const ExportedMessage& one : messages.all()) {
    if (speaks_of(one, message.id)) all.push_back(&one);
  }
  return all;
}

void print_life(Output& output, const ExportedMessages& messages, const ExportedMessage& message) {
  const ChannelNames& names = messages.names();
  const auto line = [&](std::string label, const std::string& value) {
    label.resize(std::max<size_t>(label.size(), 12), ' ');  // "acknowledgement" is longer.
    output.line("  " + label + "  " + printable_line(value));
  };
  const std::string sender = upper_case(exported_sender(messages, message));
  line("released", output.date_and_time(message.released_at) + ", by the clock of " + sender +
                       (releaser_words(message).empty() ? "" : ", by " + releaser_words(message)));
  line("committed", output.date_and_time(message.committed_at) + ", journal entry " +
                        std::to_string(message.journal_index) + " of " + upper_case(names.party) +
                        (message.taken_back ? ", taken back from the peer" : ""));
  line("stands at", message.place
                        ? "leaf " + std::to_string(*message.place) + " of what " + sender + " sent"
                        : std::string("no place yet: its text is not in this export"));
  line("receipt", message.receipted_at == 0 ? std::string("none in this export")
                                            : output.date_and_time(message.receipted_at) + ", " +
                                                  (message.incoming ? "given" : "held"));
  if (message.declined) line("declined", "it broke a rule");
  for (const ExportedMessage* one : followers_of(messages, message)) {
    line(type_name(one->type), one->id + ", " + output.date_and_time(one->committed_at) + ", " +
                                   upper_case(exported_sender(messages, *one)) + " " +
                                   releaser_words(*one));
  }
}

std::string language_of_reader(const Invocation& invocation) {
  if (const auto typed = invocation.arguments.get("--language")) return *typed;
  const auto context = invocation.context();
  return context ? context->language : "en";
}

int show_exported(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("MESSAGE");
  const std::string what = "cannot show " + typed;
  const auto directory = invocation.arguments.get("--export");
  if (!directory) {
    return output.fail(what, make_error(ErrorCode::usage, "no export was named",
                                        "--export DIR, as `hotline audit export DIR` wrote it"));
  }
  const auto messages = need(ExportedMessages::read(*directory), what);
  const ExportedMessage& message = *need(messages.find(typed), what);
  const auto words = need(messages.words_of(message), what);
  const MessageContent content(words.envelope, words.body ? ByteView(*words.body) : ByteView(),
                               language_of_reader(invocation));
  if (output.json()) {
    const auto json_one = [&](const ExportedMessage* one) { return json_exported(messages, *one); };
    JsonValue document = json_document();
    document.add("message", json_exported(messages, message))
        .add("spoken_of_by", json_each(followers_of(messages, message), json_one));
    content.add_to(document);
    output.document(document);
    return kExitDone;
  }
  output.line(message.id + "  " + precedence_label(message.precedence) + "  " +
              type_name(message.type));
  if (message.place) {
    words.body ? content.print(output) : content.print_envelope(output);
  }
  output.line("");
  print_life(output, messages, message);
  output.talk("Nothing was verified. For somebody who trusts neither party: " +
              output.command("audit prove " + message.id + " --export " + *directory));
  return kExitDone;
}

}  // namespace

Command audit_list_command() {
  return {
      {.name = "audit list",
       .summary = "List the messages of an export: what was said, by whom, when",
       .description =
           "In the order in which the exporting party committed them, and by its clock. Options "
           "that choose go together: all of them must fit. Names of persons are those of the "
           "exporting party; the other tells roles. An export is shown as it is, and not verified.",
       .examples = {"hotline audit list north.export",
                    "hotline audit list north.export --incident S-87 --json",
                    "hotline audit list north.export --message N-123",
                    "hotline audit list north.export --from south --role supervisor "
                    "--since 2026-11-22 --type violation"},
       .options = {{"--message", "ID", "this message, and those that speak of it"},
                   {"--incident", "NAME", "the thread of this message, or of this word"},
                   {"--from", "PARTY", "what this party sent"},
                   {"--role", "ROLE", "what was released in this role: supervisor, machine …"},
                   type_option(),
                   {"--precedence", "PRECEDENCE", "flash, immediate, priority or routine only"},
                   {"--since", "TIME", "messages of this time and later"},
                   {"--until", "TIME", "messages of this time and earlier"}},
       .positionals = {{"EXPORT", "a directory, as `hotline audit export` writes it"}}},
      list_exported};
}

Command audit_show_command() {
  return {
      {.name = "audit show",
       .summary = "Show one message of an export in full, and what was said of it",
       .description = "Its coded fields, texts as they were written, who released it and when, "
                      "its place and its receipt, and each message that speaks of it. An "
                      "export is shown as it is, and not verified.",
       .examples = {"hotline audit show S-87 --export north.export",
                    "hotline audit show N-123 --export north.export --json"},
       .options = {{"--export", "DIR", "the export that has the message"},
                   {"--language", "TAG",
                    "show coded fields in it; else the context's, else English"}},
       .positionals = {{"MESSAGE", "N-000123, N-123, or S-?12, which has no serial of its own"}}},
      show_exported};
}

}  // namespace hotline::client
