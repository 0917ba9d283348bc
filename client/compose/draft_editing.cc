#include "client/compose/draft_editing.h"

#include <algorithm>
#include <map>
#include <optional>

#include "client/show/content_values.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

using TypedForms = std::map<std::string, std::string, std::less<>>;

constexpr char kWhereField[] = "where";

Result<ContentFields> read_forms(const Kind& kind, const TypedForms& values, UtcMs now,
                                 std::optional<UtcMs> typed_at) {
  const std::string name = kind.key;
  return kind.content().read({name, now, typed_at, 0, std::nullopt,
                              [](std::string_view) { return false; },
                              [&values](std::string_view key) -> std::optional<std::string> {
                                const auto found = values.find(key);
                                if (found == values.end()) return std::nullopt;
                                return found->second;
                              },
                              true});
}

// The fields as they would be typed. A form that says that there is no value yet, and is none that
// people type, is left out.
TypedForms forms_of(const Kind& kind, const wire::Body& body, UtcMs now) {
  TypedForms values;
  for (const FieldInfo* field : kind.content().fields()) {
    if (!field->looks) continue;
    const auto form = kind.content().typed_form(body, field->key);
    if (form && read_forms(kind, {{field->key, *form}}, now, std::nullopt)) {
      values[field->key] = *form;
    }
  }
  return values;
}

// The fields that can be set, as a template would list them.
TemplateInfo settable(const Kind& kind) {
  TemplateInfo info;
  info.name = kind.key;
  info.type = kind.type;
  for (const FieldInfo* field : kind.content().fields()) {
    if (field->looks) info.fields.push_back({field->key, field->looks, false, "", "", "", ""});
  }
  return info;
}

bool has_field(const TemplateInfo& info, std::string_view key) {
  return std::any_of(info.fields.begin(), info.fields.end(),
                     [key](const TemplateField& field) { return field.key == key; });
}

Error unknown_field(const SavedDraft& saved, const TemplateInfo& info, const std::string& key) {
  std::vector<std::string> keys;
  std::string all;
  for (const TemplateField& field : info.fields) {
    keys.push_back(field.key);
    all += (all.empty() ? "one of: " : ", ") + field.key;
  }
  const std::string nearest = did_you_mean(key, keys);
  return make_error(
      ErrorCode::usage,
      saved.name() + " is of type " + info.name + ", which has no field \"" + key + "\"",
      nearest.empty() ? all : nearest);
}

bool says_the_same(const ContentFields& content, const wire::Body& body) {
  const Bytes bytes = build_body({"", {}, content});
  const auto again = open_body(bytes);
  return again && (*again)->content_type() == body.content_type() &&
         to_json(content_values(**again)) == to_json(content_values(body));
}

// The content as it was saved.
Result<ContentFields> saved_content(const SavedDraft& saved, const TypedForms& values, UtcMs now) {
  if (const wire::Questions* asked = saved.body().content_as_request()) {
    return ContentFields(QuestionsFields{texts(asked->questions())});
  }
  auto content = read_forms(saved.kind(), values, now, std::nullopt);
  if (content && says_the_same(*content, saved.body())) return content;
  return make_error(ErrorCode::refused,
                    saved.name() + " cannot be edited field by field: it is no template's",
                    "hotline draft save    writes it anew; hotline draft discard " + saved.name());
}

// With the places of a position in degrees, and the accuracy that goes with it.
Result<ContentFields> changed_content(const SavedDraft& saved, const TemplateInfo& info,
                                      const Settings& settings, TypedForms values, UtcMs now) {
  const auto changes_place = settings.find(kWhereField);
  if (changes_place != settings.end() && !settings.contains(kAccuracyKey)) {
    values.erase(kAccuracyKey);
  }
  for (const auto& [key, value] : settings) {
    if (!has_field(info, key)) return unknown_field(saved, info, key);
    if (value.empty()) {
      values.erase(key);
    } else {
      values[key] = value;
    }
  }
  return read_forms(saved.kind(), values, now, now);
}

// The parts of a body that people read: made from the content, unless a person wrote them.
struct MadeWords {
  std::string subject;
  std::string text;  // A message that is given none has this one.
};

MadeWords words_made_of(const ContentFields& content, const std::string& subject,
                        const std::string& original, const std::string& language, UtcMs now) {
  MadeWords made;
  constexpr size_t kSubjectWords = 8;
  const auto* asked = std::get_if<QuestionsFields>(&content);
  made.subject = subject_of_content(content, language, now);
  if (made.subject.empty()) made.subject = subject_of(original, kSubjectWords);
  if (asked != nullptr) {
    made.text = questions_as_text(asked->questions);
  } else if (!std::holds_alternative<TextContentFields>(content)) {
    made.text = subject.empty() ? made.subject : subject;
  }
  return made;
}

std::vector<TextFields> unmarked_texts_of(const wire::Body& body) {
  std::vector<TextFields> found;
  for (const wire::Text* one : tables(body.texts())) {
    found.push_back({text(one->language()), std::string(unmark_exercise(text(one->text()))),
                     one->original(), text(one->translated_by())});
  }
  return found;
}

