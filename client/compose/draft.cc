#include "client/compose/draft.h"

#include "protocol/base/text.h"
#include "protocol/message/draft.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/words.h"

namespace hotline::client {
namespace {

void mark_texts(DraftFields& fields) {
  std::vector<TextFields>& texts = fields.body.texts;
  const bool only_in_an_exercise = fields.kind().texts == Texts::in_exercise;
  if (texts.empty() && only_in_an_exercise) {
    texts.push_back({fields.language, fields.body.subject, true, ""});
  }
  for (TextFields& one : texts) {
    if (!is_marked_exercise(one.text)) one.text = mark_exercise(one.text);
  }
}

}  // namespace

std::string made_subject(wire::MessageType type, const std::string& language,
                         const std::string& english, const std::string& about) {
  const Language chosen = choose_language(language);
  if (chosen == Language::en) return english;
  return word(type, chosen) + (about.empty() ? "" : ": " + about);
}

Bytes build_draft(const DraftFields& fields) {
  flatbuffers::FlatBufferBuilder builder;
  const auto string = [&](const std::string& text) {
    return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(text);
  };
  const auto language = string(fields.language);
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> references;
  if (!fields.references.empty()) references = builder.CreateVectorOfStrings(fields.references);
  const auto correction_of = string(fields.correction_of);
  const auto incident = string(fields.incident);
  const auto handling = string(fields.handling);
  const auto body = builder.CreateVector(build_body(fields.body));
  wire::DraftBuilder draft(builder);
  draft.add_type(static_cast<uint8_t>(fields.kind().type));
  draft.add_precedence(static_cast<uint8_t>(fields.precedence));
  draft.add_test_mode(fields.kind().is_test_call);
  draft.add_language(language);
  draft.add_references(references);
  draft.add_correction_of(correction_of);
  draft.add_incident(incident);
  draft.add_reply_by(fields.reply_by.value_or(0));
  draft.add_expires_at(fields.expires_at.value_or(0));
  draft.add_drafted_at(fields.drafted_at);
  draft.add_handling(handling);
  draft.add_body(body);
  draft.add_nonce(fields.nonce);
  draft.add_danger_to_life(fields.danger_to_life);
  builder.Finish(draft.Finish(), kDraftIdentifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Bytes build_marked_draft(DraftFields fields, bool exercise) {
  if (exercise) mark_texts(fields);
  return build_draft(fields);
}

Result<Bytes> finish_draft(DraftFields fields, bool exercise, UtcMs now) {
  if (exercise) mark_texts(fields);
  const Bytes bytes = build_body(fields.body);
  const auto body = open_body(bytes);
  if (!body) return body.error();
  BodyContext context;
  context.type = fields.kind().type;
  context.precedence = fields.precedence;
  context.mode = fields.kind().mode(exercise);
  context.language = fields.language;
  context.released_at = now;
  context.exercise_channel = exercise;
  context.incident = fields.incident;
  const std::vector<Problem> problems = check_body(**body, context);
  if (problems.empty()) return build_draft(fields);
  return make_error(ErrorCode::refused, to_string(problems.front()), problems.front().hint);
}

}  // namespace hotline::client
