#include "client/compose/draft_view.h"

#include "client/compose/accepted_conflict.h"
#include "client/compose/conflict_check.h"
#include "client/compose/typed_fields.h"
#include "client/show/draft_rows.h"
#include "client/show/message_view.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

// The envelope, as far as the draft says it.
Description beside_body(const Output& output, const wire::Draft& draft) {
  Description lines;
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) lines.emplace_back(output.words(label), value);
  };
  std::string references;
  for (const std::string& id : texts(draft.references())) {
    references += (references.empty() ? "" : ", ") + id;
  }
  add("Refers to", references);
  add("Corrects", text(draft.correction_of()));
  add("Incident", text(draft.incident()));
  if (draft.danger_to_life()) add("Danger to life", output.words("yes"));
  if (draft.reply_by() != 0) add("Reply by", time_in_words(draft.reply_by()));
  if (draft.expires_at() != 0) add("Expires", time_in_words(draft.expires_at()));
  add("Handling", text(draft.handling()));
  return lines;
}

}  // namespace

bool print_draft(Output& output, Connection& connection, const SavedDraft& saved) {
  const wire::DraftRow& row = saved.row();
  const std::string precedence =
      row.precedence() == 0 ? "no precedence yet" : precedence_label(row.precedence());
  const bool is_open = saved.state() == wire::DraftState::open;
  const bool is_sent = saved.state() == wire::DraftState::sent;
  output.line(output.words(saved.name() + "  " + precedence + "  " + type_name(row.type()) +
                           (is_open   ? "  DRAFT, not sent"
                            : is_sent ? "  was a DRAFT, SENT"
                                      : "  DISCARDED, not sent")));
  const MessageContent content({}, bytes(saved.draft().body()), connection.language());
  content.print_body(output);
  Description lines = beside_body(output, saved.draft());
  lines.emplace_back(output.words("Version"), std::to_string(row.version()));
  lines.emplace_back(output.words("Saved"), time_in_words(row.saved_at()));
  lines.emplace_back(output.words("By"),
                     output.words(person_words(text(row.person()), row.role())));
  lines.emplace_back("SHA-256", to_hex(saved.hash()));
  if (const std::string step = step_words(row); !step.empty()) {
    lines.emplace_back(output.words("Release"), output.words(step));
  }
  output.text("\n" + render_lines(output, lines));
  if (is_open) print_accepted(output, connection, saved);
  return !is_open || say_conflicts_of(output, connection, saved.bytes());
}

JsonValue json_saved(Connection& connection, const SavedDraft& saved,
                     const std::vector<Problem>& problems) {
  const wire::DraftDetail& detail = saved.detail();
  const char* state = saved.state() == wire::DraftState::open   ? "open"
                      : saved.state() == wire::DraftState::sent ? "sent"
                                                                : "discarded";
  JsonValue document = json_document();
  document.add("draft", json_draft(saved.row()))
      .add("state", state)
      .add("ended_at", json_time(detail.ended_at()))
      .add("ended_by", json_text(text(detail.ended_by())))
      .add("sent_as", json_text(text(detail.sent_as())))
      .add("language", text(saved.draft().language()))
      .add("references", texts(saved.draft().references()))
      .add("incident", json_text(text(saved.draft().incident())))
      .add("reply_by", json_time(saved.draft().reply_by()))
      .add("expires_at", json_time(saved.draft().expires_at()));
  MessageContent({}, bytes(saved.draft().body()), connection.language()).add_body_to(document);
  const bool is_open = saved.state() == wire::DraftState::open;
  const bool goes = is_open && problems.empty() && why_refused(connection, saved.bytes()).empty();
  document.add("may_be_sent", goes).add("problems", json_problems(problems));
  if (is_open) {
    add_conflicts_of(document, connection, saved.bytes());
    add_accepted(document, connection, saved);
  }
  document.add("draft_base64", to_base64(saved.bytes()));
  return document;
}

}  // namespace hotline::client