const TextFields* original_in(const std::vector<TextFields>& texts) {
  const auto found =
      std::find_if(texts.begin(), texts.end(), [](const TextFields& one) { return one.original; });
  return found == texts.end() ? nullptr : &*found;
}

// Each typed text in the place of the one in its language. `changed_original` is what the original
// says from now on, where nobody typed it.
void change_texts(EditedDraft& edited, const std::vector<TextFields>& typed,
                  const std::optional<std::string>& changed_original,
                  const std::string& own_party) {
  std::vector<TextFields>& texts = edited.fields.body.texts;
  const auto is_typed = [&typed](const TextFields& text) {
    return std::any_of(typed.begin(), typed.end(),
                       [&text](const TextFields& one) { return one.language == text.language; });
  };
  const std::string before = original_in(texts) ? original_in(texts)->text : "";
  for (TextFields& text : texts) {
    if (text.original && changed_original) text.text = *changed_original;
  }
  for (const TextFields& one : typed) {
    const auto same = std::find_if(texts.begin(), texts.end(), [&one](const TextFields& text) {
      return text.language == one.language;
    });
    if (same != texts.end()) {
      same->text = one.text;
    } else {
      const bool is_first = original_in(texts) == nullptr;
      texts.push_back({one.language, one.text, is_first, is_first ? "" : own_party});
    }
  }
  if (original_in(texts) == nullptr || original_in(texts)->text == before) return;
  std::erase_if(texts, [&](const TextFields& text) {
    const bool is_void = !text.original && !is_typed(text);
    if (is_void) edited.texts_left_out.push_back(text.language);
    return is_void;
  });
}

// The fields of the envelope.
DraftFields fields_beside_body(const wire::Draft& draft, const MessageRequest& changes) {
  const auto time = [](UtcMs saved, const std::optional<UtcMs>& typed) {
    return typed || saved == 0 ? typed : std::optional(saved);
  };
  DraftFields fields;
  fields.precedence = changes.precedence != wire::Precedence::unset
                          ? changes.precedence
                          : static_cast<wire::Precedence>(draft.precedence());
  fields.language = text(draft.language());
  fields.references = texts(draft.references());
  fields.correction_of = text(draft.correction_of());
  fields.incident = changes.incident.empty() ? text(draft.incident()) : changes.incident;
  fields.danger_to_life = draft.danger_to_life() || changes.danger_to_life;
  fields.reply_by = time(draft.reply_by(), changes.reply_by);
  fields.expires_at = time(draft.expires_at(), changes.expires_at);
  fields.handling = text(draft.handling());
  fields.told_back = changes.told_back;
  return fields;
}

}  // namespace

bool has_changes(const MessageRequest& changes) {
  const bool in_content = !changes.settings.empty() || !changes.questions.empty();
  const bool in_words = !changes.texts.empty() || !changes.subject.empty();
  return in_content || in_words || changes.precedence != wire::Precedence::unset ||
         !changes.incident.empty() || changes.reply_by || changes.expires_at ||
         changes.danger_to_life;
}

Result<EditedDraft> edit_draft(const SavedDraft& saved, const MessageRequest& changes,
                               const std::string& own_party, UtcMs now) {
  const Kind& kind = saved.kind();
  const TemplateInfo info = settable(kind);
  const TypedForms values = forms_of(kind, saved.body(), now);
  auto before = saved_content(saved, values, now);
  if (!before) return before.error();
  if (!changes.questions.empty() && !std::holds_alternative<QuestionsFields>(*before)) {
    return make_error(ErrorCode::usage,
                      saved.name() + " is of type " + info.name + ", which asks no questions",
                      "hotline draft save --question \"...\"    asks them in a draft of their own");
  }
  const auto settings = settings_in_degrees(info, changes.settings);
  if (!settings) return settings.error();
  auto after = before;
  if (!settings->empty()) after = changed_content(saved, info, *settings, values, now);
  if (!changes.questions.empty()) after = ContentFields(QuestionsFields{changes.questions});
  if (!after) return after.error();

  EditedDraft edited;
  edited.fields = fields_beside_body(saved.draft(), changes);
  BodyFields& body = edited.fields.body;
  body.subject = text(saved.body().subject());
  body.texts = unmarked_texts_of(saved.body());
  const std::string& language = edited.fields.language;
  const std::string original = original_in(body.texts) ? original_in(body.texts)->text : "";
  const MadeWords made_before = words_made_of(*before, body.subject, original, language, now);
  const bool makes_subject = changes.subject.empty() && body.subject == made_before.subject;
  const bool makes_text = !made_before.text.empty() && original == made_before.text;

  body.content = *after;
  std::string original_after = original;
  for (const TextFields& one : changes.texts) {
    const TextFields* said = original_in(body.texts);
    if (said == nullptr || said->language == one.language) original_after = one.text;
  }
  if (!changes.subject.empty()) body.subject = changes.subject;
  if (makes_subject) {
    body.subject = words_made_of(*after, "", original_after, language, now).subject;
  }
  const std::string made_text =
      words_made_of(*after, body.subject, original_after, language, now).text;
  change_texts(edited, changes.texts, makes_text ? std::optional(made_text) : std::nullopt,
               own_party);
  edited.fields.told_back.append(understood_fields(info, *settings, body, now));
  return edited;
}

}  // namespace hotline::client
