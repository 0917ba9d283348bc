#include "protocol/message/correcting.h"

#include <algorithm>

#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

constexpr char kSubject[] = "subject";
constexpr char kText[] = "text";

const KindContent& content_of(const CorrectedMessage& message) {
  return kind_of(message.type).content();
}

BodyContext context_of(const CorrectedMessage& message) {
  return {message.type,        message.precedence,       message.mode,    message.language,
          message.released_at, message.exercise_channel, message.incident};
}

// The original text, without the marks of an exercise.
std::optional<std::string> original_text(const wire::Body& body) {
  if (!body.texts()) return std::nullopt;
  for (const wire::Text* text : *body.texts()) {
    if (text->original()) return std::string(unmark_exercise(view(text->text())));
  }
  return std::nullopt;
}

Result<ContentFields> read(const CorrectedMessage& message, const FieldValues& values) {
  const std::string name = kind_of(message.type).key;
  return content_of(message).read({name, message.released_at, std::nullopt, 0, std::nullopt,
                                   [](std::string_view) { return false; },
                                   [&values](std::string_view key) {
                                     const auto found = values.find(key);
                                     return found == values.end() ? std::nullopt : found->second;
                                   }});
}

// One value, read and written again, so that 54.90N and 54.90000N are the same. As it was typed
// where it cannot be read.
std::string one_form(const CorrectedMessage& message, const FieldValues& values,
                     const std::string& key, const std::string& typed) {
  if (key == kSubject || key == kText) return typed;
  FieldValues with = values;
  with[key] = typed;
  const auto fields = read(message, with);
  if (!fields) return typed;
  const Bytes bytes = build_body({"", {}, *fields});
  const auto body = open_body(bytes);
  return content_of(message).typed_form(**body, key).value_or("");
}

std::string names_of(const FieldValues& values) {
  std::string names;
  for (const auto& [key, value] : values) names += (names.empty() ? "" : ", ") + key;
  return names;
}

std::vector<TextFields> texts_of(const CorrectedMessage& message, const wire::Body& body,
                                 const std::optional<std::string>& original) {
  std::vector<TextFields> texts;
  if (!body.texts()) return texts;
  const bool changed = original != original_text(body);
  for (const wire::Text* text : *body.texts()) {
    // A translation of what is no longer said is none.
    if (changed && !text->original()) continue;
    std::string words(view(text->text()));
    if (changed) words = message.exercise_channel ? mark_exercise(*original) : *original;
    texts.push_back({std::string(view(text->language())), std::move(words), text->original(),
                     std::string(view(text->translated_by()))});
  }
  return texts;
}

Problem problem(const std::string& field, std::string reason, std::string hint = {}) {
  return {field, std::move(reason), std::move(hint), DeclineCode::rule_broken};
}

// The fields after the correction; what is wrong with it is added to `problems`.
FieldValues change(const CorrectedMessage& message, const wire::Body& body,
                   const wire::Correction& correction, std::vector<Problem>& problems) {
  const FieldValues before = field_values(message.type, body);
  FieldValues after = before;
  for (const wire::FieldChange* one : *correction.changes()) {
    const std::string key(view(one->field()));
    const auto found = before.find(key);
    if (found == before.end()) {
      problems.push_back(
          problem("change", "there is no field " + in_quotes(key), "one of: " + names_of(before)));
      continue;
    }
    const std::string said = found->second.value_or("");
    const std::string old_value(view(one->old_value()));
    if (old_value != said && one_form(message, before, key, old_value) != said) {
      problems.push_back(
          problem(key, "is not " + in_quotes(old_value) + " but " + in_quotes(said),
                  "give the old value as it is: --change " + key + "=\"" + said + " -> ...\""));
    }
    const std::string new_value(view(one->new_value()));
    after[key] = new_value.empty() ? std::nullopt : std::optional(new_value);
  }
  if (!after[kSubject]) problems.push_back(problem(kSubject, "is missing"));
  if (before.at(kText) && !after[kText]) problems.push_back(problem(kText, "is missing"));
  return after;
}

bool changes(const wire::Correction& correction, std::string_view field) {
  return std::any_of(correction.changes()->begin(), correction.changes()->end(),
                     [field](const wire::FieldChange* one) { return view(one->field()) == field; });
}

// A subject that was made from the fields is made from them again.
std::string new_subject(const CorrectedMessage& message, const wire::Body& before,
                        const wire::Correction& correction, const std::string& subject,
                        const ContentFields& content) {
  if (changes(correction, kSubject)) return subject;
  const Language language = choose_language(message.language);
  const auto was = read(message, field_values(message.type, before));
  const bool was_made = was && content_of(message).subject(*was, language) == subject;
  return was_made ? content_of(message).subject(content, language) : subject;
}

