#include "client/compose/accepted_conflict.h"

#include <array>
#include <optional>
#include <utility>

#include "client/show/conflict_rows.h"
#include "client/show/message_row.h"
#include "client/show/message_view.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

using Shown = Answer<wire::Detail>;
using Pair = std::array<Shown, 2>;

// Our notice and theirs. Nothing where the draft accepts no conflict, or they cannot be shown.
std::optional<Pair> accepted_notices(Connection& connection, const SavedDraft& saved) {
  const auto references = texts(saved.draft().references());
  if (!accepts_conflict(saved.body()) || references.size() < 2) return std::nullopt;
  auto theirs = connection.show(references[0]);
  auto ours = connection.show(references[1]);
  if (!theirs || !ours || !kind_of((*theirs)->row()->type()).announces_volumes()) {
    return std::nullopt;
  }
  return Pair{*std::move(ours), *std::move(theirs)};
}

MessageContent content_of(const Connection& connection, const Shown& notice) {
  return MessageContent(bytes(notice->envelope()), bytes(notice->body()), connection.language(),
                        bytes(notice->newest_body()));
}

JsonValue json_notice(const Connection& connection, const Shown& notice) {
  JsonValue json;
  json.add("message", json_message(connection, *notice->row()));
  const MessageContent content = content_of(connection, notice);
  content.add_to(json);
  content.add_newest_to(json);
  return json.add("corrections", texts(notice->corrections()))
      .add("cancelled", notice->cancelled());
}

}  // namespace

void print_accepted(Output& output, Connection& connection, const SavedDraft& saved) {
  const auto notices = accepted_notices(connection, saved);
  if (!notices) return;
  output.line("");
  output.say("It accepts the conflict of these two, as they stand now:");
  const auto found = connection.check_notice(saved.bytes());
  for (const wire::ConflictRow* one :
       found ? tables((*found)->rows()) : tables<wire::ConflictRow>(nullptr)) {
    output.say(text(one->own()) + " and " + conflict_words(*one), Style::yellow);
  }
  for (const Shown& notice : *notices) {
    output.line("");
    output.line(heading_of(output, *notice->row()) + "  " +
                upper_case(sender_of(connection, *notice->row())));
    print_standing(output, *notice);
    content_of(connection, notice).print_body(output);
  }
}

JsonValue& add_accepted(JsonValue& document, Connection& connection, const SavedDraft& saved) {
  const auto notices = accepted_notices(connection, saved);
  if (!notices) return document.add("accepts", JsonValue());
  return document.add("accepts", JsonValue()
                                     .add("own", json_notice(connection, (*notices)[0]))
                                     .add("peers", json_notice(connection, (*notices)[1])));
}

std::string hint_to_accept_anew(const std::string& draft) {
  return "hotline draft discard " + draft +
         "    then look at hotline conflicts as it stands now, and accept it anew";
}

}  // namespace hotline::client
