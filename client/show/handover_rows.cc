#include "client/show/handover_rows.h"

#include "client/show/draft_rows.h"
#include "client/show/message_row.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kHashDigits = 8;

Result<Opened<wire::Entry>> open_row(const wire::JournalRow& row) {
  return open_flatbuffer<wire::Entry>(bytes(row.entry()), kJournalEntryIdentifier);
}

std::string kind_words(const HandoverItem& item) {
  switch (item.code) {
    case wire::HandoverCode::unacknowledged:
      return "to be acknowledged";
    case wire::HandoverCode::not_acknowledged:
      return "not acknowledged by them";
    case wire::HandoverCode::unanswered:
      return "to be answered";
    case wire::HandoverCode::undisseminated:
      return "own people not told";
    case wire::HandoverCode::conflict:
      return "open conflict";
    case wire::HandoverCode::incident:
      return "open incident";
    case wire::HandoverCode::draft:
      return "draft, not handed in";
    case wire::HandoverCode::draft_to_release:
      return "draft, to be released";
    case wire::HandoverCode::draft_given_back:
      return "draft, given back";
    case wire::HandoverCode::condition:
      return "wrong now";
    case wire::HandoverCode::rung:
      return "rung climbed";
    case wire::HandoverCode::paused:
      // Its time is its end, which a narrow terminal shows too.
      return "ladder paused until " + format_date_time_group(item.since);
    case wire::HandoverCode::not_looked_at:
      return "not looked at";
    case wire::HandoverCode::unset:
      break;
  }
  return "of a later version";
}

std::string item_text(const Output& output, const HandoverItem& item) {
  if (item.more != 0) return output.words("and " + format_count(item.more) + " more");
  const bool is_ours = item.code == wire::HandoverCode::condition ||
                       item.code == wire::HandoverCode::rung ||
                       item.code == wire::HandoverCode::not_looked_at;
  return is_ours && output.terminal() ? output.offered(item.text) : item.text;
}

JsonValue json_sign(const HandoverSign& sign) {
  return JsonValue()
      .add("journal_index", sign.journal_index)
      .add("at", json_time(sign.at))
      .add("role", role_name(sign.role))
      .add("person", json_text(sign.person));
}

}  // namespace

Result<std::optional<ShownHandover>> shown_handover(const wire::HandoverReply& reply) {
  if (reply.started() == nullptr) return std::optional<ShownHandover>();
  const auto entry = open_row(*reply.started());
  if (!entry) return entry.error();
  const wire::HandoverStarted* started = (*entry)->fact_as_HandoverStarted();
  if (started == nullptr) {
    return make_error(ErrorCode::failed, "the daemon answered with another entry",
                      "install hotline and hotlined of the same release");
  }
  ShownHandover shown;
  shown.started = {reply.started()->index(), (*entry)->at(), started->role(),
                   text(reply.started()->name())};
  shown.hash = to_hash(*started->hash());
  shown.note = text(started->note());
  shown.items = items_of(*started);
  if (reply.accepted() == nullptr) return std::optional(std::move(shown));
  const auto end = open_row(*reply.accepted());
  if (!end) return end.error();
  const wire::HandoverAccepted* accepted = (*end)->fact_as_HandoverAccepted();
  if (accepted != nullptr && accepted->started() == shown.started.journal_index) {
    shown.accepted = {reply.accepted()->index(), (*end)->at(), accepted->role(),
                      text(reply.accepted()->name())};
  }
  return std::optional(std::move(shown));
}

std::string short_handover_hash(const Hash& hash) {
  return to_hex(ByteView(hash)).substr(0, kHashDigits);
}

std::string handover_label(const HandoverItem& item) {
  return item.subject.empty() ? handover_code_name(item.code) : item.subject;
}

std::vector<HandoverItem> handover_items(const wire::HandoverLines& lines) {
  std::vector<HandoverItem> items;
  for (const wire::HandoverLine* line : tables(lines.items())) {
    items.push_back({static_cast<wire::HandoverCode>(line->code()), text(line->subject()),
                     line->precedence(), line->since(), text(line->text()), line->more()});
  }
  return items;
}

void print_items(Output& output, const std::vector<HandoverItem>& items, const std::string& note) {
  if (!note.empty()) output.say("note: \"" + printable_line(note) + "\"");
  Table table({{.title = "ITEM", .width_min = 4},
               {.title = "KIND", .fit = Table::Fit::wrapped, .is_words = true},
               {.title = "PREC"},
               {.title = "SUBJECT", .fit = Table::Fit::wrapped},
               {.title = "SINCE", .fit = Table::Fit::left_out},
               {.title = "WORDS", .fit = Table::Fit::wrapped}});
  size_t number = 0;
  for (const HandoverItem& item : items) {
    table.add(
        {"",
         {std::to_string(++number), kind_words(item),
          item.precedence == 0 ? "-" : precedence_label(item.precedence),
          item.subject.empty() ? "-" : item.subject,
          item.since == 0 ? "-" : format_date_time_group(item.since), item_text(output, item)},
         precedence_style(item.precedence)});
  }
  if (!items.empty()) table.print(output);
  if (items.empty()) output.say("Nothing is open.");
}

void print_signatures(Output& output, const ShownHandover& handover) {
  const HandoverSign& started = handover.started;
  output.say("Signed by " + person_words(started.person, started.role) + " at " +
             format_rfc3339(started.at));
  if (!handover.accepted) return;
  output.say("Accepted by " + person_words(handover.accepted->person, handover.accepted->role) +
             " at " + format_rfc3339(handover.accepted->at));
}

void print_handover(Output& output, const ShownHandover& handover) {
  print_items(output, handover.items, handover.note);
  print_signatures(output, handover);
}

JsonValue json_handover(const ShownHandover& handover) {
  uint64_t number = 0;
  return JsonValue()
      .add("started", json_sign(handover.started))
      .add("hash", to_hex(ByteView(handover.hash)))
      .add("note", json_text(handover.note))
      .add("items", json_each(handover.items,
                              [&number](const HandoverItem& item) {
                                return JsonValue()
                                    .add("number", ++number)
                                    .add("code", handover_code_name(item.code))
                                    .add("subject", json_text(item.subject))
                                    .add("precedence",
                                         item.precedence == 0
                                             ? JsonValue()
                                             : JsonValue(precedence_label(item.precedence)))
                                    .add("since", json_time(item.since))
                                    .add("text", json_text(item.text))
                                    .add("more", item.more);
                              }))
      .add("accepted", handover.accepted ? json_sign(*handover.accepted) : JsonValue());
}

}  // namespace hotline::client
