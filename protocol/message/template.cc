#include "protocol/message/template.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/nearest.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/neutral_phrases.h"

namespace hotline {
namespace {

using wire::MessageType;

struct Preset {
  const char* key;
  const char* value;
};

struct TemplateSpec {
  const char* name;
  MessageType type;
  const char* summary;
  std::vector<Preset> fixed;     // Not to be set: they are what the template is.
  std::vector<Preset> defaults;  // Shown with the template, and printed with what was made of it.
  wire::Precedence precedence = wire::Precedence::unset;  // Unless another is typed.
};

// Defaults that are computed, in words.
constexpr char kNow[] = "now";
constexpr char kFromPosition[] = "one unit of the last digit of the position";
constexpr char kIntentOfSide[] = "accidental if it is your own, unknown otherwise";

const std::vector<TemplateSpec>& template_specs() {
  static const std::vector<TemplateSpec> specs = {
      {"airspace-crossing",
       MessageType::incident,
       "an aircraft has crossed into the other side's airspace, or yours",
       {{"kind", "airspace-crossing"}},
       {{"who", "own"},
        {"what", "aircraft"},
        {"certainty", "observed"},
        {"intent", kIntentOfSide},
        {"action", "hold-fire,inform-units"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"unsafe-intercept",
       MessageType::incident,
       "an aircraft or vessel came dangerously close to another",
       {{"kind", "unsafe-intercept"}},
       {{"what", "aircraft"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "keep-clear,explain"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"stray-missile",
       MessageType::incident,
       "a missile left its course or was fired by accident",
       {{"kind", "stray-missile"}},
       {{"who", "own"},
        {"what", "missile"},
        {"certainty", "observed"},
        {"intent", kIntentOfSide},
        {"action", "hold-fire,inform-units,keep-clear"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"collision-at-sea",
       MessageType::incident,
       "vessels have collided, or a vessel was struck",
       {{"kind", "collision-at-sea"}},
       {{"what", "vessel"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "assist-rescue,keep-clear"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      // The kinds of the Agreement on Measures to Reduce the Risk of Outbreak of Nuclear War
      // (1971), articles 2, 3 and 5.
      {"nuclear-event",
       MessageType::incident,
       "an event that could detonate a nuclear weapon: accidental, unauthorised or unexplained",
       {{"kind", "nuclear-event"}},
       {{"who", "own"},
        {"what", "other"},
        {"certainty", "observed"},
        {"intent", kIntentOfSide},
        {"action", "inform-units,hold-fire"},
        {"when", kNow},
        {"accuracy", kFromPosition}},
       wire::Precedence::flash},
      {"unidentified-objects",
       MessageType::incident,
       "missile warning sees objects that nobody can name",
       {{"kind", "unidentified-objects"}},
       {{"who", "unknown"},
        {"what", "missile"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "confirm,explain"},
        {"when", kNow},
        {"accuracy", kFromPosition}},
       wire::Precedence::flash},
      {"warning-interference",
       MessageType::incident,
       "somebody interferes with missile warning or its communications",
       {{"kind", "warning-interference"}},
       {{"who", "unknown"},
        {"what", "signal"},
        {"certainty", "observed"},
        {"intent", "unknown"},
        {"action", "explain,stop-activity"},
        {"when", kNow},
        {"accuracy", kFromPosition}},
       wire::Precedence::flash},
      {"inquiry",
       MessageType::request,
       "ask the other side about such an event",
       {},
       {},
       wire::Precedence::flash},
      {"incident",
       MessageType::incident,
       "any other incident: every field is yours to say",
       {},
       {{"when", kNow}, {"accuracy", kFromPosition}}},
      {"ceasefire-violation",
       MessageType::violation,
       "a monitored breach of a ceasefire or another agreement",
       {},
       {{"exactness", "exact"},
        {"attribution", "unknown"},
        {"when", kNow},
        {"accuracy", kFromPosition}}},
      {"activity",
       MessageType::activity,
       "an exercise, a flight, a firing or the like is planned",
       {},
       {}},
      {"launch",
       MessageType::launch,
       "a missile or a rocket will be launched, 24 hours ahead",
       {},
       {}},
      {"protected",
       MessageType::protected_,
       "a protected site or movement, 48 hours ahead",
       {},
       {}},
      {"decision",
       MessageType::decision,
       "what a person decided about an incident",
       {},
       {{"at", kNow}}},
      {"status",
       MessageType::status,
       "the channel is open, restricted or suspended",
       {},
       {{"from", kNow}},
       wire::Precedence::priority},
      {"meeting",
       MessageType::meeting,
       "a meeting is proposed, accepted or was held",
       {},
       {{"step", "proposed"}}},
      {"service", MessageType::service, "trace a message, or ask that it be said again", {}, {}},
      {"text", MessageType::text, "free text, in one or more languages", {}, {}},
      {"test",
       MessageType::test,
       "a test call with a phrase of the neutral set",
       {},
       {{"phrase", "1"}}},
  };
  return specs;
}

const char* find_preset(const std::vector<Preset>& presets, std::string_view key) {
  for (const Preset& preset : presets) {
    if (key == preset.key) return preset.value;
  }
  return nullptr;
}

// ---------------------------------------------------------------------------------------------------------------------
// What is told about templates

std::vector<TemplateInfo> make_infos() {
  std::vector<TemplateInfo> infos;
  for (const TemplateSpec& spec : template_specs()) {
    TemplateInfo info{spec.name, spec.type, spec.summary, spec.precedence, {}};
    for (const FieldInfo* field : kind_of(spec.type).content().fields()) {
      if (!field->looks || find_preset(spec.fixed, field->key)) continue;
      const char* preset = find_preset(spec.defaults, field->key);
      info.fields.push_back({field->key, field->looks, field->needed && !preset,
                             preset ? preset : "", field->example, field->help,
                             field->choices ? field->choices->keys() : ""});
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

const TemplateSpec& spec_of(const TemplateInfo& info) {
  for (const TemplateSpec& spec : template_specs()) {
    if (info.name == spec.name) return spec;
  }
  HOTLINE_CHECK(!"every template that is listed has a specification");
  return template_specs().front();
}

// ---------------------------------------------------------------------------------------------------------------------
// Filling

std::string show_hint(const TemplateInfo& info) {
  return "hotline template show " + info.name;
}

Error unknown_key(const TemplateInfo& info, const std::string& key) {
  if (const char* fixed = find_preset(spec_of(info).fixed, key)) {
    return make_error(ErrorCode::usage,
                      info.name + " always has " + key + "=" + fixed + "; it cannot be set",
                      "leave it out, or use the template incident");
  }
  std::vector<std::string> keys;
  for (const TemplateField& field : info.fields) keys.push_back(field.key);
  std::string nearest = did_you_mean(key, keys);
  return make_error(ErrorCode::usage, info.name + " has no field \"" + key + "\"",
                    nearest.empty() ? show_hint(info) : nearest);
}

Status check_keys(const TemplateInfo& info, const TemplateInput& input) {
  for (const auto& [key, value] : input.set) {
    bool known = false;
    for (const TemplateField& field : info.fields) known = known || field.key == key;
    if (!known) return unknown_key(info, key);
  }
  return ok();
}

// The value of a field: what was typed, what the template fixes, or its default, where that is a
// plain value.
std::optional<std::string> value_of(const TemplateSpec& spec, const TemplateInput& input,
                                    std::string_view key) {
  if (const char* fixed = find_preset(spec.fixed, key)) return fixed;
  auto typed = input.set.find(std::string(key));
  if (typed != input.set.end()) return typed->second;
  const char* preset = find_preset(spec.defaults, key);
  bool computed =
      preset && (std::string_view(preset) == kNow || std::string_view(preset) == kFromPosition ||
                 std::string_view(preset) == kIntentOfSide);
  return preset && !computed ? std::optional<std::string>(preset) : std::nullopt;
}

Result<ContentFields> read_content(const TemplateInfo& info, const TemplateInput& input) {
  const TemplateSpec& spec = spec_of(info);
  return kind_of(info.type).content().read(
      {info.name, input.now, input.typed_at, input.transcript_size, input.transcript_root,
       [&spec](std::string_view key) { return find_preset(spec.defaults, key) != nullptr; },
       [&spec, &input](std::string_view key) { return value_of(spec, input, key); },
       input.unfinished});
}

std::string compose_subject(const TemplateInfo& info, const ContentFields& content,
                            const TemplateInput& input) {
  std::string subject = input.unfinished ? subject_of_content(content, input.language, input.now)
                                         : kind_of(info.type).content().subject(
                                               content, choose_language(input.language));
  if (!subject.empty()) return subject;
  auto original = input.texts.find(input.language);
  constexpr size_t kSubjectWords = 8;
  return original == input.texts.end() ? "" : subject_of(original->second, kSubjectWords);
}

Status add_texts(BodyFields& body, const TemplateInput& input) {
  std::map<std::string, std::string> texts = input.texts;
  if (const auto* test = std::get_if<TestFields>(&body.content)) {
    auto phrase = neutral_phrase(test->phrase, input.language);
    if (!texts.empty() || !phrase) {
      return make_error(ErrorCode::refused, "a test call says nothing but its phrase",
                        "leave the text out; phrases are there in en, ru, uk and id");
    }
    texts[input.language] = *phrase;
  } else if (texts.empty() && !std::holds_alternative<TextContentFields>(body.content)) {
    texts[input.language] = body.subject;
  }
  auto add = [&](const std::string& language, const std::string& text, bool original) {
    body.texts.push_back({language, text, original, original ? "" : input.translated_by});
  };
  auto original = texts.find(input.language);
  if (original == texts.end() && input.unfinished) {
    for (const auto& [language, text] : texts) add(language, text, false);
    return ok();
  }
  if (original == texts.end()) {
    return make_error(ErrorCode::refused,
                      "there is no text in " + input.language + ", the original",
                      "give the text, or say in which language the original is");
  }
  add(original->first, original->second, true);
  for (const auto& [language, text] : texts) {
    if (language != input.language) add(language, text, false);
  }
  return ok();
}

Error broken_rule(const std::vector<Problem>& problems) {
  const Problem& first = problems.front();
  return make_error(ErrorCode::refused, decline_reason(problems), first.hint);
}

}  // namespace

const std::vector<TemplateInfo>& templates() {
  static const std::vector<TemplateInfo> infos = make_infos();
  return infos;
}

Result<const TemplateInfo*> find_template(std::string_view name) {
  std::vector<std::string> names;
  for (const TemplateInfo& info : templates()) {
    if (info.name == name) return &info;
    names.push_back(info.name);
  }
  std::string nearest = did_you_mean(name, names);
  return make_error(ErrorCode::not_found, "there is no template \"" + std::string(name) + "\"",
                    nearest.empty() ? "hotline template list" : nearest);
}

std::string subject_of(std::string_view text, size_t words_max) {
  // From the first word on: a blank before it is nobody's subject.
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  const std::string_view line = text.substr(0, text.find('\n'));
  size_t end = 0;
  for (size_t words = 0; words < words_max && end < line.size(); ++words) {
    end = line.find(' ', std::min(line.find_first_not_of(' ', end), line.size()));
    end = std::min(end, line.size());
  }
  bool cut = line.find_first_not_of(' ', end) != std::string_view::npos;
  size_t kept = 0;
  for (size_t characters = 0; kept < end; ++characters) {
    const size_t size = first_character(line.substr(kept, end - kept)).size;
    const bool last = kept + size == end && !cut;
    if (characters + (last ? 0 : 1) == limits::kSubjectCharactersMax) {
      cut = true;
      break;
    }
    kept += size;
  }
  std::string subject(line.substr(0, kept));
  if (!cut) return subject;
  // A joiner is plain between two letters only.
  while (subject.ends_with("\u200c") || subject.ends_with("\u200d"))
    subject.resize(subject.size() - 3);
  return subject + "\u2026";
}

std::string subject_of_content(const ContentFields& content, const std::string& language,
                               UtcMs now) {
  const Kind& kind = kind_of(type_of(content));
  const Bytes bytes = build_body({"", {}, content});
  const auto body = open_body(bytes);
  const BodyContext context{kind.type, wire::Precedence::unset, kind.mode(false), language, now};
  RuleChecker checker(context);
  if (body) kind.content().check(checker, **body);
  const Language shown = choose_language(language);
  if (!body || checker.found_problems()) return word(kind.type, shown);
  return kind.content().subject(content, shown);
}

Result<FilledTemplate> fill_template(std::string_view name, const TemplateInput& input) {
  auto info = find_template(name);
  if (!info) return info.error();
  const TemplateInfo& found = **info;
  if (auto status = check_keys(found, input); !status) return status.error();
  auto content = read_content(found, input);
  if (!content) return content.error();

  FilledTemplate filled;
  filled.type = found.type;
  filled.fields.content = std::move(*content);
  filled.fields.subject =
      input.subject.empty() ? compose_subject(found, filled.fields.content, input) : input.subject;
  if (auto status = add_texts(filled.fields, input); !status) return status.error();
  filled.body = build_body(filled.fields);

  auto opened = open_body(filled.body);
  if (!opened) {
    return make_error(ErrorCode::refused, opened.error().reason,
                      "texts are UTF-8, and a body has at most " +
                          std::to_string(limits::kBodySizeMax) + " bytes");
  }
  if (input.unfinished) return filled;
  auto problems = check_body(
      **opened, {found.type, input.precedence, wire::Mode::unset, input.language, input.now});
  if (!problems.empty()) return broken_rule(problems);
  return filled;
}

}  // namespace hotline
