#include "tests/system/week/drafts.h"

#include "protocol/message/message_rules.h"
#include "protocol/message/neutral_phrases.h"
#include "protocol/message/template.h"
#include "tests/system/week/party.h"

namespace hotline::week {
namespace {

DraftFields draft_of(wire::Precedence precedence, const std::string& subject,
                     ContentFields content) {
  DraftFields draft;
  draft.precedence = precedence;
  draft.language = "en";
  draft.body.subject = subject;
  draft.body.content = std::move(content);
  return draft;
}

DraftFields with_text(DraftFields draft, const std::string& text) {
  draft.body.texts = {{"en", text, true, ""}};
  return draft;
}

DraftFields draft_about(const MessageRecord& message, const std::string& id,
                        const std::string& subject, ContentFields content) {
  DraftFields draft = draft_of(static_cast<wire::Precedence>(message.precedence),
                               subject + " of " + id, std::move(content));
  draft.references = {id};
  return draft;
}

}  // namespace

DraftFields text_draft(wire::Precedence precedence, const std::string& text) {
  return with_text(draft_of(precedence, subject_of(text, 8), TextContentFields{}), text);
}

DraftFields template_draft(const std::string& name, wire::Precedence precedence, const Set& set,
                           UtcMs now) {
  TemplateInput input;
  input.set = set;
  input.precedence = precedence;
  input.now = now;
  input.typed_at = now;
  auto filled = fill_template(name, input);
  if (!filled) throw WeekFailed(name + ": " + filled.error().reason);
  DraftFields draft;
  draft.precedence = precedence;
  draft.language = "en";
  draft.body = std::move(filled->fields);
  return draft;
}

DraftFields question_draft(wire::Precedence precedence, const std::vector<std::string>& questions) {
  return with_text(draft_of(precedence, questions.front(), QuestionsFields{questions}),
                   "We ask: " + questions.front());
}

DraftFields answer_draft(const MessageRecord& request, const std::string& id,
                         std::vector<AnswerItemFields> items) {
  return draft_about(request, id, "Answer", AnswersFields{std::move(items)});
}

DraftFields acknowledgement_draft(const MessageRecord& message, const Bytes& newest,
                                  const std::string& id, UtcMs now) {
  const auto body = open_body(newest);
  if (!body) throw WeekFailed(id + " cannot be read");
  const EventPoint event = event_point(**body);
  return draft_about(message, id, "Acknowledgement",
                     AcknowledgementFields{wire::Role::operator_, now, event.position, event.at});
}

DraftFields dissemination_draft(const MessageRecord& message, const std::string& id,
                                wire::Audience audience, UtcMs now) {
  return draft_about(message, id, "Dissemination", DisseminationFields{audience, now, ""});
}

DraftFields decline_draft(const MessageRecord& message, const std::string& id,
                          const std::string& why) {
  return draft_about(message, id, "Decline", DeclineFields{wire::DeclineCode::not_for_us, why});
}

DraftFields test_call_draft(const CoreStatus& status, uint64_t phrase, UtcMs now) {
  TestFields test;
  test.phrase = static_cast<uint8_t>(1 + phrase % 5);
  test.transcript_size = status.own_size;
  test.transcript_root = status.own_root;
  test.clock = now;
  const auto words = neutral_phrase(test.phrase, "en");
  return with_text(draft_of(routine, "Test call", test), std::string(*words));
}

DraftFields correction_draft(const MessageRecord& message, const std::string& id,
                             const FieldChangeFields& change, const std::string& why) {
  DraftFields draft = draft_about(message, id, "Correction", CorrectionFields{{change}, why});
  draft.correction_of = id;
  return draft;
}

DraftFields cancellation_draft(const MessageRecord& message, const std::string& id,
                               const std::string& why) {
  return draft_about(message, id, "Cancellation", CancellationFields{why});
}

DraftFields service_draft(wire::Precedence precedence, ServiceFields fields) {
  return draft_of(precedence, "Service message", std::move(fields));
}

}  // namespace hotline::week