// A field that is left as it was is judged as of the release of the message: a time that was ahead
// then may have come. A field that changes is judged as of the correction too.
void judge(const CorrectedMessage& after, const wire::Correction& correction, UtcMs corrected_at,
           std::vector<Problem>& problems) {
  const auto body = open_body(after.body);
  if (!body) return problems.push_back(problem("change", body.error().reason));
  BodyContext context = context_of(after);
  context.by_correction = true;
  for (Problem& one : check_body(**body, context)) problems.push_back(std::move(one));
  if (!problems.empty()) return;
  context.released_at = corrected_at;
  for (Problem& one : check_body(**body, context)) {
    if (changes(correction, one.field)) problems.push_back(std::move(one));
  }
}

// The message after the correction, as far as it can be made; what is wrong is in `problems`.
CorrectedMessage apply(const CorrectedMessage& message, const wire::Correction& correction,
                       UtcMs corrected_at, std::vector<Problem>& problems) {
  CorrectedMessage after = message;
  const auto body = open_body(message.body);
  if (!body || !kind_of(message.type).is_built() || !correction.changes()) {
    problems.push_back(problem("change", "cannot be held against the message"));
    return after;
  }
  const FieldValues values = change(message, **body, correction, problems);
  if (!problems.empty()) return after;
  auto content = read(message, values);
  if (!content) {
    problems.push_back(problem("change", content.error().reason, content.error().hint));
    return after;
  }
  const std::string subject =
      new_subject(message, **body, correction, *values.at(kSubject), *content);
  // A text that was made repeats the subject.
  std::optional<std::string> text = values.at(kText);
  const bool was_made = !changes(correction, kText) && text == view((*body)->subject());
  if (was_made) text = subject;
  after.body = build_body({subject, texts_of(message, **body, text), std::move(*content)});
  judge(after, correction, corrected_at, problems);
  return after;
}

}  // namespace

Status check_changeable(const std::string& name, const wire::Body& body, TargetEffect change,
                        const std::string& spoken_of) {
  // By its content, which the peer may have sent under another type.
  const Kind& kind = kind_of(static_cast<uint8_t>(body.content_type()));
  const char* instead = kind.is_built() ? kind.content().instead_of(change, body) : nullptr;
  if (instead == nullptr) return ok();
  const bool corrects_another = kind.effect == TargetEffect::corrects && !spoken_of.empty();
  return make_error(
      ErrorCode::refused,
      "references: " + name + " is of type " + word(kind.type, Language::en) + ", and is not " +
          (change == TargetEffect::corrects ? "corrected" : "cancelled"),
      corrects_another
          ? "hotline send --corrects " + spoken_of +
                " --change \"FIELD -> NEW\" --reason \"...\"    corrects it once more; or " +
                "--cancels " + spoken_of
          : instead);
}

FieldValues field_values(wire::MessageType type, const wire::Body& body) {
  FieldValues values = {{kSubject, std::string(view(body.subject()))},
                        {kText, original_text(body)}};
  const KindContent& content = kind_of(type).content();
  for (const FieldInfo* field : content.fields()) {
    if (field->looks) values[field->key] = content.typed_form(body, field->key);
  }
  return values;
}

CorrectedMessage as_said(const wire::Envelope& envelope, ByteView body, bool exercise_channel) {
  return {envelope.type(),
          envelope.precedence(),
          envelope.mode(),
          std::string(view(envelope.language())),
          envelope.released_at(),
          exercise_channel,
          Bytes(body.begin(), body.end()),
          envelope.expires_at(),
          std::string(view(envelope.incident()))};
}

std::vector<Volume> announced_volumes(const CorrectedMessage& message) {
  const auto body = open_body(message.body);
  if (!body || !check_body(**body, context_of(message)).empty()) return {};
  return announced_volumes(**body);
}

std::optional<UtcMs> useful_until(const CorrectedMessage& message) {
  const std::vector<Volume> volumes = announced_volumes(message);
  if (volumes.empty()) return message.expires_at;
  UtcMs end = 0;
  for (const Volume& volume : volumes) end = std::max(end, volume.end);
  return end;
}

std::vector<Problem> check_correction(const CorrectedMessage& message,
                                      const wire::Correction& correction, UtcMs corrected_at) {
  std::vector<Problem> problems;
  apply(message, correction, corrected_at, problems);
  return problems;
}

Result<CorrectedMessage> correct(const CorrectedMessage& message,
                                 const wire::Correction& correction, UtcMs corrected_at) {
  std::vector<Problem> problems;
  CorrectedMessage after = apply(message, correction, corrected_at, problems);
  if (problems.empty()) return after;
  return make_error(ErrorCode::refused, to_string(problems.front()), problems.front().hint);
}

}  // namespace hotline
